import Availability
import Foundation
import Testing
import Time

@Suite("Business hours and business days (C11, C14)")
struct BusinessTimeTests {
    private let paris = BusinessTime(Paris.calendar)

    private func critical(_ time: Timestamp, _ business: BusinessTime? = nil) -> String {
        shown(ResponseTimes.standard.respondBy(.critical, from: time, in: business ?? paris))
    }

    private func minor(_ time: Timestamp, _ business: BusinessTime? = nil) -> String {
        shown(ResponseTimes.standard.respondBy(.minor, from: time, in: business ?? paris))
    }

    /// What a clock in Paris shows.
    private func shown(_ time: Timestamp) -> String {
        let offset = Int64(Paris.localTime.offsetSeconds(at: time)) * 1_000
        return String(time.advanced(byMilliseconds: offset).rfc3339.prefix(16))
    }

    @Test("Three business hours within a day")
    func withinDay() {
        #expect(critical(Paris.at(2026, 11, 24, 10, 12)) == "2026-11-24T13:12")
        #expect(critical(Paris.at(2026, 11, 24, 15)) == "2026-11-24T18:00")
        #expect(critical(Paris.at(2026, 11, 24, 15, 1)) == "2026-11-25T09:01")
    }

    @Test("Friday 17:30: half an hour is left, the rest is on Monday")
    func fridayEvening() {
        #expect(critical(Paris.at(2026, 11, 27, 17, 30)) == "2026-11-30T11:30")
        #expect(minor(Paris.at(2026, 11, 27, 17, 30)) == "2026-12-01T18:00")
        #expect(critical(Paris.at(2026, 11, 27, 18)) == "2026-11-30T12:00")
        #expect(minor(Paris.at(2026, 11, 27, 18)) == "2026-12-02T18:00")
    }

    @Test("At night and on a Sunday time begins with the next opening")
    func closed() {
        #expect(critical(Paris.at(2026, 11, 24, 3)) == "2026-11-24T12:00")
        #expect(critical(Paris.at(2026, 11, 24, 23, 59)) == "2026-11-25T12:00")
        #expect(critical(Paris.at(2026, 11, 29, 12)) == "2026-11-30T12:00")
        #expect(minor(Paris.at(2026, 11, 29, 12)) == "2026-12-02T18:00")
        #expect(!paris.isOpen(at: Paris.at(2026, 11, 29, 12)))
        #expect(paris.isOpen(at: Paris.at(2026, 11, 30, 9)))
        #expect(!paris.isOpen(at: Paris.at(2026, 11, 30, 18)))
    }

    @Test("14 July is a day off: from the evening before to the morning after")
    func nationalDay() {
        #expect(critical(Paris.at(2026, 7, 13, 17)) == "2026-07-15T11:00")
        #expect(critical(Paris.at(2026, 7, 14, 10)) == "2026-07-15T12:00")
        #expect(minor(Paris.at(2026, 7, 13, 17)) == "2026-07-16T18:00")
    }

    @Test("Easter Monday is a day off; Good Friday is one in Alsace-Moselle")
    func easter() {
        #expect(critical(Paris.at(2026, 4, 3, 16)) == "2026-04-07T10:00")
        #expect(critical(Paris.at(2026, 4, 6, 10)) == "2026-04-07T12:00")
        var calendar = Paris.calendar
        calendar.holidays = .alsaceMoselle
        let strasbourg = BusinessTime(calendar)
        #expect(critical(Paris.at(2026, 4, 3, 16), strasbourg) == "2026-04-07T12:00")
        #expect(minor(Paris.at(2026, 4, 2, 10)) == "2026-04-07T18:00")
        #expect(minor(Paris.at(2026, 4, 2, 10), strasbourg) == "2026-04-08T18:00")
    }

    @Test("31 December: the year's last hour, and New Year's Day")
    func newYear() {
        #expect(critical(Paris.at(2026, 12, 31, 17)) == "2027-01-04T11:00")
        #expect(minor(Paris.at(2026, 12, 31, 17)) == "2027-01-05T18:00")
        #expect(critical(Paris.at(2027, 1, 1, 0)) == "2027-01-04T12:00")
    }

