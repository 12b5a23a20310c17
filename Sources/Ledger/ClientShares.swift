internal import Contract
internal import Time

/// What the operations of one client that announced nothing above what is free have together (C2).
///
/// The sum is exact, and neither an entry nor another operation of the client pays for it. Each of
/// them has a mark, a number of participants; what all may bring before they reach their marks is
/// never more than is free:
///
///     sum of (mark - 1) ≤ allowed
///
/// So nothing can be crossed while nobody reaches a mark. Whoever does is given a new one out of
/// what is left. Only when nothing is left all are looked at, and share again what they have not
/// used; near the limit each mark is the next participant, and the sum is counted one by one.
///
/// The marks themselves are in the operations' entry states, which the ledger hands in.
struct ClientShares {
    /// Of one client.
    private struct Share {
        /// The indices of its standing operations, in order; those that do not count too.
        var members: [UInt32] = []
        /// The sum of (mark - 1) over those that count.
        var granted: UInt64 = 0
        /// The participants that these announced.
        var announced: UInt64 = 0
        /// Whether they are beyond what is free together. None has a mark then.
        var isCrossed = false

        /// What they may have together; see ``SharedCover/allowed``.
        var allowed: UInt64 { max(UInt64(Cover.undeclared.participants), announced) }
    }

    private var byClient: [String: Share] = [:]

    init() {}

    /// As the operations' marks say.
    init(_ catalogue: Catalogue, _ states: [OperationEntryState]) {
        for index in catalogue.standing {
            let (client, state) = (
                catalogue.operations[Int(index)].client, states[Int(index)]
            )
            add(index, of: client)
            self[client].granted += state.granted
            self[client].announced += UInt64(state.countedAnnounced)
            if state.isCrossedTogether { self[client].isCrossed = true }
        }
    }

    private subscript(client: String) -> Share {
        get { byClient[client] ?? Share() }
        _modify { yield &byClient[client, default: Share()] }
    }

    // MARK: Members

    func members(of client: String) -> [UInt32] { self[client].members }

    mutating func add(_ index: UInt32, of client: String) { self[client].members.append(index) }

    /// Removes an operation that is retired, with its mark.
    mutating func remove(
        _ index: UInt32, of client: String, _ states: inout [OperationEntryState]
    ) {
        withdraw(index, of: client, &states)
        var places = 0..<self[client].members.count
        while let middle = places.isEmpty ? nil : (places.lowerBound + places.upperBound) / 2 {
            let member = self[client].members[middle]
            if member == index {
                self[client].members.remove(at: middle)
                return
            }
            places =
                member < index ? middle + 1..<places.upperBound : places.lowerBound..<middle
        }
    }

    // MARK: Looking

    /// Looks at an operation that has reached its mark, or that has changed, and gives it a new
    /// mark where that is enough.
    /// - Returns: what all of them have together, where all have to be looked at: news may follow
    ///   from it, and then ``share(_:of:_:at:)``.
    mutating func settle(
        _ index: UInt32, of client: String, _ states: inout [OperationEntryState],
        at time: Timestamp
    ) -> SharedCover? {
        withdraw(index, of: client, &states)
        let state = states[Int(index)]
        let counts = state.sharesCover(at: time)
        if counts {
            self[client].granted += UInt64(state.participants)
            self[client].announced += UInt64(state.announced)
            states[Int(index)].grant(1)
        }
        let share = self[client]
        if share.isCrossed || share.granted > share.allowed {
            return cover(of: share.members, states, at: time)
        }
        guard counts else { return nil }
        // Half of what is left is for others, and for what comes later.
        let left = (share.allowed - share.granted) / UInt64(2 * max(share.members.count, 1))
        let participants = max(left, 1)
        states[Int(index)].grant(participants)
        self[client].granted += participants - 1
        return nil
    }

    /// Whether what is on record of the client's operations differs from what they have together.
    func isNews(
        _ cover: SharedCover, of client: String, _ states: [OperationEntryState],
        at time: Timestamp
    ) -> Bool {
        for member in self[client].members {
            let state = states[Int(member)]
            if cover.isCrossed {
                if state.sharesCover(at: time), !state.isCrossedTogether { return true }
            } else if state.isCrossedTogether {
                return true
            }
        }
        return false
    }

    /// Gives each of the client's operations that counts a mark, unless they are beyond what is
    /// free.
    mutating func share(
        _ cover: SharedCover, of client: String, _ states: inout [OperationEntryState],
        at time: Timestamp
    ) {
        var share = Share(members: self[client].members, isCrossed: cover.isCrossed)
        for member in share.members {
            states[Int(member)].withdrawMark()
            let state = states[Int(member)]
            guard !cover.isCrossed, state.sharesCover(at: time) else { continue }
            states[Int(member)].grant(cover.participantsEach)
            share.granted += UInt64(state.participants) + cover.participantsEach - 1
            share.announced += UInt64(state.announced)
        }
        self[client] = share
    }

    /// Takes back an operation's mark, and what it accounts for.
    private mutating func withdraw(
        _ index: UInt32, of client: String, _ states: inout [OperationEntryState]
    ) {
        self[client].granted -= states[Int(index)].granted
        self[client].announced -= UInt64(states[Int(index)].countedAnnounced)
        states[Int(index)].withdrawMark()
    }

    private func cover(
        of members: [UInt32], _ states: [OperationEntryState], at time: Timestamp
    ) -> SharedCover {
        var cover = SharedCover()
        for member in members {
            let state = states[Int(member)]
            guard state.sharesCover(at: time) else { continue }
            cover.add(participants: state.participants, announced: state.announced)
        }
        return cover
    }
}
