import Bytes
import Testing
import Time

@testable import Gateway

@Suite("The ledger's time when the clock is set")
struct LedgerClockTests {
    private static let start = Timestamp(milliseconds: 1_800_000_000_000)

    /// A wall clock and a monotonic one that goes on, and the ledger's clock that follows them.
    private struct World {
        var ledger = LedgerClock(
            after: Timestamp(milliseconds: 0), now: start, nanoseconds: 1_000_000_000)
        var monotonic: UInt64 = 1_000_000_000
        var offset: Int64 = 0
        var news: [String] = []

        var elapsed: Int64 { Int64(monotonic / 1_000_000) - 1_000 }

        /// Lets time go on, a tenth of a second a turn; the ledger's never runs backwards.
        mutating func pass(seconds: Double) {
            for _ in 0..<Int(seconds * 10) {
                monotonic += 100_000_000
                let before = ledger.time
                let wall = start.advanced(byMilliseconds: elapsed + offset)
                if let told = ledger.advance(to: wall, nanoseconds: monotonic) {
                    news.append(told)
                }
                #expect(ledger.time >= before)
            }
        }

        /// How far the ledger's time is from what time it is, in milliseconds.
        var error: Int64 { ledger.time.milliseconds - start.milliseconds - elapsed }
    }

    @Test("it is the wall clock's, and follows it through small corrections")
    func follows() {
        var world = World()
        world.pass(seconds: 5)
        #expect(world.error == 0)
        world.offset = 9_000
        world.pass(seconds: 1)
        #expect(world.error == 9_000)
        world.offset = 0
        world.pass(seconds: 1)
        #expect(world.error == 8_000, "it stands until the clock has caught up")
        world.pass(seconds: 9)
        #expect(world.error == 0)
        #expect(world.news == [])
        #expect(world.ledger.leapMilliseconds == 0)
    }

    @Test("another leap within the minute has a minute of its own")
    func twoLeaps() {
        var world = World()
        world.pass(seconds: 1)
        world.offset = 3_600_000
        world.pass(seconds: 59)
        world.offset = 31_536_000_000
        world.pass(seconds: 59)
        #expect(world.error == 0, "neither is believed")
        world.offset = 0
        world.pass(seconds: 1)
        #expect(world.error == 0)
        #expect(world.ledger.leapMilliseconds == 0)
        #expect(world.news.count == 3, "\(world.news)")
    }

    @Test(
        "a leap that is taken back within a minute leaves no trace",
        arguments: [3_600_000, -3_600_000, 31_536_000_000, -31_536_000_000] as [Int64])
    func excursion(offset: Int64) {
        var world = World()
        world.pass(seconds: 1)
        world.offset = offset
        world.pass(seconds: 59)
        #expect(world.error == 0)
        #expect(world.ledger.leapMilliseconds == offset)
        world.offset = 0
        world.pass(seconds: 200)
        #expect(world.error == 0)
        #expect(world.ledger.leapMilliseconds == 0)
        #expect(world.news.count == 2)
    }

    @Test("a leap forward that lasts is believed")
    func forward() {
        var world = World()
        world.offset = 3_600_000
        world.pass(seconds: 61)
        #expect(world.error == 3_600_000)
        #expect(world.ledger.leapMilliseconds == 0)
        #expect(world.news.count == 2)
    }

    @Test("a leap back that lasts is believed: time stands until the clock has caught up")
    func back() {
        var world = World()
        world.offset = -600_000
        world.pass(seconds: 61)
        #expect(world.ledger.leapMilliseconds < -590_000)
        let stood = world.ledger.time
        world.pass(seconds: 500)
        #expect(world.ledger.time == stood)
        #expect(world.news.last?.contains("stands still") == true)
        world.pass(seconds: 200)
        #expect(world.error == -600_000)
        #expect(world.ledger.leapMilliseconds == 0)
        #expect(world.news.last?.contains("moves on") == true)
    }

    @Test("a journal from the future holds the time still, and says so")
    func future() {
        var clock = LedgerClock(
            after: Self.start.advanced(byMilliseconds: 60_000), now: Self.start, nanoseconds: 0)
        let told = clock.advance(to: Self.start, nanoseconds: 0)
        #expect(told?.contains("stands still") == true)
        #expect(clock.time == Self.start.advanced(byMilliseconds: 60_000))
        #expect(clock.leapMilliseconds == -60_000)
    }
}
