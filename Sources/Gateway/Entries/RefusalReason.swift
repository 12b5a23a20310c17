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
    /// Of the permit of a test entry; it is looked at first, so each stands alone.
    case permitInvalid, permitRevoked, permitWrongOperation, permitNotStarted, permitExpired
    case permitAddress, permitRate

    var code: StaticString {
        switch self {
        case .originNotAllowed: "origin_not_allowed"
        case .ageNotConfirmed: "age_not_confirmed"
        case .consentMissing: "consent_missing"
        case .secondKeyLimit: "second_key_limit"
        case .challengeFailed: "challenge_failed"
        case .robot: "robot"
        case .permitInvalid: "permit_invalid"
        case .permitRevoked: "permit_revoked"
        case .permitWrongOperation: "permit_wrong_operation"
        case .permitNotStarted: "permit_not_started"
        case .permitExpired: "permit_expired"
        case .permitAddress: "permit_address"
        case .permitRate: "permit_rate"
        }
    }
}
