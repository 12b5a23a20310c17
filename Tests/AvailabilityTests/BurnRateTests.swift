import Availability
import Testing
import Time

@Suite("How fast the error budget is used up")
struct BurnRateTests {
    private let noon = utc(2026, 11, 20, 12)

    /// Accessible for five days before noon, but for these minutes before it.
    private func facts(lost ranges: [ClosedRange<Int64>]) -> ServiceFacts {
        var platform = MinuteHistory()
        for ago in stride(from: Int64(7_200), through: 1, by: -1) {
            let isLost = ranges.contains { $0.contains(ago) }
            let minute = Minute(containing: noon).advanced(by: -ago)
            _ = platform.record(isLost ? .notAccessible : .accessible, at: minute)
        }
        return ServiceFacts(contract: utc(2026, 1, 1)..<utc(2027, 1, 1), platform: platform)
    }

    private func alerts(_ facts: ServiceFacts) -> [Bool] {
        let burn = BurnRates(of: facts, before: Minute(containing: noon))
        return BurnRateRule.standard.map { burn.alerting.contains($0) }
    }

    @Test("A rate of 1 loses the month's budget in a month")
    func rate() {
        let lost = facts(lost: [1...6])
        let hour = BurnRate(of: lost, before: Minute(containing: noon), windowMinutes: 60)
        #expect(hour.lostMinutes == 6)
        #expect(hour.tenths == 1_000)
        #expect(hour.reaches(tenths: 1_000) && !hour.reaches(tenths: 1_001))
        let days = BurnRate(of: lost, before: Minute(containing: noon), windowMinutes: 6_000)
        #expect(days.tenths == 10)
    }

    @Test("A minute lost just now calls a person; an hour later nothing goes on")
    func pages() {
        #expect(alerts(facts(lost: [1...1])) == [true, false, false, false])
        #expect(alerts(facts(lost: [1...3])) == [true, true, false, false])
        #expect(alerts(facts(lost: [1...5])) == [true, true, true, true])
        // The long windows know of it, the short ones see its end.
        #expect(alerts(facts(lost: [6...8])) == [false, true, false, false])
        #expect(alerts(facts(lost: [50...60])) == [false, false, true, true])
        #expect(alerts(facts(lost: [400...460])) == [false, false, false, false])
        #expect(alerts(facts(lost: [])) == [false, false, false, false])
    }

    @Test("Minutes that nobody measured use it up; those of maintenance do not")
    func unmeasured() {
        var silent = facts(lost: [])
        silent.platform = MinuteHistory()
        #expect(alerts(silent) == [true, true, true, true])
        silent.maintenance = [
            MaintenancePeriod(kind: .scheduled, starts: utc(2026, 11, 1), ends: noon)
        ]
        #expect(alerts(silent) == [false, false, false, false])
    }

    @Test("All windows at once are what each is by itself, and the most urgent rule speaks")
    func windows() {
        let minute = Minute(containing: noon)
        let cases: [[ClosedRange<Int64>]] = [
            [], [1...1], [6...8], [50...60], [400...460], [1...3, 200...260],
        ]
        for lost in cases {
            let found = facts(lost: lost)
            let burn = BurnRates(of: found, before: minute)
            #expect(burn.rates.map(\.windowMinutes) == [5, 30, 60, 120, 360, 1_440, 4_320])
            for rate in burn.rates {
                #expect(
                    rate
                        == BurnRate(of: found, before: minute, windowMinutes: rate.windowMinutes))
            }
        }
        #expect(BurnRates(of: facts(lost: [1...1]), before: minute).urgency == .page)
        #expect(BurnRates(of: facts(lost: [50...60]), before: minute).urgency == .ticket)
        #expect(BurnRates(of: facts(lost: []), before: minute).urgency == nil)
    }

    @Test("A suspension calls nobody, unless it comes from the operator's own fault alone")
    func suspended() {
        var suspended = facts(lost: [])
        let starts = noon.advanced(byMilliseconds: -7_200_000)
        suspended.suspensions = [
            .init(starts: starts, ends: noon, isOperatorsFaultAlone: false)
        ]
        #expect(alerts(suspended) == [false, false, false, false])
        suspended.suspensions = [.init(starts: starts, ends: noon, isOperatorsFaultAlone: true)]
        #expect(alerts(suspended) == [true, true, true, true])
    }

    @Test("The first minutes of a contract, or after maintenance, are not a whole window's")
    func shortTimes() {
        var new = facts(lost: [1...1])
        new.contract = noon.advanced(byMilliseconds: -60_000)..<utc(2027, 1, 1)
        let hour = BurnRate(of: new, before: Minute(containing: noon), windowMinutes: 60)
        #expect(hour.lostMinutes == 1)
        #expect(hour.tenths == 166)
    }

    @Test("A commitment of 100 % leaves no budget: each lost minute alerts")
    func noBudget() throws {
        let whole = try #require(Commitment(millionths: 1_000_000))
        let rate = BurnRate(
            of: facts(lost: [1...1]), before: Minute(containing: noon), windowMinutes: 60, whole)
        #expect(rate.tenths == nil)
        #expect(rate.reaches(tenths: 144))
        #expect(Commitment(millionths: 0) == nil)
        #expect(Commitment(millionths: 1_000_001) == nil)
    }
}
