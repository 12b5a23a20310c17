/// The states of consecutive numbers: added at one end, removed at the other.
struct PlaceStates: Sendable {
    private var states: ContiguousArray<PlaceState> = []
    /// How many at the front are removed already.
    private var removed = 0

    var count: Int { states.count - removed }

    subscript(index: Int) -> PlaceState {
        get { states[removed + index] }
        set { states[removed + index] = newValue }
    }

    mutating func append(_ state: PlaceState, count: Int = 1) {
        if count == 1 {
            states.append(state)
        } else {
            states.append(contentsOf: repeatElement(state, count: count))
        }
    }

    /// Removes the oldest; each is moved once at most, on average. An empty queue keeps little
    /// memory.
    mutating func removeFirst(_ count: Int) {
        removed += count
        guard removed > states.count / 2 else { return }
        if removed == states.count, states.capacity > Self.keptCapacity {
            states = []
        } else {
            states.removeFirst(removed)
        }
        removed = 0
    }

    private static var keptCapacity: Int { 4_096 }
}
