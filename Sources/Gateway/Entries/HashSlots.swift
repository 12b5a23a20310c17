/// Numbers found again by a 64-bit hash: open addressing, linear probing, at most half full.
///
/// It keeps the whole hash with each number, so that growing needs nothing of what is behind it.
struct HashSlots {
    private var slots: ContiguousArray<Slot>
    private var count = 0

    private struct Slot {
        var hash: UInt64
        /// `vacant` where nothing is.
        var number: UInt32
    }

    private static var vacant: UInt32 { .max }

    init() {
        slots = ContiguousArray(repeating: Slot(hash: 0, number: Self.vacant), count: 16)
    }

    /// Where to begin looking for a hash.
    func start(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (slots.count - 1) }

    /// The next number with this hash, or nil where there is no further one.
    func next(_ hash: UInt64, from position: inout Int) -> UInt32? {
        while slots[position].number != Self.vacant {
            let slot = slots[position]
            position = (position + 1) & (slots.count - 1)
            if slot.hash == hash { return slot.number }
        }
        return nil
    }

    mutating func insert(_ number: UInt32, hash: UInt64) {
        if (count + 1) * 2 > slots.count { grow() }
        var position = start(of: hash)
        while slots[position].number != Self.vacant {
            position = (position + 1) & (slots.count - 1)
        }
        slots[position] = Slot(hash: hash, number: number)
        count += 1
    }

    private mutating func grow() {
        let old = slots
        slots = ContiguousArray(
            repeating: Slot(hash: 0, number: Self.vacant), count: old.count * 2)
        count = 0
        for slot in old where slot.number != Self.vacant { insert(slot.number, hash: slot.hash) }
    }
}
