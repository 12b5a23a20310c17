/// The states of one loop's connections, by slot.
///
/// Memory for all slots is reserved at start and touched only as they come into use. What lies here
/// is changed in place: an array would ask at each change whether it is its storage's only owner,
/// a dozen times a request.
@safe
struct ConnectionStates: ~Copyable {
    /// One state a slot; owned, initialised up to `count`.
    private let states: UnsafeMutablePointer<ConnectionState>
    private let capacity: Int
    private var count = 0

    /// - Parameter capacity: slots, as in the table of links.
    init(capacity: Int) {
        precondition(capacity > 0, "a loop has slots")
        self.capacity = capacity
        unsafe states = UnsafeMutablePointer.allocate(capacity: capacity)
    }

    deinit {
        unsafe states.deallocate()
    }

    /// A connection has a slot: nothing of the former one's state stays.
    mutating func begin(_ slot: UInt32) {
        precondition(Int(slot) < capacity, "the slot is one of the table's")
        // Slots are given out one after the other, so those before it are nearly always in use.
        while count <= Int(slot) {
            unsafe (states + count).initialize(to: ConnectionState())
            count += 1
        }
        unsafe states[Int(slot)] = ConnectionState()
    }

    subscript(slot: UInt32) -> ConnectionState {
        get {
            precondition(Int(slot) < count, "the slot has been used")
            return unsafe states[Int(slot)]
        }
        _modify {
            precondition(Int(slot) < count, "the slot has been used")
            // Not by the pointer's subscript: Swift 6.3 cannot build that for the thread sanitizer.
            yield unsafe &(states + Int(slot)).pointee
        }
    }
}
