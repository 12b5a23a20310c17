import Availability
import Foundation
import Testing
import Time

@Suite("Force majeure beyond a month is flagged (C14, A 14.3)")
struct ForceMajeureTests {
    private func started(_ time: Timestamp) throws -> ForceMajeurePeriods {
        var periods = ForceMajeurePeriods()
        _ = try periods.start(
            kind: "flood", note: "the river", starts: time, by: Paris.calendar)
        return periods
    }

    @Test(
        "A month ends with the day of the same number, or with the month's last day",
        arguments: [
            (2026, 11, 5, 2026, 12, 6), (2026, 1, 31, 2026, 3, 1), (2028, 1, 31, 2028, 3, 1),
            (2028, 1, 29, 2028, 3, 1), (2026, 12, 31, 2027, 2, 1), (2026, 10, 10, 2026, 11, 11),
        ] as [(Int64, Int64, Int64, Int64, Int64, Int64)])
    func month(
        year: Int64, month: Int64, day: Int64, endYear: Int64, endMonth: Int64, endDay: Int64
    ) {
        let starts = Paris.at(year, month, day, 23, 30)
        #expect(
            ForceMajeure.monthAfter(starts, in: Paris.localTime)
                == Paris.at(endYear, endMonth, endDay))
    }

    @Test("Beyond a month by A, beyond 30 days by B: each is flagged once")
    func flags() throws {
        var periods = try started(Paris.at(2026, 12, 10, 8))
        // B: 11 December to 9 January.
        let byB = Paris.at(2027, 1, 10)
        let byA = Paris.at(2027, 1, 11)
        #expect(periods.nextFlag == byB)
        #expect(periods.popFlags(at: byB.advanced(byMilliseconds: -1)) == [])
        #expect(periods.popFlags(at: byB) == [.init(number: 1, terms: .b, since: byB)])
        #expect(periods.nextFlag == byA)
        #expect(
            periods.popFlags(at: Paris.at(2027, 2, 1)) == [
                .init(number: 1, terms: .a, since: byA)
            ])
        #expect(periods.popFlags(at: Paris.at(2027, 3, 1)) == [])
        #expect(periods.nextFlag == nil)
    }

    @Test("What has lasted too long says so for good, also once that was reported")
    func lasting() throws {
        var periods = try started(Paris.at(2026, 12, 10, 8))
        let byB = Paris.at(2027, 1, 10)
        let byA = Paris.at(2027, 1, 11)
        func terms(at time: Timestamp) -> [ForceMajeure.Terms]? {
            periods[1]?.flags(at: time, by: Paris.calendar).map(\.terms)
        }
        _ = periods.popFlags(at: Paris.at(2027, 2, 1))
        #expect(terms(at: byB.advanced(byMilliseconds: -1)) == [])
        #expect(terms(at: byB) == [.b])
        #expect(terms(at: byA) == [.a, .b])
        try periods.end(1, at: byA)
        #expect(terms(at: Paris.at(2027, 3, 1)) == [.b])
        #expect(terms(at: byB.advanced(byMilliseconds: -1)) == [])
    }

    @Test("One that has ended in time is not flagged; one that ended too late still is")
    func ends() throws {
        var short = try started(Paris.at(2026, 12, 10, 8))
        #expect(throws: ServiceRefusal.endBeforeStart) {
            try short.end(1, at: Paris.at(2026, 12, 9))
        }
        try short.end(1, at: Paris.at(2026, 12, 20))
        #expect(short.popFlags(at: Paris.at(2027, 3, 1)) == [])
        #expect(throws: ServiceRefusal.over) { try short.end(1, at: Paris.at(2026, 12, 21)) }
        #expect(throws: ServiceRefusal.unknown(number: 7)) {
            try short.end(7, at: Paris.at(2026, 12, 21))
        }
        var long = try started(Paris.at(2026, 12, 10, 8))
        try long.end(1, at: Paris.at(2027, 1, 10, 12))
        #expect(long.popFlags(at: Paris.at(2027, 3, 1)).map(\.terms) == [.b])
        let data = try JSONEncoder().encode(long)
        #expect(try JSONDecoder().decode(ForceMajeurePeriods.self, from: data) == long)
        long.removeEnded(before: Paris.at(2027, 2, 1))
        #expect(long.all.isEmpty)
    }
}
