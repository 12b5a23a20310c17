/// How the operations of one client that announced nothing above what is free stand to what is free
/// for all of them together (C2).
package struct ClientCrossing: Equatable, Codable, Sendable {
    /// The operation whose participant, or whose change, brought it about.
    package var operation: String
    package var client: String
    /// How many operations count.
    package var operations: Int
    /// The participants of all of them.
    package var participants: UInt64
    /// What they may bring together without a further notice.
    package var cover: UInt64

    package init(
        operation: String, client: String, operations: Int, participants: UInt64, cover: UInt64
    ) {
        self.operation = operation
        self.client = client
        self.operations = operations
        self.participants = participants
        self.cover = cover
    }

    var sentence: String {
        "\(operations) operations of the client \(client) that announced no more than is free have "
            + "\(participants) participants together"
    }
}
