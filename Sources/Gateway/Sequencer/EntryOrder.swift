internal import LockFree

/// Which entries are decided next: of which lane, and of which of its rings. Owned by the
/// sequencer's thread.
///
/// Entries of operations that nobody holds go first, and those of operations that are held have
/// what room a batch has left. While both wait, one place in eight is theirs all the same: so an
/// entry never waits behind another operation's flood, and the flood has its pace.
///
/// An operation that comes to be held, or is let go, may have entries in both rings of a lane.
/// Where the next one of a ring is behind some of the other (``EntryEnvelope/behind``), those go
/// first.
struct EntryOrder {
    private let lanes: ArraySlice<WorkerLane>
    /// Which lane is first, in turn, so that none is always last.
    private var firstLane = 0
    /// Entries of operations that are not held, since those that are had a place while they waited.
    private var sinceHeld = 0
    /// Where the turn in hand is with the rings of those that are not held, and of those that are:
    /// lanes that have been emptied.
    private var doneLanes = 0
    private var doneHeldLanes = 0
    /// Whether the next entry of the lane in hand is behind some that are held.
    private var awaitsHeld = false
    /// How many more answers there is room for, by lane: only so many entries are decided.
    private var answersLeft: ContiguousArray<Int>

    /// So many at a time: the memory that their decisions need is asked for together, and comes
    /// while the first are decided. That of twice as many does not fit the first cache.
    private static var entriesAhead: Int { 16 }
    /// Entries of operations that are not held for one place of those that are.
    private static var entriesBetween: Int { 7 }
    /// A place is one entry that is stored, or so many that are not: these take no room.
    private static var entriesOfPlace: Int { 8 }

    init(_ lanes: ArraySlice<WorkerLane>) {
        self.lanes = lanes
        answersLeft = ContiguousArray(repeating: 0, count: lanes.count)
    }

    /// Entries that are decided one after the other.
    struct Part {
        let lane: Int
        let ring: ByteRing
        /// How far the lane's other ring has been read.
        let otherRead: UInt64
        /// So many at most.
        let limit: Int
        let isHeld: Bool
        /// Whether it ends with the first that is stored.
        let isPlace: Bool

        /// Shows those that are behind nothing of the other ring, up to the first one that is.
        /// - Returns: how many there are, and whether such a one is behind them.
        func peek(_ body: (EntryEnvelope) -> Void) -> (count: Int, isBlocked: Bool) {
            var (count, shown) = (0, 0)
            ring.peek(limit: limit) { record in
                let envelope = record.envelope(as: EntryEnvelope.self)
                if count == shown, envelope.behind <= otherRead {
                    count += 1
                    body(envelope)
                }
                shown += 1
            }
            return (count, count < shown)
        }
    }

    /// A turn begins.
    /// - Parameter isAnswered: whether anybody reads answers.
    mutating func beginTurn(isAnswered: Bool) {
        for lane in lanes.indices {
            answersLeft[lane] = isAnswered ? lanes[lane].answerRoom : .max
        }
        doneLanes = 0
        // One look at each lane is all that it costs while nothing is held.
        doneHeldLanes = lanes.contains { !$0.heldCommands.isEmpty } ? 0 : lanes.count
        if doneHeldLanes > 0 { sinceHeld = 0 }
        awaitsHeld = false
        firstLane = (firstLane + 1) % lanes.count
    }

    /// What is decided next; nil where the turn has come to its end.
    mutating func next() -> Part? {
        while doneLanes < lanes.count, answersLeft[lane(doneLanes)] <= 0 { endLane() }
        while doneHeldLanes < lanes.count, answersLeft[lane(doneHeldLanes)] <= 0 {
            doneHeldLanes += 1
        }
        if awaitsHeld {
            return part(lane(doneLanes), isHeld: true, limit: Self.entriesOfPlace)
        }
        let hasHeld = doneHeldLanes < lanes.count
        if doneLanes < lanes.count, !hasHeld || sinceHeld < Self.entriesBetween {
            return part(
                lane(doneLanes), isHeld: false,
                limit: hasHeld ? Self.entriesBetween - sinceHeld : Self.entriesAhead)
        }
        guard hasHeld else { return nil }
        let isPlace = doneLanes < lanes.count
        return part(
            lane(doneHeldLanes), isHeld: true,
            limit: isPlace ? Self.entriesOfPlace : Self.entriesAhead, isPlace: isPlace)
    }

    private func part(_ lane: Int, isHeld: Bool, limit: Int, isPlace: Bool = false) -> Part {
        let (ring, other) =
            isHeld
            ? (lanes[lane].heldCommands, lanes[lane].commands)
            : (lanes[lane].commands, lanes[lane].heldCommands)
        return Part(
            lane: lane, ring: ring, otherRead: other.read, limit: min(limit, answersLeft[lane]),
            isHeld: isHeld, isPlace: isPlace)
    }

    private func lane(_ offset: Int) -> Int { (firstLane + offset) % lanes.count }

    private mutating func endLane() {
        doneLanes += 1
        awaitsHeld = false
    }

    /// What ``next()`` gave was decided.
    /// - Parameters:
    ///   - count: entries of it.
    ///   - hasStored: whether one of them was stored.
    ///   - isBlocked: whether the one behind them is behind entries of the other ring.
    mutating func end(_ part: Part, count: Int, hasStored: Bool, isBlocked: Bool) {
        answersLeft[part.lane] -= count
        let isOver = count < part.limit
        if awaitsHeld {
            awaitsHeld = false
            sinceHeld = 0
            // What is waited for was handed over before, and is behind nothing that waits.
            if count == 0 { endLane() }
        } else if !part.isHeld {
            if doneHeldLanes < lanes.count { sinceHeld += count }
            if isBlocked {
                awaitsHeld = true
            } else if isOver {
                endLane()
            }
        } else {
            sinceHeld = 0
            // Those that it is behind come within the next seven, or are not here yet.
            let comesLater = isBlocked && doneLanes < lanes.count
            if isOver, !comesLater, !(part.isPlace && hasStored) { doneHeldLanes += 1 }
        }
    }
}
