internal import Bytes
package import Time

/// What one operation has been given by the ladder, and what it needs to know to go on (C3, C4).
///
/// `open → smoothed → suspended, for a time → open`. It is a pure rule: ``step(_:_:)`` says what is
/// to be done, ``take(_:at:)`` that it is done. Whoever holds it logs the step in between.
package struct Ladder: Equatable, Sendable {
    /// Where it stands.
    package private(set) var rung = Rung.open
    /// Since when it strains or threatens the platform without a break; `nil` where it does not.
    private var strainedSince: Timestamp?
    /// Since when it is calm and would fit without a break.
    private var calmSince: Timestamp?
    /// When it was smoothed last, or its pace changed.
    private var squeezedAt: Timestamp?
    /// Suspensions so far, each within a day of the end of the one before.
    private var suspensions = 0
    /// When the last suspension ended, or will.
    private var suspensionEnd: Timestamp?
    /// When the last finding was.
    private var lastObservation: Timestamp?

    /// A measure that is in force.
    package enum Rung: Equatable, Sendable, BitwiseCopyable {
        case open
        /// Entries a second.
        case smoothed(perSecond: UInt32)
        case suspended(until: Timestamp)
    }

    /// What is to be done.
    package enum Step: Equatable, Sendable, BitwiseCopyable {
        case smooth(perSecond: UInt32)
        case suspend(until: Timestamp)
        case resume(Reason)
    }

    /// Why an operation is let in again.
    package enum Reason: String, Codable, Sendable, BitwiseCopyable {
        /// The suspension's time is over.
        case expired
        /// The platform is calm, and what the operation brings would fit.
        case calm
    }

    /// What a report says of one operation.
    package struct Observation: Sendable {
        package var at: Timestamp
        package var level: PressureLevel
        /// Beyond its cover (C3's first half), and the ladder may act on it: it is open, within its
        /// dates, and no person has suspended it.
        package var isLiable: Bool
        /// The operation's; `nil` where the report has none, because it brings next to nothing.
        package var demand: PressureReport.Demand?
        /// Entries a second that came for all operations.
        package var attemptsPerSecond: Int
        /// Entries a second that were seen to be accepted under strain; `nil` before any strain.
        package var capacityPerSecond: Int?
        /// Attempts a second of operations that the ladder may not touch.
        package var protectedPerSecond: Int
        /// The shares of all operations that it may touch now, in permille.
        package var liablePermille: Int

        package init(
            at: Timestamp, level: PressureLevel, isLiable: Bool,
            demand: PressureReport.Demand?, attemptsPerSecond: Int, capacityPerSecond: Int?,
            protectedPerSecond: Int, liablePermille: Int
        ) {
            self.at = at
            self.level = level
            self.isLiable = isLiable
            self.demand = demand
            self.attemptsPerSecond = attemptsPerSecond
            self.capacityPerSecond = capacityPerSecond
            self.protectedPerSecond = protectedPerSecond
            self.liablePermille = liablePermille
        }

        /// Whether more comes than was ever seen to be taken.
        var exceedsCapacity: Bool { capacityPerSecond.map { attemptsPerSecond > $0 } ?? false }
    }

    /// A suspension so long after the end of the one before is a first one again.
    private static var forgottenAfterMilliseconds: Int64 { 86_400_000 }
    /// What was not looked at for so long may have been otherwise meanwhile.
    private static var gapMilliseconds: Int64 { 3_000 }
    /// A squeeze is given so long to show before the next one.
    private static var squeezeMilliseconds: Int64 { 1_000 }

    package init() {}

    /// When its suspension ends by itself.
    package var due: Timestamp? {
        if case .suspended(let until) = rung { until } else { nil }
    }

    // MARK: Deciding

    /// What a report calls for; `nil` for nothing. Remembers how long strain and calm last.
    package mutating func step(_ observation: Observation, _ policy: Policy) -> Step? {
        if let lastObservation,
            lastObservation.advanced(byMilliseconds: Self.gapMilliseconds) < observation.at
        {
            interrupt()
        }
        lastObservation = observation.at
        let isCause =
            observation.isLiable && (observation.demand?.sharePermille ?? 0) >= policy.sharePermille
        let isStrained = isCause && observation.level >= .strained
        // Smoothing takes the strain away, not what threatens all: who goes on pushing with more
        // than the machine takes would strain it again at once, were he let in.
        let isThreatened = isCause && rung != .open && observation.exceedsCapacity
        strainedSince = isStrained || isThreatened ? strainedSince ?? observation.at : nil
        let isCalm = rung != .open && observation.level == .calm && fits(observation, policy)
        calmSince = isCalm ? calmSince ?? observation.at : nil
        switch rung {
        case .open:
            return isStrained ? smooth(observation, policy) : nil
        case .smoothed(let pace):
            if hasLasted(calmSince, policy.calmSeconds, observation.at) { return .resume(.calm) }
            if hasLasted(strainedSince, policy.suspendAfterSeconds, observation.at) {
                return .suspend(until: nextSuspensionEnd(observation.at, policy))
            }
            return isStrained ? squeeze(pace, observation, policy) : nil
        case .suspended:
            return hasLasted(calmSince, policy.calmSeconds, observation.at) ? .resume(.calm) : nil
        }
    }

    /// What the passing of time alone calls for.
    package func step(at time: Timestamp) -> Step? {
        guard let due, due <= time else { return nil }
        return .resume(.expired)
    }

    /// Whether all that comes now would be taken with room to spare.
    private func fits(_ observation: Observation, _ policy: Policy) -> Bool {
        guard let capacity = observation.capacityPerSecond else { return true }
        return observation.attemptsPerSecond <= capacity * policy.targetPermille / 1_000
    }

    private func hasLasted(_ since: Timestamp?, _ seconds: Int, _ now: Timestamp) -> Bool {
        since.map { $0.advanced(byMilliseconds: Int64(seconds) * 1_000) <= now } ?? false
    }

    /// What protected operations leave of the target, divided by the shares of those that are not.
    private func smooth(_ observation: Observation, _ policy: Policy) -> Step {
        let capacity = observation.capacityPerSecond ?? 0
        let room = capacity * policy.targetPermille / 1_000 - observation.protectedPerSecond
        let share = observation.demand?.sharePermille ?? 1_000
        let pace = room * share / max(observation.liablePermille, share, 1)
        return .smooth(perSecond: UInt32(clamping: max(pace, policy.minimumPace)))
    }

    /// Half the pace, where strain goes on in spite of it.
    private func squeeze(_ pace: UInt32, _ observation: Observation, _ policy: Policy) -> Step? {
        let minimum = UInt32(clamping: policy.minimumPace)
        guard let squeezedAt, pace > minimum else { return nil }
        let shown = squeezedAt.advanced(byMilliseconds: Self.squeezeMilliseconds)
        return observation.at < shown ? nil : .smooth(perSecond: max(pace / 2, minimum))
    }

    private func nextSuspensionEnd(_ now: Timestamp, _ policy: Policy) -> Timestamp {
        let earlier = isForgotten(at: now) ? 0 : suspensions
        let doubled = policy.suspensionSeconds << min(earlier, 20)
        let seconds = min(doubled, policy.longestSuspensionSeconds)
        return now.advanced(byMilliseconds: Int64(seconds) * 1_000)
    }

    private func isForgotten(at now: Timestamp) -> Bool {
        guard let suspensionEnd else { return true }
        return suspensionEnd.advanced(byMilliseconds: Self.forgottenAfterMilliseconds) <= now
    }

    /// Nobody measured for a while: neither strain nor calm has lasted.
    package mutating func interrupt() {
        strainedSince = nil
        calmSince = nil
    }

    /// Whether nothing is to be remembered: the operation is neither strained nor under a measure,
    /// and was not suspended lately.
    package func isIdle(at now: Timestamp) -> Bool {
        rung == .open && strainedSince == nil && isForgotten(at: now)
    }

    // MARK: Doing

    /// Goes where the step leads.
    package mutating func apply(_ step: Step, at time: Timestamp) {
        switch step {
        case .smooth(let perSecond):
            rung = .smoothed(perSecond: perSecond)
            squeezedAt = time
        case .suspend(let until):
            suspensions = isForgotten(at: time) ? 1 : suspensions + 1
            suspensionEnd = until
            rung = .suspended(until: until)
            strainedSince = nil
        case .resume:
            if case .suspended = rung { suspensionEnd = time }
            rung = .open
            squeezedAt = nil
            strainedSince = nil
        }
        calmSince = nil
    }
}
