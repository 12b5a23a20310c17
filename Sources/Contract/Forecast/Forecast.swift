internal import Bytes
package import Time

/// When an operation will cross its cover, if it goes on as it does.
package struct Forecast: Equatable, Sendable {
    /// Participants a second, as they come now.
    package var perSecond: Double
    /// When the first participant beyond the cover is expected.
    package var crossing: Timestamp
    /// The moments between which it lies with some 95 % likelihood, were people to come
    /// independently of each other at the rate of now.
    package var earliest: Timestamp
    package var latest: Timestamp

    /// - Parameters:
    ///   - participants: until now.
    ///   - arrived: of them, those who came within the window.
    ///   - window: milliseconds, up to `time`.
    /// - Returns: `nil` where the cover is crossed already, or nobody comes.
    ///
    /// People who come independently at a rate are a Poisson process. Of `n` who came, the rate is
    /// known to a relative error of 1/√n, and the time that the missing `m` take to 1/√m; both are
    /// independent, so the time m/rate is known to √(1/n + 1/m), times 1.96 for 95 %.
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

    /// A century at most: beyond it, it does not matter.
    private static func milliseconds(_ value: Double) -> Int64 { Int64(min(value, 3.2e12)) }
}
