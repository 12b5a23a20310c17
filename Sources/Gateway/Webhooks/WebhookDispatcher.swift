internal import AdminClient
internal import Glibc
internal import Ledger
internal import LockFree
internal import Logging
internal import Projections
internal import Sockets
internal import Synchronization
internal import Threads
internal import Time
internal import Webhooks

/// Sees that each webhook with something to send has a thread that sends it.
final class WebhookDispatcher: Sendable {
    private let shared: Shared
    private let connect: @Sendable (Catalogue.Webhook, Cancellation) throws -> WebhookPost
    private let state = Mutex(State())

    /// How long the end may wait for requests in progress; they are broken off, but a lookup of a
    /// host's name cannot be.
    private static var endNanoseconds: UInt64 { 3_000_000_000 }
    private static var retryNanoseconds: Int64 { 1_000_000_000 }

    /// - Parameter authorities: see ``Gateway/Configuration/webhookAuthorities``.
    init(_ shared: Shared, _ control: Control, authorities: String?) {
        self.shared = shared
        let timeoutSeconds = shared.limits.webhookTimeoutSeconds
        connect = { webhook, cancellation in
            let url = try WebhookURL(webhook.url)
            let signer = try control.webhookSigner(webhook.id)
            return try WebhookPost(
                url, signer, authorities: authorities, timeoutSeconds: timeoutSeconds,
                cancellation)
        }
    }

    /// Whether the file of authorities is as it must be.
    /// - Throws: ``StartError`` naming it.
    static func check(authorities: String?) throws(StartError) {
        guard let authorities else { return }
        do throws(TLSFileError) {
            _ = try TLSClientContext(authorities: authorities, now: Int64(time(nil)))
        } catch {
            throw .configuration("webhooks.ca: \(error)")
        }
    }

    private struct State {
        /// The one that runs, or the last one.
        var thread = StoppableThread()
        var isRunning = false
        /// Whether another one runs after its end.
        var mayStart = true
    }

    /// Begins to send, or goes on after a ``pause()``; nothing where it does already, or after a
    /// ``stop()``.
    func start() throws(StartError) {
        let fresh = state.withLock { state -> StoppableThread? in
            guard state.mayStart, !state.isRunning else { return nil }
            state.isRunning = true
            state.thread = StoppableThread()
            return state.thread
        }
        guard let fresh else { return }
        do throws(StartError) {
            try fresh.start(as: "webhooks") { self.run(until: fresh) }
        } catch {
            state.withLock { $0.isRunning = false }
            throw error
        }
    }

    /// Ends all threads, once they have recorded what they know.
    func pause() {
        let thread = state.withLock { $0.thread }
        thread.stop { shared.webhooks.bell.ring() }
        state.withLock { state in
            if state.thread === thread { state.isRunning = false }
        }
    }

    /// The same, for good.
    func stop() {
        state.withLock { $0.mayStart = false }
        pause()
    }

    // MARK: The thread

    private func run(until thread: StoppableThread) {
        let board = shared.webhooks
        var senders: [String: WebhookSender] = [:]
        var leaving: [WebhookSender] = []
        while !thread.isStopping {
            let version = board.version
            let isComplete = dispatch(to: &senders, leaving: &leaving)
            board.bell.prepareToSleep()
            if board.version == version, !thread.isStopping {
                board.bell.wait(timeoutNanoseconds: isComplete ? nil : Self.retryNanoseconds)
            }
            board.bell.wokeUp()
        }
        end(leaving + senders.values)
    }

    /// Starts, wakes and ends senders, as the views want them now.
    /// - Returns: false where a thread could not be started.
    private func dispatch(
        to senders: inout [String: WebhookSender], leaving: inout [WebhookSender]
    ) -> Bool {
        let state = shared.projected
        let active = state.catalogue.webhooks.filter(\.isActive)
        for id in Set(senders.keys).subtracting(active.map(\.id)) {
            guard let sender = senders.removeValue(forKey: id) else { continue }
            sender.end()
            leaving.append(sender)
        }
        leaving.removeAll { sender in
            guard sender.hasEnded else { return false }
            sender.join()
            return true
        }
        var isComplete = true
        for webhook in active where state.webhooks.pendingCount(of: webhook.id) > 0 {
            if let sender = senders[webhook.id] {
                sender.wake()
                continue
            }
            do {
                let sender = try makeSender(webhook)
                try sender.start()
                senders[webhook.id] = sender
            } catch {
                shared.logger.error(
                    "cannot start a thread that sends to a webhook; trying again",
                    metadata: ["webhook_id": "\(webhook.id)", "reason": "\(error)"])
                isComplete = false
            }
        }
        return isComplete
    }

    private func makeSender(_ webhook: Catalogue.Webhook) throws -> WebhookSender {
        let connect = connect
        return try WebhookSender(webhook.id, shared) { try connect(webhook, $0) }
    }

    /// Ends senders; one whose lookup hangs is left to the end of the process.
    private func end(_ senders: [WebhookSender]) {
        for sender in senders { sender.end() }
        let start = shared.clock.monotonicNanoseconds()
        while senders.contains(where: { !$0.hasEnded }),
            shared.clock.monotonicNanoseconds() - start < Self.endNanoseconds
        {
            usleep(5_000)
        }
        for sender in senders where sender.hasEnded { sender.join() }
    }
}
