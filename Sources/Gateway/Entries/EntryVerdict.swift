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
    /// The operation has as many entries or participants as its cap allows.
    case capReached
    /// The operation's settings do not allow it: ``RefusalReasons`` says why.
    case refused
    /// The key was revoked while the entry was on its way.
    case keyRevoked
    case wrongOperation
    /// The idempotency key was used for another request.
    case idempotencyKeyReused
    /// A table of the ledger takes no further entry.
    case full
    /// The disk is full.
    case noSpace
    /// The tables are full (`limits.table_bytes`), and the entry would grow them.
    case noMemory
    /// The queue before the operation is full: no ticket is given.
    case crowded
    /// It comes before its turn: it has a ticket.
    case waiting
    /// The same, and the operation closes before its turn is likely to come.
    case waitingPastClosing
    /// It comes before the opening, and the start is shuffled: it has a place.
    case waitingForOpening
    /// Suspended, for a time or until a person ends it.
    case suspended
    case suspendedForGood
    /// It looks like a robot's, and is to come again with a solved challenge.
    case challenged
    /// The same, and no challenge is left that was made ahead.
    case challengesUsedUp
    /// No node has led for too long: the entry was not decided.
    case noLeader
    /// The node that led ended while it had the entry: nobody knows whether it was stored.
    case outcomeUnknown
    /// Another node of the cluster takes over, and decides.
    case handedOver
    /// It was checked by settings that have changed since, or before its operation was reset.
    case settingsMoved
    /// The ring to the sequencer has no room left for its kind.
    case shed
    /// Suspended, and the operation closes before it is worth asking again.
    case suspendedPastClosing

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
            .capReached, .closed, .gone, "cap_reached", "Cap reached",
            "The operation has as many participants or entries as its rules allow.",
            adding: .dates),
        VerdictMeaning(
            .refused, .refused, .forbidden, "refused", "Refused",
            "This operation does not allow this entry; reasons lists every cause.",
            adding: .reasons),
        VerdictMeaning(.keyRevoked, nil, .unauthorized),
        VerdictMeaning(.wrongOperation, nil, .wrongOperation),
        VerdictMeaning(.idempotencyKeyReused, nil, .idempotencyKeyReused),
        VerdictMeaning(.full, .overloaded, .overloaded),
        VerdictMeaning(
            .noSpace, .overloaded, .serviceUnavailable, "overloaded", "Overloaded",
            "The gateway cannot store entries now; send this one again after Retry-After.",
            retry: .after(seconds: 5)),
        VerdictMeaning(
            .noMemory, .overloaded, .serviceUnavailable, "overloaded", "Overloaded",
            "The gateway has no memory for a new participant now; send this entry again after "
                + "Retry-After.", retry: .after(seconds: 60)),
        VerdictMeaning(
            .crowded, .overloaded, .serviceUnavailable, "overloaded", "Overloaded",
            "The queue is full: the wait is over an hour; try again after Retry-After.",
            retry: .after(seconds: 60)),
        VerdictMeaning(
            .waiting, .waiting, .tooManyRequests, "waiting", "Waiting",
            "Many people enter at once; send the entry again with this ticket after retry_after.",
            adding: .ticket, retry: .whenCalled),
        VerdictMeaning(
            .waitingPastClosing, .waiting, .tooManyRequests, "waiting", "Waiting",
            "Many people enter at once, and the operation closes before this ticket's turn is "
                + "likely to come.",
            adding: .ticket, retry: .whenCalled),
        VerdictMeaning(
            .waitingForOpening, .waiting, .tooManyRequests, "waiting", "Waiting",
            "The operation is not open yet, and you have a place: all places are shuffled when it "
                + "opens; send the entry again with this ticket after retry_after.",
            adding: .ticket, retry: .whenCalled),
        VerdictMeaning(
            .suspended, .suspended, .serviceUnavailable, "suspended", "Suspended",
            "The operation is suspended and accepts no entries now.", adding: .suspension,
            retry: .whenResumed),
        VerdictMeaning(
            .suspendedForGood, .suspended, .gone, "suspended", "Suspended",
            "The operation is suspended for good.", adding: .suspension),
        VerdictMeaning(
            .challenged, .challenged, .forbidden, "challenged", "Challenged",
            "This entry looks like a program's; send it again with the solved challenge as altcha.",
            adding: .challenge),
        VerdictMeaning(.challengesUsedUp, .overloaded, .challengesUsedUp),
        VerdictMeaning(
            .noLeader, .overloaded, .serviceUnavailable, "overloaded", "Overloaded",
            "No node decides entries at the moment; send this one again after Retry-After.",
            retry: .after(seconds: 2)),
        VerdictMeaning(.outcomeUnknown, .overloaded, .leaderOutcomeUnknown),
        VerdictMeaning(
            .handedOver, .overloaded, .serviceUnavailable, "overloaded", "Overloaded",
            "Another node takes over from this one; send this entry again after Retry-After.",
            retry: .after(seconds: 1)),
        VerdictMeaning(
            .settingsMoved, .overloaded, .serviceUnavailable, "overloaded", "Overloaded",
            "The operation's settings changed while this entry was on its way; send it again "
                + "after Retry-After.", retry: .after(seconds: 1)),
        VerdictMeaning(.shed, .overloaded, .overloaded),
        VerdictMeaning(
            .suspendedPastClosing, .suspended, .serviceUnavailable, "suspended", "Suspended",
            "The operation is suspended and accepts no entries now; it closes before the "
                + "suspension is likely to end.", adding: .suspension),
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
            case .capReached: .capReached
            case .suspended(let isDefinitive): isDefinitive ? .suspendedForGood : .suspended
            case .refused: .refused
            case .keyRevoked, .unknownKey: .keyRevoked
            case .wrongOperation, .unknownOperation: .wrongOperation
            case .idempotencyKeyReused: .idempotencyKeyReused
            case .full(.memory): .noMemory
            case .full: .full
            case .reset, .settingsChanged: .settingsMoved
            }
    }
}

/// `verdict` on the wire, and the label by which entries are counted.
enum VerdictName: Int, CaseIterable, Sendable {
    case accepted, repeated, refused, closed, overloaded, waiting, suspended, challenged

    var label: StaticString {
        switch self {
        case .accepted: "accepted"
        case .repeated: "repeated"
        case .refused: "refused"
        case .closed: "closed"
        case .overloaded: "overloaded"
        case .waiting: "waiting"
        case .suspended: "suspended"
        case .challenged: "challenged"
        }
    }
}
