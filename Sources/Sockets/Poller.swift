internal import CLinux
internal import Glibc

/// The kernel's list of descriptors that one loop watches: epoll, edge-triggered.
///
/// Everything is registered once, for both directions; no request costs an `epoll_ctl`. The price
/// is that whoever is told must remember it: a connection keeps `isReadable` until a read blocks.
@safe
package struct Poller: ~Copyable {
    private let poller: Descriptor
    /// Room for one wait's events; owned.
    private let events: UnsafeMutablePointer<linux_event>
    private var count = 0

    /// Events that one wait brings at most: where it brings as many, more may have happened.
    package static var eventsAtOnce: Int { Int(LINUX_EVENTS_AT_ONCE) }

    /// - Throws: ``SystemError`` where the machine has no descriptor for it.
    package init() throws(SystemError) {
        let number = linux_epoll_create()
        guard number >= 0 else { throw SystemError("epoll_create1", on: "an event loop") }
        poller = Descriptor(owning: number)
        unsafe events = UnsafeMutablePointer.allocate(capacity: Self.eventsAtOnce)
    }

    deinit {
        unsafe events.deallocate()
    }

    /// Watches a descriptor for as long as it is open.
    /// - Parameter token: comes back with each of its events.
    package func add(_ descriptor: Int32, token: EventToken) throws(SystemError) {
        let flags = LINUX_EPOLL_IN | LINUX_EPOLL_OUT | LINUX_EPOLL_READ_HANGUP | LINUX_EPOLL_EDGE
        guard linux_epoll_add(poller.number, descriptor, flags, token.word) == 0 else {
            throw SystemError("epoll_ctl", on: "descriptor \(descriptor)")
        }
    }

    /// Watches a descriptor whose readiness is read off each time: a listener.
    ///
    /// Where several loops watch the same socket, one connection wakes one of them, not all.
    package func addLevelTriggered(_ descriptor: Int32, token: EventToken) throws(SystemError) {
        let flags = LINUX_EPOLL_IN | LINUX_EPOLL_EXCLUSIVE
        guard linux_epoll_add(poller.number, descriptor, flags, token.word) == 0 else {
            throw SystemError("epoll_ctl", on: "descriptor \(descriptor)")
        }
    }

    /// Stops watching a descriptor that stays open.
    package func remove(_ descriptor: Int32) {
        // It fails only for a descriptor that is not watched, which is what was asked for.
        _ = linux_epoll_remove(poller.number, descriptor)
    }

    /// Waits until something happens or the time is over.
    /// - Parameter timeoutMilliseconds: -1 for as long as it takes.
    /// - Returns: how many events there are to read with ``event(_:)``.
    package mutating func wait(timeoutMilliseconds: Int32) -> Int {
        note(unsafe linux_epoll_wait(poller.number, events, timeoutMilliseconds))
    }

    /// The same for whoever has to be on time within less than a millisecond.
    /// - Parameter timeoutNanoseconds: -1 for as long as it takes.
    package mutating func wait(timeoutNanoseconds: Int64) -> Int {
        note(unsafe linux_epoll_wait_precisely(poller.number, events, timeoutNanoseconds))
    }

    /// Wakes the calling thread within microseconds of a timeout's end, in place of the 50 µs that
    /// the kernel may add to save wake-ups.
    package static func makeTimersPrecise() {
        // It fails on kernels without the call only, and then waits are as they were.
        _ = linux_precise_timers()
    }

    private mutating func note(_ found: Int32) -> Int {
        precondition(
            found >= 0 || errno == EINTR, "epoll_wait fails on a programmer's mistake only")
        count = max(Int(found), 0)
        return count
    }

    /// One of the events of the last wait.
    package func event(_ index: Int) -> Event {
        precondition(index >= 0 && index < count, "reads one of the last wait's events")
        let raw = unsafe events[index]
        return Event(token: EventToken(word: raw.token), flags: raw.flags)
    }

    /// Something that happened to a watched descriptor.
    package struct Event {
        package let token: EventToken
        let flags: UInt32

        /// There may be bytes, or the end of the stream.
        package var isReadable: Bool {
            flags
                & (LINUX_EPOLL_IN | LINUX_EPOLL_READ_HANGUP | LINUX_EPOLL_HANGUP
                    | LINUX_EPOLL_ERROR)
                != 0
        }

        package var isWritable: Bool { flags & LINUX_EPOLL_OUT != 0 }

        /// The peer has sent its last byte.
        package var hasHungUp: Bool { flags & LINUX_EPOLL_READ_HANGUP != 0 }

        /// Both directions are gone: nothing can be answered any more.
        package var isBroken: Bool { flags & (LINUX_EPOLL_HANGUP | LINUX_EPOLL_ERROR) != 0 }
    }
}
