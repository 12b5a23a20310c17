import Contract
import Time

/// What the rules C3 and C4 remember of one operation, and what they demand of it, told a second
/// time: a smoothing comes first, a suspension only where strain lasts in spite of it, and only for
/// a time; both end when the platform is calm and the operation's demand fits.
struct PlainLadder {
    /// Since when it strains the platform, or would again if let in.
    private(set) var strainedSince: Int64?
    /// Since when it is calm, and all that comes would fit.
    private(set) var calmSince: Int64?
    private var paceSetAt: Int64?
    private var lastReport: Int64?
    private var suspensions = 0
    private var lastSuspensionEnd: Int64?

    /// What one report says of the operation.
    struct Situation {
        var at: Int64
        var level: PressureLevel
        var rung: Ladder.Rung
        /// Open, within its dates, not suspended by a person, and beyond its cover.
        var isLiable: Bool
        /// Its share of the load in permille; 0 where the report leaves it out.
        var share: Int
        var attempts: Int
        /// Entries a second that the platform carried under strain; nil where it has not been.
        var capacity: Int?
        /// Attempts for operations that may not be held back.
        var protected: Int
        /// The shares of all that may be.
        var liableShares: Int
    }

    enum Demand: Equatable {
        case smooth(UInt32)
        case suspend(until: Int64)
        case resume(Ladder.Reason)
    }

    private static let second: Int64 = 1_000
    private static let day: Int64 = 86_400_000

    mutating func demand(_ situation: Situation, _ policy: Policy) -> Demand? {
        let now = situation.at
        if let lastReport, now - lastReport > 3 * Self.second { forgetDurations() }
        lastReport = now
        let isCause = situation.isLiable && situation.share >= policy.sharePermille
        let isStrained = isCause && situation.level != .calm
        var isThreat = isStrained
        if isCause, situation.rung != .open, let capacity = situation.capacity,
            situation.attempts > capacity
        {
            isThreat = true
        }
        strainedSince = isThreat ? strainedSince ?? now : nil
        let fits = situation.capacity.map {
            situation.attempts <= $0 * policy.targetPermille / 1_000
        }
        let isCalm = situation.rung != .open && situation.level == .calm && fits ?? true
        calmSince = isCalm ? calmSince ?? now : nil
        let isCalmForLong =
            calmSince.map { now - $0 >= Int64(policy.calmSeconds) * Self.second } ?? false
        let isStrainedForLong =
            strainedSince.map { now - $0 >= Int64(policy.suspendAfterSeconds) * Self.second }
            ?? false
        switch situation.rung {
        case .open: return isStrained ? .smooth(firstPace(situation, policy)) : nil
        case .smoothed where isCalmForLong: return .resume(.calm)
        case .smoothed where isStrainedForLong:
            return .suspend(until: now + suspensionSeconds(now, policy) * Self.second)
        case .smoothed(let pace):
            let minimum = UInt32(policy.minimumPace)
            guard isStrained, pace > minimum, let paceSetAt, now - paceSetAt >= Self.second
            else { return nil }
            return .smooth(max(pace / 2, minimum))
        case .suspended: return isCalmForLong ? .resume(.calm) : nil
        }
    }

    /// What the target leaves beside the operations that keep their service, by shares.
    private func firstPace(_ situation: Situation, _ policy: Policy) -> UInt32 {
        let target = (situation.capacity ?? 0) * policy.targetPermille / 1_000
        let room = target - situation.protected
        let pace = room * situation.share / max(situation.liableShares, situation.share, 1)
        return UInt32(max(pace, policy.minimumPace))
    }

    /// Twice as long as the one before, within a day.
    private func suspensionSeconds(_ now: Int64, _ policy: Policy) -> Int64 {
        var seconds = policy.suspensionSeconds
        if !isForgotten(at: now) {
            for _ in 0..<min(suspensions, 20) { seconds *= 2 }
        }
        return Int64(min(seconds, policy.longestSuspensionSeconds))
    }

    private func isForgotten(at now: Int64) -> Bool {
        lastSuspensionEnd.map { now - $0 >= Self.day } ?? true
    }

    /// Nobody measured: what lasted is not known to have lasted.
    mutating func forgetDurations() {
        strainedSince = nil
        calmSince = nil
    }

    /// The demand has come into force.
    /// - Parameter rung: the one before it.
    mutating func apply(_ demand: Demand, from rung: Ladder.Rung, at now: Int64) {
        calmSince = nil
        switch demand {
        case .smooth: paceSetAt = now
        case .suspend(let until):
            suspensions = isForgotten(at: now) ? 1 : suspensions + 1
            lastSuspensionEnd = until
            strainedSince = nil
        case .resume:
            if case .suspended = rung { lastSuspensionEnd = now }
            paceSetAt = nil
            strainedSince = nil
        }
    }
}
