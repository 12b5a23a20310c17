internal import AdminClient
internal import Cluster
internal import Cryptography
internal import Ledger
internal import LockFree
internal import Logging
internal import Projections
internal import Synchronization
internal import Time
internal import Webhooks

/// What one sender does, turn by turn: the next event of its webhook, in the order of the log,
/// until its receiver has taken it or the time for it is over; then its outcome, on record with
/// others. Owned by the sender's thread.
///
/// An event is in the outbox until its outcome is on record, so a process that ends in between
/// leaves it to the next one, which sends it again under the same id.
struct WebhookTurns: ~Copyable, Sendable {
    /// What a turn comes to.
    enum Step: Equatable {
        case goesOn
        /// Nothing is to be done for so many nanoseconds, or until something changes; nil: until
        /// then alone.
        case waits(Int64?)
        /// Nothing is sent to this webhook any more.
        case ends
    }

    private let webhook: String
    private let shared: Shared
    /// Wakes the thread.
    private let bell: Doorbell
    private let cancellation: Cancellation
    private let connect: @Sendable () throws -> WebhookPost
    private let backoff: WebhookBackoff
    /// Nil before the first request, and where it could not be made.
    private var post: WebhookPost?

    /// The record of the last event that ended, on record or not.
    private var lastEnded: UInt64 = 0
    /// How those ended that are not on record yet, and since when there is one.
    private var outcomes: [WebhookDelivery] = []
    private var outcomesSince: UInt64 = 0
    /// The record of the event in hand, and the requests that were sent for it.
    private var inHand: UInt64 = 0
    private var attempts: UInt32 = 0
    /// When the next one is due; nanoseconds of the monotonic clock, as all times here.
    private var nextAttemptAt: UInt64 = 0
    /// Since when the receiver has taken nothing; nil while it does.
    private var failingSince: UInt64?

    /// Outcomes are on record a second later at the latest.
    private static var outcomeNanoseconds: UInt64 { 1_000_000_000 }
    /// Where they cannot be: until the next attempt at it.
    private static var retryNanoseconds: Int64 { 1_000_000_000 }
    /// A leader proves its office five times a second; until the next look at it.
    private static var proofNanoseconds: Int64 { 100_000_000 }
    /// How long the thread's end may wait for the last of them.
    private static var endNanoseconds: UInt64 { 2_000_000_000 }
    /// For so long a receiver must have failed this process before an event, however old, is given
    /// up: one that was behind while the gateway was stopped is not to blame.
    private static var failingSeconds: Int { 3_600 }

    init(
        _ webhook: String, _ shared: Shared, bell: Doorbell, _ cancellation: Cancellation,
        connect: @escaping @Sendable () throws -> WebhookPost
    ) {
        self.webhook = webhook
        self.shared = shared
        self.bell = bell
        self.cancellation = cancellation
        self.connect = connect
        backoff = WebhookBackoff(maximum: shared.limits.webhookBackoffSeconds)
    }

    /// Does what is next.
    mutating func turn() -> Step {
        let state = shared.projected
        let isActive = state.catalogue.webhook(webhook)?.isActive ?? false
        guard isActive, !cancellation.isCancelled else {
            _ = recordOutcomes()
            shared.webhooks.setProgress(nil, of: webhook)
            return .ends
        }
        let now = shared.clock.monotonicNanoseconds()
        if mustRecord(at: now) { return recordOutcomes() }
        guard let message = state.webhooks.next(for: webhook, after: lastEnded) else {
            return outcomes.isEmpty ? .waits(nil) : recordOutcomes()
        }
        if message.record != inHand { begin(message) }
        if isTooFarBehind(state.webhooks) {
            shared.logger.error(
                "webhook: too many events wait; the oldest is given up",
                metadata: metadata(message))
            end(message, .givenUp, status: nil)
            return .goesOn
        }
        if nextAttemptAt > now {
            guard outcomes.isEmpty else { return recordOutcomes() }
            return .waits(Int64(clamping: nextAttemptAt - now))
        }
        // Another node may send it already, that has taken over.
        guard hasOffice else { return .waits(Self.proofNanoseconds) }
        attempt(message)
        return .goesOn
    }

    /// Whether what goes out is this node's to send: always of a gateway that is alone; in a
    /// cluster while it leads, and the log was its own half a second ago or later.
    private var hasOffice: Bool {
        guard let cluster = shared.cluster else { return true }
        return cluster.state == .leading && cluster.isProven(at: shared.clock.elapsedNanoseconds())
    }

    private func isTooFarBehind(_ outbox: WebhookOutbox) -> Bool {
        outbox.pendingCount(of: webhook) - outcomes.count > WebhookOutbox.maximumPending
    }

    // MARK: One event

    private mutating func begin(_ message: WebhookMessage) {
        inHand = message.record
        attempts = 0
        nextAttemptAt = 0
    }

    private mutating func attempt(_ message: WebhookMessage) {
        attempts += 1
        switch send(message) {
        case .answered(let status, _) where (200...299).contains(status):
            end(message, .delivered, status: status)
        case .answered(410, _):
            shared.logger.error(
                "webhook disabled: its receiver answered 410 Gone", metadata: metadata(message))
            end(message, .givenUp, status: 410)
        case .answered(let status, let retryAfter):
            let isAsked = status == 429 || status == 503
            fail(message, status: status, nil, retryAfter: isAsked ? retryAfter : nil)
        case .failed(let reason):
            // A request that the end of the thread broke off is none.
            if cancellation.isCancelled { return }
            fail(message, status: nil, reason, retryAfter: nil)
        }
    }

