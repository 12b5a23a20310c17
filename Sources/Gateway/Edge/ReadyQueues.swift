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
/// Of them those of operations that are held (smoothed or suspended) are read only as fast as their
/// pace needs, and beyond that by an allowance that all of them have together: to refuse an entry,
/// or to put it off, costs nearly what it costs to accept one, and a client that never waits would
/// have the machine do nothing else. What finds neither a read of its own (``ReadBucket``) nor one
/// of the allowance waits unread, behind itself.
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
    /// Reads of operations that are held beyond their paces.
    private var allowance = ReadBucket()
    /// So many a second of them; a second's worth can be used at once, so that a burst of people is
    /// told at once when to return.
    var allowancePerSecond: UInt32
    /// Until then no share of the last ring may be read, in nanoseconds of the monotonic clock.
    private var blockedUntil: UInt64 = 0
    /// The sequencer has enough to decide: what is held is not read until it has caught up.
    private var isBehind = false
    /// Everything is read, whatever its pace: the loop drains.
    private var readsAll = false
    /// What is told of connections that are not read.
    private let withheld: WithheldConnections
    private let lane: Int

    /// Units of work, about an entry each, that a turn of the loop spends on connections that wait:
    /// so short that one that has just become ready is soon known of.
    static var unitsPerTurn: Int { 32 }
    /// Reads a second of a loop that operations which are held have together beyond their paces,
    /// while nobody knows what the platform takes.
    static var allowancePerSecond: UInt32 { 2_500 }

    static var none: UInt32 { .max }
    static var front: Int { 0 }
    private static var last: Int { 1 }
    /// Units of the ring in front for one of the last ring.
    private static var unitsBetween: Int { 7 }
    /// Connections that wait for each share that has such, where these are crowds.
    private static var crowdOfShare: Int { 16 }
    /// Units that a share can owe.
    private static var maximumDebt: Int32 { 256 }
    /// The part of a second for which a pace that is not used is kept.
    private static var burstsPerSecond: Int64 { 20 }
    /// Shares that are looked at in vain before the ring counts as blocked.
    private static var looksAtOnce: Int { 64 }
    /// For how long, where there are more: the next are looked at then.
    private static var lookAgainNanoseconds: UInt64 { 1_000_000 }

    /// A connection whose turn it is.
    struct Ready: Equatable {
        let slot: UInt32
        /// The index of its share.
        let share: UInt32
        /// When it began to wait, in nanoseconds of the monotonic clock.
        let since: UInt64
    }

    /// - Parameters:
    ///   - connections: slots, as in the connection table.
    ///   - shares: share indices.
    ///   - lane: the number of the loop's own row in `withheld`.
    init(
        connections: Int, shares: Int,
        allowancePerSecond: UInt32 = ReadyQueues.allowancePerSecond,
        withheld: WithheldConnections, lane: Int
    ) {
        self.allowancePerSecond = allowancePerSecond
        self.withheld = withheld
        self.lane = lane
        // Reserved, so that they never move, and touched as they are used.
        nodes.reserveCapacity(connections)
        self.shares.reserveCapacity(shares)
    }

    // MARK: Who waits

    var isEmpty: Bool { count == 0 }

    /// Whether any connection may be read now.
    func hasReadable(at now: UInt64) -> Bool { nextRing(at: now) != nil }

    /// When one that waits may be read, in nanoseconds of the monotonic clock; nil where none
    /// waits, or only the sequencer is waited for. O(1).
    var nextRead: UInt64? {
        if rings[Self.front].count > 0 { return 0 }
        return rings[Self.last].count > 0 && blockedUntil < .max ? blockedUntil : nil
    }

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
        update(index, share)
        if !shares[index].isInRing { join(share.index) }
        let last = shares[index].tail
        nodes[Int(slot)] = Node(previous: last, share: share.index, since: nanoseconds)
        if last == Self.none { shares[index].head = slot } else { nodes[Int(last)].next = slot }
        shares[index].tail = slot
        if shares[index].count == 0 {
            waitingShares += 1
            // It may have reads of its own, or need none.
            if shares[index].ring == Self.last { blockedUntil = 0 }
        }
        shares[index].count += 1
        rings[shares[index].ring].count += 1
        count += 1
        if shares[index].isWithheld { tellWithheld(index) }
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
        if shares[index].isWithheld { tellWithheld(index) }
        if count == 0 { endCrowd() }
    }

    /// Whether a share has no more connections that wait, and others have a crowd of them.
    func isBesideCrowd(_ share: UInt32) -> Bool {
        shares[Int(share)].count == 0 && count >= waitingShares * Self.crowdOfShare && count > 0
    }

    /// Whether a share that has waited comes last.
    func isLast(_ share: UInt32) -> Bool { shares[Int(share)].isLast }

    // MARK: Whose turn it is

    /// Takes out the connection whose turn it is, and charges its share one unit.
    /// - Parameters:
    ///   - now: nanoseconds of the monotonic clock.
    ///   - current: what a share that comes last is like now, by its index: paces change, and
    ///     measures end, while its connections wait.
    /// - Returns: nil where none may be read now.
    /// - Complexity: O(1) beside shares that owe, those that became empty, and up to 64 held ones.
    mutating func pop(at now: UInt64, _ current: (UInt32) -> ReadShare) -> Ready? {
        var looks = 0
        var nextRead = UInt64.max
        while let ring = nextRing(at: now) {
            let share = rings[ring].head
            let index = Int(share)
            if shares[index].count == 0 {
                leave(ring)
                continue
            }
            if ring == Self.last {
                update(index, current(share))
                if shares[index].isHeld, !mayRead(index, at: now) {
                    nextRead = min(nextRead, withhold(index))
                    looks += 1
                    if looks >= min(rings[ring].shares, Self.looksAtOnce) {
                        let isWhole = looks >= rings[ring].shares
                        let latest = isWhole ? .max : now + Self.lookAgainNanoseconds
                        blockedUntil = max(min(nextRead, latest), now + 1)
                    }
                    continue
                }
            }
            if shares[index].balance <= 0 {
                goBehind(ring)
                // It can be read now: those that cannot are looked at once more before it is.
                if shares[index].balance > 0 { looks = 0 }
                continue
            }
            let slot = shares[index].head
            let ready = Ready(slot: slot, share: share, since: nodes[Int(slot)].since)
            account(1, to: index)
            if shares[index].isHeld, !readsAll {
                if shares[index].bucket.hasRead {
                    shares[index].bucket.pay(1)
                } else {
                    allowance.pay(1)
                }
            }
            remove(slot)
            return ready
        }
        return nil
    }

    /// The work for a connection was more than the one unit that ``pop(at:_:)`` has charged.
    mutating func charge(_ units: Int, to share: UInt32) {
        let index = Int(share)
        account(units, to: index)
        guard shares[index].isHeld, units > 0, !readsAll else { return }
        if shares[index].pacePerSecond > 0 {
            shares[index].bucket.pay(units)
        } else {
            allowance.pay(units)
        }
    }

    private mutating func account(_ units: Int, to index: Int) {
        shares[index].balance = max(
            shares[index].balance &- Int32(clamping: units), -Self.maximumDebt)
        if shares[index].ring == Self.front {
            unitsInFront = min(unitsInFront + units, Self.unitsBetween)
        } else if rings[Self.front].count > 0 {
            unitsInFront = max(
                unitsInFront - units * Self.unitsBetween, -Int(Self.maximumDebt))
        }
    }

    /// A request of an operation that is held was read in another share, or in none.
    mutating func chargeAllowance() { allowance.pay(1) }

    /// Whether the sequencer has as many entries of this loop as it can use. What is read beyond
    /// that of operations that are held would only have others wait behind it.
    mutating func setBehind(_ isBehind: Bool) {
        if self.isBehind, !isBehind { blockedUntil = 0 }
        self.isBehind = isBehind
    }

    /// From now on nothing is withheld: the loop drains.
    mutating func readAll() {
        readsAll = true
        blockedUntil = 0
    }

    /// The ring that is served next; nil where none may be.
    private func nextRing(at now: UInt64) -> Int? {
        let isLastReadable = rings[Self.last].count > 0 && blockedUntil <= now
        if rings[Self.front].count == 0 { return isLastReadable ? Self.last : nil }
        return isLastReadable && unitsInFront >= Self.unitsBetween ? Self.last : Self.front
    }
}

