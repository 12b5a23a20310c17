internal import Bytes
package import Time

/// The ladder of one operation: its current rung and the state that decides the next step (C3, C3b,
/// C4).
///
/// `open → smoothed → suspended, for a time → open`. It is a pure rule: ``step(_:_:)`` returns the
/// next step, ``apply(_:at:)`` takes it. The owner logs the step in between.
///
/// Only an operation that lacks a notice is suspended. One that is smoothed because it takes more
/// than its fair share stays at that share for as long as the platform cannot take more.
package struct Ladder: Equatable, Codable, Sendable {
    /// The current rung.
    package private(set) var rung = Rung.open
    /// The rule that the measure in force follows from; `nil` without a measure.
    package private(set) var rule: Rule?
    /// The start of the current strain that it causes, in spite of a measure if there is one;
    /// `nil` if there is none.
    package private(set) var strainedSince: Timestamp?
    /// The start of the current calm with demand that would fit; `nil` if there is none.
    package private(set) var calmSince: Timestamp?
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

    /// The rule that a smoothing follows from.
    package enum Rule: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
        /// It strains the platform and lacks a notice.
        case undeclared = "C3"
        /// It takes more than its fair share of a platform that is strained though nobody who lacks
        /// a notice strains it.
        case degradation = "C3b"

        /// The ground, as suspensions name it.
        package var ground: String {
            switch self {
            case .undeclared: "undeclared_traffic"
            case .degradation: "degradation"
            }
        }
    }

    /// A change to the measure in force.
    package enum Step: Equatable, Sendable, BitwiseCopyable {
        case smooth(perSecond: UInt32, Rule)
        case suspend(until: Timestamp, SuspensionCause)
        case resume(Reason)
    }

    /// What a suspension follows from, beside the lack of a notice.
    package enum SuspensionCause: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
        /// Strain has lasted in spite of the pace.
        case lasting
        /// Refusing its entries strains the platform by itself.
        case refusing
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
        /// Whether nobody has waited lately, though the level may not have fallen yet.
        package var isRelieved: Bool
        /// Whether the ladder may act on it under C3: it lacks a notice, is open, within its dates,
        /// and no person has suspended it or its client.
        package var isLiable: Bool
        /// The operation's demand; `nil` if the report leaves it out as negligible.
        package var demand: PressureReport.Demand?
        /// Attempts a second for all operations.
        package var attemptsPerSecond: Int
        /// Entries a second that the platform takes; `nil` while it is not known.
        package var capacityPerSecond: Int?
        /// The pace that is left for it beside all operations that keep their service: its share of
        /// what those that lack a notice have together.
        package var roomPerSecond: Int
        /// Its fair share of what the platform takes now; `nil` where it keeps its service, because
        /// it takes no more or because no strain remains.
        package var fairPerSecond: Int?
        /// Whether refusing alone strains the platform: fewer could not be let in.
        package var isExhausted: Bool

        package init(
            at: Timestamp, level: PressureLevel, isRelieved: Bool, isLiable: Bool,
            demand: PressureReport.Demand?, attemptsPerSecond: Int, capacityPerSecond: Int?,
            roomPerSecond: Int, fairPerSecond: Int?, isExhausted: Bool
        ) {
            self.at = at
            self.level = level
            self.isRelieved = isRelieved
            self.isLiable = isLiable
            self.demand = demand
            self.attemptsPerSecond = attemptsPerSecond
            self.capacityPerSecond = capacityPerSecond
            self.roomPerSecond = roomPerSecond
            self.fairPerSecond = fairPerSecond
            self.isExhausted = isExhausted
        }
    }

    /// A suspension this long after the end of the one before counts as a first one again.
    private static var forgottenAfterMilliseconds: Int64 { 86_400_000 }
    /// A longer gap between findings interrupts strain and calm.
    private static var gapMilliseconds: Int64 { 3_000 }
    /// Demand up to this share of the capacity, or of a pace, would fit, in permille.
    package static var fittingPermille: Int { 800 }

    package init() {}

    /// When its suspension ends by itself.
    package var due: Timestamp? {
        if case .suspended(let until) = rung { until } else { nil }
    }

    // MARK: Deciding

    /// Whether a demand is a cause of strain under C3.
    package static func isCause(_ demand: PressureReport.Demand?, _ policy: Policy) -> Bool {
        (demand?.sharePermille ?? 0) >= policy.sharePermille && isLarge(demand, policy)
    }

    /// Whether a demand is more than the lowest pace would let in.
    private static func isLarge(_ demand: PressureReport.Demand?, _ policy: Policy) -> Bool {
        (demand?.attemptsPerSecond ?? 0) > policy.minimumPace
    }

    /// The step that a finding requires; `nil` if none. Updates how long strain and calm have
    /// lasted.
    package mutating func step(_ observation: Observation, _ policy: Policy) -> Step? {
        if let lastObservation,
            lastObservation.advanced(byMilliseconds: Self.gapMilliseconds) < observation.at
        {
            interrupt()
        }
        lastObservation = observation.at
        let isStrained =
            observation.isLiable && observation.level >= .strained
            && Self.isCause(observation.demand, policy) && pushes(observation)
        strainedSince = isStrained ? strainedSince ?? observation.at : nil
        let isCalm = rung != .open && observation.level == .calm && fits(observation)
        calmSince = isCalm ? calmSince ?? observation.at : nil
        if hasLasted(calmSince, policy.calmSeconds, observation.at) { return .resume(.calm) }
        switch rung {
        case .open:
            if isStrained { return smooth(observation.roomPerSecond, .undeclared, policy) }
            guard let fair = observation.fairPerSecond, Self.isLarge(observation.demand, policy)
            else { return nil }
            return observation.isLiable
                ? smooth(observation.roomPerSecond, .undeclared, policy)
                : smooth(fair, .degradation, policy)
        case .smoothed(let pace):
            if let cause = suspensionCause(observation, policy) {
                return .suspend(until: nextSuspensionEnd(observation.at, policy), cause)
            }
            return change(pace, observation, policy)
        case .suspended: return nil
        }
    }

    /// The step that is due by time alone.
    package func step(at time: Timestamp) -> Step? {
        guard let due, due <= time else { return nil }
        return .resume(.expired)
    }

    /// Whether it sends more than its measure lets in, and people wait in spite of it.
    private func pushes(_ observation: Observation) -> Bool {
        guard case .smoothed(let pace) = rung else { return true }
        return !observation.isRelieved
            && (observation.demand?.attemptsPerSecond ?? 0) > Int(pace)
    }

    /// Whether the machine would take all current demand with room to spare, or the measure holds
    /// nothing back. While requests of the operation wait unread nobody knows how many would come.
    private func fits(_ observation: Observation) -> Bool {
        if (observation.demand?.withheld ?? 0) > 0 { return false }
        func isWell(_ attempts: Int, within rate: Int) -> Bool {
            attempts <= rate * Self.fittingPermille / 1_000
        }
        guard let capacity = observation.capacityPerSecond else { return true }
        if isWell(observation.attemptsPerSecond, within: capacity) { return true }
        guard case .smoothed(let pace) = rung else { return false }
        return isWell(observation.demand?.attemptsPerSecond ?? 0, within: Int(pace))
    }

    private func hasLasted(_ since: Timestamp?, _ seconds: Int, _ now: Timestamp) -> Bool {
        since.map { $0.advanced(byMilliseconds: Int64(seconds) * 1_000) <= now } ?? false
    }

    private func smooth(_ perSecond: Int, _ rule: Rule, _ policy: Policy) -> Step {
        .smooth(perSecond: UInt32(clamping: max(perSecond, policy.minimumPace)), rule)
    }

    /// Why it must be suspended; `nil` if it need not be.
    private func suspensionCause(
        _ observation: Observation, _ policy: Policy
    ) -> SuspensionCause? {
        guard rule == .undeclared, strainedSince != nil else { return nil }
        if hasLasted(strainedSince, policy.suspendAfterSeconds, observation.at) {
            return .lasting
        }
        return observation.isExhausted ? .refusing : nil
    }

    /// The pace that it has now, if it differs by a fiftieth or more, or the rule does. Without a
    /// demand on record the pace stays.
    private func change(
        _ pace: UInt32, _ observation: Observation, _ policy: Policy
    ) -> Step? {
        guard observation.demand != nil else { return nil }
        let rule = observation.isLiable ? Rule.undeclared : .degradation
        let room = observation.isLiable ? observation.roomPerSecond : observation.fairPerSecond
        guard let room else { return nil }
        let new = UInt32(clamping: max(room, policy.minimumPace))
        let difference = new > pace ? new - pace : pace - new
        let isOther = difference >= max(pace / 50, 1) || rule != self.rule
        return isOther ? .smooth(perSecond: new, rule) : nil
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
        case .smooth(let perSecond, let rule):
            rung = .smoothed(perSecond: perSecond)
            self.rule = rule
        case .suspend(let until, _):
            suspensions = isForgotten(at: time) ? 1 : suspensions + 1
            suspensionEnd = until
            rung = .suspended(until: until)
            strainedSince = nil
            calmSince = nil
        case .resume:
            if case .suspended = rung { suspensionEnd = time }
            rung = .open
            rule = nil
            strainedSince = nil
            calmSince = nil
        }
    }
}
