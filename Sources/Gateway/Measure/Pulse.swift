internal import Glibc
internal import LockFree
internal import Threads

/// How much the gateway is pushed, measured ten times a second.
///
/// It measures and tells; the fold decides. The level is published, and what the ladder must know
/// becomes a command: every change of the level, twice a second under strain and while the ladder
/// smooths an operation, once a second while it suspends one.
final class Pulse: Sendable {
    private let shared: Shared
    private let note: StopNote?
    private let stopBell: Doorbell
    private let thread = StoppableThread()

    /// - Parameter note: a stop of the journal that the process before this one has noted.
    init(_ shared: Shared, after note: StopNote?) throws {
        self.shared = shared
        self.note = note
        stopBell = try Doorbell()
    }

    func start() throws(StartError) {
        try thread.start(as: "pulse") { self.run() }
    }

    func stop() {
        thread.stop { stopBell.ring() }
    }

    private func run() {
        var loop = PulseLoop(shared, after: note)
        while !thread.isStopping {
            stopBell.prepareToSleep()
            if !thread.isStopping {
                stopBell.wait(timeoutNanoseconds: 100_000_000)
            }
            stopBell.wokeUp()
            loop.turn()
        }
        loop.finish()
        shared.heartbeats.pulseEnds()
    }
}
