package import Time

extension RangeSet<Minute> {
    /// The minutes that a union of periods covers from their first moment to their last. Two
    /// periods that meet within a minute cover it together.
    package init(wholeIn periods: RangeSet<Timestamp>) {
        self.init(periods.ranges.map { Range<Minute>(wholeIn: $0) })
    }

    /// The minutes that have a moment in common with one of the periods.
    package init(touching periods: RangeSet<Timestamp>) {
        self.init(periods.ranges.map { Range<Minute>(touching: $0) })
    }

    /// The number of minutes in all ranges.
    package var length: Int64 { ranges.reduce(0) { $0 + $1.length } }
}
