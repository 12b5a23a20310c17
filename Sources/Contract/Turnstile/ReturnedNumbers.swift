/// Called numbers that have come and found no token: the lowest goes first. A binary heap.
struct ReturnedNumbers: Sendable {
    private var numbers: ContiguousArray<UInt64> = []

    var count: Int { numbers.count }
    /// The lowest.
    var first: UInt64? { numbers.first }

    /// Adds a number that is not in it.
    mutating func insert(_ number: UInt64) {
        var index = numbers.count
        numbers.append(number)
        while index > 0 {
            let parent = (index - 1) / 2
            if numbers[parent] <= number { break }
            numbers[index] = numbers[parent]
            index = parent
        }
        numbers[index] = number
    }

    /// Removes the lowest; of none, does nothing.
    mutating func removeFirst() {
        guard let last = numbers.popLast(), !numbers.isEmpty else { return }
        var index = 0
        while true {
            var child = 2 * index + 1
            if child >= numbers.count { break }
            if child + 1 < numbers.count, numbers[child + 1] < numbers[child] { child += 1 }
            if last <= numbers[child] { break }
            numbers[index] = numbers[child]
            index = child
        }
        numbers[index] = last
    }
}
