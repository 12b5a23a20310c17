import Contract
import Ledger
import Projections
import Sockets
import Testing
import Time

@testable import Gateway

@Suite("A flood in virtual time")
struct FloodTests {
    /// One run's figures; equal seeds give equal ones.
    private struct Run: Equatable {
        var end = EntryNumber(rawValue: 0)
        var records: UInt64 = 0
        /// Entries accepted in each virtual second.
        var accepted: [Int] = []
        var verdicts: [String: Int] = [:]
        var participants: UInt32 = 0
    }

    @Test(
        "a pace holds, a suspension ends by itself, every view agrees, and a seed repeats exactly")
    func paceAndSuspension() throws {
        let seed = UInt64.random(in: 0..<1 << 32)
        print("FloodTests: seed \(seed)")
        let first = try run(seed)
        // Ten seconds as they come, then a pace of 50, a suspension from 100 to 130.
        #expect(first.accepted[0..<10].allSatisfy { $0 > 100 }, "seed \(seed)")
        // What nobody took is kept for two seconds: a window of ten has twelve seconds' worth.
        for second in 12..<90 {
            let window = first.accepted[second..<second + 10].reduce(0, +)
            #expect(window <= 12 * 50 + 1, "seed \(seed), second \(second)")
        }
        #expect(first.accepted[12..<100].reduce(0, +) > 88 * 45, "seed \(seed)")
        #expect(first.accepted[101..<129].allSatisfy { $0 == 0 }, "seed \(seed)")
        #expect(first.accepted[135..<300].reduce(0, +) > 165 * 45, "seed \(seed)")
        #expect(Int(first.participants) == first.accepted.reduce(0, +), "seed \(seed)")
        #expect(first.verdicts["waiting", default: 0] > 0, "seed \(seed)")
        #expect(try run(seed) == first, "seed \(seed)")
    }

    /// 300 virtual seconds of a hundred newcomers and more a second.
    private func run(_ seed: UInt64) throws -> Run {
        let random = SeededRandom(seed: seed)
        let clock = SimulatedClock(Timestamp(milliseconds: 1_800_000_000_000))
        let gateway = try SimulatedGateway(
            disk: try SimulatedDisk(), clock: clock, random: random)
        try gateway.open("ete", policy: .advise)
        var crowd = Crowd(random)
        var run = Run()
        for second in 0..<300 {
            switch second {
            case 10:
                try gateway.decide(.operation(.setPace(operation: "ete", perSecond: 50, note: nil)))
            case 100:
                try gateway.decide(
                    .operation(
                        .suspend(
                            id: "ete", ground: .maintenance,
                            until: clock.wallClock().advanced(byMilliseconds: 30_000),
                            isDefinitive: false, note: "a test")))
            default: break
            }
            run.accepted.append(0)
            for _ in 0..<10 {
                crowd.post(to: gateway.loops[0], newcomers: 10 + random.below(5), at: clock)
                try gateway.step(nanoseconds: 100_000_000)
                for answer in gateway.loops[0].drainAnswers() {
                    crowd.receive(answer, at: clock)
                    run.verdicts["\(answer.verdict)", default: 0] += 1
                    if answer.verdict == .accepted { run.accepted[second] += 1 }
                }
            }
            if let difference = gateway.difference {
                Issue.record("seed \(seed), second \(second): differs in \(difference)")
            }
        }
        (run.end, run.records) = gateway.end
        run.participants = gateway.counts(of: 0)?.participants ?? 0
        return run
    }

    /// People who enter once: those that have to wait come again with their ticket, but one in four
    /// gives up.
    private struct Crowd {
        private let random: SeededRandom
        private var nextPerson: UInt64 = 0
        private var nextConnection: UInt32 = 0
        private var waiting: [Int64: [SimulatedLoop.Entry]] = [:]
        private var posted: [UInt32: SimulatedLoop.Entry] = [:]

        init(_ random: SeededRandom) {
            self.random = random
        }

        mutating func post(to loop: SimulatedLoop, newcomers: Int, at clock: SimulatedClock) {
            let now = clock.wallClock().milliseconds / 100
            var entries = waiting.removeValue(forKey: now) ?? []
            for _ in 0..<newcomers {
                nextPerson += 1
                entries.append(
                    SimulatedLoop.Entry(operation: 0, key: 0, person: nextPerson, connection: 0))
            }
            for var entry in entries {
                nextConnection += 1
                entry.connection = nextConnection
                posted[nextConnection] = entry
                #expect(loop.post(entry))
            }
        }

        mutating func receive(_ answer: AnswerEnvelope, at clock: SimulatedClock) {
            guard var entry = posted.removeValue(forKey: answer.connection.place) else {
                Issue.record("an answer that nobody waits for")
                return
            }
            guard answer.verdict == .waiting, random.below(4) > 0 else { return }
            entry.ticket = answer.entry
            entry.ticketEpoch = answer.epoch
            let pause = Int64(answer.retryAfterMilliseconds) / 100 + 1
            waiting[clock.wallClock().milliseconds / 100 + pause, default: []].append(entry)
        }
    }
}
