/// What was lacking where a request was refused, beside room in the rings to the sequencer
/// (``Shedding``) and what connections are refused for (``ShedClass``). All of them together are
/// `portillon_shed_total`.
enum MissingRoom: Int, CaseIterable, Sendable {
    /// The queue before a smoothed operation is full: an entry gets no ticket.
    case queue
    /// The vault has given out no further keys to seal entries with.
    case entryKeys
    /// Entries cannot be stored now: the disk, or the clock.
    case entryStorage
    /// A table of the ledger takes no further entry.
    case entryTable
    /// `limits.admin_requests_at_once`
    case adminRequests
    /// An operator's change cannot be stored now, or the ledger takes no more of its kind.
    case change
    /// The challenges that were made ahead are given out. Robots alone can bring that about, so it
    /// is counted here, and no minute is lost by it (``LostMinuteReporter``).
    case challenges

    /// As metrics name it.
    var label: StaticString {
        switch self {
        case .queue: "entry_queue"
        case .entryKeys: "entry_keys"
        case .entryStorage: "entry_storage"
        case .entryTable: "entry_table"
        case .adminRequests: "admin_request"
        case .change: "change"
        case .challenges: "challenge"
        }
    }

    /// Of an entry that was refused with this verdict; nil where there was room. What rings lack is
    /// counted where it is found.
    init?(_ verdict: EntryVerdict) {
        switch verdict {
        case .crowded: self = .queue
        case .noSpace: self = .entryStorage
        case .full, .noMemory: self = .entryTable
        case .challengesUsedUp: self = .challenges
        case .shed: return nil
        case .accepted, .repeated, .waiting, .waitingPastClosing, .waitingForOpening: return nil
        // What the operation, the key or the entry is refused for itself.
        case .notOpen, .closed, .capReached, .refused, .keyRevoked, .wrongOperation,
            .idempotencyKeyReused, .suspended, .suspendedForGood, .suspendedPastClosing,
            .challenged:
            return nil
        // Nobody decides it, or not by these settings.
        case .noLeader, .outcomeUnknown, .handedOver, .settingsMoved: return nil
        }
    }
}