    @Test("The clocks change on a Sunday: Monday's hours are local ones")
    func daylightSaving() {
        #expect(critical(Paris.at(2026, 3, 27, 17)) == "2026-03-30T11:00")
        #expect(critical(Paris.at(2026, 10, 23, 17)) == "2026-10-26T11:00")
    }

    @Test("Where hours span the change, an hour is missing or comes twice")
    func hoursOverTheChange() throws {
        let always = BusinessTime(
            Paris.calendar,
            try BusinessHours(opensMinute: 0, closesMinute: 1_440, weekdays: [1, 2, 3, 4, 5, 6, 7]))
        #expect(critical(Paris.at(2026, 3, 29, 1), always) == "2026-03-29T05:00")
        #expect(critical(Paris.at(2026, 10, 25, 1), always) == "2026-10-25T03:00")
        #expect(critical(Paris.at(2026, 11, 28, 23), always) == "2026-11-29T02:00")
        // 02:30 to 03:30: half an hour on the day on which 02:00 to 03:00 are left out.
        let night = BusinessTime(
            Paris.calendar,
            try BusinessHours(opensMinute: 150, closesMinute: 210, weekdays: [7]))
        let short = try #require(night.openInterval(on: CivilDay(2026, 3, 29)))
        #expect(short.upperBound.milliseconds - short.lowerBound.milliseconds == 30 * 60_000)
    }

    @Test("Hours, weekdays and days off can be the operator's own")
    func configured() throws {
        let shop = BusinessTime(
            Paris.calendar,
            try BusinessHours(
                opensMinute: 600, closesMinute: 720, weekdays: [2, 6],
                daysOff: [CivilDay(2026, 11, 28)]))
        #expect(critical(Paris.at(2026, 11, 24, 11), shop) == "2026-12-01T12:00")
        // 15 August is a Saturday, and not among its days off.
        #expect(shop.isBusinessDay(CivilDay(2026, 8, 15)))
        #expect(throws: BusinessHoursError.hours) {
            try BusinessHours(opensMinute: 540, closesMinute: 540)
        }
        #expect(throws: BusinessHoursError.hours) { try BusinessHours(closesMinute: 1_441) }
        #expect(throws: BusinessHoursError.weekdays) { try BusinessHours(weekdays: []) }
        #expect(throws: BusinessHoursError.weekdays) { try BusinessHours(weekdays: [0]) }
        let many = Set((0...366).map { CivilDay(2026, 1, 1).advanced(by: $0) })
        #expect(throws: BusinessHoursError.tooManyDaysOff) { try BusinessHours(daysOff: many) }
        let data = try JSONEncoder().encode(shop.hours)
        #expect(try JSONDecoder().decode(BusinessHours.self, from: data) == shop.hours)
    }

    @Test("The clause says how many; whether the opening day counts is a setting")
    func times() throws {
        let later = try #require(ResponseTimes(countsOpeningDay: false))
        let monday = Paris.at(2026, 11, 23, 10)
        #expect(minor(monday) == "2026-11-25T18:00")
        #expect(shown(later.respondBy(.minor, from: monday, in: paris)) == "2026-11-26T18:00")
        let saturday = Paris.at(2026, 11, 28, 10)
        #expect(minor(saturday) == "2026-12-02T18:00")
        #expect(shown(later.respondBy(.minor, from: saturday, in: paris)) == "2026-12-02T18:00")
        #expect(ResponseTimes(businessHours: 0) == nil)
        #expect(ResponseTimes(businessDays: 101) == nil)
        let data = try JSONEncoder().encode(later)
        #expect(try JSONDecoder().decode(ResponseTimes.self, from: data) == later)
    }

    @Test("Never less than asked, and counted minute by minute exactly that")
    func minuteByMinute() {
        for start in stride(from: Int64(0), to: 40_320, by: 977) {
            let opened = Paris.at(2026, 3, 23).advanced(byMilliseconds: start * 60_000)
            let deadline = ResponseTimes.standard.respondBy(.critical, from: opened, in: paris)
            var minutes: Int64 = 0
            var moment = opened
            while moment < deadline {
                if paris.isOpen(at: moment) { minutes += 1 }
                moment = moment.advanced(byMilliseconds: 60_000)
            }
            #expect(minutes == 180, "\(opened.rfc3339)")
        }
    }
}
