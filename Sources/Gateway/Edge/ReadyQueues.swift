/// Connections whose bytes wait to be read: a queue for each share, served in turns.
///
/// Deficit round robin (M. Shreedhar, G. Varghese, "Efficient Fair Queueing Using Deficit Round
/// Robin", SIGCOMM 1995), paid afterwards, because what a connection costs is known when it has
/// been read. The share at the head of the ring is served while its balance is positive; then it
/// goes to the ring's end with its weight added. So of two shares that both wait none is ahead of
/// the other by more than a round's weight and the cost of one connection, and a share that begins
/// to wait is served within one round.
///
/// ```
///  ring ──► share 7 ──► share 0 ──► share 12
///             │           │            │
///            slot 4      slot 9       slot 1        a queue of slots for each share,
///             │                        │            oldest first
///            slot 17                  slot 30
/// ```
///
/// Shares that come last have a ring of their own. It is served while the other one is empty, and
/// with an eighth of the work while it is not: none starves.
///
/// Links are indices in arrays by slot and by share, which grow as these come into use. So nothing
/// is allocated for a connection that waits, one that is closed leaves its queue in O(1), and a
/// slot that is used again is in one queue at most.
struct ReadyQueues: ~Copyable {
    /// By slot, as far as one ever waited.
    private var nodes: [Node] = []
    /// By the share's index, as far as one ever waited.
    private var shares: [Share] = []
    /// The shares in front, then those that come last.
    private var rings = [Ring(), Ring()]
    /// Connections that wait.
    private(set) var count = 0
    /// Shares that have such.
    private(set) var waitingShares = 0
    /// Units that the ring in front was served since the last ring was.
    private var unitsInFront = 0
    /// Counts the times when none waited any more: what a share owed is forgotten then.
    private var crowd: UInt32 = 0

    /// Units of work, about an entry each, that a turn of the loop spends on connections that wait:
    /// so short that one that has just become ready is soon known of.
    static var unitsPerTurn: Int { 32 }

    private static var none: UInt32 { .max }
    private static var front: Int { 0 }
    private static var last: Int { 1 }
    /// Units of the ring in front for one of the last ring.
    private static var unitsBetween: Int { 7 }
    /// Units that a share can owe.
    private static var maximumDebt: Int32 { 256 }

    /// A connection whose turn it is.
    struct Ready: Equatable {
        let slot: UInt32
        /// The index of its share.
        let share: UInt32
        /// When it began to wait, in nanoseconds of the monotonic clock.
        let since: UInt64
    }

    private struct Node {
        var previous = ReadyQueues.none
        var next = ReadyQueues.none
        /// `none` while it does not wait.
        var share = ReadyQueues.none
        var since: UInt64 = 0
    }

    private struct Share {
        var head = ReadyQueues.none
        var tail = ReadyQueues.none
        /// Connections in its queue.
        var count = 0
        /// The next share of the ring.
        var next = ReadyQueues.none
        /// Units that it may still use before others are served; negative where it used more.
        var balance: Int32 = 0
        var weight: Int32 = 1
        var crowd: UInt32 = 0
        var isLast = false
        /// The ring that it is in, where it is in one; an empty share stays there until its turn.
        var ring = ReadyQueues.front
        var isInRing = false
    }

    private struct Ring {
        var head = ReadyQueues.none
        var tail = ReadyQueues.none
        /// Connections of its shares.
        var count = 0
    }

    /// - Parameters:
    ///   - connections: slots, as in the connection table.
    ///   - shares: share indices.
    init(connections: Int, shares: Int) {
        // Reserved, so that they never move, and touched as they are used.
        nodes.reserveCapacity(connections)
        self.shares.reserveCapacity(shares)
    }

    // MARK: Who waits

    var isEmpty: Bool { count == 0 }

    func contains(_ slot: UInt32) -> Bool {
        Int(slot) < nodes.count && nodes[Int(slot)].share != Self.none
    }

    /// A connection waits, behind those of its share that wait already. One that waits keeps its
    /// place, its share and its time.
    /// - Parameter share: what the connection's share is like now.
    mutating func enqueue(_ slot: UInt32, in share: ReadShare, since nanoseconds: UInt64) {
        guard !contains(slot) else { return }
        let index = Int(share.index)
        while shares.count <= index { shares.append(Share()) }
        while nodes.count <= Int(slot) { nodes.append(Node()) }
        shares[index].weight = share.weight
        shares[index].isLast = share.isLast
        if !shares[index].isInRing { join(share.index) }
        let last = shares[index].tail
        nodes[Int(slot)] = Node(previous: last, share: share.index, since: nanoseconds)
        if last == Self.none { shares[index].head = slot } else { nodes[Int(last)].next = slot }
        shares[index].tail = slot
        if shares[index].count == 0 { waitingShares += 1 }
        shares[index].count += 1
        rings[shares[index].ring].count += 1
        count += 1
    }

