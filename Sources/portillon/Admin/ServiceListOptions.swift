import ArgumentParser
import Wire

/// A kind of the service's records, as its list is asked for and shown.
protocol ServiceListKind {
    /// The path's last part, and the answer's member with the elements.
    static var listName: String { get }
    /// The states, in a sentence.
    static var states: String { get }
    /// The members that a table shows.
    static var columns: [String] { get }
}

/// The options of the commands that list the service's records, by state and by client.
struct ServiceListOptions<Kind: ServiceListKind>: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: .init("What is \(Kind.states). Default: all.", valueName: "state"))
    var state: String?
    @Option(
        parsing: .unconditional,
        help: .init(
            "What concerns this client: its own, and what is for all. Default: all.",
            valueName: "client"))
    var client: String?
    @OptionGroup var options: AdminOptions

    /// Prints what is asked for.
    func show() throws {
        var filter: [(name: String, value: String)] = []
        if let state { filter.append(("state", state)) }
        if let client { filter.append(("client", client)) }
        let list = PagedList(
            client: try options.client(), path: ["v1", Kind.listName], name: Kind.listName,
            filter: filter)
        try options.show(list, columns: Kind.columns)
    }
}
