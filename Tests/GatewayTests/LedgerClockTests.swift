import Bytes
import Testing
import Time

@testable import Gateway

@Suite("The ledger's time when the clock is set")
struct LedgerClockTests {
    private static let start = Timestamp(milliseconds: 1_800_000_000_000)
    private static let day: Int64 = 86_400_000
    private static let year: Int64 = 31_536_000_000

    /// A wall clock and a monotonic one that goes on, and the ledger's clock that follows them.
    private struct World {
        var ledger = LedgerClock(
            after: nil, now: start, nanoseconds: 1_000_000_000)
        var monotonic: UInt64 = 1_000_000_000
        var offset: Int64 = 0
        var isSynchronized = false
        var news: [String] = []

        var elapsed: Int64 { Int64(monotonic / 1_000_000) - 1_000 }

        /// Lets time go on, a tenth of a second a turn; the ledger's never runs backwards.
        mutating func pass(seconds: Double) {
            for _ in 0..<Int(seconds * 10) { step(nanoseconds: 100_000_000) }
        }

        /// The next turn comes so much later.
        mutating func step(nanoseconds: UInt64) {
            monotonic += nanoseconds
            let before = ledger.time
            let isSynchronized = isSynchronized
            let told = ledger.advance(to: wall, nanoseconds: monotonic) { isSynchronized }
            if let told { news.append(told) }
            #expect(ledger.time >= before)
        }

        var wall: Timestamp { start.advanced(byMilliseconds: elapsed + offset) }

        /// A process that starts when the log ended so many milliseconds before.
        static func starting(after gap: Int64) -> World {
            var world = World()
            world.ledger = LedgerClock(
                after: start.advanced(byMilliseconds: -gap), now: start,
                nanoseconds: world.monotonic)
            return world
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
        arguments: [3_600_000, -3_600_000, Self.day, -Self.day, Self.year, -Self.year])
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

    // MARK: Years that no entry's number can say

    @Test(
        "a new journal waits for a clock that an entry's number can say",
        arguments: [0, 86_400_000, 1_577_836_799_999, 253_402_300_795_000])
    func impossible(milliseconds: Int64) {
        let wrong = Timestamp(milliseconds: milliseconds)
        var clock = LedgerClock(after: nil, now: wrong, nanoseconds: 0)
        #expect(clock.isUnsure)
        #expect(clock.advance(to: wrong, nanoseconds: 0)?.contains("cannot be") == true)
        // Neither time nor a person makes it right.
        let day: UInt64 = 86_400_000_000_000
        #expect(clock.advance(to: wrong, nanoseconds: day) { true } == nil)
        #expect(clock.confirm(wrong, nanoseconds: day) == nil)
        #expect(clock.isUnsure)
        #expect(clock.advance(to: Self.start, nanoseconds: day)?.contains("is right") == true)
        #expect(!clock.isUnsure)
        #expect(clock.time == Self.start)
    }

    @Test("a leap to a year that cannot be is never followed")
    func impossibleLeap() {
        var world = World()
        world.isSynchronized = true
        world.offset = -1_700_000_000_000
        world.pass(seconds: 4_000)
        #expect(world.error == 0)
        world.offset = 0
        world.pass(seconds: 1)
        #expect(world.ledger.leapMilliseconds == 0)
    }

    // MARK: A second leap

    @Test("time that stands is not said to move on because of a second leap")
    func secondLeap() {
        var world = World()
        world.offset = -3_600_000
        world.pass(seconds: 62)
        #expect(world.news.last?.contains("stands still") == true)
        let stood = world.ledger.time
        for offset: Int64 in [-7_200_000, 60_000_000, -3_600_000] {
            world.offset = offset
            world.pass(seconds: 30)
            #expect(world.ledger.time == stood)
        }
        #expect(!world.news.contains { $0.contains("moves on") }, "\(world.news)")
        world.offset = 0
        world.pass(seconds: 62)
        #expect(world.error == 0)
        #expect(world.news.last?.contains("moves on") == true, "\(world.news)")
    }

    @Test("a leap of more than a day is not believed after a minute, nor after half an hour")
    func longLeap() {
        var world = World()
        world.offset = Self.year
        world.pass(seconds: 1_800)
        #expect(world.error == 0)
        #expect(world.ledger.leapMilliseconds == Self.year)
        world.offset = 0
        world.pass(seconds: 1)
        #expect(world.error == 0)
        #expect(world.news.last?.contains("no effect") == true, "\(world.news)")
    }

    @Test("a leap of more than a day is believed after a minute where a time server agrees")
    func synchronizedLeap() {
        var world = World()
        world.offset = 2 * Self.day
        world.isSynchronized = true
        world.pass(seconds: 59)
        #expect(world.error == 0)
        world.pass(seconds: 2)
        #expect(world.error == 2 * Self.day)
    }

