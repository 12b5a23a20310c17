internal import Ledger
internal import Projections
internal import Synchronization

/// What an operation has brought since the process started, as far as rates are told of it.
struct PushCounts: Equatable, Sendable {
    var times = EntryTimes()
    var accepted: UInt64 = 0
    /// By the operation's tags, those without a count of their own at index 0.
    var sources: [UInt64] = [0]

    init() {}

    /// As of now; nil where nothing was answered yet.
    init?(of operation: UInt32, _ shared: Shared) {
        guard shared.instruments.operations.answers(of: operation) > 0 else { return nil }
        times = shared.instruments.operations.times(of: operation)
        accepted = shared.instruments.verdicts(0, of: operation)
        let tags = shared.sources.tags(of: operation).count
        sources = shared.sources.counts(tags, of: operation)
    }
}

/// What operations had brought five to ten seconds ago: rates and recent answer times are
/// differences to that. The pulse notes, anyone reads.
final class RecentCounts: Sendable {
    struct Note: Sendable {
        /// The monotonic clock.
        var nanoseconds: UInt64
        /// Of the operations that had brought anything.
        var operations: [UInt32: PushCounts] = [:]
    }

    /// Seconds from one note to the next.
    static var noteSeconds: Int { 5 }

    /// The last one, and the one before it.
    private let notes: Mutex<(older: Note, newer: Note)>

    /// - Parameter nanoseconds: the monotonic clock.
    init(at nanoseconds: UInt64) {
        let start = Note(nanoseconds: nanoseconds)
        notes = Mutex((start, start))
    }

    /// Notes where things stand.
    func note(_ shared: Shared, at nanoseconds: UInt64) {
        var note = Note(nanoseconds: nanoseconds)
        for index in shared.projected.catalogue.standing {
            note.operations[index] = PushCounts(of: index, shared)
        }
        let newer = note
        notes.withLock { $0 = ($0.newer, newer) }
    }

    /// The note that rates are taken from.
    var older: Note { notes.withLock { $0.older } }
}
