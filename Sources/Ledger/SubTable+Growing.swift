extension SubTable {
    /// A part with everything this one holds settled, and room for `added` more keys; `nil` if
    /// memory is refused. This one stays as it is.
    /// - Parameters:
    ///   - mapping: what the larger part is to lie in, resized for it; taken if there is none. What
    ///     it held is lost. It is given back, of whatever size, if memory is refused.
    func grown(
        holding added: Int, in mapping: inout TableMapping, atMost limitBytes: Int
    ) -> SubTable? {
        // As many slots as a run at the end of the settled ones is long once in many mergers.
        var slack = min(max(count / 64, 8), 128)
        while true {
            let bytes = SubTableSize.mappedBytes(keys: count, slack: slack)
            guard bytes <= limitBytes, Self.provide(bytes, &mapping) else { return nil }
            var larger = SubTable(in: mapping, keys: count, slack: slack)
            if larger.settle(self) {
                precondition(larger.holds(added), "a part that has grown has room")
                mapping = TableMapping()
                return larger
            }
            slack *= 2
        }
    }

    private static func provide(_ bytes: Int, _ mapping: inout TableMapping) -> Bool {
        if !mapping.isEmpty { return mapping.resize(to: bytes) }
        guard let new = TableMapping(bytes: bytes) else { return false }
        mapping = new
        return true
    }

    /// Takes over all keys of another part, in order, and overwrites every other slot;
    /// `false` if they do not fit behind the homes.
    private mutating func settle(_ other: SubTable) -> Bool {
        settled.count = other.count
        let target = self
        var free = settled.start
        var new = other.next(other.recent.start, other.recent)
        var newTail = new < other.recent.end ? other.tail(at: new) : .max
        var old = other.settled.start
        while old < other.settled.end {
            let tail = other.tail(at: old)
            if tail == 0 {
                old &+= 1
                continue
            }
            if newTail > tail || newTail == tail && other.low(at: new) > other.low(at: old) {
                guard target.take(old, of: other, &free) else { return false }
                old &+= 1
            } else {
                guard target.take(new, of: other, &free) else { return false }
                new = other.next(new + 1, other.recent)
                newTail = new < other.recent.end ? other.tail(at: new) : .max
            }
        }
        while new < other.recent.end {
            guard target.take(new, of: other, &free) else { return false }
            new = other.next(new + 1, other.recent)
        }
        for slot in free..<slots { clear(slot) }
        return true
    }

    /// Copies the other part's slot to its place here, and empties the slots that are skipped.
    @inline(__always)
    private func take(_ slot: Int, of other: SubTable, _ free: inout Int) -> Bool {
        other.prefetch(slot &+ 64)
        let key = other.key(at: slot)
        let home = home(of: key, in: settled)
        while free < home {
            clear(free)
            free &+= 1
        }
        guard free < settled.end &- 1 else { return false }
        write(key, at: free)
        write(other.firstEntry(at: slot), at: free)
        free &+= 1
        return true
    }

    /// Calls `body` with every slot that is in use, in the order of the keys.
    func forEachSlot(_ body: (Int) -> Void) {
        var old = next(settled.start, settled)
        var new = next(recent.start, recent)
        while old < settled.end || new < recent.end {
            let isOld = new == recent.end || old < settled.end && isBefore(old, new)
            body(isOld ? old : new)
            if isOld { old = next(old + 1, settled) } else { new = next(new + 1, recent) }
        }
    }

    private func isBefore(_ first: Int, _ second: Int) -> Bool {
        (tail(at: first), low(at: first)) < (tail(at: second), low(at: second))
    }

    /// The first slot in use from this one on; the range's end if there is none.
    @inline(__always)
    private func next(_ slot: Int, _ range: SlotRange) -> Int {
        var slot = slot
        while slot < range.end, tail(at: slot) == 0 { slot &+= 1 }
        return slot
    }
}