    @Test("a leap of more than a day is believed after an hour, and at once from an operator")
    func confirmedLeap() {
        var world = World()
        world.offset = 2 * Self.day
        world.pass(seconds: 3_602)
        #expect(world.error == 2 * Self.day)
        world.offset = 4 * Self.day
        world.pass(seconds: 1)
        #expect(world.error == 2 * Self.day)
        _ = world.ledger.confirm(world.wall, nanoseconds: world.monotonic)
        #expect(world.error == 4 * Self.day)
        world.pass(seconds: 100)
        #expect(world.error == 4 * Self.day)
    }

    @Test("time that stands for more than a day is said to, until an operator accepts it")
    func farBehind() {
        var world = World()
        world.offset = -2 * Self.day
        world.pass(seconds: 3_000)
        #expect(!world.ledger.isFarBehind, "the leap is not believed yet")
        #expect(world.error == 0)
        world.pass(seconds: 700)
        #expect(world.ledger.isFarBehind)
        _ = world.ledger.confirm(world.wall, nanoseconds: world.monotonic)
        world.pass(seconds: 10)
        #expect(!world.ledger.isFarBehind)
    }

    // MARK: Sleep

    @Test("a sleep of the machine is no leap: the first turn after it has the new day")
    func sleep() {
        var world = World()
        world.pass(seconds: 5)
        // The elapsed-time clock goes on while the machine sleeps.
        world.step(nanoseconds: 8 * 3_600_000_000_000)
        #expect(world.error == 0)
        world.step(nanoseconds: 40 * 24 * 3_600_000_000_000)
        #expect(world.error == 0)
        #expect(world.news == [])
    }

    // MARK: A start

    @Test(
        "a start within a day of the log's end believes the clock",
        arguments: [0, 1_000, Self.day])
    func nearStart(gap: Int64) {
        var world = World.starting(after: gap)
        #expect(!world.ledger.isUnsure)
        world.pass(seconds: 1)
        #expect(world.error == 0)
        #expect(world.news == [])
    }

    @Test(
        "a start with a clock days from the log's end waits, and leaves no trace once it is right",
        arguments: [Self.day + 1, Self.year, 5 * Self.year, -Self.day - 1, -Self.year])
    func farStart(gap: Int64) {
        var world = World.starting(after: gap)
        let last = Self.start.advanced(byMilliseconds: -gap)
        #expect(world.ledger.isUnsure)
        world.pass(seconds: 600)
        #expect(world.ledger.isUnsure)
        #expect(world.ledger.time == last)
        #expect(world.ledger.leapMilliseconds == gap + 600_000)
        #expect(world.news.count == 1, "\(world.news)")
        // Put right: an hour behind the log's end.
        world.offset = -gap + 3_600_000
        world.pass(seconds: 1)
        #expect(!world.ledger.isUnsure)
        #expect(world.ledger.time == world.wall)
        #expect(world.ledger.leapMilliseconds == 0)
        world.pass(seconds: 100)
        #expect(world.ledger.time == world.wall)
        #expect(world.news.count == 2, "\(world.news)")
    }

    @Test("a start after days of rest goes on after a minute where a time server keeps the clock")
    func synchronizedStart() {
        var world = World.starting(after: 7 * Self.day)
        world.isSynchronized = true
        world.pass(seconds: 59)
        #expect(world.ledger.isUnsure)
        world.pass(seconds: 2)
        #expect(!world.ledger.isUnsure)
        #expect(world.error == 0)
    }

    @Test("without a time server it goes on after an hour, or when an operator says so")
    func confirmedStart() {
        var world = World.starting(after: 7 * Self.day)
        world.pass(seconds: 3_590)
        #expect(world.ledger.isUnsure)
        world.pass(seconds: 12)
        #expect(!world.ledger.isUnsure)
        #expect(world.error == 0)
        world = World.starting(after: 7 * Self.day)
        world.pass(seconds: 1)
        _ = world.ledger.confirm(world.wall, nanoseconds: world.monotonic)
        #expect(!world.ledger.isUnsure)
        world.pass(seconds: 1)
        #expect(world.error == 0)
    }

    @Test("a start with a clock days behind the log waits for a person, however long")
    func behindStart() {
        var world = World.starting(after: -7 * Self.day)
        world.isSynchronized = true
        world.pass(seconds: 7_200)
        #expect(world.ledger.isUnsure)
        let news = world.ledger.confirm(world.wall, nanoseconds: world.monotonic)
        #expect(news?.contains("stands still") == true)
        #expect(!world.ledger.isUnsure)
        #expect(!world.ledger.isFarBehind)
        let stood = world.ledger.time
        world.pass(seconds: 10)
        #expect(world.ledger.time == stood)
    }

    @Test("another wrong clock during the wait begins it anew")
    func twoWrongClocks() {
        var world = World.starting(after: 7 * Self.day)
        world.isSynchronized = true
        world.pass(seconds: 50)
        world.offset = Self.year
        world.pass(seconds: 50)
        #expect(world.ledger.isUnsure)
        #expect(world.news.count == 2, "\(world.news)")
    }
}
