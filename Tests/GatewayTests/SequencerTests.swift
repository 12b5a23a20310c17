import Bytes
import Cluster
import Cryptography
import Foundation
import Ledger
import LockFree
import Log
import Projections
import Sockets
import Synchronization
import Testing

@testable import Gateway

@Suite("The sequencer, and what waits for it when it begins", .onOwnThread)
struct SequencerTests {
    @Test("more entries than a batch holds are all answered, in order")
    func entriesBeyondABatch() throws {
        let bench = try Bench(try Bench.opened()) { limits in
            limits.journalBatchBytes = 32_768
            limits.connections = 1_000
        }
        for person in 0..<200 { bench.leave(UInt64(person), sealedBytes: 8_000) }
        try bench.start()
        let answers = bench.answers(200)
        bench.stop()
        #expect(answers.map(\.connection.place) == (0..<200).map { UInt32($0) })
        #expect(answers.map(\.participant) == (1...200).map { UInt32($0) })
        #expect(answers.allSatisfy { $0.verdict == .accepted })
    }

    @Test("at the end all that waits is stored, also where nobody is left to be answered")
    func moreThanAnswers() throws {
        let bench = try Bench(try Bench.opened()) { $0.connections = 16 }
        for person in 0..<2_000 { bench.leave(UInt64(person)) }
        bench.shared.stop()
        try bench.start()
        bench.stop()
        #expect(bench.shared.lanes[0].commands.isEmpty)
        #expect(bench.shared.board.counts(of: 0).participants == 2_000)
        #expect(bench.shared.lanes[0].answers.isEmpty)
    }

    @Test("more commands than a batch holds are all decided, in order, entries after them")
    func commandsBeyondABatch() throws {
        let bench = try Bench(try Bench.opened()) { $0.journalBatchBytes = 32_768 }
        let outcomes = Outcomes()
        let note = String(repeating: "n", count: 1_000)
        for number in 0..<100 {
            let command: AdministrativeCommand =
                number % 2 == 0
                ? .operation(.close(id: "ete", note: note))
                : .operation(.open(id: "ete", note: note))
            let record = AdministrativeRecord(command, by: .admin)
            let request = AdministrativeRequest(record: record, encoded: try record.json()) {
                outcomes.add(number, $0)
            }
            bench.shared.administration.enqueue(request)
        }
        bench.leave(7)
        try bench.start()
        let answers = bench.answers(1)
        bench.stop()
        #expect(outcomes.succeeded == Array(0..<100))
        #expect(answers.count == 1)
    }

    @Test("while it hands over it stores nothing and refuses all; taken back, it goes on")
    func handsOver() async throws {
        let status = ClusterStatus(node: "a")
        let bench = try Bench(try Bench.opened(), cluster: status) { _ in }
        // With its office a node decides what it is asked for.
        bench.shared.commands?.takeOffice()
        try bench.start()
        bench.leave(1)
        bench.shared.sequencerBell.ring()
        #expect(bench.answers(1).map(\.verdict) == [.accepted])
        #expect(status.succession.begin(to: "b"))
        bench.shared.sequencerBell.ring()
        while !status.succession.isSettled { await Task.yield() }
        let stored = bench.shared.durableRecords.load(ordering: .acquiring)
        for person in 1..<4 { bench.leave(UInt64(person)) }
        bench.shared.sequencerBell.ring()
        #expect(bench.answers(3).map(\.verdict) == [.handedOver, .handedOver, .handedOver])
        do {
            _ = try await bench.control.decide(
                .operation(.close(id: "ete", note: nil)), by: .admin)
            Issue.record("it was decided")
        } catch {
            #expect(error.code == "not_leading")
        }
        #expect(bench.shared.durableRecords.load(ordering: .acquiring) == stored)
        status.succession.cancel()
        for person in 1..<3 { bench.leave(UInt64(person)) }
        bench.shared.sequencerBell.ring()
        #expect(bench.answers(2).map(\.verdict) == [.repeated, .accepted])
        bench.stop()
    }

    @Test("a change of rule and the first entry in one batch: both hold")
    func ruleAndFirstEntry() async throws {
        let bench = try Bench(try Bench.opened()) { _ in }
        bench.leave(1)
        let control = bench.control
        let command = AdministrativeCommand.operation(
            .put(
                id: "ete", settings: Bench.settings(.daily), dataKeyID: "d-1"))
        let change = Task { try await control.decide(command, by: .admin).change }
        while !bench.shared.administration.hasWork { await Task.yield() }
        try bench.start()
        let answers = bench.answers(1)
        let result = await change.result
        bench.stop()
        #expect(answers.map(\.verdict) == [.accepted])
        guard case .success(.operationChanged(0)) = result else {
            Issue.record("the change is not taken: \(result)")
            return
        }
        let rule = bench.shared.projected.catalogue.operations[0].settings.rule
        #expect(rule == .daily)
    }

    @Test("a request that means an operation changes no other one that got its name")
    func expectedOperation() async throws {
        let bench = try Bench(try Bench.opened()) { _ in }
        try bench.start()
        let control = bench.control
        let export = ExportReceipt(
            file: "ete.jsonl", sha256: String(repeating: "a", count: 64), entries: 0,
            participants: 0)
        func reset(_ dataKeyID: String) -> AdministrativeCommand {
            .operation(.reset(id: "ete", dataKeyID: dataKeyID, export: export))
        }
        let meant = ExpectedOperation(index: 0, entries: 0)
        let first = try await control.decide(reset("d-2"), by: .admin, expecting: meant)
            .change
        #expect(first == .operationReset(0, successor: 1))
        let put = AdministrativeCommand.operation(
            .put(id: "ete", settings: Bench.settings(.once, title: "U"), dataKeyID: "d-3"))
        let delete = AdministrativeCommand.operation(.delete(id: "ete", export: export))
        for command in [reset("d-4"), put, delete] {
            do {
                let change = try await control.decide(command, by: .admin, expecting: meant).change
                Issue.record("it was carried out: \(change)")
            } catch {
                #expect(error.code == "operation_replaced")
            }
        }
        let now = ExpectedOperation(index: 1, entries: 0)
        let deleted = try await control.decide(delete, by: .admin, expecting: now).change
        #expect(deleted == .operationDeleted(1))
        // Gone: a change of it makes no new one.
        do {
            _ = try await control.decide(put, by: .admin, expecting: now)
            Issue.record("an operation was made that nobody asked for")
        } catch {
            #expect(error.code == "operation_replaced")
        }
        bench.stop()
        #expect(bench.shared.projected.catalogue.standing.isEmpty)
    }

    /// What became of numbered commands, in the order in which it was told.
    private final class Outcomes: Sendable {
        private let numbers = Mutex<[Int]>([])

        var succeeded: [Int] { numbers.withLock { $0 } }

        func add(_ number: Int, _ outcome: AdministrativeOutcome) {
            if case .decided(.success, _) = outcome { numbers.withLock { $0.append(number) } }
        }
    }
}
