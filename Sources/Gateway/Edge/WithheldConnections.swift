internal import LockFree

/// How many connections wait unread because their operation is held: it is smoothed or suspended,
/// and they send more than is read of it.
///
/// A loop writes what it knows of its own connections; anyone reads. So each loop knows with how
/// many others it shares an operation's pace, and the ladder knows that more would come than does.
final class WithheldConnections: Sendable {
    /// By lane, then by operation. Each row is written by its lane's loop.
    private let counts: AtomicWords
    private let lanes: Int
    private let operations: Int

    init(lanes: Int, operations: Int) {
        self.lanes = lanes
        self.operations = operations
        counts = AtomicWords(count: lanes * operations)
    }

    /// Only the lane's own loop may.
    func set(_ count: Int, of operation: UInt32, lane: Int) {
        counts.store(relaxed: UInt64(count), at: lane * operations + Int(operation))
    }

    /// The connections of all loops.
    func count(of operation: UInt32) -> Int {
        (0..<lanes).reduce(0) { $0 + Int(counts.relaxed($1 * operations + Int(operation))) }
    }

    /// How many loops have any.
    func lanes(of operation: UInt32) -> Int {
        (0..<lanes).count { counts.relaxed($0 * operations + Int(operation)) > 0 }
    }
}
