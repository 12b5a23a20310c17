import Availability
import Foundation
import TestSupport
import Testing
import Time

@Suite("TxD is what a reckoning minute by minute says")
struct PlainMonthTests {
    /// 40 months a run; `PORTILLON_MONTHS` sets another number.
    private static let count =
        ProcessInfo.processInfo.environment["PORTILLON_MONTHS"].flatMap(Int.init) ?? 40

    @Test("Both readings, raw figures, exclusions and the budget are equal to the minute")
    func equal() {
        var random = SeededGenerator.printed()
        for _ in 0..<Self.count {
            let seed = random.next()
            let scenario = RandomMonth(seed: seed)
            let found = MonthAvailability(
                scenario.month, of: scenario.facts, in: scenario.localTime, until: scenario.now)
            compare(found, scenario.plain.result, "month of seed \(seed)")
            checkLaws(of: found, "month of seed \(seed)")
        }
    }

    private func compare(
        _ found: MonthAvailability, _ plain: PlainMonth.Result, _ comment: Comment
    ) {
        #expect(figures(found.byA) == plain.a, comment)
        #expect(figures(found.byB) == plain.b, comment)
        #expect(figures(found.raw) == plain.raw, comment)
        #expect(found.minutes.exclusions.map(\.minutes.length) == plain.excluded, comment)
        #expect(found.monthPCMinutesByA == plain.monthPC.a, comment)
        #expect(found.monthPCMinutesByB == plain.monthPC.b, comment)
    }

    private func figures(_ reading: AvailabilityReading) -> PlainMonth.Figures {
        .init(
            pc: reading.pcMinutes, ds: reading.dsMinutes, unmeasured: reading.unmeasuredMinutes)
    }

    /// What holds whatever happened.
    private func checkLaws(of month: MonthAvailability, _ comment: Comment) {
        let sets = month.minutes
        #expect(sets.b.pc.isSubset(of: sets.a.pc), comment)
        #expect(sets.a.pc.isSubset(of: sets.raw.pc), comment)
        let excluded = sets.exclusions.map(\.minutes)
        let whole = excluded.reduce(sets.b.pc) { $0.union($1) }
        #expect(whole == sets.raw.pc, "each minute counts or is excluded once; \(comment)")
        #expect(
            excluded.reduce(sets.b.pc.length) { $0 + $1.length } == sets.raw.pc.length, comment)
        for set in [sets.a, sets.b, sets.raw] {
            #expect(set.ds.isDisjoint(set.unmeasured), comment)
        }
        // What is lost by B is lost by A.
        #expect(sets.b.lost.isSubset(of: sets.a.lost), comment)
        if month.isComplete {
            #expect(month.byA.pcMinutes == month.monthPCMinutesByA, comment)
            #expect(month.byA.meets(.standard) == !month.budgetByA.isSpent, comment)
            #expect(month.byB.meets(.standard) == !month.budgetByB.isSpent, comment)
        }
    }

    @Test("Months join without a gap and without a minute in common")
    func joined() {
        var month = CivilMonth(2_020, 1)
        while month < CivilMonth(2_041, 1) {
            let this = Range<Minute>(beginningIn: month.interval(in: Paris.localTime))
            let next = Range<Minute>(beginningIn: month.next.interval(in: Paris.localTime))
            #expect(this.upperBound == next.lowerBound)
            month = month.next
        }
    }
}
