internal import AdminClient
internal import Glibc
internal import Ledger
internal import LockFree
internal import Logging
internal import Projections
internal import Sockets
internal import Threads
internal import Time
internal import Webhooks

/// Sees that each webhook with something to send has a thread that sends it.
final class WebhookDispatcher: Sendable {
    private let shared: Shared
    private let connect: @Sendable (Catalogue.Webhook, Cancellation) throws -> WebhookPost
    private let thread = StoppableThread()

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

    func start() throws(StartError) {
        try thread.start(as: "webhooks") { self.run() }
    }

    /// Ends all threads, once they have recorded what they know.
    func stop() {
        thread.stop { shared.webhooks.bell.ring() }
    }

    private var isStopping: Bool { thread.isStopping }

    // MARK: The thread

    private func run() {
        let board = shared.webhooks
        var senders: [String: WebhookSender] = [:]
        var leaving: [WebhookSender] = []
        while !isStopping {
            let version = board.version
            let isComplete = dispatch(to: &senders, leaving: &leaving)
            board.bell.prepareToSleep()
            if board.version == version, !isStopping {
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
