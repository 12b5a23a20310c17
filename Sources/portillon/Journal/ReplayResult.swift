import Bytes
import Contract
import Ledger
import Log

/// The result of a replay.
struct ReplayResult: Encodable {
    struct Operation: Encodable {
        let operation: String
        let client: String
        let state: String
        let entries: UInt64
        let participants: UInt32
    }

    let operations: [Operation]
    let records: UInt64
    let entries: UInt64
    let participants: UInt64
    let clients: Int
    let keys: Int
    let starts: UInt64
    let durationSeconds: Double
    let remarks: [String]

    /// - Throws: ``CommandFailure`` 74 where the log is damaged, or a decision comes out
    ///   otherwise.
    init(replaying journal: JournalFolder) throws(CommandFailure) {
        let clock = ContinuousClock()
        let began = clock.now
        var ledger = Ledger()
        let report = try journal.replay(into: &ledger)
        var operations: [Operation] = []
        for index in ledger.catalogue.standing {
            let operation = ledger.catalogue.operations[Int(index)]
            let counts = ledger.counts(of: index)
            let isOver = counts.map { operation.settings.isOver(at: $0) } ?? false
            operations.append(
                Operation(
                    operation: operation.id, client: operation.client,
                    state: operation.undatedState.capped(isOver).name,
                    entries: counts?.entries ?? 0,
                    participants: counts?.participants ?? 0))
        }
        self.operations = operations
        records = ledger.records
        entries = operations.reduce(0) { $0 + $1.entries }
        participants = operations.reduce(0) { $0 + UInt64($1.participants) }
        clients = ledger.catalogue.clients.count
        keys = ledger.catalogue.keys.count
        starts = ledger.catalogue.starts
        durationSeconds = (clock.now - began) / .seconds(1)
        remarks = report.remarks
    }

    var text: String {
        var table = AlignedTable(["operation", "client", "state", "#entries", "#participants"])
        for operation in operations {
            table.append([
                operation.operation, operation.client, operation.state,
                grouped(Int(clamping: operation.entries)), grouped(Int(operation.participants)),
            ])
        }
        let totals = listing([
            ("records", grouped(Int(clamping: records))),
            ("entries", grouped(Int(clamping: entries))),
            ("participants", grouped(Int(clamping: participants))),
            ("clients", "\(clients)"), ("keys", "\(keys)"), ("starts", "\(starts)"),
            ("duration", "\(StatusText.tenths(durationSeconds * 1_000)) ms"),
        ])
        return (operations.isEmpty ? "" : table.text + "\n") + totals
            + remarks.map { $0 + "\n" }.joined()
            + "Every decision matches its record.\n"
    }

    private enum CodingKeys: String, CodingKey {
        case operations, records, entries, participants, clients, keys, starts, remarks
        case durationSeconds = "duration_seconds"
    }
}
