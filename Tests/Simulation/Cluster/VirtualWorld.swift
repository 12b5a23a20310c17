import Dispatch

/// Virtual time for several threads, of which one runs at a time: so a run can be had again by its
/// seed, and real code may wait in the middle of what it does.
///
///     at(time) ─► event ─► carried out by whoever calls run()
///                      └─► or a thread goes on, until it waits again or ends
///
/// Events of one moment come in the order in which they were asked for.
final class VirtualWorld: @unchecked Sendable {
    // `@unchecked Sendable`: what is here is used by whichever thread has the turn; the turn goes
    // from one to the other by semaphores.

    /// Nanoseconds.
    private(set) var now: UInt64 = 1_000_000_000
    private var events = VirtualEvents()
    /// Given back by a thread that waits or ends.
    private let turn = DispatchSemaphore(value: 0)
    private var threads: [VirtualThread] = []

    /// - Parameter time: nanoseconds; now where that is past.
    func at(_ time: UInt64, _ action: @escaping () -> Void) {
        events.insert(at: max(time, now), action)
    }

    func after(milliseconds: Int, _ action: @escaping () -> Void) {
        at(now + UInt64(milliseconds) * 1_000_000, action)
    }

    /// Lets time go on up to a moment, or until something holds.
    func run(until end: UInt64, or isOver: () -> Bool = { false }) {
        while !isOver(), let event = events.removeFirst(before: end) {
            now = event.time
            event.action()
        }
        if !isOver() { now = max(now, end) }
        threads.removeAll { $0.hasEnded }
    }

    /// A thread of this world, which begins with ``VirtualThread/start(_:_:)``.
    func makeThread() -> VirtualThread {
        let thread = VirtualThread(self)
        threads.append(thread)
        return thread
    }

    /// Has a thread go on, and waits until it waits again or ends.
    func giveTurn(to thread: VirtualThread) {
        thread.proceed()
        turn.wait()
    }

    /// A thread waits, or ends: the caller goes on.
    func takeTurn() { turn.signal() }

    /// Ends all threads: whatever they wait for does not come any more.
    /// - Precondition: what they run ends where it is told that its process has.
    func end() {
        events = VirtualEvents()
        for _ in 0..<10_000 where !threads.isEmpty {
            for thread in threads { thread.proceedAtOnce() }
            threads.removeAll { $0.hasEnded }
        }
        precondition(threads.isEmpty, "a thread of a process that has ended ends")
        events = VirtualEvents()
    }
}
