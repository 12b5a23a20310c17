/// When a minute is accessible, by what probes found in it.
///
/// Ours: the terms promise minutes (C10) and do not say what makes one. A minute is not accessible
/// where more than ``maximumBadPercent`` of a probe's attempts failed or took longer than
/// ``slowMilliseconds``. Where attempts are missing, it is not accessible as soon as those that
/// failed would be too many among ``expectedAttempts``: attempts that time out are few, and must
/// not turn an outage into an unmeasured minute. Otherwise fewer than
/// ``minimumAttempts`` measure nothing.
package struct MinuteRule: Equatable, Sendable {
    /// Per cent of attempts that may fail or be slow: 0...99.
    package let maximumBadPercent: UInt32
    /// Milliseconds that a right answer may take.
    package let slowMilliseconds: UInt32
    /// Attempts that a probe makes in a minute: 1...60,000.
    package let expectedAttempts: UInt32
    /// Attempts that measure a minute: 1...``expectedAttempts``.
    package let minimumAttempts: UInt32
    /// Probes that must have measured a minute: 1...``maximumProbes``.
    package let minimumProbes: UInt32

    package static var maximumProbes: UInt32 { 16 }

    /// - Returns: `nil` where a value is outside its range.
    package init?(
        maximumBadPercent: UInt32 = 5, slowMilliseconds: UInt32 = 2_000,
        expectedAttempts: UInt32 = 60, minimumAttempts: UInt32 = 30, minimumProbes: UInt32 = 1
    ) {
        guard maximumBadPercent <= 99, slowMilliseconds >= 1,
            (1...60_000).contains(expectedAttempts),
            (1...expectedAttempts).contains(minimumAttempts),
            (1...Self.maximumProbes).contains(minimumProbes)
        else { return nil }
        self.maximumBadPercent = maximumBadPercent
        self.slowMilliseconds = slowMilliseconds
        self.expectedAttempts = expectedAttempts
        self.minimumAttempts = minimumAttempts
        self.minimumProbes = minimumProbes
    }

    /// More than 5 % failed or took over 2 s; an attempt a second, half of which must be there.
    package static let standard = MinuteRule()

    private init() {
        maximumBadPercent = 5
        slowMilliseconds = 2_000
        expectedAttempts = 60
        minimumAttempts = 30
        minimumProbes = 1
    }

    /// What one probe says of the minute.
    package func state(of tally: ProbeTally) -> MinuteState {
        let bad = tally.bad * 100
        let allowed = UInt64(maximumBadPercent)
        // Too many, whatever the missing attempts would have found.
        if bad > allowed * UInt64(max(tally.attempts, expectedAttempts)) { return .notAccessible }
        if tally.attempts < minimumAttempts { return .unmeasured }
        return bad > allowed * UInt64(tally.attempts) ? .notAccessible : .accessible
    }

    /// What several probes say together: the majority of those that measured the minute. Where as
    /// many say the one as the other, it is not accessible.
    package func state(of probes: some Sequence<MinuteState>) -> MinuteState {
        var accessible: UInt32 = 0
        var notAccessible: UInt32 = 0
        for state in probes {
            switch state {
            case .accessible: accessible += 1
            case .notAccessible: notAccessible += 1
            case .unmeasured: break
            }
        }
        guard accessible + notAccessible >= minimumProbes else { return .unmeasured }
        return accessible > notAccessible ? .accessible : .notAccessible
    }

    /// Whether a client's own entries say that the minute was not accessible for it: more of them
    /// than the rule allows were refused for lack of room.
    package func lacksRoom(refused: UInt64, of attempts: UInt64) -> Bool {
        let (allowed, isHuge) = attempts.multipliedReportingOverflow(by: UInt64(maximumBadPercent))
        let (bad, isHugeToo) = refused.multipliedReportingOverflow(by: 100)
        // So many entries fit no minute; then all that counts is that some were refused.
        if isHuge || isHugeToo { return refused > 0 }
        return bad > allowed
    }
}

extension MinuteRule: Codable {
    private enum CodingKeys: String, CodingKey {
        case maximumBadPercent = "maximum_bad_percent"
        case slowMilliseconds = "slow_milliseconds"
        case expectedAttempts = "expected_attempts"
        case minimumAttempts = "minimum_attempts"
        case minimumProbes = "minimum_probes"
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        let rule = MinuteRule(
            maximumBadPercent: try members.decode(UInt32.self, forKey: .maximumBadPercent),
            slowMilliseconds: try members.decode(UInt32.self, forKey: .slowMilliseconds),
            expectedAttempts: try members.decode(UInt32.self, forKey: .expectedAttempts),
            minimumAttempts: try members.decode(UInt32.self, forKey: .minimumAttempts),
            minimumProbes: try members.decode(UInt32.self, forKey: .minimumProbes))
        guard let rule else {
            throw DecodingError.dataCorruptedError(
                forKey: .maximumBadPercent, in: members,
                debugDescription: "Values of the rule must be in their ranges.")
        }
        self = rule
    }
}