    private mutating func send(_ message: WebhookMessage) -> WebhookPost.Result {
        do {
            var made = try connection()
            let result = made.send(message, to: webhook, at: shared.clock.wallClock())
            post = consume made
            return result
        } catch {
            return .failed("\(error)")
        }
    }

    /// What sends, made where there is none yet.
    private mutating func connection() throws -> WebhookPost {
        if let made = post.take() { return made }
        return try connect()
    }

    private mutating func fail(
        _ message: WebhookMessage, status: Int?, _ reason: String?, retryAfter: Int?
    ) {
        shared.webhooks.countFailure()
        let now = shared.clock.monotonicNanoseconds()
        let wall = shared.clock.wallClock()
        let since = failingSince ?? now
        failingSince = since
        let giveUp = shared.limits.webhookGiveUpSeconds
        let ageSeconds = (wall.milliseconds - message.at.milliseconds) / 1_000
        let failingSeconds = (now - min(since, now)) / 1_000_000_000
        if ageSeconds >= Int64(giveUp), failingSeconds >= UInt64(min(giveUp, Self.failingSeconds)) {
            shared.logger.error(
                "webhook: an event was given up", metadata: metadata(message, status, reason))
            end(message, .givenUp, status: status)
            return
        }
        let delay = backoff.milliseconds(
            after: attempts, retryAfter: retryAfter, random: shared.random.word())
        nextAttemptAt = now + UInt64(delay) * 1_000_000
        shared.webhooks.setProgress(
            WebhookProgress(
                record: message.record, attempts: attempts,
                status: status.map { UInt16(clamping: $0) }, reason: reason, lastAttemptAt: wall,
                nextAttemptAt: wall.advanced(byMilliseconds: Int64(delay))),
            of: webhook)
        // The first, and then ever more rarely.
        guard attempts.nonzeroBitCount == 1 else { return }
        var members = metadata(message, status, reason)
        members["retry_in_seconds"] = .stringConvertible(Double(delay) / 1_000)
        shared.logger.warning("webhook: delivery failed", metadata: members)
    }

    private mutating func end(
        _ message: WebhookMessage, _ outcome: WebhookDelivery.Outcome, status: Int?
    ) {
        if outcomes.isEmpty { outcomesSince = shared.clock.monotonicNanoseconds() }
        outcomes.append(
            WebhookDelivery(
                record: message.record, type: message.type, outcome: outcome, attempts: attempts,
                status: status.map { UInt16(clamping: $0) }, at: shared.clock.wallClock()))
        lastEnded = message.record
        shared.webhooks.count(outcome)
        shared.webhooks.setProgress(nil, of: webhook)
        guard outcome == .delivered else { return }
        if failingSince != nil {
            shared.logger.notice(
                "webhook: the receiver takes events again", metadata: metadata(message))
        }
        failingSince = nil
    }

    /// The address is not in it: its path or query may be meant for the receiver alone.
    private func metadata(
        _ message: WebhookMessage, _ status: Int? = nil, _ reason: String? = nil
    ) -> Logger.Metadata {
        var members: Logger.Metadata = [
            "webhook_id": "\(webhook)", "type": "\(message.type.rawValue)",
            "record": .stringConvertible(message.record),
            "attempts": .stringConvertible(attempts),
        ]
        if let status { members["status"] = .stringConvertible(status) }
        if let reason { members["reason"] = "\(reason)" }
        return members
    }

    // MARK: Outcomes

    private func mustRecord(at now: UInt64) -> Bool {
        guard let last = outcomes.last else { return false }
        return outcomes.count >= LedgerLimits.webhookOutcomes || last.isGone
            || now - min(outcomesSince, now) >= Self.outcomeNanoseconds
    }

    /// Puts outcomes on record, and waits until they are. Nothing further is sent before: so no
    /// more is sent again after a crash than one record holds.
    private mutating func recordOutcomes() -> Step {
        guard !outcomes.isEmpty else { return .goesOn }
        let cell = OutcomeCell(bell)
        let command = WebhookCommand.outcomes(webhookID: webhook, deliveries: outcomes)
        shared.administration.enqueue(.own(.webhook(command)) { cell.set($0) })
        shared.sequencerBell.ring()
        switch wait(for: cell) {
        case .decided(.success, _):
            outcomes = []
            return .goesOn
        case .decided(.failure(let refusal), _):
            // It was removed meanwhile: what was sent to it then is of no use to anybody.
            shared.logger.notice(
                "webhook: outcomes were not recorded",
                metadata: ["webhook_id": "\(webhook)", "reason": "\(refusal.detail)"])
            outcomes = []
            return .goesOn
        case .noSpace, .clockUnconfirmed, .handedOver, nil: return .waits(Self.retryNanoseconds)
        }
    }

    /// - Returns: nil where the thread is to end and no outcome came in time.
    private func wait(for cell: OutcomeCell) -> AdministrativeOutcome? {
        let start = shared.clock.monotonicNanoseconds()
        while true {
            if let outcome = cell.outcome { return outcome }
            let now = shared.clock.monotonicNanoseconds()
            if cancellation.isCancelled, now - min(start, now) >= Self.endNanoseconds { return nil }
            bell.prepareToSleep()
            if cell.outcome == nil { bell.wait(timeoutNanoseconds: 100_000_000) }
            bell.wokeUp()
        }
    }

    /// Where the projector leaves the outcome of a command that a sender waits for.
    private final class OutcomeCell: Sendable {
        private let bell: Doorbell
        private let stored = Mutex<AdministrativeOutcome?>(nil)

        init(_ bell: Doorbell) { self.bell = bell }

        func set(_ outcome: AdministrativeOutcome) {
            stored.withLock { $0 = outcome }
            bell.ring()
        }

        var outcome: AdministrativeOutcome? { stored.withLock { $0 } }
    }
}
