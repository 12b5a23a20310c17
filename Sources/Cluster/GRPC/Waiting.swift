internal import Glibc

/// How long a thread waits for a server, and what it does meanwhile.
package struct Waiting {
    private let deadline: ContinuousClock.Instant
    /// Called at least ten times a second: heartbeats, deadlines of what is held.
    private let meanwhile: () -> Void
    private let last = Last()

    /// When ``meanwhile`` was called last, or the wait began.
    private final class Last {
        var calledAt = ContinuousClock.now
    }

    /// The most that one wait takes before ``meanwhile`` is called again.
    private static let sliceMilliseconds = 100

    /// - Parameter seconds: from now on; none below 0, an hour at most.
    package init(seconds: Double, meanwhile: @escaping () -> Void = {}) {
        deadline = .now + .seconds(min(max(seconds, 0), 3_600))
        self.meanwhile = meanwhile
    }

    package var isOver: Bool { deadline <= .now }

    var leftSeconds: Double { max(ContinuousClock.now.duration(to: deadline) / .seconds(1), 0) }

    /// Waits for one of several parts of what is left.
    func part(of parts: Int) -> Waiting {
        Waiting(seconds: leftSeconds / Double(parts), meanwhile: meanwhile)
    }

    /// Waits for one of the events, or an error.
    /// - Parameter other: ends the wait too when it can be read; nil for none.
    /// - Returns: false where time is over, also where something comes again and again.
    func forEvents(_ events: Int16, of descriptor: Int32, orInput other: Int32? = nil) -> Bool {
        // Poll passes over a descriptor below 0.
        var entries: (pollfd, pollfd) = (
            pollfd(fd: descriptor, events: events, revents: 0),
            pollfd(fd: other ?? -1, events: Int16(POLLIN), revents: 0)
        )
        while true {
            let wasOver = isOver
            // A signal ends it early, which is as good as a slice that is over.
            let ready = unsafe withUnsafeMutableBytes(of: &entries) { raw in
                unsafe poll(raw.bindMemory(to: pollfd.self).baseAddress, 2, slice)
            }
            if ready > 0 {
                callWhereDue()
                return !wasOver
            }
            if isOver { return false }
            call()
        }
    }

    /// Whether time is left. To be asked where a thread goes on without a wait.
    func goesOn() -> Bool {
        callWhereDue()
        return !isOver
    }

    /// Lets a moment pass.
    /// - Returns: false where time is over.
    func rest(milliseconds: Int32) -> Bool {
        _ = poll(nil, 0, milliseconds)
        return goesOn()
    }

    /// Lets the time pass.
    package func pass() {
        while !isOver {
            _ = poll(nil, 0, slice)
            call()
        }
    }

    private func call() {
        last.calledAt = .now
        meanwhile()
    }

    /// What comes every moment ends each wait early, and must not keep ``meanwhile`` from its turn.
    private func callWhereDue() {
        guard .now - last.calledAt >= .milliseconds(Self.sliceMilliseconds) else { return }
        call()
    }

    private var slice: Int32 {
        let left = ContinuousClock.now.duration(to: deadline)
        if left <= .zero { return 0 }
        return Int32(min(Int64(left / .milliseconds(1)) + 1, Int64(Self.sliceMilliseconds)))
    }
}
