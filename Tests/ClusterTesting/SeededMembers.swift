/// The members of a ``SeededEngine``, as far as they may part: the revision of each one's store.
struct SeededMembers {
    static let count = 3

    private var revisions = [Int64](repeating: 0, count: count)

    var areEqual: Bool { revisions.allSatisfy { $0 == revisions[0] } }

    /// Something is written, on all of them.
    mutating func write() {
        for place in revisions.indices { revisions[place] += 1 }
    }

    /// A member stops in the middle of a compaction, and comes back: it counts on from the newest
    /// revision that it has.
    /// - Parameter isRemoval: whether the compaction went to the newest revision, and that removed
    ///   something: it is gone then, and the next change gets its number again (etcd issue 17780).
    mutating func stop(_ place: Int, compactingToNewestRemoval isRemoval: Bool) {
        if isRemoval { revisions[place] -= 1 }
    }
}
