/// Operations in the order in which they changed, each once.
struct ChangedOperations {
    private var order: [UInt32] = []
    private var members: Set<UInt32> = []

    mutating func append(_ operation: UInt32) {
        if members.insert(operation).inserted { order.append(operation) }
    }

    /// Takes so many at most, those that have been in longest.
    mutating func take(_ maximum: Int) -> [UInt32] {
        let taken = Array(order.prefix(maximum))
        order.removeFirst(taken.count)
        members.subtract(taken)
        return taken
    }
}
