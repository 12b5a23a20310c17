/// The minutes of a span by one reading of the terms.
package struct TermsMinutes: Equatable, Sendable {
    /// PC.
    package let pc: RangeSet<Minute>
    /// DS: the part of PC in which the service was accessible.
    package let ds: RangeSet<Minute>
    /// The part of PC that was not measured.
    package let unmeasured: RangeSet<Minute>

    init(
        pc: RangeSet<Minute>, accessible: RangeSet<Minute>, unmeasured: RangeSet<Minute>
    ) {
        self.pc = pc
        ds = accessible.intersection(pc)
        self.unmeasured = unmeasured.intersection(pc)
    }

    /// The part of PC that is not in DS.
    package var lost: RangeSet<Minute> { pc.subtracting(ds) }

    package var reading: AvailabilityReading {
        AvailabilityReading(
            pcMinutes: pc.length, dsMinutes: ds.length, unmeasuredMinutes: unmeasured.length)
    }
}
