import Availability
import Testing
import Time

@Suite("Minutes, whole ones")
struct MinuteTests {
    @Test("A moment lies in one minute; the next one begins at it or after it")
    func bounds() {
        let ten = Minute(containing: utc(2026, 11, 29, 10))
        #expect(ten.starts == utc(2026, 11, 29, 10))
        #expect(Minute(from: ten.starts) == ten)
        #expect(Minute(containing: utc(2026, 11, 29, 10, 0, 59)) == ten)
        #expect(Minute(from: utc(2026, 11, 29, 10, 0, 1)) == ten.advanced(by: 1))
        #expect(Minute(containing: Timestamp(milliseconds: -1)).number == -1)
        #expect(Minute(from: Timestamp(milliseconds: -1)).number == 0)
        #expect(Minute(from: Timestamp(milliseconds: -60_000)).number == -1)
    }

    @Test("The ends of time are minutes like others, and do not trap")
    func endsOfTime() {
        for time in [Timestamp(milliseconds: .max), Timestamp(milliseconds: .min)] {
            let minute = Minute(containing: time)
            #expect((minute.starts > utc(2026, 1, 1)) == (time > utc(2026, 1, 1)))
            _ = Minute(from: time).starts
            _ = minute.advanced(by: .max).starts
            _ = minute.advanced(by: .min).starts
        }
    }

    @Test("Of an interval there are minutes that begin in it, lie in it, touch it")
    func ranges() {
        let interval = utc(2026, 11, 29, 10, 0, 30)..<utc(2026, 11, 29, 10, 3, 1)
        let ten = Minute(containing: utc(2026, 11, 29, 10))
        #expect(
            Range<Minute>(beginningIn: interval) == ten.advanced(by: 1)..<ten.advanced(by: 4))
        #expect(Range<Minute>(wholeIn: interval) == ten.advanced(by: 1)..<ten.advanced(by: 3))
        #expect(Range<Minute>(touching: interval) == ten..<ten.advanced(by: 4))
    }

    @Test("An interval within a minute covers none, and touches that one")
    func shortIntervals() {
        let short = utc(2026, 11, 29, 10, 0, 10)..<utc(2026, 11, 29, 10, 0, 20)
        #expect(Range<Minute>(beginningIn: short).isEmpty)
        #expect(Range<Minute>(wholeIn: short).isEmpty)
        #expect(Range<Minute>(touching: short).length == 1)
        let none = short.lowerBound..<short.lowerBound
        #expect(Range<Minute>(touching: none).isEmpty)
    }

    @Test("A minute that two periods cover together is whole")
    func seams() {
        let start = utc(2026, 11, 29, 10)
        let middle = start.advanced(byMilliseconds: 90_001)
        let end = start.advanced(byMilliseconds: 180_000)
        let meeting = RangeSet([start..<middle, middle..<end])
        #expect(RangeSet<Minute>(wholeIn: meeting).length == 3)
        let apart = RangeSet([start..<middle, middle.advanced(byMilliseconds: 1)..<end])
        #expect(RangeSet<Minute>(wholeIn: apart).length == 2)
        #expect(RangeSet<Minute>(touching: apart).length == 3)
        let union = RangeSet(start..<middle).union(RangeSet(middle..<end))
        #expect(RangeSet<Minute>(wholeIn: union).length == 3)
    }
}
