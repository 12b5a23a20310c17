import Availability
import Testing
import Time

@Suite("TxD = DS * 100 / PC, in minutes, per calendar month and client (C10)")
struct MonthAvailabilityTests {
    private let november = CivilMonth(2026, 11)

    private func month(
        _ month: CivilMonth, lost: [Range<Timestamp>] = [], until now: Timestamp? = nil,
        _ change: (inout ServiceFacts) -> Void = { _ in }
    ) -> MonthAvailability {
        let interval = month.interval(in: Paris.localTime)
        var platform = MinuteHistory()
        var start = interval.lowerBound
        for outage in lost {
            platform.add(.accessible, start..<outage.lowerBound)
            platform.add(.notAccessible, outage)
            start = outage.upperBound
        }
        platform.add(.accessible, start..<interval.upperBound)
        var facts = ServiceFacts(
            contract: utc(2019, 1, 1)..<utc(2045, 1, 1), platform: platform)
        change(&facts)
        return MonthAvailability(
            month, of: facts, in: Paris.localTime, until: now ?? interval.upperBound)
    }

    private func minutes(_ count: Int64, from start: Timestamp) -> Range<Timestamp> {
        start..<start.advanced(byMilliseconds: count * 60_000)
    }

    // MARK: The month

    @Test(
        "PC is the month: 28 to 31 days, an hour less in March and more in October",
        arguments: [
            (2026, 2, 40_320), (2028, 2, 41_760), (2026, 3, 44_580), (2026, 4, 43_200),
            (2026, 10, 44_700), (2026, 11, 43_200), (2026, 12, 44_640),
        ] as [(Int64, Int64, Int64)])
    func months(year: Int64, number: Int64, expected: Int64) {
        let whole = month(CivilMonth(year, number))
        #expect(whole.byA.pcMinutes == expected)
        #expect(whole.byA.dsMinutes == expected)
        #expect(whole.byA.percentText == "100.000")
        #expect(whole.isComplete)
    }

    @Test("The hour that comes twice in October counts twice")
    func hourThatComesTwice() {
        let twice = Paris.at(2026, 10, 25, 2)..<utc(2026, 10, 25, 2)
        #expect(twice.upperBound.milliseconds - twice.lowerBound.milliseconds == 2 * 3_600_000)
        #expect(month(CivilMonth(2026, 10), lost: [twice]).byA.lostMinutes == 120)
    }

    @Test("43 minutes of November may be lost, 44 may not; and no rounding makes them 99.9 %")
    func commitment() {
        let kept = month(november, lost: [minutes(43, from: Paris.at(2026, 11, 10, 12))])
        #expect(kept.byA.percentText == "99.900")
        #expect(kept.byA.meets(.standard))
        #expect(kept.budgetByA.allowedMinutes == 43)
        #expect(kept.budgetByA.remainingMinutes == 0)
        #expect(!kept.budgetByA.isSpent)
        let broken = month(november, lost: [minutes(44, from: Paris.at(2026, 11, 10, 12))])
        #expect(broken.byA.percentText == "99.898")
        #expect(!broken.byA.meets(.standard))
        #expect(broken.budgetByA.remainingMinutes == -1)
        #expect(broken.budgetByA.isSpent)
    }

    @Test("An outage over the end of the month is divided by local midnight")
    func endOfMonth() {
        let outage = minutes(60, from: Paris.at(2026, 11, 30, 23, 30))
        let facts = ServiceFacts(
            contract: utc(2026, 1, 1)..<utc(2027, 1, 1),
            platform: .of(.notAccessible, outage))
        func found(_ month: CivilMonth) -> Int64 {
            MonthAvailability(
                month, of: facts, in: Paris.localTime, until: utc(2027, 1, 1)
            ).byA.notAccessibleMinutes
        }
        #expect(found(november) == 30)
        #expect(found(CivilMonth(2026, 12)) == 30)
    }

    // MARK: What nobody measured

    @Test("Unmeasured is not up: it is in PC and not in DS")
    func unmeasured() {
        let half = month(november) { facts in
            let noon = Paris.at(2026, 11, 15, 12)
            facts.platform = .of(.accessible, Paris.at(2026, 11, 1)..<noon)
        }
        #expect(half.byA.pcMinutes == 43_200)
        #expect(half.byA.dsMinutes == 20_880)
        #expect(half.byA.unmeasuredMinutes == 22_320)
        #expect(half.byA.notAccessibleMinutes == 0)
        #expect(half.byA.percentText == "48.333")
        #expect(half.raw == half.byA)
    }

