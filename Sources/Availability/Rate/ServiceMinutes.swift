internal import Time

/// Every minute of a span of one client's service: whether it counts, and whether the service was
/// accessible, by both readings of the terms (C9), and as it was measured.
///
/// - By A, maintenance alone is taken out of PC. A minute with a moment of suspension is not
///   accessible.
/// - By B, suspensions are taken out too, unless they come from the operator's own fault alone. Of
///   a minute that is suspended in part, the measurement counts.
/// - Raw: nothing is taken out, and nothing corrected; suspensions count as by A.
///
/// A minute is taken out where periods cover all of it, alone or together. So no more is taken out
/// than there was, whatever overlaps.
package struct ServiceMinutes: Equatable, Sendable {
    package let a: TermsMinutes
    package let b: TermsMinutes
    package let raw: TermsMinutes
    /// What is taken out by A, then what B takes out beside it; no minute twice.
    package let exclusions: [Exclusion]

    package init(_ facts: ServiceFacts, in span: Range<Minute>) {
        let periods = Periods(facts)
        let measured = MeasuredMinutes(platform: facts.platform, own: facts.own, in: span)
        let corrected = measured.corrected(by: facts.corrections)
        let counted = RangeSet(Range<Minute>(beginningIn: facts.contract).clamped(to: span))
        let suspended = RangeSet<Minute>(touching: periods.faults.union(periods.otherSuspensions))
        let ownFaults = RangeSet<Minute>(touching: periods.faults)

        raw = TermsMinutes(
            pc: counted, accessible: measured.accessible.subtracting(suspended),
            unmeasured: measured.unmeasured.subtracting(suspended))
        let inMaintenance = RangeSet<Minute>(wholeIn: periods.maintenance)
        let pcByA = counted.subtracting(inMaintenance)
        a = TermsMinutes(
            pc: pcByA, accessible: corrected.accessible.subtracting(suspended),
            unmeasured: corrected.unmeasured.subtracting(suspended))
        let excusedByB = RangeSet<Minute>(
            wholeIn: periods.maintenance.union(periods.otherSuspensions))
        let pcByB = counted.subtracting(excusedByB)
        b = TermsMinutes(
            pc: pcByB, accessible: corrected.accessible.subtracting(ownFaults),
            unmeasured: corrected.unmeasured.subtracting(ownFaults))

        let announced = RangeSet<Minute>(wholeIn: periods.scheduled).intersection(counted)
        exclusions = [
            Exclusion(kind: .scheduledMaintenance, minutes: announced),
            Exclusion(
                kind: .emergencyMaintenance,
                minutes: counted.subtracting(pcByA).subtracting(announced)),
            Exclusion(kind: .suspension, minutes: pcByA.subtracting(pcByB)),
        ]
    }
}

/// The periods of the facts, merged by what they mean.
private struct Periods {
    let scheduled: RangeSet<Timestamp>
    let maintenance: RangeSet<Timestamp>
    /// Suspensions that come from the operator's own fault alone.
    let faults: RangeSet<Timestamp>
    /// All other suspensions, where none of those holds at the same time.
    let otherSuspensions: RangeSet<Timestamp>

    init(_ facts: ServiceFacts) {
        scheduled = RangeSet(
            facts.maintenance.filter { $0.kind == .scheduled }.map(\.interval))
        maintenance = RangeSet(facts.maintenance.map(\.interval))
        faults = RangeSet(
            facts.suspensions.filter(\.isOperatorsFaultAlone).map(\.interval))
        otherSuspensions = RangeSet(
            facts.suspensions.filter { !$0.isOperatorsFaultAlone }.map(\.interval)
        ).subtracting(faults)
    }
}
