internal import Ledger
internal import Time

/// The month and the client that a report is asked for.
struct MonthQuery {
    let month: CivilMonth
    /// The month of now.
    let current: CivilMonth
    /// Nil for the platform as a whole.
    let client: Catalogue.Client?

    init(_ call: AdminCall, _ catalogue: Catalogue, now: Timestamp) throws(Problem) {
        var query = call.queryReader
        let given = query.month("month")
        let name = query.identifier("client")
        try query.finish()
        current = CivilMonth(at: now, in: catalogue.calendar.localTime)
        month = given ?? current
        client = try Self.client(name, for: call.author, catalogue)
    }

    private static func client(
        _ name: String?, for author: Author, _ catalogue: Catalogue
    ) throws(Problem) -> Catalogue.Client? {
        guard let name = name ?? (author.role == .client ? author.name : nil) else { return nil }
        // Of others a client does not learn whether they are there.
        guard author.role != .client || name == author.name, let client = catalogue.client(name)
        else { throw .unknownClient }
        return client
    }
}
