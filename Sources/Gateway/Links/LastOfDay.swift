internal import Ledger
internal import Time

/// Entries that count by days and were stored shortly before their day ended.
///
/// A node sends an entry again when it does not learn what became of it. By `once` the ledger knows
/// it; by `daily` it does so until midnight, and behind it would count the same entry for the next
/// day too. What tells it from another entry of the same person is its leaf, which no other entry
/// has. Kept for as long as an entry may be sent again; a node that follows keeps what its leader
/// stored, because it may be asked next.
struct LastOfDay {
    private var entries: [UInt64: Stored] = [:]
    /// When the last one was noted: milliseconds of the ledger's time.
    private var notedAt: Int64 = 0

    private struct Stored {
        let entry: EntryNumber
        let participant: UInt32
    }

    /// Bounds the memory, about 8 MiB: of so many entries in some seconds the others are not known.
    private static var maximum: Int { 1 << 18 }

    /// For how long before the end of a day entries are kept, and for how long behind it.
    /// - Parameter answerSeconds: an entry waits for its answer no longer, wherever it came in. The
    ///   clocks of two leaders may differ by some seconds.
    static func keptMilliseconds(answerSeconds: Int) -> Int64 {
        Int64(answerSeconds) * 1_000 + 5_000
    }

    var isEmpty: Bool { entries.isEmpty }

    mutating func note(
        _ command: EntryCommand, _ entry: EntryNumber, _ participant: UInt32,
        keptMilliseconds: Int64, at time: Timestamp
    ) {
        forgetOld(keptMilliseconds, at: time)
        guard entries.count < Self.maximum else { return }
        notedAt = time.milliseconds
        entries[command.leaf] = Stored(entry: entry, participant: participant)
    }

    /// What became of this very entry; nil where nothing is known of it.
    mutating func find(
        _ command: EntryCommand, keptMilliseconds: Int64, at time: Timestamp
    ) -> (entry: EntryNumber, participant: UInt32)? {
        forgetOld(keptMilliseconds, at: time)
        return entries[command.leaf].map { ($0.entry, $0.participant) }
    }

    /// Those of an earlier day make room for this one's, also where nobody asks for them.
    private mutating func forgetOld(_ keptMilliseconds: Int64, at time: Timestamp) {
        guard !entries.isEmpty, time.milliseconds - notedAt > 2 * keptMilliseconds else { return }
        entries = [:]
    }
}