    /// A connection is closed, or served out of turn; nothing happens where it does not wait.
    mutating func remove(_ slot: UInt32) {
        guard contains(slot) else { return }
        let node = nodes[Int(slot)]
        let index = Int(node.share)
        if node.previous == Self.none {
            shares[index].head = node.next
        } else {
            nodes[Int(node.previous)].next = node.next
        }
        if node.next == Self.none {
            shares[index].tail = node.previous
        } else {
            nodes[Int(node.next)].previous = node.previous
        }
        nodes[Int(slot)].share = Self.none
        shares[index].count -= 1
        if shares[index].count == 0 { waitingShares -= 1 }
        rings[shares[index].ring].count -= 1
        count -= 1
        if count == 0 { endCrowd() }
    }

    /// Whether a share that has waited comes last.
    func isLast(_ share: UInt32) -> Bool { shares[Int(share)].isLast }

    // MARK: Whose turn it is

    /// Takes out the connection whose turn it is, and charges its share one unit.
    /// - Complexity: O(1) beside the shares that owe something or have become empty.
    mutating func pop() -> Ready? {
        while count > 0 {
            let ring = nextRing
            let share = rings[ring].head
            if shares[Int(share)].count == 0 {
                leave(ring)
            } else if shares[Int(share)].balance <= 0 {
                goBehind(ring)
            } else {
                let slot = shares[Int(share)].head
                let ready = Ready(slot: slot, share: share, since: nodes[Int(slot)].since)
                charge(1, to: share)
                remove(slot)
                return ready
            }
        }
        return nil
    }

    /// The work for a connection was more than the one unit that ``pop()`` has charged.
    mutating func charge(_ units: Int, to share: UInt32) {
        let index = Int(share)
        shares[index].balance = max(
            shares[index].balance &- Int32(clamping: units), -Self.maximumDebt)
        if shares[index].ring == Self.front {
            unitsInFront = min(unitsInFront + units, Self.unitsBetween)
        } else if rings[Self.front].count > 0 {
            unitsInFront = max(
                unitsInFront - units * Self.unitsBetween, -Int(Self.maximumDebt))
        }
    }

    private var nextRing: Int {
        if rings[Self.front].count == 0 { return Self.last }
        let isLastDue = rings[Self.last].count > 0 && unitsInFront >= Self.unitsBetween
        return isLastDue ? Self.last : Self.front
    }

    // MARK: The rings

    /// A share begins to wait: behind those that do, with a round's units.
    private mutating func join(_ share: UInt32) {
        let index = Int(share)
        if shares[index].crowd != crowd {
            shares[index].crowd = crowd
            shares[index].balance = 0
        }
        shares[index].balance = min(shares[index].balance, 0) + shares[index].weight
        append(share, to: shares[index].isLast ? Self.last : Self.front)
    }

    /// The head of a ring has used its units: it goes to the end, where the next round's wait; to
    /// the end of the other ring, where its operation has come to be held back, or is not any more.
    private mutating func goBehind(_ ring: Int) {
        let share = rings[ring].head
        let index = Int(share)
        leave(ring)
        shares[index].balance += shares[index].weight
        let next = shares[index].isLast ? Self.last : Self.front
        rings[ring].count -= shares[index].count
        rings[next].count += shares[index].count
        append(share, to: next)
    }

    private mutating func append(_ share: UInt32, to ring: Int) {
        shares[Int(share)].ring = ring
        shares[Int(share)].isInRing = true
        shares[Int(share)].next = Self.none
        let last = rings[ring].tail
        if last == Self.none { rings[ring].head = share } else { shares[Int(last)].next = share }
        rings[ring].tail = share
    }

    /// Takes the head out of a ring.
    private mutating func leave(_ ring: Int) {
        let share = Int(rings[ring].head)
        rings[ring].head = shares[share].next
        if rings[ring].head == Self.none { rings[ring].tail = Self.none }
        shares[share].isInRing = false
    }

    /// None waits any more.
    private mutating func endCrowd() {
        for ring in rings.indices {
            while rings[ring].head != Self.none { leave(ring) }
        }
        crowd &+= 1
        unitsInFront = 0
    }
}
