package import Time

extension Catalogue {
    /// A receiver of events.
    package struct Webhook: Equatable, Codable, Sendable {
        package let id: String
        /// Whose operations' events it gets; `nil` for the operator.
        package let client: String?
        package let url: String
        /// The types that are sent; all if there are none.
        package let events: [WebhookEventType]
        package let createdAt: Timestamp
        package fileprivate(set) var removedAt: Timestamp?
        /// When the receiver said that it is gone.
        package fileprivate(set) var disabledAt: Timestamp?
        /// The record of the last delivery that ended; 0 before the first.
        package fileprivate(set) var lastRecord: UInt64 = 0

        /// Whether events are sent to it.
        package var isActive: Bool { removedAt == nil && disabledAt == nil }

        /// Whether it is sent events of this type that are about this client's operations.
        /// - Parameter owner: `nil` for an event that is about no client alone.
        package func wants(_ type: WebhookEventType, of owner: String?) -> Bool {
            guard isActive, events.isEmpty || events.contains(type) else { return false }
            guard let client else { return true }
            return !type.isForOperatorAlone
                && (client == owner || owner == nil && type.isForEveryClient)
        }
    }
}

/// The webhooks in order of creation, the removed ones too: a place in the list is never given to
/// another.
struct WebhookTable: Equatable, Sendable {
    private(set) var all: [Catalogue.Webhook] = []
    private var indices: [String: Int] = [:]

    func index(_ id: String) -> Int? { indices[id] }

    mutating func add(
        _ id: String, client: String?, url: String, events: [WebhookEventType], at time: Timestamp
    ) throws(CommandRefusal) {
        guard indices[id] == nil else {
            throw .invalid(pointer: "", detail: "must not take the id of another webhook")
        }
        guard all.count(where: { $0.removedAt == nil }) < LedgerLimits.webhooks else {
            throw .limitReached(name: "webhooks", limit: LedgerLimits.webhooks)
        }
        let index = try LedgerLimits.index(
            after: all.count, limit: LedgerLimits.webhooksEver,
            name: "webhooks, the removed ones too,")
        all.append(
            Catalogue.Webhook(id: id, client: client, url: url, events: events, createdAt: time))
        indices[id] = Int(index)
    }

    mutating func remove(_ id: String, at time: Timestamp) throws(CommandRefusal) {
        all[try present(id)].removedAt = time
    }

    /// - Throws: `unknownWebhook` where there is none, or nothing is sent to it.
    func requireActive(_ id: String) throws(CommandRefusal) {
        guard all[try present(id)].isActive else { throw .webhookDisabled(id) }
    }

    /// Records how deliveries ended: each once, in the order of the log.
    mutating func record(
        _ deliveries: [WebhookDelivery], of id: String, at time: Timestamp
    ) throws(CommandRefusal) {
        let index = try present(id)
        guard (1...LedgerLimits.webhookOutcomes).contains(deliveries.count) else {
            throw .invalid(
                pointer: "/deliveries", detail: "must have 1 to \(LedgerLimits.webhookOutcomes)")
        }
        var last = all[index].lastRecord
        for delivery in deliveries {
            guard delivery.record > last else {
                throw .invalid(pointer: "/deliveries", detail: "must ascend by record")
            }
            last = delivery.record
        }
        all[index].lastRecord = last
        if deliveries.contains(where: \.isGone) { all[index].disabledAt = time }
    }

    private func present(_ id: String) throws(CommandRefusal) -> Int {
        guard let index = indices[id], all[index].removedAt == nil else {
            throw .unknownWebhook(id)
        }
        return index
    }

    /// Makes the storage this table's alone.
    mutating func detachStorage() {
        all.reserveCapacity(all.count + 1)
        indices.reserveCapacity(indices.count + 1)
    }
}

extension WebhookTable: Codable {
    init(from decoder: any Decoder) throws {
        all = try [Catalogue.Webhook](from: decoder)
        for (index, webhook) in all.enumerated() { indices[webhook.id] = index }
    }

    func encode(to encoder: any Encoder) throws { try all.encode(to: encoder) }
}
