internal import Bytes
internal import Ledger
internal import Wire

/// How an entry's request ended. Everything that is said of it, on the wire and in metrics, is in
/// its row of ``meanings``.
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
    /// The queue before the operation is full: no ticket is given.
    case crowded
    /// It comes before its turn: it has a ticket.
    case waiting
    /// Suspended, for a time or until a person ends it.
    case suspended
    case suspendedForGood

    /// One row for each verdict, in the order of the cases.
    static let meanings: [VerdictMeaning] = [
        VerdictMeaning(.accepted, .accepted, .created),
        VerdictMeaning(.repeated, .repeated, .ok),
        VerdictMeaning(
            .notOpen, .closed, .forbidden, "not_open", "Not open yet",
            "The operation is not open for entries yet.", adding: .dates, retry: .whenOpen),
        VerdictMeaning(
            .closed, .closed, .gone, "closed", "Closed",
            "The operation is closed and accepts no more entries.", adding: .dates),
        VerdictMeaning(
            .refusedAge, .refused, .forbidden, "refused", "Refused",
            "This operation requires age_confirmed: true.", reason: "age_not_confirmed"),
        VerdictMeaning(
            .refusedConsents, .refused, .forbidden, "refused", "Refused",
            "A consent that this operation requires is missing.", reason: "consent_missing"),
        VerdictMeaning(
            .refusedOrigin, .refused, .forbidden, "refused", "Refused",
            "This operation does not allow entries from this origin.",
            reason: "origin_not_allowed"),
        VerdictMeaning(.keyRevoked, nil, .unauthorized),
        VerdictMeaning(.wrongOperation, nil, .wrongOperation),
        VerdictMeaning(.full, .overloaded, .overloaded),
        VerdictMeaning(
            .noSpace, .overloaded, .serviceUnavailable, "overloaded", "Overloaded",
            "The gateway cannot store entries now; send this one again after Retry-After.",
            retry: .after(seconds: 5)),
        VerdictMeaning(
            .crowded, .overloaded, .serviceUnavailable, "overloaded", "Overloaded",
            "The queue is full: the wait is over an hour; try again after Retry-After.",
            retry: .after(seconds: 60)),
        VerdictMeaning(
            .waiting, .waiting, .tooManyRequests, "waiting", "Waiting",
            "Many people enter at once; send the entry again with this ticket after retry_after.",
            adding: .ticket, retry: .whenCalled),
        VerdictMeaning(
            .suspended, .suspended, .serviceUnavailable, "suspended", "Suspended",
            "The operation is suspended and accepts no entries now.", adding: .suspension,
            retry: .whenResumed),
        VerdictMeaning(
            .suspendedForGood, .suspended, .gone, "suspended", "Suspended",
            "The operation is suspended for good.", adding: .suspension),
    ]

    var meaning: VerdictMeaning { Self.meanings[Int(rawValue)] }

    /// The names of the wire, in the order in which they are counted.
    static let names = VerdictName.allCases.map(\.label)

    /// Which of the wire's verdicts this is, by its place in ``names``; nil where it is about the
    /// key, not the entry, and not counted.
    var nameIndex: Int? {
        let index = Self.nameIndices[Int(rawValue)]
        return index < 0 ? nil : Int(index)
    }

    /// -1 for none. Beside the rows, because each entry is counted: reading a row touches its
    /// reference count, which all loops share.
    private static let nameIndices = meanings.map { Int8($0.name?.rawValue ?? -1) }

    /// Why an entry was not taken.
    /// - Precondition: it was not.
    var problem: Problem {
        guard let problem = meaning.problem else {
            preconditionFailure("\(self) is no refusal")
        }
        return problem
    }
}

extension EntryVerdict {
    /// What the ledger decided, as it is answered.
    init(_ outcome: EntryOutcome) {
        self =
            switch outcome {
            case .accepted: .accepted
            case .repeated: .repeated
            case .notOpen: .notOpen
            case .closed: .closed
            case .suspended(let isDefinitive): isDefinitive ? .suspendedForGood : .suspended
            case .refusedAge: .refusedAge
            case .refusedConsents: .refusedConsents
            case .keyRevoked, .unknownKey: .keyRevoked
            case .wrongOperation, .unknownOperation: .wrongOperation
            case .full, .reset: .full
            }
    }
}

/// `verdict` on the wire, and the label by which entries are counted.
enum VerdictName: Int, CaseIterable, Sendable {
    case accepted, repeated, refused, closed, overloaded, waiting, suspended

    var label: StaticString {
        switch self {
        case .accepted: "accepted"
        case .repeated: "repeated"
        case .refused: "refused"
        case .closed: "closed"
        case .overloaded: "overloaded"
        case .waiting: "waiting"
        case .suspended: "suspended"
        }
    }
}
