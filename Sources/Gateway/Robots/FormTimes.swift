/// When each connection's first request for its next entry came: how long a person took for the
/// form is the time from then to the entry. One loop's, by slot; 4 bytes a connection.
///
/// A page asks what the operation demands when it is opened, and a browser asks whether it may send
/// the entry (a preflight). A program that posts and nothing else asks neither.
struct FormTimes: ~Copyable {
    /// In milliseconds of the monotonic clock, which start anew after 49 days; 0 where no request
    /// has come.
    private var firstRequests: ContiguousArray<UInt32> = []

    /// - Parameter capacity: slots, as in the table of links.
    init(capacity: Int) {
        firstRequests.reserveCapacity(capacity)
    }

    /// A connection has a slot: nothing of the former one's stays.
    mutating func begin(_ slot: UInt32) {
        // Slots are given out one after the other, so those before it are nearly always in use.
        while firstRequests.count <= Int(slot) { firstRequests.append(0) }
        firstRequests[Int(slot)] = 0
    }

    /// A request that an entry follows; the first one counts.
    mutating func record(_ slot: UInt32, at nanoseconds: UInt64) {
        guard Int(slot) < firstRequests.count, firstRequests[Int(slot)] == 0 else { return }
        firstRequests[Int(slot)] = Self.milliseconds(nanoseconds)
    }

    /// Milliseconds since the first request, 1 at least; 0 where none has come.
    func elapsed(_ slot: UInt32, at nanoseconds: UInt64) -> UInt32 {
        guard Int(slot) < firstRequests.count, firstRequests[Int(slot)] != 0 else { return 0 }
        return max(Self.milliseconds(nanoseconds) &- firstRequests[Int(slot)], 1)
    }

    /// The entry is on its way: the next one begins with another request. One that is refused for
    /// its form comes again when the form is right, and its time goes on.
    mutating func end(_ slot: UInt32) {
        guard Int(slot) < firstRequests.count else { return }
        firstRequests[Int(slot)] = 0
    }

    private static func milliseconds(_ nanoseconds: UInt64) -> UInt32 {
        max(UInt32(truncatingIfNeeded: nanoseconds / 1_000_000), 1)
    }
}
