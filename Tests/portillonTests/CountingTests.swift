import Availability
import Contract
import Foundation
import Ledger
import Testing
import Time

@Suite("A program written from FORMAT.md alone counts what the gateway counts")
struct CountingTests {
    @Test("on a journal of every kind of record, and after whatever a seed draws")
    func counts() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("counting test: seed \(seed)")
        var history = try RandomHistory(seed: seed)
        try history.writeEveryKind()
        guard let first = try count(history.path) else {
            print("skipped: no python3 to run the independent program with")
            return
        }
        expect(first, history.ledger, "seed \(seed), every kind")
        let names =
            ["entry"] + OperationCommand.Name.allCases.map(\.rawValue)
            + ClientCommand.Name.allCases.map(\.rawValue)
            + AccessCommand.Name.allCases.map(\.rawValue)
            + ContractCommand.Name.allCases.map(\.rawValue)
            + PersonCommand.Name.allCases.map(\.rawValue)
            + IncidentCommand.Name.allCases.map(\.rawValue)
            + MaintenanceCommand.Name.allCases.map(\.rawValue)
            + ServiceCommand.Name.allCases.map(\.rawValue) + Fact.Name.allCases.map(\.rawValue)
            + LedgerEvent.Name.allCases.map(\.rawValue)
        #expect(Set(first.records.keys) == Set(names), "a kind of record without an example")
        for round in 1...3 {
            // Another month each time, as good as always.
            try history.pass(milliseconds: 25 * 86_400_000)
            try history.write(steps: 100)
            let counted = try #require(try count(history.path))
            expect(counted, history.ledger, "seed \(seed), round \(round)")
            #expect(Set(counted.consumption.map(\.month)).count > 1)
        }
    }

    @Test("and refuses an entry that the rules do not allow")
    func disagreement() throws {
        let log = try WrittenLog(entries: 3, lastParticipantNumber: 7)
        let run = try verify(log.path)
        #expect(run.status == 74 || run.status == 127)
        if run.status == 74 {
            #expect(run.output.contains("damaged"), "\(run.output)")
            #expect(run.output.contains(" 8 a participant's number"), "\(run.output)")
        }
    }

    private struct Counted: Decodable {
        struct Operation: Decodable, Equatable {
            var operation: String
            var client: String
            var state: String
            var entries: UInt64
            var participants: UInt32
            var cover: UInt32
            var crossed_at: Int64?
        }
        var operations: [Operation]
        var clients: Int
        var keys: Int
        var starts: UInt64
        var records: [String: UInt64]
        var consumption: [Used]
    }

    /// What an operation used in a month.
    private struct Used: Decodable, Equatable {
        var month: String
        var client: String
        var operation: String
        var entries: UInt64
        var participants: UInt64
        var robot_entries: UInt64
        var robots: UInt64
        var repeated: UInt64
        var waiting: UInt64
        var challenged: UInt64
        var refused: UInt64
        var suspended: UInt64
        var closed: UInt64
        var overloaded: UInt64
    }

    private func used(_ month: CivilMonth, _ ledger: borrowing Ledger) -> [Used] {
        ledger.consumption(in: month, by: nil).rows.map { row in
            let answers = row.used.answers
            return Used(
                month: month.text, client: row.client, operation: row.operation,
                entries: row.used.entries, participants: row.used.participants,
                robot_entries: row.used.robotEntries, robots: row.used.robots,
                repeated: answers.repeated, waiting: answers.waiting,
                challenged: answers.challenged, refused: answers.refused,
                suspended: answers.suspended, closed: answers.closed,
                overloaded: answers.overloaded)
        }
    }

    private func expect(_ counted: Counted, _ ledger: borrowing Ledger, _ comment: Comment) {
        let catalogue = ledger.catalogue
        let operations = catalogue.standing.map { index in
            let operation = catalogue.operations[Int(index)]
            let counts = ledger.counts(of: index)
            return Counted.Operation(
                operation: operation.id, client: operation.client,
                state: operation.undatedState.name,
                entries: counts?.entries ?? 0, participants: counts?.participants ?? 0,
                cover: operation.cover.participants, crossed_at: operation.crossedAt?.milliseconds)
        }
        #expect(counted.operations == operations, comment)
        #expect(counted.clients == catalogue.clients.count, comment)
        #expect(counted.keys == catalogue.keys.count, comment)
        #expect(counted.starts == catalogue.starts, comment)
        let months = Set(counted.consumption.map(\.month)).sorted()
        let used = months.compactMap { CivilMonth($0) }.flatMap { self.used($0, ledger) }
        #expect(counted.consumption == used, comment)
        #expect(counted.records.values.reduce(0, +) == ledger.records, comment)
    }

    /// `nil` where there is no python3.
    private func count(_ folder: String) throws -> Counted? {
        let run = try verify(folder)
        if run.status == 127 { return nil }
        let lines = run.output.split(separator: "\n")
        guard run.status == 0, lines.count == 2 else {
            Issue.record("the verifier ended with \(run.status): \(run.output)")
            return nil
        }
        return try JSONDecoder().decode(Counted.self, from: Data(lines[1].utf8))
    }

    private func verify(_ folder: String) throws -> (status: Int32, output: String) {
        let program = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../loadtests/verify-journal.py").standardized.path
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", program, folder + "/journal", "--count"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
