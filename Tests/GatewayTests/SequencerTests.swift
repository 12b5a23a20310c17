import Bytes
import Counters
import Cryptography
import Foundation
import Journal
import Ledger
import Sockets
import Synchronization
import Testing

@testable import Gateway

@Suite("The sequencer, and what waits for it when it begins", .onOwnThread)
struct SequencerTests {
    /// Everything that a sequencer needs, before it runs: what is left in its lanes is then one
    /// batch's worth of work, or more, whatever the machine's speed.
    private final class Bench {
        let folder: TestFolder
        let shared: Shared
        let control: Control
        private let cargo: Cargo<Sequencer>
        private var thread: GatewayThread?

        /// - Parameter commands: applied before anything is left.
        init(_ commands: [AdministrativeCommand], _ change: (inout Limits) -> Void) throws {
            folder = try TestFolder()
            var limits = TestGateway.limits
            change(&limits)
            let data = try DataFolder(folder.path)
            var ledger = Ledger()
            for command in commands {
                _ = try ledger.apply(command, at: Timestamp(milliseconds: 0))
            }
            var empty = Ledger()
            let journal = try data.recover(&empty, limits: limits, logger: TestGateway.silent)
            shared = try Shared(
                limits: limits, workers: 1, catalogue: ledger.catalogue,
                logger: TestGateway.silent)
            control = Control(
                shared: shared, vault: try data.openVault(masterKey: folder.path + "/master.key"),
                tokens: try AdminTokens(data: folder.path), keys: [:],
                startedAt: Timestamp(milliseconds: 0))
            cargo = Cargo(Sequencer(shared: shared, ledger: ledger, journal: journal))
        }

        func start() {
            let (cargo, shared) = (cargo, shared)
            thread = GatewayThread(name: "sequencer") {
                var sequencer = cargo.unload()
                do {
                    try sequencer.run()
                } catch {
                    shared.giveUp("\(error)")
                }
            }
        }

        func stop() {
            shared.stop()
            thread?.join()
            thread = nil
        }

        /// Leaves an entry of operation 0 with its key 0.
        func leave(_ person: UInt64, sealedBytes: Int = 32) {
            var record = ByteBuffer(capacity: 1 << 14)
            let command = EntryCommand(
                operation: 0, key: 0, participant: Fingerprint(high: 1, low: person),
                ageConfirmed: false, consentsGiven: true)
            record.append(
                EntryEnvelope(
                    connection: EventToken(place: UInt32(person), generation: 0), handedOver: 0,
                    command: command, sourceBytes: 0))
            record.append(zeros: sealedBytes)
            let isTaken = shared.lanes[0].commands.push(record.bytes)
            #expect(isTaken)
        }

        /// The answers in the worker's ring, once there are so many.
        func answers(_ count: Int) -> [AnswerEnvelope] {
            var answers: [AnswerEnvelope] = []
            let bell = shared.lanes[0].bell
            while answers.count < count {
                bell.prepareToSleep()
                if shared.lanes[0].answers.isEmpty,
                    !bell.wait(timeoutNanoseconds: 10_000_000_000)
                {
                    return answers
                }
                bell.wokeUp()
                while shared.lanes[0].answers.pop({
                    answers.append($0.envelope(as: AnswerEnvelope.self))
                }) {}
            }
            return answers
        }
    }

    private static func settings(_ rule: EntryRule, title: String = "T") -> OperationSettings {
        OperationSettings(client: "acme", title: title, rule: rule, robots: .off, policy: .advise)
    }

    private static func opened() throws -> [AdministrativeCommand] {
        let digest = Token.digest(of: "pk_test")
        let stored = KeyDigest(digest.bytes)
        return [
            .putClient(id: "acme", name: "Acme"),
            .putOperation(id: "ete", settings: settings(.once), dataKeyID: "d-1"),
            .addKey(operation: "ete", keyID: "k-1", digest: try #require(stored)),
            .openOperation(id: "ete", note: nil),
        ]
    }

    @Test("more entries than a batch holds are all answered, in order")
    func entriesBeyondABatch() throws {
        let bench = try Bench(try Self.opened()) { limits in
            limits.journalBatchBytes = 32_768
            limits.connections = 1_000
        }
        for person in 0..<200 { bench.leave(UInt64(person), sealedBytes: 8_000) }
        bench.start()
        let answers = bench.answers(200)
        bench.stop()
        #expect(answers.map(\.connection.place) == (0..<200).map { UInt32($0) })
        #expect(answers.map(\.participant) == (1...200).map { UInt32($0) })
        #expect(answers.allSatisfy { $0.verdict == .accepted })
    }

    @Test("more commands than a batch holds are all decided, in order, entries after them")
    func commandsBeyondABatch() throws {
        let bench = try Bench(try Self.opened()) { $0.journalBatchBytes = 32_768 }
        let outcomes = Outcomes()
        let note = String(repeating: "n", count: 1_000)
        for number in 0..<100 {
            let command: AdministrativeCommand =
                number % 2 == 0
                ? .closeOperation(id: "ete", note: note) : .openOperation(id: "ete", note: note)
            let request = AdministrativeRequest(command: command, encoded: try command.json()) {
                outcomes.add(number, $0)
            }
            bench.shared.administration.leave(request)
        }
        bench.leave(7)
        bench.start()
        let answers = bench.answers(1)
        bench.stop()
        #expect(outcomes.succeeded == Array(0..<100))
        #expect(answers.count == 1)
    }

    @Test("a change of rule and the first entry in one batch: both hold")
    func ruleAndFirstEntry() async throws {
        let bench = try Bench(try Self.opened()) { _ in }
        bench.leave(1)
        let control = bench.control
        let command = AdministrativeCommand.putOperation(
            id: "ete", settings: Self.settings(.daily), dataKeyID: "d-1")
        let change = Task { try await control.decide(command) }
        while !bench.shared.administration.hasWork { await Task.yield() }
        bench.start()
        let answers = bench.answers(1)
        let result = await change.result
        bench.stop()
        #expect(answers.map(\.verdict) == [.accepted])
        guard case .success(.operationChanged(0)) = result else {
            Issue.record("the change is not taken: \(result)")
            return
        }
        let rule = bench.shared.catalogue.withLock { $0.operations[0].settings.rule }
        #expect(rule == .daily)
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
