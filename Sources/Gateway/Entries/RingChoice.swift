internal import LockFree

/// Which of its lane's two rings an entry goes into, and behind what of the other one. The
/// worker's.
///
/// Entries of one operation are decided in the order in which their worker has handed them over,
/// also where the operation comes to be held, or is let go, while some of them wait:
///
/// ```
///  becomes held   others ►  a1 b1 a2 │ b2           a3 comes behind all that was in the other
///                 held   ►           └── a3 a4      ring; a4 is behind a3 anyway
///
///  is let go      held   ►  a3 f1 a4 │ f2 f3        a5 comes behind a4, and waits for nothing
///                 others ►  b3       └── a5 a6      of f that came later
/// ```
///
/// What an entry is behind was always handed over before it: so the two rings never wait for each
/// other.
struct RingChoice: ~Copyable {
    /// Whoever writes an entry chooses between them there: what is chosen before is retained.
    let commands: ByteRing
    let heldCommands: ByteRing
    /// Bytes of each of the two.
    let capacity: Int
    /// By operation: where its last entry ends in the ring of those that are held; 0 where that
    /// went into the other ring.
    private var lastHeld: ContiguousArray<UInt64> = []
    /// Operations whose last entry went into the ring of those that are held.
    private var heldOperations = 0

    init(_ lane: WorkerLane) {
        commands = lane.commands
        heldCommands = lane.heldCommands
        capacity = lane.commands.capacity
    }

    /// What the next entry of an operation is behind: ``EntryEnvelope/behind``. While nothing is
    /// held it costs one comparison.
    func behind(_ operation: UInt32, isHeld: Bool) -> UInt64 {
        if isHeld { return last(operation) == 0 ? commands.written : 0 }
        return heldOperations == 0 ? 0 : last(operation)
    }

    /// An entry was written into its ring.
    mutating func record(_ operation: UInt32, isHeld: Bool) {
        if isHeld {
            while lastHeld.count <= Int(operation) { lastHeld.append(0) }
            if lastHeld[Int(operation)] == 0 { heldOperations += 1 }
            lastHeld[Int(operation)] = heldCommands.written
        } else if heldOperations > 0 {
            forget(operation)
        }
    }

    /// No further entry of an operation need come behind its last one.
    mutating func forget(_ operation: UInt32) {
        guard last(operation) > 0 else { return }
        lastHeld[Int(operation)] = 0
        heldOperations -= 1
    }

    private func last(_ operation: UInt32) -> UInt64 {
        Int(operation) < lastHeld.count ? lastHeld[Int(operation)] : 0
    }
}
