internal import Glibc
internal import LockFree
internal import Synchronization

/// How much the gateway is pushed, measured ten times a second.
///
/// It measures and tells; the fold decides. The level is published, and what the ladder must know
/// becomes a command: every change of the level, twice a second under strain and while the ladder
/// smooths an operation, once a second while it suspends one.
final class Pulse: Sendable {
    private let shared: Shared
    private let stopBell: Doorbell
    private let stopping = Atomic<Bool>(false)
    private let thread = Mutex<GatewayThread?>(nil)

    init(_ shared: Shared) throws {
        self.shared = shared
        stopBell = try Doorbell()
    }

    func start() throws(StartError) {
        let thread = try GatewayThread(name: "pulse") { self.run() }
        self.thread.withLock { $0 = thread }
    }

    func stop() {
        stopping.store(true, ordering: .releasing)
        stopBell.ring()
        thread.withLock { $0 }?.join()
    }

    private func run() {
        var loop = PulseLoop(shared)
        while !stopping.load(ordering: .acquiring) {
            stopBell.prepareToSleep()
            if !stopping.load(ordering: .acquiring) {
                stopBell.wait(timeoutNanoseconds: 100_000_000)
            }
            stopBell.wokeUp()
            loop.turn()
        }
        loop.finish()
        shared.heartbeats.pulseEnds()
    }
}