// MARK: Held shares

extension ReadyQueues {
    /// What the share is like now.
    private mutating func update(_ index: Int, _ share: ReadShare) {
        shares[index].weight = share.weight
        shares[index].isLast = share.isLast
        shares[index].isHeld = share.pacePerSecond != nil
        shares[index].pacePerSecond = share.pacePerSecond ?? 0
        if !shares[index].isHeld, shares[index].isWithheld { endWithholding(index) }
    }

    /// Whether a held share has a read of its own, or there is one for all.
    private mutating func mayRead(_ index: Int, at now: UInt64) -> Bool {
        if readsAll { return true }
        if isBehind { return false }
        let pace = ownPace(index)
        shares[index].bucket.fill(
            perSecond: pace, burst: Int64(pace) / Self.burstsPerSecond, at: now)
        allowance.fill(
            perSecond: allowancePerSecond, burst: Int64(allowancePerSecond), at: now)
        return shares[index].bucket.hasRead || allowance.hasRead
    }

    /// Its pace, divided by the loops that have connections of it which wait.
    private func ownPace(_ index: Int) -> UInt32 {
        let pace = shares[index].pacePerSecond
        guard shares[index].isWithheld, pace > 0 else { return pace }
        return max(pace / UInt32(max(withheld.lanes(of: UInt32(index - 1)), 1)), 1)
    }

    /// Nothing is read of the share at the head of the last ring: it goes to the ring's end.
    /// - Returns: when it may be read, in nanoseconds of the monotonic clock.
    private mutating func withhold(_ index: Int) -> UInt64 {
        shares[index].isWithheld = true
        tellWithheld(index)
        leave(Self.last)
        append(UInt32(index), to: Self.last)
        if isBehind { return .max }
        return min(
            shares[index].bucket.nextRead(perSecond: ownPace(index)) ?? .max,
            allowance.nextRead(perSecond: allowancePerSecond) ?? .max)
    }

    private mutating func tellWithheld(_ index: Int) {
        if shares[index].count == 0 {
            endWithholding(index)
        } else {
            withheld.set(shares[index].count, of: UInt32(index - 1), lane: lane)
        }
    }

    private mutating func endWithholding(_ index: Int) {
        shares[index].isWithheld = false
        withheld.set(0, of: UInt32(index - 1), lane: lane)
    }
}

// MARK: The rings

extension ReadyQueues {
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
        rings[ring].shares += 1
    }

    /// Takes the head out of a ring.
    private mutating func leave(_ ring: Int) {
        let share = Int(rings[ring].head)
        rings[ring].head = shares[share].next
        if rings[ring].head == Self.none { rings[ring].tail = Self.none }
        rings[ring].shares -= 1
        shares[share].isInRing = false
    }

    /// None waits any more.
    private mutating func endCrowd() {
        for ring in rings.indices {
            while rings[ring].head != Self.none { leave(ring) }
        }
        crowd &+= 1
        unitsInFront = 0
        blockedUntil = 0
    }
}
