internal import Exposition
internal import Ledger

/// A family with series of each operation, written some operations at a time.
struct OperationFamily: Sendable {
    typealias Operation = Catalogue.Operation

    /// Whether it reads ``ScrapeReading/robots``.
    let readsRobots: Bool
    /// Begins the family.
    let declare: @Sendable (inout MetricsWriter) -> Void
    /// Whose series it has, of all that stand.
    let members: @Sendable (ScrapeReading, [UInt32]) -> [UInt32]
    /// Writes the series of the operation at this index.
    let write: @Sendable (ScrapeReading, UInt32, Operation, inout MetricsWriter) -> Void

    init(
        readsRobots: Bool = false,
        declare: @escaping @Sendable (inout MetricsWriter) -> Void,
        members: @escaping @Sendable (ScrapeReading, [UInt32]) -> [UInt32] = { $1 },
        write:
            @escaping @Sendable (
                ScrapeReading, UInt32, Operation, inout MetricsWriter
            ) -> Void
    ) {
        self.readsRobots = readsRobots
        self.declare = declare
        self.members = members
        self.write = write
    }

    /// All of them, in the order in which an operator asks: what is played, who is no person, how
    /// it stands, who pushes.
    static let all: [OperationFamily] = played + robots + standing + pushing
}
