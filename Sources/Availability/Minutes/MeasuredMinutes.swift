/// The minutes of a span by what was measured in them.
struct MeasuredMinutes: Equatable, Sendable {
    let span: Range<Minute>
    /// What the probes found, of all clients.
    private let platform: Found
    /// The minutes that were not accessible for this client alone.
    private let own: RangeSet<Minute>
    /// Both together, corrected or not.
    private let found: Found

    private struct Found: Equatable, Sendable {
        var accessible: RangeSet<Minute>
        var notAccessible: RangeSet<Minute>

        /// With minutes that were lost beside these.
        func losing(_ own: RangeSet<Minute>) -> Found {
            Found(
                accessible: accessible.subtracting(own), notAccessible: notAccessible.union(own))
        }

        /// Of several corrections of a minute the last one counts.
        func corrected(by corrections: some Sequence<Correction>, in span: Range<Minute>) -> Found {
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

    /// - Parameters:
    ///   - platform: what the probes found.
    ///   - own: the minutes that were not accessible for this client alone.
    init(platform: MinuteHistory, own: MinuteHistory, in span: Range<Minute>) {
        self.span = span
        self.platform = Found(
            accessible: platform.minutes(.accessible, in: span),
            notAccessible: platform.minutes(.notAccessible, in: span))
        self.own = own.minutes(.notAccessible, in: span)
        found = self.platform.losing(self.own)
    }

    private init(_ measured: MeasuredMinutes, found: Found) {
        span = measured.span
        platform = measured.platform
        own = measured.own
        self.found = found
    }

    var accessible: RangeSet<Minute> { found.accessible }
    var notAccessible: RangeSet<Minute> { found.notAccessible }

    var unmeasured: RangeSet<Minute> {
        RangeSet(span).subtracting(accessible).subtracting(notAccessible)
    }

    /// The same minutes with what was corrected.
    ///
    /// A correction for all clients says what the probes should have found: a minute that the
    /// client lost by its own refused entries stays lost. One for the client alone says what the
    /// minute was for it, and stands above those for all clients. Among those for all clients, and
    /// among the client's, the last one of a minute counts.
    /// - Parameter corrections: in the order in which they were recorded.
    func corrected(by corrections: some Sequence<Correction>) -> MeasuredMinutes {
        let all = platform.corrected(by: corrections.lazy.filter { $0.client == nil }, in: span)
            .losing(own)
        return MeasuredMinutes(
            self,
            found: all.corrected(by: corrections.lazy.filter { $0.client != nil }, in: span))
    }
}
