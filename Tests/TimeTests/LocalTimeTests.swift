import Bytes
import Contract
import Foundation
import Testing
import Time

@Suite("Local time from a table of offsets")
struct LocalTimeTests {
    private let paris: LocalTime
    private let apia: LocalTime
    private let saoPaulo: LocalTime
    private let saintJohns: LocalTime

    init() throws {
        paris = try table(
            (utc(2025, 10, 26, 1), 1), (utc(2026, 3, 29, 1), 2), (utc(2026, 10, 25, 1), 1))
        apia = try table((utc(2011, 9, 24, 14), -10), (utc(2011, 12, 30, 10), 14))
        saoPaulo = try table((utc(2018, 11, 4, 3), -2), (utc(2019, 2, 17, 2), -3))
        // Until 2011 Newfoundland changed its clocks at 00:01, here by whole hours and -3, -4.
        saintJohns = try table((utc(2010, 3, 14, 4, 1), -3), (utc(2010, 11, 7, 3, 1), -4))
    }

    @Test("UTC's days begin at midnight, before 1970 too")
    func utcDays() {
        let midnight = utc(2026, 11, 20)
        #expect(LocalTime.utc.localDay(at: midnight) == day(2026, 11, 20))
        #expect(
            LocalTime.utc.localDay(at: midnight.advanced(byMilliseconds: -1)) == day(2026, 11, 19))
        #expect(LocalTime.utc.localDay(at: Timestamp(milliseconds: -1)) == -1)
        #expect(LocalTime.utc.localDay(at: Timestamp(milliseconds: -86_400_000)) == -1)
        #expect(LocalTime.utc.localDay(at: Timestamp(milliseconds: -86_400_001)) == -2)
        #expect(LocalTime.utc.dayInterval(at: midnight) == midnight..<utc(2026, 11, 21))
    }

    @Test("The day on which summer time begins lasts 23 hours, and 25 when it ends")
    func summerTime() {
        #expect(
            paris.dayInterval(at: utc(2026, 3, 29, 12)) == utc(
                2026, 3, 28, 23)..<utc(2026, 3, 29, 22))
        #expect(
            paris.dayInterval(at: utc(2026, 3, 28, 23)) == utc(
                2026, 3, 28, 23)..<utc(2026, 3, 29, 22))
        #expect(
            paris.dayInterval(at: utc(2026, 10, 25, 0)) == utc(
                2026, 10, 24, 22)..<utc(2026, 10, 25, 23))
        #expect(
            paris.dayInterval(at: utc(2026, 10, 25, 22)) == utc(
                2026, 10, 24, 22)..<utc(2026, 10, 25, 23))
        #expect(paris.localDay(at: utc(2026, 7, 13, 22)) == day(2026, 7, 14))
        #expect(paris.localDay(at: utc(2026, 12, 31, 22)) == day(2026, 12, 31))
    }

    @Test("Apia went from 29 to 31 December 2011")
    func skippedDay() {
        let last = utc(2011, 12, 30, 10).advanced(byMilliseconds: -1)
        #expect(apia.localDay(at: last) == day(2011, 12, 29))
        #expect(apia.localDay(at: utc(2011, 12, 30, 10)) == day(2011, 12, 31))
        #expect(apia.dayInterval(at: last) == utc(2011, 12, 29, 10)..<utc(2011, 12, 30, 10))
        #expect(
            apia.dayInterval(at: utc(2011, 12, 30, 10)) == utc(
                2011, 12, 30, 10)..<utc(2011, 12, 31, 10))
    }

    @Test("A clock that is set back at midnight stays in the day, which is one of 25 hours")
    func setBackAtMidnight() {
        let interval = utc(2019, 2, 16, 2)..<utc(2019, 2, 17, 3)
        #expect(saoPaulo.dayInterval(at: utc(2019, 2, 16, 2)) == interval)
        #expect(saoPaulo.dayInterval(at: utc(2019, 2, 17, 2)) == interval)
        #expect(saoPaulo.localDay(at: utc(2019, 2, 17, 2, 59)) == day(2019, 2, 16))
    }

    @Test("A clock that is set back just after midnight returns to yesterday")
    func setBackAfterMidnight() {
        let change = utc(2010, 11, 7, 3, 1)
        #expect(saintJohns.dayInterval(at: utc(2010, 11, 7, 3)) == utc(2010, 11, 7, 3)..<change)
        #expect(saintJohns.localDay(at: utc(2010, 11, 7, 3)) == day(2010, 11, 7))
        #expect(saintJohns.localDay(at: change) == day(2010, 11, 6))
        #expect(saintJohns.dayInterval(at: change) == change..<utc(2010, 11, 7, 4))
        #expect(saintJohns.localDay(at: utc(2010, 11, 7, 4)) == day(2010, 11, 7))
    }

    @Test("The interval is exactly the stretch of the same day, minute by minute")
    func intervalsAgreeWithDays() {
        let tables = [
            (paris, utc(2026, 3, 27)), (paris, utc(2026, 10, 23)), (apia, utc(2011, 12, 28)),
            (saoPaulo, utc(2019, 2, 15)), (saintJohns, utc(2010, 11, 5)),
        ]
        for (table, first) in tables {
            let moments = (0..<(5 * 24 * 60)).map { first.advanced(byMilliseconds: $0 * 60_000) }
            for (moment, next) in zip(moments, moments.dropFirst()) {
                let interval = table.dayInterval(at: moment)
                #expect(interval.contains(moment))
                let isSameDay = table.localDay(at: moment) == table.localDay(at: next)
                #expect(interval.contains(next) == isSameDay, "\(moment.rfc3339)")
            }
        }
    }

    @Test("Days agree with Foundation's calendar through sixty years of several zones")
    func agreesWithFoundation() throws {
        for name in ["Europe/Paris", "Pacific/Apia", "America/Sao_Paulo", "Asia/Kathmandu"] {
            let zone = try #require(TimeZone(identifier: name))
            let table = try resolve(zone, from: utc(1980, 1, 1), to: utc(2037, 1, 1))
            var calendar = Calendar(identifier: .gregorian)
            calendar.timeZone = zone
            var moment = utc(1981, 1, 1)
            while moment < utc(2036, 1, 1) {
                let date = Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000)
                let parts = calendar.dateComponents([.year, .month, .day], from: date)
                let expected = day(
                    Int64(try #require(parts.year)), Int64(try #require(parts.month)),
                    Int64(try #require(parts.day)))
                #expect(table.localDay(at: moment) == expected, "\(name) \(moment.rfc3339)")
                moment = moment.advanced(byMilliseconds: 31 * 3_600_000 + 60_000)
            }
        }
    }

    @Test("The ends of time are days like others, and do not trap")
    func endsOfTime() {
        for milliseconds in [Int64.min, .min + 1, .max - 1, .max] {
            let time = Timestamp(milliseconds: milliseconds)
            for table in [LocalTime.utc, paris, apia] {
                #expect((table.localDay(at: time) > 0) == (milliseconds > 0))
                _ = table.dayInterval(at: time)
            }
        }
    }

    @Test("A table that is none is refused")
    func refusals() throws {
        let first = LocalTime.Offset(from: utc(2026, 1, 1), offsetSeconds: 0)
        let wide = LocalTime.Offset(from: utc(2026, 2, 1), offsetSeconds: .min)
        #expect(throws: LocalTimeError.empty) { try LocalTime([]) }
        #expect(throws: LocalTimeError.notInOrder(index: 1)) { try LocalTime([first, first]) }
        #expect(throws: LocalTimeError.offsetTooWide(index: 1)) { try LocalTime([first, wide]) }
        let many = (0...LocalTime.maximumOffsets).map { index in
            LocalTime.Offset(from: Timestamp(milliseconds: Int64(index)), offsetSeconds: 0)
        }
        #expect(throws: LocalTimeError.tooMany) { try LocalTime(many) }
        #expect(try LocalTime(Array(many.dropLast())).offsets.count == LocalTime.maximumOffsets)
    }

    @Test("A table comes back from JSON as it was, and a wrong one does not")
    func json() throws {
        let data = try JSONEncoder().encode(paris)
        #expect(try JSONDecoder().decode(LocalTime.self, from: data) == paris)
        #expect(throws: LocalTimeError.empty) {
            try JSONDecoder().decode(LocalTime.self, from: Data("[]".utf8))
        }
    }
}

private func table(_ hours: (Timestamp, Int32)...) throws -> LocalTime {
    try LocalTime(hours.map { LocalTime.Offset(from: $0.0, offsetSeconds: $0.1 * 3600) })
}

private func day(_ year: Int64, _ month: Int64, _ day: Int64) -> Int32 {
    Int32(daysSinceEpoch(year, month, day))
}

/// What the control side does with a zone's name.
private func resolve(_ zone: TimeZone, from: Timestamp, to: Timestamp) throws -> LocalTime {
    var date = Date(timeIntervalSince1970: Double(from.milliseconds) / 1000)
    let end = Date(timeIntervalSince1970: Double(to.milliseconds) / 1000)
    var offsets: [LocalTime.Offset] = []
    while date < end {
        let moment = Timestamp(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
        offsets.append(.init(from: moment, offsetSeconds: Int32(zone.secondsFromGMT(for: date))))
        guard let next = zone.nextDaylightSavingTimeTransition(after: date) else { break }
        date = next
    }
    return try LocalTime(offsets)
}
