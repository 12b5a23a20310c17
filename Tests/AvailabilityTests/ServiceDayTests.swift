import Availability
import TestSupport
import Testing
import Time

@Suite("The last days of a service")
struct ServiceDayTests {
    @Test("The days of a month come to what the month comes to, whatever happened in it")
    func months() {
        var random = SeededGenerator.printed()
        for _ in 0..<40 {
            let seed = random.next()
            let scenario = RandomMonth(seed: seed)
            let interval = scenario.month.interval(in: scenario.localTime)
            let now = min(max(scenario.now, interval.lowerBound), interval.upperBound)
            let days = ServiceDay.last(
                33, of: scenario.facts, in: scenario.localTime, until: now)
            #expect(days.count == 33)
            let own = days.filter { CivilMonth(containing: $0.day) == scenario.month }
            let month = MonthAvailability(
                scenario.month, of: scenario.facts, in: scenario.localTime, until: now)
            #expect(AvailabilityReading(own) == month.byA, "month of seed \(seed)")
            let excluded = own.reduce(0) { $0 + $1.excludedMinutes }
            #expect(
                excluded == month.raw.pcMinutes - month.byA.pcMinutes, "month of seed \(seed)")
        }
    }

    @Test("Each day is there once, the current one last and as far as it is over")
    func order() {
        let facts = ServiceFacts(
            contract: utc(2020, 1, 1)..<utc(2030, 1, 1), platform: MinuteHistory())
        let now = Paris.at(2026, 10, 25, 12)
        let days = ServiceDay.last(90, of: facts, in: Paris.localTime, until: now)
        #expect(days.count == 90 && days.last?.day == CivilDay(2026, 10, 25))
        #expect(zip(days, days.dropFirst()).allSatisfy { $0.day.advanced(by: 1) == $1.day })
        // The clocks are set back in the night before.
        #expect(days.last?.reading.pcMinutes == 780)
        #expect(days.dropLast().allSatisfy { $0.reading.pcMinutes == 1_440 })
        #expect(days.allSatisfy { $0.reading.unmeasuredMinutes == $0.reading.pcMinutes })
    }

    @Test("What was measured last is found, and nothing that is older than asked for")
    func lastMeasured() {
        let now = utc(2026, 11, 20)
        let minute = Minute(containing: now)
        var history = MinuteHistory()
        _ = history.record(.accessible, at: minute.advanced(by: -9))
        _ = history.record(.notAccessible, at: minute.advanced(by: -6))
        var facts = ServiceFacts(
            contract: utc(2020, 1, 1)..<utc(2030, 1, 1), platform: history)
        #expect(facts.lastMeasured(of: 5, before: now) == nil)
        #expect(facts.lastMeasured(of: 6, before: now)?.state == .notAccessible)
        #expect(facts.lastMeasured(of: 10, before: now)?.minute == minute.advanced(by: -6))
        // Minutes in maintenance do not count.
        facts.maintenance = [
            MaintenancePeriod(
                kind: .emergency, starts: minute.advanced(by: -8).starts, ends: now)
        ]
        #expect(facts.lastMeasured(of: 10, before: now)?.state == .accessible)
    }
}
