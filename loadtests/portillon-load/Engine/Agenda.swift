/// What is to be done at a time, earliest first: a binary heap.
struct Agenda<Item> {
    private var heap: [(due: UInt64, item: Item)] = []

    var isEmpty: Bool { heap.isEmpty }
    /// Nanoseconds of the earliest; nil without any.
    var nextDue: UInt64? { heap.first?.due }

    mutating func add(_ item: Item, at due: UInt64) {
        heap.append((due, item))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].due < heap[parent].due else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes out the earliest if its time has come.
    mutating func popDue(now: UInt64) -> (due: UInt64, item: Item)? {
        guard let first = heap.first, first.due <= now else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return first
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var minimum = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].due < heap[minimum].due {
                minimum = child
            }
            guard minimum != parent else { return }
            heap.swapAt(parent, minimum)
            parent = minimum
        }
    }
}
