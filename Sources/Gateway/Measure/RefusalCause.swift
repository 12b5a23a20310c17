internal import Ledger

/// Why an entry was not taken, as `portillon_refusals_total` and the status name it: whatever the
/// answer says about an operation's entry that is neither stored nor given a ticket.
enum RefusalCause: Int, CaseIterable, Sendable {
    case originNotAllowed, ageNotConfirmed, consentMissing, secondKeyLimit, challengeFailed
    /// It looks like a robot's: refused, or asked to solve a challenge first; or none is left.
    case robot, challenged, challengesUsedUp
    case permitInvalid, permitRevoked, permitWrongOperation, permitNotStarted, permitExpired
    case permitAddress, permitRate
    case notOpen, closed, capReached, suspended
    /// The queue before a smoothed operation gives no further ticket.
    case queueFull
    /// A ring, or a table of the ledger, has no room.
    case overloaded
    /// It cannot be stored now: the disk, the clock, or another node takes over.
    case notStorable
    /// It was checked by settings that have changed since: the operation's, by whoever may.
    case settingsMoved
    /// The front-end key is of another operation, or was revoked.
    case keyRefused
    case idempotencyKeyReused
    /// No entry could be read: media type, JSON, or its shape.
    case invalid

    init(_ reason: RefusalReason) {
        switch reason {
        case .originNotAllowed: self = .originNotAllowed
        case .ageNotConfirmed: self = .ageNotConfirmed
        case .consentMissing: self = .consentMissing
        case .secondKeyLimit: self = .secondKeyLimit
        case .challengeFailed: self = .challengeFailed
        case .robot: self = .robot
        case .permitInvalid: self = .permitInvalid
        case .permitRevoked: self = .permitRevoked
        case .permitWrongOperation: self = .permitWrongOperation
        case .permitNotStarted: self = .permitNotStarted
        case .permitExpired: self = .permitExpired
        case .permitAddress: self = .permitAddress
        case .permitRate: self = .permitRate
        }
    }

    /// Nil for an entry that is stored, that has a ticket, or whose reasons are counted one by one.
    init?(_ verdict: EntryVerdict) {
        switch verdict {
        case .accepted, .repeated, .waiting, .waitingPastClosing, .waitingForOpening, .refused:
            return nil
        case .notOpen: self = .notOpen
        case .closed: self = .closed
        case .capReached: self = .capReached
        case .suspended, .suspendedForGood, .suspendedPastClosing: self = .suspended
        case .crowded: self = .queueFull
        case .full, .shed, .noMemory, .noLeader: self = .overloaded
        case .challenged: self = .challenged
        case .challengesUsedUp: self = .challengesUsedUp
        case .noSpace, .handedOver, .outcomeUnknown: self = .notStorable
        case .settingsMoved: self = .settingsMoved
        case .keyRevoked, .wrongOperation: self = .keyRefused
        case .idempotencyKeyReused: self = .idempotencyKeyReused
        }
    }

    /// Those of entries that are answered `overloaded`, although the platform lacked no room for
    /// them (``LostMinuteReporter``).
    static let withoutLackOfRoom: [RefusalCause] = [.queueFull, .challengesUsedUp, .settingsMoved]

    var code: StaticString {
        switch self {
        case .originNotAllowed: "origin_not_allowed"
        case .ageNotConfirmed: "age_not_confirmed"
        case .consentMissing: "consent_missing"
        case .secondKeyLimit: "second_key_limit"
        case .challengeFailed: "challenge_failed"
        case .robot: "robot"
        case .challenged: "challenged"
        case .challengesUsedUp: "challenges_used_up"
        case .permitInvalid: "permit_invalid"
        case .permitRevoked: "permit_revoked"
        case .permitWrongOperation: "permit_wrong_operation"
        case .permitNotStarted: "permit_not_started"
        case .permitExpired: "permit_expired"
        case .permitAddress: "permit_address"
        case .permitRate: "permit_rate"
        case .notOpen: "not_open"
        case .closed: "closed"
        case .capReached: "cap_reached"
        case .suspended: "suspended"
        case .queueFull: "queue_full"
        case .overloaded: "overloaded"
        case .notStorable: "not_storable"
        case .settingsMoved: "settings_moved"
        case .keyRefused: "key_refused"
        case .idempotencyKeyReused: "idempotency_key_reused"
        case .invalid: "invalid"
        }
    }
}
