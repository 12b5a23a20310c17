internal import Ledger

/// Why an entry is refused that the operation's settings do not allow: each code stands in
/// `reasons`, and labels a series of `portillon_refusals_total`.
enum RefusalReason: Int, CaseIterable, Sendable {
    case originNotAllowed
    case ageNotConfirmed
    case consentMissing
    case secondKeyLimit
    /// What came as a solved challenge is none that this entry can be let in with.
    case challengeFailed
    /// What comes with it gives a robot away.
    case robot

    var code: StaticString {
        switch self {
        case .originNotAllowed: "origin_not_allowed"
        case .ageNotConfirmed: "age_not_confirmed"
        case .consentMissing: "consent_missing"
        case .secondKeyLimit: "second_key_limit"
        case .challengeFailed: "challenge_failed"
        case .robot: "robot"
        }
    }
}

/// All reasons of one refusal, and which consents are missing.
struct RefusalReasons: Equatable, BitwiseCopyable {
    private var bits: UInt16 = 0
    /// A bit for each of the operation's required consents that is missing.
    var missingConsents: UInt16 = 0

    init() {}

    /// Why the ledger refused it.
    init(_ lacking: EntryReasons, missingConsents: UInt16) {
        if lacking.contains(.ageNotConfirmed) { insert(.ageNotConfirmed) }
        if lacking.contains(.secondKeyLimit) { insert(.secondKeyLimit) }
        if lacking.contains(.consentMissing) {
            insert(.consentMissing)
            self.missingConsents = missingConsents
        }
        if lacking.contains(.challengeFailed) { insert(.challengeFailed) }
    }

    mutating func insert(_ reason: RefusalReason) { bits |= 1 << UInt16(reason.rawValue) }

    func contains(_ reason: RefusalReason) -> Bool { bits & 1 << UInt16(reason.rawValue) != 0 }
}
