import Foundation
import Testing
import Time

@Suite("Days that count, and days off")
struct CalendarTests {
    private func day(_ year: Int64, _ month: Int64, _ day: Int64) -> CivilDay {
        CivilDay(year, month, day)
    }

    @Test("Weekdays are those of ISO 8601, before 1970 too")
    func weekdays() {
        #expect(day(1970, 1, 1).weekday == 4)
        #expect(day(1969, 12, 28).weekday == 7)
        #expect(day(2026, 11, 29).weekday == 7)
        #expect(day(2000, 2, 29).weekday == 2)
        let civil = day(2026, 11, 29).civil
        #expect(civil.year == 2026 && civil.month == 11 && civil.day == 29)
        #expect(day(2026, 2, 28).advanced(by: 1) == day(2026, 3, 1))
    }

    /// Dates that almanacs give: the earliest and the latest there can be among them.
    @Test(
        "Easter",
        arguments: [
            (1583, 4, 10), (1818, 3, 22), (1886, 4, 25), (1943, 4, 25), (1954, 4, 18),
            (1981, 4, 19), (1997, 3, 30), (2000, 4, 23), (2008, 3, 23), (2019, 4, 21),
            (2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28), (2028, 4, 16),
            (2038, 4, 25), (2049, 4, 18), (2285, 3, 22),
        ] as [(Int64, Int64, Int64)])
    func easter(year: Int64, month: Int64, dayOfMonth: Int64) {
        #expect(Easter.sunday(in: year) == day(year, month, dayOfMonth))
        #expect(Easter.sunday(in: year).weekday == 7)
    }

    @Test("The public holidays of 2026 in France, and in Alsace-Moselle")
    func holidays() {
        let france = [
            (1, 1), (4, 6), (5, 1), (5, 8), (5, 14), (5, 25), (7, 14), (8, 15), (11, 1), (11, 11),
            (12, 25),
        ].map { day(2026, $0.0, $0.1) }
        #expect(PublicHolidays.france.days(in: 2026) == france)
        let own = [day(2026, 4, 3), day(2026, 12, 26)]
        #expect(PublicHolidays.alsaceMoselle.days(in: 2026) == (france + own).sorted())
    }

    @Test("Ascension Day may fall on 1 May, or on 8 May: one day off, then")
    func coincidences() {
        #expect(PublicHolidays.france.days(in: 2008).count == 10)
        #expect(PublicHolidays.france.days(in: 1997).count == 10)
        #expect(PublicHolidays.france.days(in: 2027).count == 11)
        // Easter on its latest day: Whit Monday is in the middle of June.
        #expect(PublicHolidays.france.contains(day(2038, 6, 14)))
        #expect(PublicHolidays.alsaceMoselle.contains(day(1818, 3, 20)))
        #expect(!PublicHolidays.france.contains(day(2026, 4, 3)))
    }

    @Test("Three kinds of day: a Saturday is a working day and no business day")
    func kinds() {
        let week = (0..<7).map { day(2026, 5, 11).advanced(by: $0) }
        func counting(_ kind: DayKind) -> [Bool] { week.map { kind.includes($0, .france) } }
        #expect(counting(.calendar) == [true, true, true, true, true, true, true])
        // Thursday is Ascension Day.
        #expect(counting(.working) == [true, true, true, false, true, true, false])
        #expect(counting(.business) == [true, true, true, false, true, false, false])
    }

