/// What is to happen, by its time: a binary heap.
struct VirtualEvents {
    struct Event {
        let time: UInt64
        /// Among those of one moment.
        let number: UInt64
        let action: () -> Void

        fileprivate func isBefore(_ other: Event) -> Bool {
            (time, number) < (other.time, other.number)
        }
    }

    private var heap: [Event] = []
    private var inserted: UInt64 = 0

    mutating func insert(at time: UInt64, _ action: @escaping () -> Void) {
        inserted += 1
        heap.append(Event(time: time, number: inserted, action: action))
        var place = heap.count - 1
        while place > 0, heap[place].isBefore(heap[(place - 1) / 2]) {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    /// - Returns: nil where there is none up to `end`.
    mutating func removeFirst(before end: UInt64) -> Event? {
        guard let first = heap.first, first.time <= end else { return nil }
        heap[0] = heap[heap.count - 1]
        heap.removeLast()
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2]
            where child < heap.count && heap[child].isBefore(heap[least]) {
                least = child
            }
            if least == place { return first }
            heap.swapAt(place, least)
            place = least
        }
    }
}
