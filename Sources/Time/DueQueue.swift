/// What comes due by time, the earliest first: a binary heap that knows where each member is.
///
/// Members are small indices, as of operations. Those that are due at the same time follow each
/// other in the order of their indices, so the order is the same on every machine. A change costs
/// O(log n); whether anything is due costs one comparison, however many members there are.
package struct DueQueue: Sendable {
    /// Each member is due no later than its children, at 2i + 1 and 2i + 2.
    private var heap: ContiguousArray<UInt32> = []
    /// By member: its index in the heap; negative where it is not due at all.
    private var positions: ContiguousArray<Int32> = []
    /// By member: when it is due; stale where it is not due at all.
    private var times: ContiguousArray<Int64> = []
    /// When the first member is due, in milliseconds; the end of the range if none is.
    package private(set) var next: Int64 = .max
    /// Comparisons of two members so far: work that a test can count.
    package private(set) var comparisons: UInt64 = 0

    package init() {}

    /// The member that is due first.
    package var first: UInt32? { heap.first }

    package var count: Int { heap.count }

    /// When a member is due; `nil` if it is not due at all.
    package func time(of member: UInt32) -> Int64? {
        position(of: member) < 0 ? nil : times[Int(member)]
    }

    /// Sets when a member is due, in milliseconds; `nil`, and the end of the range: not at all.
    package mutating func set(_ member: UInt32, to time: Int64?) {
        let time = time == .max ? nil : time
        let position = Int(position(of: member))
        if let time {
            if position < 0 {
                insert(member, at: time)
            } else {
                times[Int(member)] = time
                settle(position)
            }
        } else if position >= 0 {
            remove(at: position)
        }
        next = heap.first.map { times[Int($0)] } ?? .max
    }

    private func position(of member: UInt32) -> Int32 {
        Int(member) < positions.count ? positions[Int(member)] : -1
    }

    private mutating func insert(_ member: UInt32, at time: Int64) {
        while positions.count <= Int(member) {
            positions.append(-1)
            times.append(.max)
        }
        times[Int(member)] = time
        positions[Int(member)] = Int32(heap.count)
        heap.append(member)
        settle(heap.count - 1)
    }

    private mutating func remove(at position: Int) {
        let last = heap.count - 1
        if position != last { exchange(position, last) }
        positions[Int(heap.removeLast())] = -1
        if position != last { settle(position) }
    }

    /// Moves the member at this index to where it belongs.
    private mutating func settle(_ position: Int) {
        var position = position
        while position > 0, isBefore(position, (position - 1) / 2) {
            exchange(position, (position - 1) / 2)
            position = (position - 1) / 2
        }
        while true {
            var earliest = position
            for child in (2 * position + 1)..<(2 * position + 3)
            where child < heap.count && isBefore(child, earliest) {
                earliest = child
            }
            if earliest == position { return }
            exchange(position, earliest)
            position = earliest
        }
    }

    private mutating func isBefore(_ one: Int, _ other: Int) -> Bool {
        comparisons &+= 1
        let (one, other) = (heap[one], heap[other])
        return (times[Int(one)], one) < (times[Int(other)], other)
    }

    private mutating func exchange(_ one: Int, _ other: Int) {
        heap.swapAt(one, other)
        positions[Int(heap[one])] = Int32(one)
        positions[Int(heap[other])] = Int32(other)
    }
}
