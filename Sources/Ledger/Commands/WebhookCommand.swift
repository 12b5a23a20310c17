internal import Time

/// Commands about webhooks: who is sent events (C8, C12), and the proof of having told (C15).
///
/// The secret that signs is not in them: the vault keeps it.
package enum WebhookCommand: Equatable, Sendable {
    /// Adds a receiver.
    /// - `client`: whose operations' events it gets; `nil` for the operator, who gets all.
    /// - `events`: the types that are sent; all if there are none.
    case add(webhookID: String, client: String?, url: String, events: [WebhookEventType])
    case remove(webhookID: String)
    /// Sends a test event to one receiver.
    case test(webhookID: String)
    /// How deliveries ended, in the order of their records. By the process.
    case outcomes(webhookID: String, deliveries: [WebhookDelivery])

    package enum Name: String, CaseIterable, Sendable {
        case add = "webhook.add"
        case remove = "webhook.remove"
        case test = "webhook.test"
        case outcomes = "webhook.outcomes"
    }

    package var name: Name {
        switch self {
        case .add: .add
        case .remove: .remove
        case .test: .test
        case .outcomes: .outcomes
        }
    }

    package var webhookID: String {
        switch self {
        case .add(let id, _, _, _), .remove(let id), .test(let id), .outcomes(let id, _): id
        }
    }
}

// MARK: JSON

extension WebhookCommand {
    private enum Member: String, CodingKey {
        case client, url, events, deliveries
        case webhookID = "webhook_id"
    }

    init(_ name: Name, from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        let id = try members.decode(String.self, forKey: .webhookID)
        switch name {
        case .add:
            self = .add(
                webhookID: id, client: try members.decodeIfPresent(String.self, forKey: .client),
                url: try members.decode(String.self, forKey: .url),
                events: try members.decode([WebhookEventType].self, forKey: .events))
        case .remove: self = .remove(webhookID: id)
        case .test: self = .test(webhookID: id)
        case .outcomes:
            self = .outcomes(
                webhookID: id,
                deliveries: try members.decode([WebhookDelivery].self, forKey: .deliveries))
        }
    }

    func encodeMembers(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(webhookID, forKey: .webhookID)
        switch self {
        case .add(_, let client, let url, let events):
            try members.encodeIfPresent(client, forKey: .client)
            try members.encode(url, forKey: .url)
            try members.encode(events, forKey: .events)
        case .remove, .test: break
        case .outcomes(_, let deliveries): try members.encode(deliveries, forKey: .deliveries)
        }
    }
}

// MARK: Application

extension WebhookCommand {
    /// Carries the command out, see ``Catalogue/apply(_:by:at:counts:)``.
    func apply(
        to webhooks: inout WebhookTable, clients: ClientTable, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        switch self {
        case .add(let id, let client, let url, let events):
            guard Identifier.isValid(id) else { throw .invalidIdentifier(of: "webhook") }
            if let client, !clients.has(client) { throw .unknownClient(client) }
            try Field.requireText(url, 1...LedgerLimits.webhookURLBytes, at: "/url")
            guard Set(events).count == events.count else {
                throw .invalid(pointer: "/events", detail: "must name each type once")
            }
            try webhooks.add(id, client: client, url: url, events: events, at: time)
        case .remove(let id): try webhooks.remove(id, at: time)
        case .test(let id): try webhooks.requireActive(id)
        case .outcomes(let id, let deliveries): try webhooks.record(deliveries, of: id, at: time)
        }
        return .recorded
    }
}

// MARK: Words

extension WebhookCommand {
    package var sentence: String {
        switch self {
        case .add(let id, let client, let url, _):
            "The webhook \(id) to \(url) was added for "
                + (client.map { "the client \($0)." } ?? "the operator.")
        case .remove(let id): "The webhook \(id) was removed."
        case .test(let id): "A test of the webhook \(id) was asked for."
        case .outcomes(let id, let deliveries):
            "Events were sent to the webhook \(id): "
                + "\(deliveries.count { $0.outcome == .delivered }) delivered, "
                + "\(deliveries.count { $0.outcome == .givenUp }) given up (C8, C15)."
        }
    }
}
