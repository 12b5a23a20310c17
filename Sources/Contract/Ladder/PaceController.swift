internal import Bytes
package import Time

/// The rate at which entries of all operations together are let in while the ladder smooths some of
/// them: a feedback loop that holds the wait of entries at the policy's target.
///
/// It begins at a share of the capacity, or at what fits where only fair shares are held. While
/// entries wait less than the target the rate grows: by up to a half a second below half of what
/// the platform takes, by a tenth beyond that, and by a fiftieth near it, because those who were
/// told to return at a lower rate come with those who are told at a higher one. While entries wait
/// longer than the target, in two measurements, it falls by up to a twentieth, and beyond the bound
/// of strain by up to three tenths; every two seconds, because what waits already has to be decided
/// first and those who were called still come. Growth and fall are in proportion to the error, as
/// in Uber's Cinnamon and Netflix's concurrency limits.
///
/// What the platform takes is its capacity, or what was accepted when entries last waited beyond
/// the bound of strain if that is less, as in CUBIC (S. Ha, I. Rhee, L. Xu, 2008). Below four
/// fifths of it the aim is that bound and not the target: refusing takes time too, and a wait that
/// refusing causes does not end by letting fewer in. Only where entries wait beyond the bound does
/// the rate fall further, down to a tenth of the capacity.
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
    /// The wait of the measurement before, in microseconds; below 0 before the first.
    private var earlierWait = -1
    /// What was accepted when entries last waited beyond the bound of strain because the platform
    /// was full, or half of the capacity if that was more; `nil` where the rate has been far beyond
    /// that since.
    private var fullPerSecond: Int?

    /// The growth in a second without any wait, in permille: far below what the platform takes, as
    /// a rule, and near it.
    private static var fastGrowthPermille: Int { 500 }
    private static var growthPermille: Int { 100 }
    private static var slowGrowthPermille: Int { 20 }
    /// The share of what the platform takes that is near it, in permille.
    private static var nearPermille: Int { 850 }
    /// The share below which a rate is far from it.
    private static var farPermille: Int { 500 }
    /// A rate so much beyond what was too much once, in permille, shows that it no longer is.
    private static var passedPermille: Int { 1_250 }
    /// The largest fall at once, in permille: where entries wait three times the aim, under the
    /// bound of strain and beyond it.
    private static var gentleFallPermille: Int { 50 }
    private static var fallPermille: Int { 300 }
    /// The time for a lower rate to take effect.
    private static var settlingMilliseconds: Int64 { 2_000 }
    /// The share of what the platform takes, in permille, below which the aim is the bound of
    /// strain.
    private static var sparingPermille: Int { 800 }
    /// The lowest rate, in permille of the capacity.
    private static var lowestPermille: Int { 100 }
    /// The highest rate, in permille of the capacity: it may be more than was known.
    private static var highestPermille: Int { 1_500 }
    /// A rate of which less than this part is used says nothing about a higher one, in permille.
    private static var usedPermille: Int { 750 }

    /// - Parameter capacityPerSecond: entries a second that the platform takes.
    package init(capacityPerSecond: Int, _ policy: Policy, at time: Timestamp) {
        perSecond = capacityPerSecond * policy.targetPermille / 1_000
        measuredAt = time
        loweredAt = time
    }

    /// Whether nothing was measured under its rate yet.
    package var isBeginning: Bool { earlierWait < 0 }

    /// Begins at this rate at least, in entries a second; changes nothing once it has begun.
    package mutating func begin(atLeast lowest: Int) {
        if isBeginning { perSecond = max(perSecond, lowest) }
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
        let taken = taken(of: capacityPerSecond)
        let sparing = taken * Self.sparingPermille / 1_000
        let aim = perSecond < sparing ? max(target, Self.bound) : target
        let isUsed = acceptedPerSecond >= perSecond * Self.usedPermille / 1_000
        let isLasting = wait > Self.bound || earlierWait > aim
        earlierWait = wait
        if wait > aim {
            let isSettled =
                loweredAt.advanced(byMilliseconds: Self.settlingMilliseconds) <= time
            if isLasting, isSettled {
                if wait > Self.bound, acceptedPerSecond >= sparing || isUsed {
                    fullPerSecond = max(acceptedPerSecond, capacityPerSecond / 2)
                }
                let lowest =
                    wait > Self.bound
                    ? capacityPerSecond * Self.lowestPermille / 1_000 : sparing
                lower(wait, aim, notBelow: lowest, at: time)
            }
        } else if isUsed {
            raise(wait, aim, capacityPerSecond, at: time)
        }
        measuredAt = max(measuredAt, time)
        let isExhausted =
            capacityPerSecond > 0 && wait > Self.bound
            && perSecond <= capacityPerSecond * Self.lowestPermille / 1_000
        exhaustedSince = isExhausted ? exhaustedSince ?? time : nil
    }

    /// What the platform takes: no more than when it was last full.
    private func taken(of capacityPerSecond: Int) -> Int {
        min(fullPerSecond ?? capacityPerSecond, capacityPerSecond)
    }

    private mutating func lower(
        _ wait: Int, _ aim: Int, notBelow lowest: Int, at time: Timestamp
    ) {
        let largest = wait > Self.bound ? Self.fallPermille : Self.gentleFallPermille
        let fall = perSecond * largest / 1_000 * min(wait - aim, 2 * aim) / (2 * aim)
        perSecond = min(perSecond, max(perSecond - fall, lowest))
        loweredAt = time
    }

    private mutating func raise(
        _ wait: Int, _ aim: Int, _ capacityPerSecond: Int, at time: Timestamp
    ) {
        let passed = min(max(time.milliseconds &- measuredAt.milliseconds, 0), 1_000)
        if let fullPerSecond, perSecond > fullPerSecond * Self.passedPermille / 1_000 {
            self.fullPerSecond = nil
        }
        let taken = taken(of: capacityPerSecond)
        let permille =
            perSecond >= taken * Self.nearPermille / 1_000
            ? Self.slowGrowthPermille
            : perSecond >= taken * Self.farPermille / 1_000
                ? Self.growthPermille : Self.fastGrowthPermille
        let growth = perSecond * permille / 1_000 * Int(passed) / 1_000
        let highest = capacityPerSecond * Self.highestPermille / 1_000
        perSecond = max(perSecond, min(perSecond + growth * (aim - wait) / aim + 1, highest))
    }
}
