/// What was lacking where a request was refused, beside room in the rings to the sequencer
/// (``Shedding``) and what connections are refused for (``ConnectionRefusal``,
/// ``ConnectionLimit``). All of them together are `portillon_shed_total`.
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

    /// As metrics name it.
    var label: StaticString {
        switch self {
        case .queue: "entry_queue"
        case .entryKeys: "entry_keys"
        case .entryStorage: "entry_storage"
        case .entryTable: "entry_table"
        case .adminRequests: "admin_request"
        case .change: "change"
        }
    }

    /// Of an entry that was refused with this verdict; nil where there was room. What rings lack is
    /// counted where it is found.
    init?(_ verdict: EntryVerdict) {
        switch verdict {
        case .crowded: self = .queue
        case .noSpace: self = .entryStorage
        case .full, .noMemory: self = .entryTable
        default: return nil
        }
    }
}
