internal import LockFree

/// Entries that went over links, by what became of them. Each has one writer: the thread that
/// forwards, or that of the links.
final class LinkCounts: Sendable {
    enum Result: Int, CaseIterable, Sendable {
        /// Sent to a leader for the first time.
        case forwarded
        /// Sent again, to another leader or over another link.
        case resent
        /// Answered by a leader.
        case answered
        /// Answered that the outcome is not known.
        case unknown
        /// Refused because no node led for too long.
        case expired
        /// Taken from another node, by this one that leads.
        case taken
        /// Of those: refused at once, because the ring to the sequencer was too full.
        case shed

        var label: StaticString {
            switch self {
            case .forwarded: "forwarded"
            case .resent: "resent"
            case .answered: "answered"
            case .unknown: "unknown"
            case .expired: "expired"
            case .taken: "taken"
            case .shed: "shed"
            }
        }
    }

    private let cells = AtomicWords(count: Result.allCases.count)

    func count(_ result: Result, _ entries: Int = 1) {
        cells.ownerAdd(UInt64(entries), at: result.rawValue)
    }

    func read(_ result: Result) -> UInt64 { cells.relaxed(result.rawValue) }
}
