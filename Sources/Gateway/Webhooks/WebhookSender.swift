internal import AdminClient
internal import LockFree
internal import Threads

/// The thread that sends to one webhook: so a receiver that is slow, or down, holds up nobody
/// else's events.
final class WebhookSender: Sendable {
    private let turns: ThreadHandover<WebhookTurns>
    private let shared: Shared
    private let cancellation: Cancellation
    private let bell: Doorbell
    private let thread = StoppableThread()

    /// - Parameter connect: makes what sends to the receiver; asked again after it failed.
    init(
        _ webhook: String, _ shared: Shared,
        connect: @escaping @Sendable (Cancellation) throws -> WebhookPost
    ) throws {
        let cancellation = Cancellation()
        let bell = try Doorbell()
        self.shared = shared
        self.cancellation = cancellation
        self.bell = bell
        turns = ThreadHandover(
            WebhookTurns(webhook, shared, bell: bell, cancellation) { try connect(cancellation) })
    }

    func start() throws(StartError) {
        try thread.start(as: "webhook") { self.run() }
    }

    /// Says that there may be something to send.
    func wake() { bell.ring() }

    /// Ends the thread soon: a request in progress is given up, outcomes are recorded.
    func end() {
        cancellation.cancel()
        bell.ring()
    }

    var hasEnded: Bool { thread.hasEnded }

    /// Waits for the thread's end.
    func join() { thread.join() }

    private func run() {
        var turns = self.turns.receive()
        while true {
            let version = shared.webhooks.version
            switch turns.turn() {
            case .goesOn: continue
            case .waits(let nanoseconds): sleep(unlessChangedSince: version, nanoseconds)
            case .ends: return
            }
        }
    }

    private func sleep(unlessChangedSince version: Int, _ nanoseconds: Int64?) {
        bell.prepareToSleep()
        if shared.webhooks.version == version, !cancellation.isCancelled {
            bell.wait(timeoutNanoseconds: nanoseconds)
        }
        bell.wokeUp()
    }
}
