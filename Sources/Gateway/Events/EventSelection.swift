/// Which events one stream is sent.
struct EventSelection: Sendable {
    /// The operation whose events alone are wanted, and its client; nil: of all.
    var operation: (id: String, client: String)?
    /// The client whose token asks: events of its own alone (C17); nil: everything.
    var client: String?

    func contains(_ event: StreamedEvent) -> Bool {
        if event.isForEveryClient { return true }
        if let client, event.isForOperatorAlone || event.owner != client { return false }
        guard let operation else { return true }
        // What is about a client as a whole is about each of its operations. An operation of the
        // same name that was another client's is not meant.
        return event.owner == operation.client
            && (event.operation == nil || event.operation == operation.id)
    }
}
