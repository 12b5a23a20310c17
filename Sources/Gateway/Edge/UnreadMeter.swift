/// How long the bytes of a loop's requests lay in the kernel before they were read. Owned by the
/// loop.
///
/// It costs an addition a request where nothing waited.
struct UnreadMeter {
    /// When the bytes that are read now arrived, in nanoseconds of the monotonic clock;
    /// ``unwaited`` where they did not wait.
    var arrivedAt = unwaited
    /// Whether the connection that is read now is of an operation that is held back. What it waits
    /// behind others is what holding back means, and no sign of strain.
    private var isHeldBack = false
    /// Requests since the last ``flush()`` that did not wait.
    private var unwaitedRequests: UInt64 = 0

    private let instruments: Instruments
    private let lane: Int
    /// Whether they are entries, or come beside them: what operators ask for is not counted.
    private let isPublic: Bool

    static var unwaited: UInt64 { .max }

    init(_ instruments: Instruments, _ kind: ListenerKind, lane: Int) {
        self.instruments = instruments
        self.lane = lane
        isPublic = kind == .public
    }

    /// What is read from here on arrived then.
    mutating func begin(arrivedAt nanoseconds: UInt64, isHeldBack: Bool) {
        arrivedAt = nanoseconds
        self.isHeldBack = isHeldBack
    }

    /// A request has been read.
    /// - Returns: how long its bytes lay unread, in nanoseconds.
    mutating func record(at now: UInt64) -> UInt64 {
        let wait = now &- min(arrivedAt, now)
        if wait == 0 {
            unwaitedRequests &+= 1
        } else if isPublic {
            instruments.recordUnreadWait(
                nanoseconds: wait, isHeldBack: isHeldBack, lane: lane)
        }
        return wait
    }

    /// Records those that did not wait; called ten times a second.
    mutating func flush() {
        if unwaitedRequests > 0, isPublic {
            instruments.recordUnwaited(unwaitedRequests, lane: lane)
        }
        unwaitedRequests = 0
    }
}
