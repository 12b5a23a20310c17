import Testing

@testable import portillon_load

@Suite("The kernel's stamps become times of the monotonic clock")
struct ArrivalClockTests {
    /// What the wall clock is ahead in these tests.
    private static let ahead: Int64 = 1_795_000_000_000_000_000
    private static let millisecond: UInt64 = 1_000_000

    private func reading(
        _ monotonic: UInt64, ahead: Int64 = ahead, width: UInt64 = 200
    ) -> ClockReading {
        ClockReading(
            before: monotonic - width / 2, wall: Int64(monotonic) + ahead,
            after: monotonic + width / 2)
    }

    private func clock(_ readings: ClockReading...) -> ArrivalClock {
        var clock = ArrivalClock()
        for reading in readings { clock.note(reading) }
        return clock
    }

    @Test("by the distance of both clocks, exactly")
    func translation() {
        let clock = clock(reading(5_000 * Self.millisecond))
        for time: UInt64 in [4_000_000_000, 4_000_000_001, 5_123_456_789, 6_000_000_000] {
            let stamp = Int64(time) + Self.ahead
            #expect(clock.time(of: stamp, sentAt: 4_000_000_000, readAt: 6_000_000_000) == time)
        }
    }

    @Test("before the first reading nothing is known")
    func unread() {
        #expect(ArrivalClock().time(of: Self.ahead + 5, sentAt: 1, readAt: 9) == nil)
    }

    @Test("an answer older than its request, or younger than its reading, has no stamp")
    func impossible() {
        let clock = clock(reading(5_000_000_000))
        func time(_ monotonic: Int64) -> UInt64? {
            clock.time(of: monotonic + Self.ahead, sentAt: 5_000_000_000, readAt: 5_001_000_000)
        }
        #expect(time(4_999_999_999) == nil)
        #expect(time(5_000_000_000) == 5_000_000_000)
        #expect(time(5_001_000_000) == 5_001_000_000)
        #expect(time(5_001_000_001) == nil)
        #expect(time(-7) == nil)
        for stamp in [Int64.min, 0, .max] {
            #expect(clock.time(of: stamp, sentAt: 5_000_000_000, readAt: 5_001_000_000) == nil)
        }
    }

    @Test(
        "after a step of the wall clock, answers to requests from before it have none",
        arguments: [Int64(-3_600_000_000_000), -5_000_000, 5_000_000, 3_600_000_000_000])
    func step(by nanoseconds: Int64) {
        let clock = clock(
            reading(1_000_000_000), reading(2_000_000_000, ahead: Self.ahead + nanoseconds))
        // Sent before the step, and stamped before or after it: nobody can tell which.
        for distance in [Self.ahead, Self.ahead + nanoseconds] {
            let stamp = Int64(1_999_000_000) + distance
            #expect(clock.time(of: stamp, sentAt: 1_990_000_000, readAt: 2_100_000_000) == nil)
        }
        let stamp = Int64(2_050_000_000) + Self.ahead + nanoseconds
        #expect(
            clock.time(of: stamp, sentAt: 2_001_000_000, readAt: 2_100_000_000) == 2_050_000_000)
    }

    @Test("a small correction is followed, and is no step")
    func correction() {
        let clock = clock(
            reading(1_000_000_000), reading(2_000_000_000, ahead: Self.ahead + 700))
        let stamp = Int64(1_999_000_000) + Self.ahead + 700
        #expect(
            clock.time(of: stamp, sentAt: 1_500_000_000, readAt: 2_100_000_000) == 1_999_000_000)
    }

    @Test("a reading in whose middle the thread lost its core changes nothing")
    func coarse() {
        // The wall clock was read at the beginning of 8 ms, and is thought to be of their middle.
        let clock = clock(
            reading(1_000_000_000),
            ClockReading(
                before: 2_000_000_000, wall: 2_000_000_000 + Self.ahead, after: 2_008_000_000))
        let stamp = Int64(1_999_000_000) + Self.ahead
        #expect(
            clock.time(of: stamp, sentAt: 1_500_000_000, readAt: 2_100_000_000) == 1_999_000_000)
    }

    @Test("the machine's clocks are read in order")
    func machine() {
        let before = MonotonicClock.nanoseconds
        let reading = ClockReading.current()
        let after = MonotonicClock.nanoseconds
        #expect(before <= reading.before && reading.before <= reading.after)
        #expect(reading.after <= after)
        // After 2020.
        #expect(reading.wall > 1_577_836_800_000_000_000)
    }
}
