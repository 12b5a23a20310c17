package import Ledger
package import Time

/// What is to be sent to each webhook, in the order of the log, and how earlier deliveries ended.
///
/// A pure projection of durable records: the same records give the same outbox, at a start from a
/// snapshot and the log behind it as in a running gateway. What is in hand when a process ends is
/// still here afterwards, because only a recorded outcome takes it out: so an event is delivered
/// at least once.
package struct WebhookOutbox: Equatable, Sendable {
    /// Of one webhook.
    struct Line: Equatable, Sendable {
        /// Not delivered yet, oldest first.
        var pending: [WebhookMessage] = []
        /// The last that ended, oldest first.
        var deliveries: [WebhookDelivery] = []
        /// How many ended before those.
        var forgotten = 0
    }

    private var lines: [String: Line] = [:]

    /// Events that wait for one webhook; with more, the oldest are given up.
    package static var maximumPending: Int { 20_000 }
    /// Ended deliveries of one webhook that are kept at hand; the log has all of them.
    package static var maximumDeliveries: Int { 10_000 }

    package init() {}

    init(_ lines: [String: Line]) { self.lines = lines }

    // MARK: Records

    /// Takes in a command, in the order of the log.
    /// - Parameters:
    ///   - number: the record's.
    ///   - time: of its batch.
    ///   - catalogue: as it is behind the command.
    /// - Returns: whether something changed.
    @discardableResult
    package mutating func add(
        _ record: AdministrativeRecord, number: UInt64, at time: Timestamp, _ catalogue: Catalogue
    ) -> Bool {
        if case .webhook(let command) = record.command {
            apply(command, number: number, at: time, catalogue)
            return true
        }
        // Most gateways have none, and most records are nothing to a receiver.
        guard !lines.isEmpty, let event = WebhookEvent(record, catalogue, at: time) else {
            return false
        }
        return enqueue(event, number: number, at: time, catalogue)
    }

    /// Takes in what the fold found out, in the order of the log.
    @discardableResult
    package mutating func add(
        _ event: LedgerEvent, number: UInt64, at time: Timestamp, _ catalogue: Catalogue
    ) -> Bool {
        guard !lines.isEmpty else { return false }
        return enqueue(
            WebhookEvent(event, catalogue, at: time), number: number, at: time, catalogue)
    }

    private mutating func apply(
        _ command: WebhookCommand, number: UInt64, at time: Timestamp, _ catalogue: Catalogue
    ) {
        let id = command.webhookID
        guard let webhook = catalogue.webhook(id) else { return }
        switch command {
        case .add: lines[id] = Line()
        case .remove: lines[id] = nil
        case .test:
            let event = WebhookEvent(test: webhook)
            lines[id]?.pending.append(event.message(record: number, at: time))
        case .outcomes(_, let deliveries):
            let unsent = end(deliveries, of: id)
            guard
                let event = WebhookEvent(givenUp: deliveries, of: webhook, unsent: unsent)
            else { return }
            _ = enqueue(event, number: number, at: time, catalogue, except: id)
        }
    }

    /// Takes out what has ended.
    /// - Returns: events that were dropped because the receiver is gone.
    private mutating func end(_ deliveries: [WebhookDelivery], of id: String) -> Int {
        guard let last = deliveries.last?.record else { return 0 }
        lines[id]?.end(deliveries, upTo: last)
        guard deliveries.contains(where: \.isGone) else { return 0 }
        let unsent = lines[id]?.pending.count ?? 0
        lines[id]?.pending = []
        return unsent
    }

    private mutating func enqueue(
        _ event: WebhookEvent, number: UInt64, at time: Timestamp, _ catalogue: Catalogue,
        except id: String? = nil
    ) -> Bool {
        let receivers = catalogue.webhooks.filter {
            $0.id != id && $0.wants(event.type, of: event.owner)
        }
        guard !receivers.isEmpty else { return false }
        let message = event.message(record: number, at: time)
        for webhook in receivers { lines[webhook.id]?.pending.append(message) }
        return true
    }

    // MARK: Reading

    /// The next event for a webhook.
    /// - Parameter record: that of the last one that ended, on record or not.
    package func next(for id: String, after record: UInt64) -> WebhookMessage? {
        lines[id]?.pending.first { $0.record > record }
    }

    package func pendingCount(of id: String) -> Int { lines[id]?.pending.count ?? 0 }

    /// The event that has waited longest for a webhook.
    package func oldestPending(of id: String) -> WebhookMessage? { lines[id]?.pending.first }

    /// Events that wait for any webhook, and the time of the oldest.
    package var pending: (count: Int, oldest: Timestamp?) {
        var count = 0
        var oldest: Timestamp?
        for line in lines.values {
            guard let first = line.pending.first else { continue }
            count += line.pending.count
            oldest = oldest.map { min($0, first.at) } ?? first.at
        }
        return (count, oldest)
    }

    /// The last test of a webhook, by its record, whether it waits or has ended: a quick receiver
    /// has it before whoever asked for it looks.
    package func lastTest(of id: String) -> UInt64? {
        guard let line = lines[id] else { return nil }
        return line.pending.last { $0.type == .webhookTest }?.record
            ?? line.deliveries.last { $0.type == .webhookTest }?.record
    }

    /// Deliveries of a webhook that ended, in all.
    package func deliveryCount(of id: String) -> Int {
        lines[id].map { $0.forgotten + $0.deliveries.count } ?? 0
    }

    /// The delivery at a place, from 0 in the order in which they ended; `nil` where it is not kept
    /// at hand any more.
    package func delivery(at place: Int, of id: String) -> WebhookDelivery? {
        guard let line = lines[id], place >= line.forgotten,
            place < line.forgotten + line.deliveries.count
        else { return nil }
        return line.deliveries[place - line.forgotten]
    }

    /// How the delivery of this record ended; `nil` while it has not.
    package func delivery(ofRecord record: UInt64, to id: String) -> WebhookDelivery? {
        lines[id]?.deliveries.last { $0.record == record }
    }

    // MARK: Snapshots

    var contents: [String: Line] { lines }
}

extension WebhookOutbox.Line {
    fileprivate mutating func end(_ ended: [WebhookDelivery], upTo record: UInt64) {
        let rest = pending.firstIndex { $0.record > record } ?? pending.endIndex
        pending.removeSubrange(..<rest)
        deliveries += ended
        let surplus = deliveries.count - WebhookOutbox.maximumDeliveries
        if surplus > 0 {
            deliveries.removeFirst(surplus)
            forgotten += surplus
        }
    }
}
