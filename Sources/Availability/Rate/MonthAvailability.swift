package import Time

/// The availability of one client's service in a calendar month of the operator's time zone (C10),
/// for the part of it that is over.
///
/// A client that came in the middle of the month, or left, has the minutes of its contract.
package struct MonthAvailability: Equatable, Sendable {
    package let month: CivilMonth
    package let commitment: Commitment
    /// The minutes of the month that are over, or all of them.
    package let minutes: ServiceMinutes
    /// Whether all minutes of the month are over.
    package let isComplete: Bool
    /// PC of the whole month by A: what is over, and what is to come less the maintenance that is
    /// announced by now.
    package let monthPCMinutesByA: Int64
    /// The same by B.
    package let monthPCMinutesByB: Int64

    /// - Parameter now: minutes that have not ended by then are not counted.
    package init(
        _ month: CivilMonth, of facts: ServiceFacts, in localTime: LocalTime, until now: Timestamp,
        _ commitment: Commitment = .standard
    ) {
        let span = Range<Minute>(beginningIn: month.interval(in: localTime))
        let over = min(max(Minute(containing: now), span.lowerBound), span.upperBound)
        self.month = month
        self.commitment = commitment
        isComplete = over == span.upperBound
        minutes = ServiceMinutes(facts, in: span.lowerBound..<over)
        let coming = ServiceMinutes(facts, in: over..<span.upperBound)
        monthPCMinutesByA = minutes.a.pc.length + coming.a.pc.length
        monthPCMinutesByB = minutes.b.pc.length + coming.b.pc.length
    }

    /// By A: nothing but maintenance is taken out of the month.
    package var byA: AvailabilityReading { minutes.a.reading }
    /// By B 3.7: suspensions are taken out too, but for those by the operator's own fault alone.
    package var byB: AvailabilityReading { minutes.b.reading }
    /// As it was measured: nothing taken out, nothing corrected.
    package var raw: AvailabilityReading { minutes.raw.reading }

    package var budgetByA: ErrorBudget {
        ErrorBudget(monthPCMinutes: monthPCMinutesByA, lostMinutes: byA.lostMinutes, commitment)
    }

    package var budgetByB: ErrorBudget {
        ErrorBudget(monthPCMinutes: monthPCMinutesByB, lostMinutes: byB.lostMinutes, commitment)
    }
}
