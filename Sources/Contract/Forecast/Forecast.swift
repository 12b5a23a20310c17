internal import Bytes
package import Time

/// When an operation will cross its cover at its current rate.
package struct Forecast: Equatable, Sendable {
    /// Participants a second, at the current rate.
    package var perSecond: Double
    /// The expected time of the first participant beyond the cover.
    package var crossing: Timestamp
    /// The interval that holds the crossing with about 95 % probability, if people come
    /// independently of each other at the current rate.
    package var earliest: Timestamp
    package var latest: Timestamp

    /// - Parameters:
    ///   - participants: the number until now.
    ///   - arrived: the number of them who came within the window.
    ///   - window: the window's length in milliseconds; it ends at `time`.
    /// - Returns: `nil` if the cover is crossed already or nobody comes.
    ///
    /// Independent arrivals at a rate are a Poisson process. `n` arrivals give the rate with a
    /// relative error of 1/√n, and the time for the `m` missing ones varies by 1/√m. Both are
    /// independent, so the error of m/rate is √(1/n + 1/m), times 1.96 for 95 %.
    package init?(
        participants: UInt32, cover: Cover, arrived: UInt32, window: Int64, at time: Timestamp
    ) {
        guard cover.holds(participants), arrived > 0, window > 0 else { return nil }
        let missing = Double(cover.participants) - Double(participants) + 1
        perSecond = Double(arrived) * 1_000 / Double(window)
        let wait = missing / perSecond * 1_000
        let error = 1.96 * (1 / Double(arrived) + 1 / missing).squareRoot()
        crossing = time.advanced(byMilliseconds: Self.milliseconds(wait))
        earliest = time.advanced(byMilliseconds: Self.milliseconds(wait * max(1 - error, 0)))
        latest = time.advanced(byMilliseconds: Self.milliseconds(wait * (1 + error)))
    }

    /// The longest forecast: a century. A later crossing does not matter.
    private static func milliseconds(_ value: Double) -> Int64 { Int64(min(value, 3.2e12)) }
}
