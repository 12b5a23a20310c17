import ArgumentParser
import Bytes
import Contract
import Ledger
import Log

/// `portillon replay`: decides everything in a log once more.
struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Decide everything in a journal again, and show what comes out.",
        discussion: """
            portillon replay /var/lib/portillon
            portillon replay backup/journal --json
            portillon replay /var/lib/portillon --policy stricter.json

            No gateway is needed. Where a decision comes out otherwise than it was recorded, the \
            exit status is 74 and the record is named.
            """)

    @Argument(help: "A data folder or its journal folder.", completion: .directory)
    var folder: String
    @Option(
        help: .init(
            "Show what the ladder would have done under the policy in this file.",
            valueName: "file"),
        completion: .file())
    var policy: String?
    @Flag(help: "Print the result as JSON.") var json = false

    func run() throws {
        if let policy {
            let result = try WhatIf(Policy(file: policy), on: JournalFolder(folder))
            if json {
                try Output.standard.write(json: result)
            } else {
                try Output.standard.write(result.text)
            }
            return
        }
        let result = try ReplayResult(replaying: JournalFolder(folder))
        if json {
            try Output.standard.write(json: result)
        } else {
            try Output.standard.write(result.text)
        }
    }
}

/// What a replay came to.
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

    /// - Throws: ``CommandFailure`` 74 where the log is damaged, or a decision comes out otherwise.
    init(replaying journal: JournalFolder) throws(CommandFailure) {
        let clock = ContinuousClock()
        let began = clock.now
        var ledger = Ledger()
        let report = try journal.read { batch throws(CommandFailure) in
            var ahead = batch.records
            while let record = ahead.next() {
                ledger.anticipate(kind: record.kind, bytes: record.bytes)
            }
            var records = batch.records
            while let record = records.next() {
                try ledger.replay(record, of: batch, path: journal.path)
            }
        }
        do throws(ReplayError) {
            try ledger.endReplay()
        } catch {
            throw CommandFailure(
                .inputOutput, "\(journal.path): the last record: \(error.explanation)")
        }
        var operations: [Operation] = []
        for index in ledger.catalogue.standing {
            let operation = ledger.catalogue.operations[Int(index)]
            let counts = ledger.counts(of: index)
            operations.append(
                Operation(
                    operation: operation.id, client: operation.client,
                    state: operation.state.name, entries: counts?.entries ?? 0,
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
            + "Every decision came out as it was recorded.\n"
    }

    private enum CodingKeys: String, CodingKey {
        case operations, records, entries, participants, clients, keys, starts, remarks
        case durationSeconds = "duration_seconds"
    }
}

extension Ledger {
    /// Decides a record of a log again.
    /// - Throws: ``CommandFailure`` 74, which names the record, where it comes out otherwise.
    mutating func replay(
        _ record: borrowing LogRecord, of batch: borrowing LogBatch, path: String
    ) throws(CommandFailure) {
        do throws(ReplayError) {
            try replay(kind: record.kind, bytes: record.bytes, at: batch.header.time)
        } catch {
            throw CommandFailure(
                .inputOutput, "\(path): record \(record.sequence): \(error.explanation)")
        }
    }
}

extension ReplayError {
    /// One sentence: what the log says, and what comes out now.
    var explanation: String {
        switch self {
        case .unknownKind(let kind, _):
            "its kind \(kind) is unknown; use the version that wrote it"
        case .malformedEntry(let error, _): "it is no entry (\(error)); verify the journal"
        case .malformedCommand(let detail, _):
            "it is no command (\(detail)); use the version that wrote it"
        case .entryDiffers(_, let operation, let recorded, let decided):
            "an entry of \(operation) was decided otherwise: recorded \(recorded), now \(decided)"
        case .commandRefused(_, let refusal):
            "a command that was carried out is now refused: \(refusal.detail)"
        case .malformedEvent(let detail, _):
            "it is no event (\(detail)); use the version that wrote it"
        case .eventMissing: "something that follows from the records before is not on record"
        case .eventUnexpected(_, let recorded):
            "it does not follow from the records before: \(recorded)"
        case .eventDiffers(_, let recorded, let decided):
            "something else follows from the records before: recorded \(recorded), now \(decided)"
        case .commandChangedNothing: "a command that changed something now changes nothing"
        }
    }
}