    @Test("Minutes refused to one client for lack of room are lost for that client")
    func ownMinutes() {
        let refused = minutes(10, from: Paris.at(2026, 11, 20, 20))
        let own = month(november) { $0.own = .of(.notAccessible, refused) }
        #expect(own.byA.notAccessibleMinutes == 10)
        #expect(own.byB.notAccessibleMinutes == 10)
        #expect(own.raw.notAccessibleMinutes == 10)
    }

    // MARK: Maintenance

    @Test("Scheduled and emergency maintenance are taken out of PC, and of nothing else")
    func maintenance() {
        let outage = minutes(60, from: Paris.at(2026, 11, 10, 2))
        let maintained = month(november, lost: [outage]) { facts in
            facts.maintenance = [
                MaintenancePeriod(
                    kind: .scheduled, starts: outage.lowerBound, ends: outage.upperBound),
                MaintenancePeriod(
                    kind: .emergency, starts: Paris.at(2026, 11, 12, 8),
                    ends: Paris.at(2026, 11, 12, 8, 30)),
            ]
        }
        #expect(maintained.byA.pcMinutes == 43_200 - 90)
        #expect(maintained.byA.dsMinutes == 43_200 - 90)
        #expect(maintained.byA.percentText == "100.000")
        #expect(maintained.byB == maintained.byA)
        #expect(maintained.raw.pcMinutes == 43_200)
        #expect(maintained.raw.notAccessibleMinutes == 60)
        #expect(excluded(maintained) == [60, 30, 0])
        #expect(maintained.budgetByA.allowedMinutes == 43)
    }

    @Test("Maintenance that overlaps is taken out once; the scheduled one comes first")
    func overlaps() {
        let overlapping = month(november) { facts in
            facts.maintenance = [
                MaintenancePeriod(
                    kind: .emergency, starts: Paris.at(2026, 11, 10, 3),
                    ends: Paris.at(2026, 11, 10, 5)),
                MaintenancePeriod(
                    kind: .scheduled, starts: Paris.at(2026, 11, 10, 2),
                    ends: Paris.at(2026, 11, 10, 4)),
                MaintenancePeriod(
                    kind: .scheduled, starts: Paris.at(2026, 11, 10, 2, 30),
                    ends: Paris.at(2026, 11, 10, 3)),
            ]
        }
        #expect(overlapping.byA.pcMinutes == 43_200 - 180)
        #expect(excluded(overlapping) == [120, 60, 0])
    }

    @Test("A minute is taken out where maintenance covers all of it, by one or by two together")
    func partsOfMinutes() {
        let parts = month(november) { facts in
            let seam = Paris.at(2026, 11, 10, 2, 5, 30)
            facts.maintenance = [
                MaintenancePeriod(
                    kind: .scheduled, starts: Paris.at(2026, 11, 10, 2, 0, 1), ends: seam),
                MaintenancePeriod(
                    kind: .emergency, starts: seam, ends: Paris.at(2026, 11, 10, 2, 9, 59)),
            ]
        }
        // 02:01 to 02:04 are scheduled, 02:05 is of both, 02:06 to 02:08 are emergency.
        #expect(excluded(parts) == [4, 4, 0])
    }

    @Test("A month that is nothing but maintenance has no rate, and breaks no promise")
    func allMaintenance() {
        let interval = november.interval(in: Paris.localTime)
        let all = month(november) { facts in
            facts.platform = MinuteHistory()
            facts.maintenance = [
                MaintenancePeriod(
                    kind: .scheduled, starts: interval.lowerBound, ends: interval.upperBound)
            ]
        }
        #expect(all.byA.pcMinutes == 0)
        #expect(all.byA.percentText == nil)
        #expect(all.byA.meets(.standard))
        #expect(all.raw.unmeasuredMinutes == 43_200)
    }

    private func excluded(_ month: MonthAvailability) -> [Int64] {
        #expect(month.minutes.exclusions.map(\.kind) == ExclusionKind.allCases)
        return month.minutes.exclusions.map(\.minutes.length)
    }

    // MARK: Two readings of a suspension (C9)

    private func suspension(
        _ starts: Timestamp, _ ends: Timestamp, ownFault: Bool = false
    ) -> ServiceFacts.SuspensionPeriod {
        .init(starts: starts, ends: ends, isOperatorsFaultAlone: ownFault)
    }

    @Test("By A a suspension is lost time; by B it is not counted as unavailability")
    func suspensionByBoth() {
        let suspended = month(november) { facts in
            facts.suspensions = [
                suspension(Paris.at(2026, 11, 10, 10), Paris.at(2026, 11, 10, 12))
            ]
        }
        #expect(suspended.byA.pcMinutes == 43_200)
        #expect(suspended.byA.dsMinutes == 43_080)
        #expect(suspended.byA.percentText == "99.722")
        #expect(suspended.byB.pcMinutes == 43_080)
        #expect(suspended.byB.dsMinutes == 43_080)
        #expect(suspended.byB.percentText == "100.000")
        #expect(suspended.raw.dsMinutes == 43_080)
        #expect(excluded(suspended) == [0, 0, 120])
        #expect(suspended.budgetByA.isSpent)
        #expect(!suspended.budgetByB.isSpent)
    }

