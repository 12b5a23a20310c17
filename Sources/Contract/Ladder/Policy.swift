/// The operator's policy, the settings under `policy.*`, the same for all operations: what the
/// ladder acts by, and what makes a minute accessible.
///
/// The log holds the policy in force, so that decisions can be replayed. `portillon replay
/// --policy` shows what another policy would have done.
package struct Policy: Equatable, Sendable {
    /// The share of the load, in permille, from which an operation counts as a cause of strain.
    package var sharePermille = 250
    /// Seconds of strain by a smoothed operation before it is suspended.
    package var suspendAfterSeconds = 30
    /// Seconds of a first suspension; each further one within a day lasts twice as long.
    package var suspensionSeconds = 900
    /// Seconds of the longest automatic suspension.
    package var longestSuspensionSeconds = 86_400
    /// Seconds of calm, with demand that would fit, before a measure ends.
    package var calmSeconds = 10
    /// The rate at which smoothing begins, in permille of the capacity.
    package var targetPermille = 600
    /// The wait of entries that smoothing holds, in milliseconds.
    package var targetWaitMilliseconds = 2
    /// The lowest pace of smoothing, in entries a second.
    package var minimumPace = 10

    /// The entries within ten seconds from which an undeclared campaign tag is a surge.
    package var sourceEntries = 1_000
    /// The share of the operation's entries, in permille, that such a tag must have.
    package var sourcePermille = 500
    /// The entries within ``riseSeconds`` above which an operation that announced nothing has a
    /// rise that it had to announce (C2). Whoever announced more people may bring as many.
    package var riseEntries = 5_000
    /// The seconds of that window.
    package var riseSeconds = 10

    /// Per cent of a probe's attempts in a minute that may fail or be slow (C10).
    package var minuteBadPercent = 5
    /// Milliseconds above which a right answer to a probe is slow.
    package var minuteSlowMilliseconds = 2_000
    /// Attempts that a probe makes in a minute.
    package var minuteExpectedAttempts = 60
    /// Attempts below which a minute is not measured.
    package var minuteMinimumAttempts = 30
    /// Probes that must have measured a minute.
    package var minuteMinimumProbes = 1

    package init() {}

    /// A setting: its name after `policy.`, and its range.
    package struct PolicySetting: Sendable {
        package let name: String
        package let range: ClosedRange<Int>
        package let path: any WritableKeyPath<Policy, Int> & Sendable
    }

    /// All settings.
    package static let settings: [PolicySetting] = [
        PolicySetting(name: "share_permille", range: 1...1_000, path: \.sharePermille),
        PolicySetting(
            name: "suspend_after_seconds", range: 1...86_400, path: \.suspendAfterSeconds),
        PolicySetting(name: "suspension_seconds", range: 1...86_400, path: \.suspensionSeconds),
        PolicySetting(
            name: "longest_suspension_seconds", range: 1...86_400,
            path: \.longestSuspensionSeconds),
        PolicySetting(name: "calm_seconds", range: 1...3_600, path: \.calmSeconds),
        PolicySetting(name: "target_permille", range: 1...1_000, path: \.targetPermille),
        PolicySetting(
            name: "target_wait_milliseconds", range: 1...1_000, path: \.targetWaitMilliseconds),
        PolicySetting(name: "least_pace", range: 1...1_000_000, path: \.minimumPace),
        PolicySetting(name: "source_entries", range: 1...1_000_000, path: \.sourceEntries),
        PolicySetting(name: "source_permille", range: 1...1_000, path: \.sourcePermille),
        PolicySetting(name: "rise_entries", range: 1...1_000_000_000, path: \.riseEntries),
        PolicySetting(name: "rise_seconds", range: 1...3_600, path: \.riseSeconds),
        PolicySetting(name: "minute_bad_percent", range: 0...99, path: \.minuteBadPercent),
        PolicySetting(
            name: "minute_slow_milliseconds", range: 100...10_000, path: \.minuteSlowMilliseconds),
        PolicySetting(
            name: "minute_expected_attempts", range: 1...60_000, path: \.minuteExpectedAttempts),
        PolicySetting(
            name: "minute_minimum_attempts", range: 1...60_000, path: \.minuteMinimumAttempts),
        PolicySetting(name: "minute_minimum_probes", range: 1...16, path: \.minuteMinimumProbes),
    ]

    /// The first setting out of its range; `nil` if there is none.
    package var firstOutOfRange: PolicySetting? {
        Self.settings.first { !$0.range.contains(self[keyPath: $0.path]) }
    }

    /// The contradictions between settings, one sentence each.
    package var contradictions: [String] {
        var found: [String] = []
        if let firstOutOfRange {
            let range = firstOutOfRange.range
            found.append(
                "policy.\(firstOutOfRange.name) must be a whole number from \(range.lowerBound) to "
                    + "\(range.upperBound)")
        }
        if suspensionSeconds > longestSuspensionSeconds {
            found.append(
                "policy.suspension_seconds must not be above policy.longest_suspension_seconds")
        }
        if minuteMinimumAttempts > minuteExpectedAttempts {
            found.append(
                "policy.minute_minimum_attempts must not be above policy.minute_expected_attempts")
        }
        return found
    }
}

/// JSON holds a policy as an object of its settings; missing ones have their defaults.
extension Policy: Codable {
    package init(from decoder: any Decoder) throws {
        let values = try decoder.singleValueContainer().decode([String: Int].self)
        self.init()
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            guard let setting = Self.settings.first(where: { $0.name == name }) else {
                throw PolicyError.unknownSetting(name)
            }
            guard setting.range.contains(value) else {
                throw PolicyError.outOfRange(name: name, range: setting.range)
            }
            self[keyPath: setting.path] = value
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        let values = Self.settings.map { ($0.name, self[keyPath: $0.path]) }
        try container.encode(Dictionary(uniqueKeysWithValues: values))
    }
}

/// The errors in a policy's JSON.
package enum PolicyError: Error, Equatable {
    case unknownSetting(String)
    case outOfRange(name: String, range: ClosedRange<Int>)
}
