/// The minutes of a span by what was measured in them.
struct MeasuredMinutes: Equatable, Sendable {
    let span: Range<Minute>
    private(set) var accessible: RangeSet<Minute>
    private(set) var notAccessible: RangeSet<Minute>

    /// - Parameters:
    ///   - platform: what the probes found.
    ///   - own: the minutes that were not accessible for this client alone.
    init(platform: MinuteHistory, own: MinuteHistory, in span: Range<Minute>) {
        let lost = own.minutes(.notAccessible, in: span)
        self.span = span
        accessible = platform.minutes(.accessible, in: span).subtracting(lost)
        notAccessible = platform.minutes(.notAccessible, in: span).union(lost)
    }

    var unmeasured: RangeSet<Minute> {
        RangeSet(span).subtracting(accessible).subtracting(notAccessible)
    }

    /// The same minutes with what was corrected; of several corrections of a minute the last one
    /// counts.
    /// - Parameter corrections: in the order in which they were recorded.
    func corrected(by corrections: some Sequence<Correction>) -> MeasuredMinutes {
        var result = self
        for correction in corrections {
            let range = correction.minutes.clamped(to: span)
            if range.isEmpty { continue }
            let part = RangeSet(range)
            result.accessible.subtract(part)
            result.notAccessible.subtract(part)
            switch correction.finding {
            case .accessible: result.accessible.formUnion(part)
            case .notAccessible: result.notAccessible.formUnion(part)
            case .unmeasured: break
            case .asMeasured:
                result.accessible.formUnion(accessible.intersection(part))
                result.notAccessible.formUnion(notAccessible.intersection(part))
            }
        }
        return result
    }
}