    @Test("By B too it is lost where it comes from the operator's own fault alone")
    func ownFault() {
        let fault = month(november) { facts in
            facts.suspensions = [
                suspension(
                    Paris.at(2026, 11, 10, 10), Paris.at(2026, 11, 10, 12), ownFault: true)
            ]
        }
        #expect(fault.byA.dsMinutes == 43_080)
        #expect(fault.byB == fault.byA)
        #expect(excluded(fault) == [0, 0, 0])
    }

    @Test("Where both kinds hold at a time, B does not excuse it; maintenance excuses either")
    func both() {
        let both = month(november) { facts in
            facts.suspensions = [
                suspension(Paris.at(2026, 11, 10, 10), Paris.at(2026, 11, 10, 12)),
                suspension(
                    Paris.at(2026, 11, 10, 11), Paris.at(2026, 11, 10, 13), ownFault: true),
            ]
            facts.maintenance = [
                MaintenancePeriod(
                    kind: .emergency, starts: Paris.at(2026, 11, 10, 12, 30),
                    ends: Paris.at(2026, 11, 10, 13))
            ]
        }
        #expect(both.byA.pcMinutes == 43_170)
        #expect(both.byA.lostMinutes == 150)
        #expect(both.byB.pcMinutes == 43_110)
        #expect(both.byB.lostMinutes == 90)
        #expect(excluded(both) == [0, 30, 60])
    }

    @Test("A minute that is suspended in part is lost by A; by B the measurement counts")
    func partlySuspended() {
        let start = Paris.at(2026, 11, 10, 10, 0, 59)
        let end = Paris.at(2026, 11, 10, 10, 10, 1)
        let lost = minutes(1, from: Paris.at(2026, 11, 10, 10, 10))
        let partly = month(november, lost: [lost]) { $0.suspensions = [suspension(start, end)] }
        #expect(partly.byA.lostMinutes == 11)
        #expect(partly.byB.pcMinutes == 43_200 - 9)
        #expect(partly.byB.lostMinutes == 1)
    }

    // MARK: The client, and the month in progress

    @Test("A client that comes in the middle of the month has the minutes of its contract")
    func newClient() {
        let outage = minutes(100, from: Paris.at(2026, 11, 3, 12))
        let new = month(november, lost: [outage]) { facts in
            facts.contract = Paris.at(2026, 11, 16, 0, 0, 30)..<utc(2040, 1, 1)
        }
        #expect(new.byA.pcMinutes == 15 * 1_440 - 1)
        #expect(new.byA.lostMinutes == 0)
        #expect(new.budgetByA.allowedMinutes == 21)
        let gone = month(november) { $0.contract = utc(2019, 1, 1)..<Paris.at(2026, 11, 2) }
        #expect(gone.byA.pcMinutes == 1_440)
        let other = month(november) { $0.contract = utc(2019, 1, 1)..<utc(2026, 1, 1) }
        #expect(other.byA.pcMinutes == 0)
        #expect(other.byA.percentText == nil)
    }

    @Test("Of a month in progress the rate is of what is over, the budget of the whole month")
    func inProgress() {
        let now = Paris.at(2026, 11, 11, 0, 0, 59)
        let outage = minutes(20, from: Paris.at(2026, 11, 10, 12))
        let progress = month(november, lost: [outage], until: now) { facts in
            facts.maintenance = [
                MaintenancePeriod(
                    kind: .scheduled, starts: Paris.at(2026, 11, 10, 23),
                    ends: Paris.at(2026, 11, 11, 1)),
                MaintenancePeriod(
                    kind: .scheduled, starts: Paris.at(2026, 11, 20),
                    ends: Paris.at(2026, 11, 22, 8)),
            ]
        }
        #expect(!progress.isComplete)
        #expect(progress.byA.pcMinutes == 14_400 - 60)
        #expect(progress.byA.lostMinutes == 20)
        #expect(progress.byA.percentText == "99.860")
        #expect(progress.monthPCMinutesByA == 43_200 - 120 - 56 * 60)
        #expect(progress.budgetByA.allowedMinutes == 39)
        #expect(progress.budgetByA.remainingMinutes == 19)
        let before = month(november, until: Paris.at(2026, 10, 31))
        #expect(before.byA.pcMinutes == 0)
        #expect(before.monthPCMinutesByA == 43_200)
    }
}
