internal import Cryptography

/// A worker's keys for the entries to come: for each operation that it takes entries of, a range of
/// leaves that nobody else has, and the keys of the next few.
///
/// An operation's first entry allocates 0.6 kB for it, the others nothing; one of 256 takes a lock.
struct LeafKeyTable: ~Copyable {
    private struct Slot: BitwiseCopyable {
        var cache = LeafKeyCache()
        /// The next leaf, and the one behind the last.
        var next: UInt64 = 0
        var end: UInt64 = 0
    }

    /// A leaf for one entry, and where its key lies.
    struct Key {
        let leaf: UInt64
        fileprivate let place: Range<Int>
    }

    /// Each operation's slot, by its index; -1 for none.
    private var slotNumbers: ContiguousArray<Int32> = []
    private var slots: ContiguousArray<Slot> = []
    private var freeSlots: ContiguousArray<Int32> = []
    /// The slots' keys, one behind the other.
    private var keys = SecretBytes(capacity: LeafKeyCache.storageBytes)
    private var deriver = KeyDeriver()

    /// The key for one more entry of the operation; nil where the pool is empty.
    mutating func next(of operation: OperationProfile, from pool: LeafPool) -> Key? {
        let number = slotNumber(of: operation.index)
        let offset = number * LeafKeyCache.storageBytes
        if slots[number].next == slots[number].end {
            let leaves = pool.pop(LeafKeyCache.leavesAtOnce)
            guard !leaves.isEmpty else { return nil }
            slots[number].next = leaves.lowerBound
            slots[number].end = leaves.upperBound
        }
        let leaf = slots[number].next
        slots[number].next += 1
        if let place = slots[number].cache.place(of: leaf, at: offset) {
            return Key(leaf: leaf, place: place)
        }
        let place = slots[number].cache.find(
            leaf, of: operation.keys.tree.nodes, with: &deriver, in: &keys, at: offset)
        return place.map { Key(leaf: leaf, place: $0) }
    }

    /// The secret of a key that ``next(of:from:)`` has given last.
    @_lifetime(borrow self)
    func secret(_ key: Key) -> RawSpan { keys.bytes.extracting(key.place) }

    /// Wipes the keys of an operation that is no more.
    mutating func remove(_ operation: UInt32) {
        guard Int(operation) < slotNumbers.count, slotNumbers[Int(operation)] >= 0 else { return }
        let number = slotNumbers[Int(operation)]
        slotNumbers[Int(operation)] = -1
        freeSlots.append(number)
        slots[Int(number)] = Slot()
        LeafKeyCache.wipe(&keys, at: Int(number) * LeafKeyCache.storageBytes)
    }

    private mutating func slotNumber(of operation: UInt32) -> Int {
        while slotNumbers.count <= Int(operation) { slotNumbers.append(-1) }
        let known = slotNumbers[Int(operation)]
        if known >= 0 { return Int(known) }
        let number: Int32
        if let free = freeSlots.popLast() {
            number = free
        } else {
            number = Int32(slots.count)
            slots.append(Slot())
            keys.append(zeros: LeafKeyCache.storageBytes)
        }
        slotNumbers[Int(operation)] = number
        return Int(number)
    }
}
