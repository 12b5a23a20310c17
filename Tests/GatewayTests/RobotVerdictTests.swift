import Bytes
import Ledger
import LockFree
import Robots
import Sockets
import Testing
import Time

@testable import Gateway

@Suite("Robots and suspects are counted as they were answered (C6)")
struct RobotVerdictTests {
    /// A sequencer that a test turns, and entries as a worker has judged them.
    private final class World {
        private let bench: Bench
        private var sequencer: Sequencer

        init() throws {
            bench = try Bench(try Bench.opened(robots: .refuse)) { $0.behaviourBytes = 0 }
            sequencer = bench.takeSequencer()
        }

        /// Sends an entry.
        /// - Returns: what it is answered.
        func enter(
            _ person: UInt64, _ measure: RobotDecision.Measure, signature: Int32 = 0,
            consistency: Int32 = 0, challenge: SolvedChallenge = .absent, ticket: UInt64 = 0
        ) throws -> AnswerEnvelope {
            var record = ByteBuffer(capacity: 1 << 10)
            record.append(
                envelope(person, measure, signature, consistency, challenge, ticket: ticket))
            record.append(zeros: 32)
            let isTaken = bench.shared.lanes[0].commands.push(record.bytes)
            #expect(isTaken)
            try sequencer.turn()
            var answer: AnswerEnvelope?
            bench.shared.lanes[0].answers.drain { record in
                answer = record.envelope(as: AnswerEnvelope.self)
                return true
            }
            return try #require(answer)
        }

        /// A robot that only is observed comes back with a ticket, and is answered so.
        func comeBack(_ answered: EntryVerdict) {
            let envelope = envelope(1, .observe, 9_200, 0, .absent, ticket: 9)
            let judged = Sequencer.Judged(
                weights: envelope.suspicion.weights(behaviour: 0), decision: .admitRobot)
            sequencer.count(envelope, judged, answered)
        }

        private func envelope(
            _ person: UInt64, _ measure: RobotDecision.Measure, _ signature: Int32,
            _ consistency: Int32, _ challenge: SolvedChallenge, ticket: UInt64
        ) -> EntryEnvelope {
            var envelope = EntryEnvelope(
                connection: EventToken(place: 1, generation: 0), handedOver: 0,
                command: EntryCommand(
                    operation: 0, key: 0, participant: Fingerprint(high: 1, low: person),
                    ageConfirmed: false, consentsGiven: true, challenge: challenge),
                sourceBytes: 0)
            envelope.ticket = ticket
            envelope.suspicion.measure = measure
            envelope.suspicion.signatureWeight = signature
            envelope.suspicion.weight = signature + consistency
            envelope.suspicion.lower = 2_300
            envelope.suspicion.upper = 6_900
            return envelope
        }

        /// A challenge that was solved, good for one entry.
        func solved(_ number: UInt64, level: UInt8 = 3) -> SolvedChallenge {
            SolvedChallenge(
                mark: Fingerprint(high: 2, low: number),
                expires: UInt32(bench.shared.ledgerTime.milliseconds / 1_000) + 600, level: level)
        }

        /// One whose wait is over, and whose turn is in some seconds.
        func postponed(seconds: UInt32, level: UInt8) -> SolvedChallenge {
            .postponed(
                until: UInt32(bench.shared.ledgerTime.milliseconds / 1_000) + seconds,
                level: level)
        }

        func count(_ verdict: RobotMinute.Verdict, isRobot: Bool) -> UInt64 {
            bench.shared.robots.counts.totals[
                RobotCell(.verdict, isRobot ? 1 : 0, of: 0, verdict), default: 0]
        }

        var attempts: UInt64 { bench.shared.robots.weights.attempts(of: 0) }
    }

    @Test("one that comes back with a ticket is counted where it is stopped, and only there")
    func returning() throws {
        let world = try World()
        let refused = try world.enter(1, .refuse, signature: 9_200, ticket: 7)
        #expect(refused.verdict == .refused && world.count(.refused, isRobot: true) == 1)
        let asked = try world.enter(2, .challenge, signature: 3_000, ticket: 8)
        #expect(asked.verdict == .challenged && world.count(.challenged, isRobot: false) == 1)
        #expect(world.attempts == 2)
        world.comeBack(.waiting)
        world.comeBack(.accepted)
        #expect(world.count(.observed, isRobot: true) == 0)
        #expect(world.attempts == 2, "it was counted when it came first")
    }

    @Test("what the ledger refuses anyway is counted as refused")
    func owed() throws {
        let world = try World()
        for measure in [RobotDecision.Measure.refuse, .challenge, .observe] {
            let answer = try world.enter(1, measure, signature: 9_200, challenge: .failed)
            #expect(answer.verdict == .refused && answer.reasons.contains(.challengeFailed))
        }
        #expect(world.count(.refused, isRobot: true) == 3 && world.attempts == 3)
    }

    @Test("a used challenge that comes again lets nobody in, and counts so")
    func replayed() throws {
        let world = try World()
        let challenge = world.solved(1)
        let first = try world.enter(1, .challenge, consistency: 3_000, challenge: challenge)
        #expect(first.verdict == .accepted)
        for person in UInt64(2)...4 {
            let again = try world.enter(
                person, .challenge, consistency: 3_000, challenge: challenge)
            #expect(again.verdict == .refused)
        }
        #expect(world.count(.admitted, isRobot: false) == 1)
        #expect(world.count(.refused, isRobot: false) == 3)
    }

    @Test("whom a solved challenge makes a participant is counted as no robot")
    func participant() throws {
        let world = try World()
        let answer = try world.enter(
            1, .challenge, signature: 500, consistency: 6_800, challenge: world.solved(1))
        #expect(answer.verdict == .accepted && answer.participant == 1)
        #expect(world.count(.admitted, isRobot: false) == 1)
        #expect(world.count(.admitted, isRobot: true) == 0)
    }

    @Test("with too little work it is asked for more, and a repeat counts as what it repeats")
    func insufficient() throws {
        let world = try World()
        let cheap = world.solved(1, level: 1)
        let answer = try world.enter(1, .challenge, signature: 9_200, challenge: cheap)
        #expect(answer.verdict == .challenged && answer.challengeLevel == 3)
        let asked = try world.enter(1, .refuse, consistency: 5_000, challenge: cheap)
        #expect(asked.verdict == .challenged && asked.challengeLevel == 2)
        // It was not used up.
        let taken = try world.enter(1, .refuse, consistency: 3_000, challenge: cheap)
        #expect(taken.verdict == .accepted)
        let repeated = try world.enter(1, .refuse, consistency: 3_000)
        #expect(repeated.verdict == .repeated)
        #expect(world.count(.admitted, isRobot: false) == 2)
        #expect(world.count(.challenged, isRobot: true) == 1)
        #expect(world.count(.challenged, isRobot: false) == 1)
    }

    @Test("one that has waited is asked to wait for its turn alone, if so much was asked for")
    func postponed() throws {
        let world = try World()
        let waited = world.postponed(seconds: 4, level: 1)
        let soon = try world.enter(1, .challenge, consistency: 3_000, challenge: waited)
        #expect(soon.verdict == .challenged && soon.challengeLevel == 1)
        #expect((1...4_000).contains(soon.retryAfterMilliseconds))
        let more = try world.enter(1, .challenge, consistency: 5_000, challenge: waited)
        #expect(more.verdict == .challenged && more.challengeLevel == 2)
        #expect(more.retryAfterMilliseconds == 0)
        // Whoever is no longer suspect waits for nothing.
        #expect(try world.enter(1, .challenge, challenge: waited).verdict == .accepted)
    }
}
