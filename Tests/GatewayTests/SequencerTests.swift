import Bytes
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

    /// A sequencer that has stored a batch so large that the next one gathers for a second.
    private func busyBench() throws -> Bench {
        let bench = try Bench(try Bench.opened()) { limits in
            limits.connections = 65_536
            limits.commandRingBytes = 32 << 20
            limits.journalBatchBytes = 32 << 20
            limits.journalSegmentBytes = 64 << 20
            limits.batchEntries = 65_536
            limits.gatherMicroseconds = 2_000_000
        }
        for person in 0..<Self.busyRecords { bench.leave(person) }
        try bench.start()
        #expect(bench.answers(Int(Self.busyRecords)).count == Int(Self.busyRecords))
        #expect(bench.shared.lastBatch.load(ordering: .relaxed) == Int(Self.busyRecords))
        while !bench.shared.sequencerBell.isAwaited { usleep(100) }
        return bench
    }

    private static let busyRecords: UInt64 = 60_000

    /// Waits until the sequencer gathers, or until it has decided without.
    private func gathers(_ bench: Bench) -> Bool {
        while bench.shared.lanes[0].answers.isEmpty {
            if bench.shared.gatheringBell.isAwaited { return true }
        }
        return false
    }

    @Test("a busy batch gathers, until what comes beside a crowd ends that: all goes in one batch")
    func gatheringEnds() throws {
        let bench = try busyBench()
        bench.leave(Self.busyRecords)
        bench.shared.sequencerBell.ring()
        #expect(gathers(bench))
        for person in 1...9 { bench.leave(Self.busyRecords + UInt64(person)) }
        let began = ContinuousClock.now
        bench.shared.endGathering()
        #expect(bench.answers(10).count == 10)
        let elapsed = ContinuousClock.now - began
        #expect(elapsed < .milliseconds(Self.busyRecords * 16 / 1_000), "it waited for its time")
        #expect(bench.shared.lastBatch.load(ordering: .relaxed) == 10)
        bench.stop()
    }

    @Test("what came beside a crowd before a batch would gather has it decided at once, once")
    func gatheringIsSkipped() throws {
        let bench = try busyBench()
        bench.leave(Self.busyRecords)
        bench.shared.endGathering()
        bench.shared.sequencerBell.ring()
        #expect(!gathers(bench))
        #expect(bench.answers(1).count == 1)
        #expect(!bench.shared.endsGathering.load(ordering: .relaxed), "the next one gathers again")
        bench.stop()
    }

    @Test("nobody waits where every worker waits for its clients")
    func idleWorkers() throws {
        let bench = try busyBench()
        let bell = bench.shared.lanes[0].bell
        bench.leave(Self.busyRecords)
        bell.prepareToSleep()
        let began = ContinuousClock.now
        bench.shared.sequencerBell.ring()
        #expect(bell.wait(timeoutNanoseconds: 10_000_000_000))
        #expect(ContinuousClock.now - began < .milliseconds(Self.busyRecords * 16 / 1_000))
        bell.wokeUp()
        #expect(bench.answers(1).count == 1)
        bench.stop()
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
        let reset = AdministrativeCommand.operation(
            .reset(id: "ete", dataKeyID: "d-2", export: export))
        let meant = ExpectedOperation(index: 0, entries: 0)
        let first = try await control.decide(reset, by: .admin, expecting: meant).change
        #expect(first == .operationReset(0, successor: 1))
        let put = AdministrativeCommand.operation(
            .put(id: "ete", settings: Bench.settings(.once, title: "U"), dataKeyID: "d-3"))
        let delete = AdministrativeCommand.operation(.delete(id: "ete", export: export))
        for command in [reset, put, delete] {
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
