/// Numbers that go up and down: each set by the one thread that owns it, read by anyone.
///
/// Gauges lie on cache lines of their own, because each may have another owner.
@usableFromInline
package final class GaugeTable: Sendable {
    @usableFromInline let words: AtomicWords
    @usableFromInline package let gauges: Int

    package init(gauges: Int) {
        precondition(gauges > 0, "a table has a gauge")
        words = AtomicWords(count: gauges * AtomicWords.apartWords)
        self.gauges = gauges
    }

    /// Only the gauge's owner may.
    @inlinable package func set(_ value: Int64, gauge: Int) {
        words.store(relaxed: UInt64(bitPattern: value), at: place(of: gauge))
    }

    /// Moves the gauge by `change`, up or down; wraps. Only the gauge's owner may.
    @inlinable package func add(_ change: Int64, to gauge: Int) {
        words.ownerAdd(UInt64(bitPattern: change), at: place(of: gauge))
    }

    /// The last value that was set, 0 at first. Any thread may ask.
    @inlinable package func value(of gauge: Int) -> Int64 {
        Int64(bitPattern: words.relaxed(place(of: gauge)))
    }

    @inlinable func place(of gauge: Int) -> Int {
        precondition(gauge >= 0 && gauge < gauges, "a gauge of the table")
        return gauge &* AtomicWords.apartWords
    }
}
