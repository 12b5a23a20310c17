/// The rules of layers 3 and 4. Their codes are what reasons and counts name.
package enum BehaviourRule: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// Layer 3: the intervals of an address, a session, a participant, a front-end key or a stem
    /// are a program's. Observed: the coefficient of variation in per cent.
    case pace
    /// Layer 3: the intervals of a head, or a head and a pattern, are a program's; people who share
    /// it are among it. Observed: as for ``pace``.
    case cohortPace
    /// Layer 3: one session enters different people faster than a person types.
    /// Observed: the mean interval in milliseconds.
    case hurry
    /// Participants from one template. Observed: how many lately.
    case template
    /// The numbers in a template run up or down. Observed: how many steps of those lately, in per
    /// cent.
    case sequence
    /// Names repeat as those from a list do. Observed: repetitions for each one expected, in per
    /// cent.
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
    /// …take as long to enter more often.
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

    /// The name in reasons and metrics.
    package var code: StaticString {
        switch self {
        case .pace: "rhythm_pace"
        case .cohortPace: "rhythm_cohort"
        case .hurry: "rhythm_hurry"
        case .template: "cohort_template"
        case .sequence: "cohort_sequence"
        case .names: "cohort_names"
        case .pattern: "cohort_pattern"
        case .letters: "cohort_letters"
        case .domain: "cohort_domain"
        case .fields: "cohort_fields"
        case .formTime: "cohort_form_time"
        case .head: "cohort_head"
        case .burst: "cohort_burst"
        case .network: "cohort_network"
        case .tails: "cohort_tails"
        }
    }
}
