import Dispatch
import Threads

/// A thread of a ``VirtualWorld``: a real one, which runs only while it has the world's turn.
final class VirtualThread: @unchecked Sendable {
    // `@unchecked Sendable`: used by whoever has the world's turn.

    private let world: VirtualWorld
    private let go = DispatchSemaphore(value: 0)
    /// Waits so far: what would end an earlier one does nothing.
    private var waits: UInt64 = 0
    private var isWaiting = false
    private var mayBeWoken = false
    private(set) var hasEnded = true
    /// Carries out what has this thread go on; a node that stands still does so later.
    private var deliver: (@escaping () -> Void) -> Void = { $0() }

    init(_ world: VirtualWorld) {
        self.world = world
    }

    /// Begins, once.
    /// - Parameter deliver: carries out what has it go on.
    /// - Throws: `ThreadFailure`.
    func start(
        _ deliver: @escaping (@escaping () -> Void) -> Void,
        _ body: @escaping @Sendable () -> Void
    ) throws {
        self.deliver = deliver
        hasEnded = false
        isWaiting = true
        _ = try SystemThread(name: "virtual") { [self] in
            go.wait()
            body()
            hasEnded = true
            self.deliver = { $0() }
            world.takeTurn()
        }
        resume(at: world.now)
    }

    /// Waits; to be called by this thread.
    /// - Parameters:
    ///   - time: the end of the wait.
    ///   - orWoken: whether ``wake()`` ends it before.
    func wait(until time: UInt64, orWoken: Bool = false) {
        waits += 1
        isWaiting = true
        mayBeWoken = orWoken
        resume(at: time)
        world.takeTurn()
        go.wait()
    }

    func wait(seconds: Double) { wait(until: world.now + UInt64(seconds * 1e9)) }

    /// Ends the wait, where that may be.
    func wake() {
        if isWaiting, mayBeWoken { resume(at: world.now) }
    }

    /// Ends any wait: its process has ended.
    func interrupt() {
        if isWaiting { resume(at: world.now) }
    }

    private func resume(at time: UInt64) {
        let number = waits
        world.at(time) { [weak self] in
            guard let self else { return }
            deliver { self.proceed(from: number) }
        }
    }

    private func proceed(from number: UInt64) {
        if isWaiting, waits == number { world.giveTurn(to: self) }
    }

    /// The world's call, which then waits for its turn.
    func proceed() {
        isWaiting = false
        go.signal()
    }

    /// Goes on now, whatever it waits for.
    func proceedAtOnce() {
        if isWaiting { world.giveTurn(to: self) }
    }
}
