internal import Bytes
package import Time

/// The ladder of one operation: its current rung and the state that decides the next step (C3, C4).
///
/// `open → smoothed → suspended, for a time → open`. It is a pure rule: ``step(_:_:)`` returns the
/// next step, ``take(_:at:)`` takes it. The owner logs the step in between.
package struct Ladder: Equatable, Codable, Sendable {
    /// The current rung.
    package private(set) var rung = Rung.open
    /// The start of the current strain or threat to the platform; `nil` if there is none.
    package private(set) var strainedSince: Timestamp?
    /// The start of the current calm with demand that would fit; `nil` if there is none.
    package private(set) var calmSince: Timestamp?
    /// When it was last smoothed, or its pace last changed.
    private var squeezedAt: Timestamp?
    /// The number of suspensions so far, each within a day of the end of the one before.
    private var suspensions = 0
    /// When the last suspension ended, or will.
    private var suspensionEnd: Timestamp?
    /// The time of the last finding.
    private var lastObservation: Timestamp?

    /// The measure in force.
    package enum Rung: Equatable, Codable, Sendable, BitwiseCopyable {
        case open
        /// Limited to a pace, in entries a second.
        case smoothed(perSecond: UInt32)
        case suspended(until: Timestamp)
    }

    /// A change to the measure in force.
    package enum Step: Equatable, Sendable, BitwiseCopyable {
        case smooth(perSecond: UInt32)
        case suspend(until: Timestamp)
        case resume(Reason)
    }

    /// The reason why a measure ends.
    package enum Reason: String, Codable, Sendable, BitwiseCopyable {
        /// The suspension's time is over.
        case expired
        /// The platform is calm, and the operation's demand would fit.
        case calm
    }

    /// The part of a report that concerns one operation.
    package struct Observation: Sendable {
        package var at: Timestamp
        package var level: PressureLevel
        /// Whether the ladder may act on it: it is beyond its cover (the first half of C3), open,
        /// within its dates, and not suspended by a person.
        package var isLiable: Bool
        /// The operation's demand; `nil` if the report leaves it out as negligible.
        package var demand: PressureReport.Demand?
        /// Attempts a second for all operations.
        package var attemptsPerSecond: Int
        /// The most entries a second accepted under strain; `nil` before any strain.
        package var capacityPerSecond: Int?
        /// Attempts a second for operations on which the ladder may not act.
        package var protectedPerSecond: Int
        /// The sum of the shares of all operations on which it may act, in permille.
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

        /// Whether the attempts exceed the capacity.
        var exceedsCapacity: Bool { capacityPerSecond.map { attemptsPerSecond > $0 } ?? false }
    }

    /// A suspension this long after the end of the one before counts as a first one again.
    private static var forgottenAfterMilliseconds: Int64 { 86_400_000 }
    /// A longer gap between findings interrupts strain and calm.
    private static var gapMilliseconds: Int64 { 3_000 }
    /// The time for a lower pace to take effect before the next reduction.
    private static var squeezeMilliseconds: Int64 { 1_000 }

    package init() {}

    /// When its suspension ends by itself.
    package var due: Timestamp? {
        if case .suspended(let until) = rung { until } else { nil }
    }

    // MARK: Deciding

    /// The step that a finding requires; `nil` if none. Updates how long strain and calm have
    /// lasted.
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
        // Smoothing removes the strain but not the threat: an operation whose demand still exceeds
        // the capacity would strain the platform again as soon as its measure ended.
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

    /// The step that is due by time alone.
    package func step(at time: Timestamp) -> Step? {
        guard let due, due <= time else { return nil }
        return .resume(.expired)
    }

    /// Whether the machine would take all current demand with room to spare.
    private func fits(_ observation: Observation, _ policy: Policy) -> Bool {
        guard let capacity = observation.capacityPerSecond else { return true }
        return observation.attemptsPerSecond <= capacity * policy.targetPermille / 1_000
    }

    private func hasLasted(_ since: Timestamp?, _ seconds: Int, _ now: Timestamp) -> Bool {
        since.map { $0.advanced(byMilliseconds: Int64(seconds) * 1_000) <= now } ?? false
    }

    /// The first pace: what protected operations leave of the target, divided by share.
    private func smooth(_ observation: Observation, _ policy: Policy) -> Step {
        let capacity = observation.capacityPerSecond ?? 0
        let room = capacity * policy.targetPermille / 1_000 - observation.protectedPerSecond
        let share = observation.demand?.sharePermille ?? 1_000
        let pace = room * share / max(observation.liablePermille, share, 1)
        return .smooth(perSecond: UInt32(clamping: max(pace, policy.minimumPace)))
    }

    /// Half the pace, if strain continues in spite of it.
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

    /// Forgets how long strain and calm have lasted, after a gap in the measurements.
    package mutating func interrupt() {
        strainedSince = nil
        calmSince = nil
    }

    /// Whether a report that does not name the operation changes nothing: no strain, no measure.
    package var isAtRest: Bool { rung == .open && strainedSince == nil }

    /// Whether there is no state to keep: no strain, no measure, and no suspension in the last day.
    package func isIdle(at now: Timestamp) -> Bool {
        isAtRest && isForgotten(at: now)
    }

    // MARK: Doing

    /// Takes a step.
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
