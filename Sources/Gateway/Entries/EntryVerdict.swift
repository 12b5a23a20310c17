internal import Wire

/// How an entry's request ended: the wire's verdicts, with the reasons behind them.
enum EntryVerdict: UInt8, BitwiseCopyable, CaseIterable, Sendable {
    case accepted
    case repeated
    case notOpen
    case closed
    case refusedAge
    case refusedConsents
    /// The origin is not one of the operation's.
    case refusedOrigin
    /// The key was revoked while the entry was on its way.
    case keyRevoked
    case wrongOperation
    /// A limit is reached, of a ring or of the ledger.
    case full
    /// The disk is full.
    case noSpace
    /// So many wait that it gets no ticket.
    case crowded
    /// It comes before its turn: it has a ticket.
    case waiting
    /// Suspended, for a time or until a person ends it.
    case suspended
    case suspendedForGood

    /// The interface's verdicts, in the order in which they are counted.
    static let names: [StaticString] = [
        "accepted", "repeated", "refused", "closed", "overloaded", "waiting", "suspended",
    ]

    /// Which of the interface's verdicts this is; nil where it is about the key, not the entry.
    var nameIndex: Int? {
        switch self {
        case .accepted: 0
        case .repeated: 1
        case .refusedAge, .refusedConsents, .refusedOrigin: 2
        case .notOpen, .closed: 3
        case .full, .noSpace, .crowded: 4
        case .waiting: 5
        case .suspended, .suspendedForGood: 6
        case .keyRevoked, .wrongOperation: nil
        }
    }

    /// The codes of `reasons`, for what is refused.
    var reason: StaticString? {
        switch self {
        case .refusedAge: "age_not_confirmed"
        case .refusedConsents: "consent_missing"
        case .refusedOrigin: "origin_not_allowed"
        default: nil
        }
    }

    /// Why an entry was not taken.
    var problem: Problem {
        switch self {
        case .accepted, .repeated: preconditionFailure("these are not refusals")
        case .notOpen: .notOpen
        case .closed: .closed
        case .refusedAge: .refused("The operation asks for age_confirmed: true.")
        case .refusedConsents: .refused("A consent that the operation asks for is missing.")
        case .refusedOrigin: .refused("The key may not be used from this origin.")
        case .keyRevoked: .unauthorized
        case .wrongOperation: .wrongOperation
        case .full: .overloaded
        case .noSpace: .noSpace
        case .crowded: .crowded
        case .waiting: .waiting
        case .suspended: .suspended
        case .suspendedForGood: .suspendedForGood
        }
    }
}
