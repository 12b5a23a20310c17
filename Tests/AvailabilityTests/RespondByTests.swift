import Availability
import Foundation
import Testing
import Time

/// `RespondBy/generate.py` reckons these with another program, other tables of time zones and of
/// holidays.
@Suite("Respond-by is what another program reckons, 2020 to 2040")
struct RespondByTests {
    private let lines: [[Substring]]

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "RespondBy/cases.txt")
        lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            .map { $0.split(separator: " ") }
    }

    private func business(_ holidays: Substring) throws -> BusinessTime {
        var calendar = Paris.calendar
        calendar.holidays = try #require(PublicHolidays(rawValue: String(holidays)))
        return BusinessTime(calendar)
    }

    private func time(_ minutes: Substring) throws -> Timestamp {
        Minute(number: try #require(Int64(minutes))).starts
    }

    @Test("Critical and minor incidents, in France and in Alsace-Moselle")
    func deadlines() throws {
        let cases = lines.filter { $0.count == 4 && $0[0] != "holidays" }
        #expect(cases.count >= 590)
        for fields in cases {
            let business = try business(fields[0])
            let opened = try time(fields[1])
            let critical = ResponseTimes.standard.respondBy(.critical, from: opened, in: business)
            let minor = ResponseTimes.standard.respondBy(.minor, from: opened, in: business)
            #expect(try critical == time(fields[2]), "critical, \(fields[0]), \(opened.rfc3339)")
            #expect(try minor == time(fields[3]), "minor, \(fields[0]), \(opened.rfc3339)")
        }
    }

    @Test("The public holidays of each year")
    func holidays() throws {
        let years = lines.filter { $0.first == "holidays" }
        #expect(years.count == 42)
        for fields in years {
            let holidays = try #require(PublicHolidays(rawValue: String(fields[1])))
            let year = try #require(Int64(fields[2]))
            #expect(
                holidays.days(in: year).map(\.text) == fields.dropFirst(3).map(String.init),
                "\(fields[1]) \(year)")
        }
    }
}