    @Test("A period begins on the day, or on the day after, and ends behind its last day")
    func periods() {
        let friday = day(2026, 4, 3)
        #expect(
            DayPeriod(days: 4, .calendar, from: .dayAfter).end(from: friday, .france)
                == day(2026, 4, 8))
        #expect(
            DayPeriod(days: 4, .calendar, from: .sameDay).end(from: friday, .france)
                == day(2026, 4, 7))
        let month = DayPeriod(days: 30, .working, from: .sameDay)
        #expect(month.end(from: friday, .france) == day(2026, 5, 12))
        // Good Friday is a day off there.
        #expect(month.end(from: friday, .alsaceMoselle) == day(2026, 5, 13))
        // From a Sunday the first day that counts is Tuesday: Monday is a holiday.
        #expect(
            DayPeriod(days: 1, .business, from: .sameDay).end(from: day(2026, 4, 5), .france)
                == day(2026, 4, 8))
    }

    // MARK: Local midnights

    private let paris = table([
        (utc(2025, 10, 26, 1), 1), (utc(2026, 3, 29, 1), 2), (utc(2026, 10, 25, 1), 1),
    ])

    @Test("A day begins at its local midnight, summer and winter")
    func midnights() {
        #expect(paris.start(of: day(2026, 3, 29)) == utc(2026, 3, 28, 23))
        #expect(paris.start(of: day(2026, 3, 30)) == utc(2026, 3, 29, 22))
        #expect(paris.start(of: day(2026, 10, 25)) == utc(2026, 10, 24, 22))
        #expect(paris.start(of: day(2026, 10, 26)) == utc(2026, 10, 25, 23))
        #expect(paris.start(of: day(1975, 1, 1)) == utc(1974, 12, 31, 23))
        #expect(LocalTime.utc.start(of: day(2026, 10, 26)) == utc(2026, 10, 26))
    }

    @Test("Where midnight is left out, or comes twice, the day begins once and for all")
    func oddMidnights() {
        // Havana sets its clock forward at midnight.
        let forward = table([(utc(2020, 1, 1), -5), (utc(2026, 3, 8, 5), -4)])
        #expect(forward.start(of: day(2026, 3, 8)) == utc(2026, 3, 8, 5))
        // Back from one to midnight: the day has begun before.
        let back = table([(utc(2020, 1, 1), -4), (utc(2026, 11, 1, 5), -5)])
        #expect(back.start(of: day(2026, 11, 1)) == utc(2026, 11, 1, 5))
        // Apia left a day out.
        let apia = table([(utc(2011, 1, 1), -10), (utc(2011, 12, 30, 10), 14)])
        #expect(apia.start(of: day(2011, 12, 30)) == utc(2011, 12, 30, 10))
        #expect(apia.start(of: day(2011, 12, 31)) == utc(2011, 12, 30, 10))
    }

    @Test("From its start on, the local day is never an earlier one; a moment before, it is")
    func startsAgreeWithDays() {
        for start in stride(from: Int64(20_400), to: 20_800, by: 1) {
            let day = CivilDay(number: start)
            let moment = paris.start(of: day)
            #expect(Int64(paris.localDay(at: moment)) == start)
            #expect(Int64(paris.localDay(at: moment.advanced(byMilliseconds: -1))) == start - 1)
        }
    }

    @Test("A time of day is found behind its last coming; one that is left out is the change")
    func timesOfDay() {
        func at(_ day: CivilDay, _ hour: Int64, _ minute: Int64 = 0) -> Timestamp {
            paris.moment(of: day, millisecondOfDay: (hour * 60 + minute) * 60_000)
        }
        #expect(at(day(2026, 3, 28), 2, 30) == utc(2026, 3, 28, 1, 30))
        #expect(at(day(2026, 3, 29), 2, 30) == utc(2026, 3, 29, 1))
        #expect(at(day(2026, 3, 29), 9) == utc(2026, 3, 29, 7))
        #expect(at(day(2026, 10, 25), 2, 30) == utc(2026, 10, 25, 1, 30))
        #expect(at(day(2026, 10, 25), 1, 30) == utc(2026, 10, 24, 23, 30))
        #expect(at(day(2026, 10, 25), 24) == paris.start(of: day(2026, 10, 26)))
    }

    @Test("What a clock shows leads back to the moment, but for an hour that comes twice")
    func clocks() {
        for hours in stride(from: Int64(0), to: 8_760, by: 5) {
            let moment = utc(2026, 1, 1).advanced(byMilliseconds: hours * 3_600_000 + 61_007)
            let shown = paris.civil(at: moment)
            let found = paris.moment(of: shown.day, millisecondOfDay: shown.millisecondOfDay)
            let isFirstOfTwo = moment >= utc(2026, 10, 25, 0) && moment < utc(2026, 10, 25, 1)
            #expect(found == (isFirstOfTwo ? moment.advanced(byMilliseconds: 3_600_000) : moment))
        }
        let shown = paris.civil(at: utc(2026, 7, 13, 22, 30))
        #expect(shown.day == day(2026, 7, 14) && shown.millisecondOfDay == 30 * 60_000)
    }

    @Test("Months have their days, and an hour less or more where the clocks are changed")
    func months() throws {
        #expect(CivilMonth(2026, 2).days == 28)
        #expect(CivilMonth(2028, 2).days == 29)
        #expect(CivilMonth(2026, 12).next == CivilMonth(2027, 1))
        #expect(CivilMonth(containing: day(2026, 11, 30)) == CivilMonth(2026, 11))
        func hours(_ month: CivilMonth) -> Int64 {
            let interval = month.interval(in: paris)
            let length = interval.upperBound.milliseconds - interval.lowerBound.milliseconds
            return length / 3_600_000
        }
        #expect(hours(CivilMonth(2026, 3)) == 743)
        #expect(hours(CivilMonth(2026, 10)) == 745)
        #expect(hours(CivilMonth(2026, 11)) == 720)
        #expect(CivilMonth(2026, 11).interval(in: paris).lowerBound == utc(2026, 10, 31, 23))
    }

    @Test("Days and months are read as they are written, and nothing else is")
    func texts() throws {
        for text in ["2026-11-29", "0000-01-01", "1969-12-31", "9999-12-31"] {
            #expect(CivilDay(text)?.text == text)
            #expect(CivilMonth(String(text.prefix(7)))?.text == String(text.prefix(7)))
        }
        for text in ["2026-02-29", "2026-2-09", "2026-11-29T", "29.11.2026", "", "2026-11-2x"] {
            #expect(CivilDay(text) == nil)
        }
        for text in ["2026-13", "2026-1", "2026-11-", "2026-00", ""] {
            #expect(CivilMonth(text) == nil)
        }
        let data = try JSONEncoder().encode([CivilMonth(2026, 11)])
        #expect(String(decoding: data, as: UTF8.self) == #"["2026-11"]"#)
        #expect(try JSONDecoder().decode([CivilMonth].self, from: data) == [CivilMonth(2026, 11)])
        let days = try JSONEncoder().encode([day(2026, 11, 29)])
        #expect(try JSONDecoder().decode([CivilDay].self, from: days) == [day(2026, 11, 29)])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([CivilDay].self, from: data)
        }
    }

    @Test("A period ends at the operator's midnight")
    func operatorCalendar() {
        let calendar = OperatorCalendar(timeZone: "Europe/Paris", localTime: paris)
        let period = DayPeriod(days: 4, .calendar, from: .dayAfter)
        // The clock is set back on the Sunday in between.
        #expect(calendar.end(of: period, from: utc(2026, 10, 22, 10)) == utc(2026, 10, 26, 23))
        // Before and after midnight in Paris.
        #expect(calendar.end(of: period, from: utc(2026, 10, 21, 21, 59)) == utc(2026, 10, 25, 23))
        #expect(calendar.end(of: period, from: utc(2026, 10, 21, 22)) == utc(2026, 10, 26, 23))
    }
}

/// Offsets in hours.
private func table(_ offsets: [(Timestamp, Int32)]) -> LocalTime {
    do {
        return try LocalTime(
            offsets.map { LocalTime.Offset(from: $0.0, offsetSeconds: $0.1 * 3_600) })
    } catch {
        preconditionFailure("the tables of this test are in order: \(error)")
    }
}
