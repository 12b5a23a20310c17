import TestSupport
import Testing

@testable import Gateway

@Suite("A rise is found at its entry, whatever its tag")
struct RiseMeterTests {
    private struct Counting: ~Copyable {
        var meter = RiseMeter()
        var allowed: Int? = 100
        /// How often the owner had to look, and what was to be reported.
        var looks = 0
        var reported: [Int] = []

        mutating func count(_ times: Int, of operation: UInt32 = 0, at now: UInt64) {
            for _ in 0..<times {
                if now >= meter.eighthEnd { meter.turn(at: now, seconds: 10) }
                guard meter.count(operation) else { continue }
                looks += 1
                if let entries = meter.look(at: operation, allowed: allowed, now: now) {
                    reported.append(entries)
                }
            }
        }
    }

    @Test("the first entry beyond what is allowed is one too many; few are looked at")
    func threshold() {
        var counting = Counting()
        counting.count(100, at: 1_000)
        #expect(counting.reported == [])
        counting.count(400, at: 1_500)
        #expect(counting.reported == [101])
        #expect(counting.looks == 2)
    }

    @Test("as many in two windows, or of two operations, are no rise")
    func windows() {
        var counting = Counting()
        counting.count(100, at: 1_000)
        counting.count(100, of: 7, at: 1_000)
        counting.count(100, at: 11_000)
        #expect(counting.reported == [])
    }

    @Test("what comes around the end of a window is counted together")
    func straddling() {
        var counting = Counting()
        counting.count(1, at: 1_000)
        counting.count(99, at: 10_900)
        counting.count(99, at: 11_900)
        #expect(counting.reported == [101])
    }

    @Test("a steady rate of just what is allowed is no rise, nor is a burst in every window")
    func steady() {
        var counting = Counting()
        for step in 0..<1_200 as Range<UInt64> { counting.count(1, at: 1_000 + step * 100) }
        #expect(counting.reported == [])
        counting = Counting()
        for window in 0..<20 as Range<UInt64> { counting.count(100, at: 1_000 + window * 10_001) }
        #expect(counting.reported == [])
    }

    @Test("nothing is reported that did not come within one window, and no burst is missed")
    func bounds() {
        let seed = UInt64.random(in: 0..<1 << 32)
        var random = SeededGenerator(seed: seed)
        for run in 0..<200 {
            var counting = Counting()
            var times: [UInt64] = []
            var now: UInt64 = 1_000
            for _ in 0..<60 {
                now += .random(in: 0...3_000, using: &random)
                let count = Int.random(in: 1...60, using: &random)
                counting.count(count, at: now)
                times += Array(repeating: now, count: count)
                let long = times.count { $0 + 10_000 > now }
                let short = times.count { $0 + 8_750 > now }
                if !counting.reported.isEmpty {
                    #expect(long > 100, "seed \(seed), run \(run)")
                    break
                }
                #expect(short <= 100, "seed \(seed), run \(run)")
            }
        }
    }

    @Test("what came while a campaign ran is no rise when it is over")
    func campaignEnds() {
        var counting = Counting()
        counting.allowed = 1_000
        counting.count(900, at: 1_000)
        counting.allowed = 100
        counting.count(100, at: 2_500)
        #expect(counting.reported == [])
        counting.count(1, at: 2_500)
        #expect(counting.reported == [101])
    }

    @Test("a window of another length begins empty")
    func length() {
        var counting = Counting()
        counting.count(100, at: 1_000)
        counting.meter.turn(at: 1_001, seconds: 60)
        counting.meter.resetAll()
        counting.count(100, at: 1_002)
        #expect(counting.reported == [])
        counting.count(1, at: 1_002)
        #expect(counting.reported == [101])
    }

    @Test("a rise that goes on is reported again after five minutes")
    func again() {
        var counting = Counting()
        for second in 0..<300 as Range<UInt64> { counting.count(50, at: 1_000 + second * 1_000) }
        #expect(counting.reported == [101])
        counting.count(101, at: 311_000)
        #expect(counting.reported == [101, 101])
    }

    @Test("what is announced meanwhile is no rise; what no longer is, is one at once")
    func declarations() {
        var counting = Counting()
        counting.count(150, at: 1_000)
        counting.allowed = 1_000
        counting.meter.reset(0)
        counting.count(800, at: 1_500)
        #expect(counting.reported == [101])
        counting.allowed = 100
        counting.meter.resetAll()
        counting.count(1, at: 2_000)
        #expect(counting.reported == [101, 951])
    }

    @Test("entries to an operation that is not open are none; once it opens they count anew")
    func notOpen() {
        var counting = Counting()
        counting.allowed = nil
        counting.count(5_000, at: 1_000)
        #expect(counting.looks < 60 && counting.reported == [])
        counting.allowed = 100
        counting.count(400, at: 1_500)
        #expect(counting.reported.count == 1)
    }
}
