internal import Bytes
package import Time

/// The rate at which entries of all operations together are let in while the ladder smooths some of
/// them: a feedback loop that holds the wait of entries at the policy's target.
///
/// It begins at a share of the capacity. While entries wait less than the target the rate grows by
/// up to a fifth a second, and more slowly near the capacity. While they wait longer it falls, by
/// up to three tenths every two seconds: what waits already has to be decided first, and those who
/// were called at the higher pace still come. Growth and fall are in proportion to the error, as in
/// Uber's Cinnamon and Netflix's concurrency limits.
///
/// Below three fifths of the capacity the aim is the bound of strain and not the target: refusing
/// takes time too, and a wait that refusing causes does not end by letting fewer in. Only where
/// entries wait beyond that bound does the rate fall further, down to a tenth of the capacity.
package struct PaceController: Equatable, Codable, Sendable {
    /// Entries a second.
    package private(set) var perSecond: Int
    /// When the last measurement came.
    private var measuredAt: Timestamp
    /// When the rate began or last fell.
    private var loweredAt: Timestamp
    /// Since when the rate cannot fall further although entries wait beyond the bound of strain;
    /// `nil` where they do not. Refusing alone strains the platform then.
    package private(set) var exhaustedSince: Timestamp?

    /// The growth in a second without any wait, in permille: as a rule, and near the capacity.
    private static var growthPermille: Int { 200 }
    private static var slowGrowthPermille: Int { 40 }
    /// The share of the capacity that is near it, in permille.
    private static var nearPermille: Int { 900 }
    /// The largest fall at once, in permille: where entries wait three times the aim.
    private static var fallPermille: Int { 300 }
    /// The time for a lower rate to take effect.
    private static var settlingMilliseconds: Int64 { 2_000 }
    /// The shares of the capacity, in permille: below the first the aim is the bound of strain, and
    /// the second is the lowest rate.
    private static var sparingPermille: Int { 600 }
    private static var lowestPermille: Int { 100 }
    /// The highest rate, in permille of the capacity: it may be more than was known.
    private static var highestPermille: Int { 1_500 }
    /// A rate of which less than this part is used says nothing about a higher one, in permille.
    private static var usedPermille: Int { 500 }

    /// - Parameter capacityPerSecond: entries a second that the platform takes.
    package init(capacityPerSecond: Int, _ policy: Policy, at time: Timestamp) {
        perSecond = capacityPerSecond * policy.targetPermille / 1_000
        measuredAt = time
        loweredAt = time
    }

    /// The wait above which the platform is strained, in microseconds.
    private static var bound: Int { PressureClassifier.bound(of: .strained) }

    /// Moves the rate by what was measured.
    /// - Parameters:
    ///   - wait: how long entries wait, see ``PressureFigures/wait``; in microseconds.
    ///   - acceptedPerSecond: entries of all operations that were accepted.
    ///   - capacityPerSecond: entries a second that the platform takes.
    package mutating func update(
        wait: Int, acceptedPerSecond: Int, capacityPerSecond: Int, _ policy: Policy,
        at time: Timestamp
    ) {
        let target = policy.targetWaitMilliseconds * 1_000
        let sparing = capacityPerSecond * Self.sparingPermille / 1_000
        let aim = perSecond < sparing ? max(target, Self.bound) : target
        if wait > aim {
            if loweredAt.advanced(byMilliseconds: Self.settlingMilliseconds) <= time {
                lower(wait, aim, capacityPerSecond, at: time)
            }
        } else if acceptedPerSecond >= perSecond * Self.usedPermille / 1_000 {
            raise(wait, aim, capacityPerSecond, at: time)
        }
        measuredAt = max(measuredAt, time)
        let isExhausted =
            capacityPerSecond > 0 && wait > Self.bound
            && perSecond <= capacityPerSecond * Self.lowestPermille / 1_000
        exhaustedSince = isExhausted ? exhaustedSince ?? time : nil
    }

    private mutating func lower(
        _ wait: Int, _ aim: Int, _ capacityPerSecond: Int, at time: Timestamp
    ) {
        let fall = perSecond * Self.fallPermille / 1_000 * min(wait - aim, 2 * aim) / (2 * aim)
        let permille = wait > Self.bound ? Self.lowestPermille : Self.sparingPermille
        let lowest = capacityPerSecond * permille / 1_000
        perSecond = min(perSecond, max(perSecond - fall, lowest))
        loweredAt = time
    }

    private mutating func raise(
        _ wait: Int, _ aim: Int, _ capacityPerSecond: Int, at time: Timestamp
    ) {
        let passed = min(max(time.milliseconds &- measuredAt.milliseconds, 0), 1_000)
        let isNear = perSecond >= capacityPerSecond * Self.nearPermille / 1_000
        let permille = isNear ? Self.slowGrowthPermille : Self.growthPermille
        let growth = perSecond * permille / 1_000 * Int(passed) / 1_000
        let highest = capacityPerSecond * Self.highestPermille / 1_000
        perSecond = max(perSecond, min(perSecond + growth * (aim - wait) / aim + 1, highest))
    }
}
