internal import Ledger
internal import LockFree
internal import Synchronization

/// What the senders of webhooks share with the rest of the gateway: the projector says that there
/// is something to send, the senders say how it goes. Rare, so a lock will do.
final class WebhookBoard: Sendable {
    /// Wakes the dispatcher.
    let bell: Doorbell
    /// How often what is to be sent, or to whom, has changed.
    private let changes = Atomic<Int>(0)
    private let progress = Mutex<[String: WebhookProgress]>([:])
    private let delivered = Atomic<UInt64>(0)
    private let givenUp = Atomic<UInt64>(0)
    private let failures = Atomic<UInt64>(0)

    init() throws(DoorbellError) {
        bell = try Doorbell()
    }

    /// Says that something has changed. The projector's call, behind the publication of the views.
    func change() {
        changes.add(1, ordering: .releasing)
        bell.ring()
    }

    /// Grows with each change.
    var version: Int { changes.load(ordering: .acquiring) }

    // MARK: The senders write

    func setProgress(_ new: WebhookProgress?, of webhook: String) {
        progress.withLock { $0[webhook] = new }
    }

    func count(_ outcome: WebhookDelivery.Outcome) {
        switch outcome {
        case .delivered: delivered.add(1, ordering: .relaxed)
        case .givenUp: givenUp.add(1, ordering: .relaxed)
        }
    }

    func countFailure() { failures.add(1, ordering: .relaxed) }

    // MARK: Anyone reads

    /// Of the event that is in hand; nil where it has not failed yet.
    func progress(of webhook: String) -> WebhookProgress? { progress.withLock { $0[webhook] } }

    /// Webhooks whose receivers did not take what was sent last.
    var failing: Int { progress.withLock { $0.count } }

    /// Deliveries that ended since the start.
    func deliveries(_ outcome: WebhookDelivery.Outcome) -> UInt64 {
        switch outcome {
        case .delivered: delivered.load(ordering: .relaxed)
        case .givenUp: givenUp.load(ordering: .relaxed)
        }
    }

    /// Attempts that failed since the start.
    var failedAttempts: UInt64 { failures.load(ordering: .relaxed) }
}
