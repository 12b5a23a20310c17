/// The rules of layers 3 and 4. Their codes are what reasons and counts name.
package enum BehaviourRule: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// Layer 3: the intervals of an address, a session, a participant, a front-end key or a stem
    /// are a program's. Observed: the coefficient of variation in per cent.
    case pace
    /// Layer 3: the intervals of a head are a program's; people who share it are among it.
    /// Observed: as for ``pace``.
    case cohortPace
    /// Layer 3: one session enters different people faster than a person types.
    /// Observed: the mean interval in milliseconds.
    case hurry
    /// Participants from one template. Observed: how many lately.
    case template
    /// The numbers in a template run up or down. Observed: how many steps of those lately, in per
    /// cent.
    case sequence
    /// Names repeat as those from a list do, often and evenly. Observed: repetitions for each one
    /// expected, in per cent.
    case names
    /// Entries with this head have strings of this pattern more often than others.
    /// Observed: how many times as often, in per cent; so for the next four.
    case pattern
    /// …strings with such a run of consonants more often: letters that were drawn.
    case letters
    /// …addresses of this domain more often.
    case domain
    /// …these very `fields` more often.
    case fields
    /// …take as long to enter more often, or come without a request before the entry.
    case formTime
    /// One head from all over the place makes up nearly all entries. Observed: its share in per
    /// cent.
    case head
    /// One head, or one head and pattern, has suddenly many more entries, from many networks, while
    /// the rest of the crowd goes on. Observed: how many times as many, in per cent.
    case burst
    /// Many addresses of one network, one head. Observed: how many addresses lately.
    case network
    /// Entries with this head are never sent twice, as people's are. Observed: how many without a
    /// repetition.
    case tails

    /// 3 or 4.
    package var layer: Int {
        switch self {
        case .pace, .cohortPace, .hurry: 3
        default: 4
        }
    }

    /// The name in the ruleset, in reasons and metrics.
    package var code: StaticString {
        switch self {
        case .pace: "rhythm-pace"
        case .cohortPace: "rhythm-cohort"
        case .hurry: "rhythm-hurry"
        case .template: "cohort-template"
        case .sequence: "cohort-sequence"
        case .names: "cohort-names"
        case .pattern: "cohort-pattern"
        case .letters: "cohort-letters"
        case .domain: "cohort-domain"
        case .fields: "cohort-fields"
        case .formTime: "cohort-form-time"
        case .head: "cohort-head"
        case .burst: "cohort-burst"
        case .network: "cohort-network"
        case .tails: "cohort-tails"
        }
    }

    package var name: String { "\(code)" }
}

extension BehaviourRule {
    /// What was observed, in words: for operators and for the person concerned (C22).
    package func text(_ observed: Int32) -> String {
        switch self {
        case .pace, .cohortPace: "intervals vary by \(observed) %"
        case .hurry: "\(observed) ms from one participant to the next"
        case .template: "\(observed) participants of one template"
        case .sequence: "\(observed) % of the numbers follow each other"
        case .names: "\(Self.times(observed)) times as many repetitions as expected"
        case .pattern, .letters, .domain, .fields, .formTime:
            "\(Self.times(observed)) times as frequent as elsewhere"
        case .head: "\(observed) % of all participants"
        case .burst: "\(Self.times(observed)) times as many as before"
        case .network: "\(observed) addresses of one network"
        case .tails: "\(observed) participants, none of whom sent twice"
        }
    }

    /// Hundredths as a number with one decimal.
    private static func times(_ percent: Int32) -> String {
        let tenths = (Int(percent) + 5) / 10
        return "\(tenths / 10).\(tenths % 10)"
    }
}

extension Ruleset {
    /// What a finding by this ruleset says; `nil` for a rule that it does not have.
    package func reason(_ finding: BehaviourFinding) -> RobotReason? {
        guard let rule = rules.first(where: { $0.name == finding.rule.name }) else { return nil }
        return RobotReason(
            rule: rule.name, layer: rule.layer, says: rule.says, weight: finding.weight, tool: nil,
            observed: finding.rule.text(finding.observed))
    }
}
