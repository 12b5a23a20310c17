internal import Counters
internal import Glibc
internal import Synchronization

/// How much the gateway is pushed, measured ten times a second.
///
/// It measures only: the level is published, in the metrics and the status, and nothing acts on it
/// yet. Levels rise at once and fall after a calm while, so that they do not flicker.
final class Pulse: Sendable {
    private let shared: Shared
    private let stopBell: Doorbell
    private let stopping = Atomic<Bool>(false)
    private let thread = Mutex<GatewayThread?>(nil)

    init(_ shared: Shared) throws {
        self.shared = shared
        stopBell = try Doorbell()
    }

    func start() {
        let thread = GatewayThread(name: "pulse") { self.run() }
        self.thread.withLock { $0 = thread }
    }

    func stop() {
        stopping.store(true, ordering: .releasing)
        stopBell.ring()
        thread.withLock { $0 }?.join()
    }

    private func run() {
        var meter = PressureMeter(shared)
        while !stopping.load(ordering: .acquiring) {
            stopBell.prepareToSleep()
            if !stopping.load(ordering: .acquiring) {
                stopBell.wait(timeoutNanoseconds: 100_000_000)
            }
            stopBell.wokeUp()
            meter.sample()
            // Time goes on for the sequencer too: it looks whether the disk has room again.
            shared.sequencerBell.ring()
            for lane in shared.lanes { lane.post(.ping(LoopClock.monotonicNanoseconds())) }
        }
    }
}
