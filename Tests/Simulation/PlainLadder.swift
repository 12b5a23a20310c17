import Contract
import Time

/// What the rules C3, C3b and C4 remember of one operation, and what they demand of it, told a
/// second time: a smoothing comes first, a suspension only of one that lacks a notice, only where
/// strain lasts in spite of its pace or refusing it strains the platform, and only for a time; both
/// end when the platform is calm and the operation's demand fits.
struct PlainLadder {
    /// Since when it strains the platform, whatever its pace is.
    private(set) var strainedSince: Int64?
    /// Since when it is calm, and all that comes would fit.
    private(set) var calmSince: Int64?
    /// Whether it is held for lack of a notice.
    private var isHeldForNotice = false
    private var lastReport: Int64?
    private var suspensions = 0
    private var lastSuspensionEnd: Int64?

    /// What one report says of the operation.
    struct Situation {
        var at: Int64
        var level: PressureLevel
        /// Nobody has waited lately.
        var isRelieved: Bool
        var rung: Ladder.Rung
        /// Open, within its dates, not suspended by a person, and beyond its cover.
        var isLiable: Bool
        /// Its share of the load in permille, its attempts, and whether more wait unread; nil where
        /// the report leaves it out.
        var own: (share: Int, attempts: Int, isWithheld: Bool)?
        var attempts: Int
        /// Entries a second that the platform takes; nil where nobody knows.
        var capacity: Int?
        /// What the others leave for it.
        var room: Int
        /// Its fair share, where that is all it may have.
        var fair: Int?
        /// Whether refusing alone strains the platform.
        var isPowerless: Bool
    }

    enum Demand: Equatable {
        case smooth(UInt32, Ladder.Rule)
        case suspend(until: Int64, Ladder.SuspensionCause)
        case resume(Ladder.Reason)
    }

    private static let second: Int64 = 1_000
    private static let day: Int64 = 86_400_000

    mutating func demand(_ situation: Situation, _ policy: Policy) -> Demand? {
        let now = situation.at
        if let lastReport, now - lastReport > 3 * Self.second { forgetDurations() }
        lastReport = now
        var pace = 0
        if case .smoothed(let perSecond) = situation.rung { pace = Int(perSecond) }
        let (share, attempts, isWithheld) = situation.own ?? (0, 0, false)
        let isStrained =
            situation.isLiable && situation.level != .calm && share >= policy.sharePermille
            && attempts > policy.minimumPace && attempts > pace
            && (pace == 0 || !situation.isRelieved)
        strainedSince = isStrained ? strainedSince ?? now : nil
        let isCalm =
            situation.rung != .open && situation.level == .calm && !isWithheld
            && fits(situation, attempts, pace)
        calmSince = isCalm ? calmSince ?? now : nil
        if let calmSince, now - calmSince >= Int64(policy.calmSeconds) * Self.second {
            return .resume(.calm)
        }
        switch situation.rung {
        case .suspended: return nil
        case .open:
            if isStrained { return .smooth(atLeast(policy, situation.room), .undeclared) }
            guard attempts > policy.minimumPace, let fair = situation.fair else { return nil }
            return situation.isLiable
                ? .smooth(atLeast(policy, situation.room), .undeclared)
                : .smooth(atLeast(policy, fair), .degradation)
        case .smoothed(let pace):
            if isHeldForNotice, let strainedSince {
                let lasted = now - strainedSince
                let isLong = lasted >= Int64(policy.suspendAfterSeconds) * Self.second
                if isLong || situation.isPowerless {
                    return .suspend(
                        until: now + suspensionSeconds(now, policy) * Self.second,
                        isLong ? .lasting : .refusing)
                }
            }
            return repaced(pace, situation, policy)
        }
    }

    private func repaced(
        _ pace: UInt32, _ situation: Situation, _ policy: Policy
    ) -> Demand? {
        guard situation.own != nil else { return nil }
        let rule: Ladder.Rule = situation.isLiable ? .undeclared : .degradation
        guard let wanted = situation.isLiable ? situation.room : situation.fair else { return nil }
        let new = atLeast(policy, wanted)
        let isNear = abs(Int(new) - Int(pace)) < max(Int(pace) / 50, 1)
        return isNear && situation.isLiable == isHeldForNotice ? nil : .smooth(new, rule)
    }

    private func atLeast(_ policy: Policy, _ pace: Int) -> UInt32 {
        UInt32(min(max(pace, policy.minimumPace), Int(UInt32.max)))
    }

    /// All that comes would fit, or its pace holds nothing back.
    private func fits(_ situation: Situation, _ attempts: Int, _ pace: Int) -> Bool {
        guard let capacity = situation.capacity else { return true }
        if situation.attempts <= capacity * 800 / 1_000 { return true }
        guard case .smoothed = situation.rung else { return false }
        return attempts <= pace * 800 / 1_000
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
        switch demand {
        case .smooth(_, let rule):
            isHeldForNotice = rule == .undeclared
            return
        case .suspend(let until, _):
            suspensions = isForgotten(at: now) ? 1 : suspensions + 1
            lastSuspensionEnd = until
        case .resume:
            if case .suspended = rung { lastSuspensionEnd = now }
            isHeldForNotice = false
        }
        strainedSince = nil
        calmSince = nil
    }
}
