internal import Glibc
internal import Synchronization

/// Wakes one thread from others, without a system call while it is awake.
///
/// The consumer sleeps in the kernel, on a pipe, but says so first, in a flag. A producer that
/// finds the flag down knows that the consumer will look at its rings again by itself.
///
/// ```
/// consumer                               producer
/// C1  prepareToSleep(): flag = 1         P1  push onto the ring (tail, releasing)
/// C2  fence, sequentially consistent     P2  ring(): fence, sequentially consistent
/// C3  look at the rings again            P3  flag is 1? exchange it for 0 …
/// C4  empty: wait() or epoll_wait        P4  … and whoever got the 1 writes one byte
/// C5  wokeUp(): flag = 0; take the bytes
/// C6  read the rings
/// ```
///
/// **No wake-up is lost.** Lost would mean: C3 does not see the record of P1 *and* P3 does not see
/// the flag of C1. But the two fences have one order that both threads agree on. If C2 comes first,
/// then what was stored before it (the flag) is visible to what is loaded after P2, so P3 sees it.
/// If P2 comes first, the tail of P1 is visible after C2, so C3 sees the record. Without the fences
/// both may miss: each core may load the other's word before its own store has left for the cache,
/// and no acquire or release forbids that.
///
/// **Two producers.** One of them gets the 1 and writes; the other goes on at once. Its record was
/// pushed before, and the consumer, awake or about to be woken, reads the rings next.
///
/// **No byte is lost or left.** Each flag that a producer took down is one byte, written or about
/// to be. The consumer learns at C5, by an exchange of its own, whether its flag was taken down, so
/// it knows how many bytes it is owed, reads only when there are some, and keeps asking for one
/// whose producer was held up between P3 and P4. Such a late byte wakes it for nothing, once, which
/// is allowed. Bytes taken at C5 take no notice away from a later sleep: they were written after a
/// push, and C6 comes after.
package final class Doorbell: Sendable {
    private let words = AtomicWords(count: 2 * AtomicWords.apartWords)

    /// 1 from C1 until a producer or C5 takes it down. On a line of its own.
    private static let sleeping = 0
    /// The consumer's own: whether it set the flag and has not woken since; bytes it is owed.
    private static let isPrepared = AtomicWords.apartWords
    private static let owed = AtomicWords.apartWords + 1

    /// Readable when rung, until ``wokeUp()``: to watch in an epoll loop. Edge-triggered will do:
    /// each byte that is written is an event.
    /// Closed by `deinit`, as is the other end.
    package let descriptor: Int32
    private let writeEnd: Int32

    /// - Throws: ``DoorbellError`` if the process or the system has no descriptor left.
    package init() throws(DoorbellError) {
        var ends: (read: Int32, write: Int32) = (-1, -1)
        let made = unsafe withUnsafeMutableBytes(of: &ends) { raw in
            unsafe pipe(raw.bindMemory(to: Int32.self).baseAddress)
        }
        guard made == 0 else { throw DoorbellError(code: errno) }
        descriptor = ends.read
        writeEnd = ends.write
        for end in [ends.read, ends.write] {
            // These cannot fail on an open descriptor.
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
    }

    deinit {
        _ = close(descriptor)
        _ = close(writeEnd)
    }

    // MARK: The producers' side

    /// Wakes the consumer if it sleeps. Any thread may call it, after it has published, and once
    /// for as many records as it likes. It costs a fence and a load while the consumer is awake.
    package func ring() {
        atomicMemoryFence(ordering: .sequentiallyConsistent)  // P2
        guard words.relaxed(Self.sleeping) == 1 else { return }
        // P3. No order of its own is needed: the byte is what wakes, and the kernel orders its
        // writing before its reading.
        guard words.exchange(relaxed: 0, at: Self.sleeping) == 1 else { return }
        // P4. A pipe holds thousands of bytes and the consumer takes each; were it full all the
        // same, then it would be readable, which is what is wanted.
        var byte: UInt8 = 1
        _ = unsafe write(writeEnd, &byte, 1)
    }

    /// Whether the consumer sleeps, or is about to. Any thread may ask; the answer is of a moment
    /// ago, but for one who has passed a fence since: ``prepareToSleep()`` of a bell of its own.
    package var isAwaited: Bool { words.relaxed(Self.sleeping) == 1 }

    // MARK: The consumer's side

    /// Says that the consumer is about to sleep. It must look at everything it may be rung for
    /// after this and before it blocks.
    package func prepareToSleep() {
        words.store(relaxed: 1, at: Self.isPrepared)
        words.store(relaxed: 1, at: Self.sleeping)  // C1
        atomicMemoryFence(ordering: .sequentiallyConsistent)  // C2
    }

    /// Says that the consumer is awake, whatever woke it, or that it did not sleep after all.
    /// Read the rings after this.
    package func wokeUp() {
        guard words.relaxed(Self.isPrepared) == 1 else { return }
        words.store(relaxed: 0, at: Self.isPrepared)
        if words.exchange(relaxed: 0, at: Self.sleeping) == 0 {  // C5
            words.ownerAdd(1, at: Self.owed)
        }
        let owed = words.relaxed(Self.owed)
        if owed > 0 { words.store(relaxed: owed - min(owed, drainBytes()), at: Self.owed) }
    }

    /// Blocks until rung, or until the time is over, or a signal came: look at the rings in any
    /// case. To be called between ``prepareToSleep()`` and ``wokeUp()``.
    ///
    /// - Parameter timeoutNanoseconds: nil waits for ever; 0 or less does not wait. It is rounded
    ///   up to a whole millisecond, which is poll's grain, and down to 24 days.
    /// - Returns: whether it was rung.
    @discardableResult
    package func wait(timeoutNanoseconds: Int64? = nil) -> Bool {
        var timeout: Int32 = -1
        if let nanoseconds = timeoutNanoseconds.map({ max($0, 0) }) {
            let isPart = nanoseconds % 1_000_000 > 0
            timeout = Int32(clamping: nanoseconds / 1_000_000 + (isPart ? 1 : 0))
        }
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&entry, 1, timeout) > 0
    }

    private func drainBytes() -> UInt64 {
        var bytes: UInt64 = 0
        let count = unsafe read(descriptor, &bytes, 8)
        // Fewer than it is owed (then -1, EAGAIN): the producer has not come to its write yet.
        return UInt64(max(count, 0))
    }
}

/// The kernel's reason why a ``Doorbell`` could not be made.
package struct DoorbellError: Error, Equatable {
    /// `errno`: EMFILE or ENFILE.
    package let code: Int32
}
