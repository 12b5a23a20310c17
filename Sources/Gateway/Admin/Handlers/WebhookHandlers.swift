internal import Ledger
internal import Projections
internal import Webhooks
internal import Wire

/// Webhooks (C8, C12): who is sent events, and how that went.
struct WebhookHandlers {
    let control: Control

    init(_ control: Control) {
        self.control = control
    }

    private var shared: Shared { control.shared }

    func add(_ call: AdminCall) async throws(Problem) -> ControlReply {
        var body = try call.bodyReader()
        let client = body.optionalString("client")
        let url = body.webhookURL("url")
        let events = body.webhookEvents("events")
        try body.finish()
        // What the ledger would refuse anyway, before a file is written for it.
        if let client, !shared.projected.catalogue.clients.contains(where: { $0.id == client }) {
            throw Problem(.unknownClient(client))
        }
        let id = Token.identifier(prefix: "wh")
        _ = try await control.decide(
            .webhook(.add(webhookID: id, client: client, url: url, events: events)),
            by: call.author)
        let secret = try await control.webhookSecretText(id)
        return .view(
            NewWebhookView(webhookID: id, secret: secret, client: client, url: url), .created)
    }

    func list(_ call: AdminCall) throws(Problem) -> ControlReply {
        let page = try call.pageRequest()
        let state = shared.projected
        let webhooks = state.catalogue.webhooks
        let found = ListPage(page, of: webhooks.count) { webhooks[$0].removedAt == nil }
        return .view(
            ListView(found) { WebhookView(webhooks[$0], shared, state.webhooks) })
    }

    func remove(_ call: AdminCall) async throws(Problem) -> ControlReply {
        let id = call["webhook_id"]
        _ = try await control.decide(.webhook(.remove(webhookID: id)), by: call.author)
        let state = shared.projected
        guard let webhook = state.catalogue.webhook(id) else { throw .notFound }
        return .view(WebhookView(webhook, shared, state.webhooks))
    }

    func deliveries(_ call: AdminCall) throws(Problem) -> ControlReply {
        let page = try call.pageRequest()
        let id = call["webhook_id"]
        let state = shared.projected
        guard let webhook = state.catalogue.webhook(id), webhook.removedAt == nil else {
            throw Problem(.unknownWebhook(id))
        }
        let outbox = state.webhooks
        let found = ListPage(page, of: outbox.deliveryCount(of: id)) {
            outbox.delivery(at: $0, of: id) != nil
        }
        return .view(
            WebhookDeliveriesView(
                deliveries: found.places.compactMap { outbox.delivery(at: $0, of: id) }
                    .map { WebhookDeliveryView($0) },
                pending: outbox.pendingCount(of: id),
                failure: shared.webhooks.progress(of: id).map { WebhookFailureView($0) },
                next: found.next))
    }

    // MARK: A test

    /// Sends a test, and waits some seconds for what comes of it.
    func test(_ call: AdminCall) async throws(Problem) -> ControlReply {
        var body = try call.bodyReader()
        try body.finish()
        let id = call["webhook_id"]
        _ = try await control.decide(.webhook(.test(webhookID: id)), by: call.author)
        let record = shared.projected.webhooks.lastTest(of: id)
        for _ in 0..<Self.looks {
            if let view = outcome(of: record, id) { return .view(view) }
            // It throws where the task is cancelled, and nothing cancels it.
            try? await Task.sleep(for: .milliseconds(20))
        }
        return .view(
            WebhookTestView(
                webhookID: id, record: record, outcome: .pending, attempts: 0, status: nil,
                reason: nil))
    }

    /// Five seconds, fifty times a second.
    private static var looks: Int { 250 }

    /// What the test came to; nil while it has not been tried.
    private func outcome(of record: UInt64?, _ id: String) -> WebhookTestView? {
        guard let record else { return nil }
        if let delivery = shared.projected.webhooks.delivery(ofRecord: record, to: id) {
            return WebhookTestView(
                webhookID: id, record: record,
                outcome: delivery.outcome == .delivered ? .delivered : .givenUp,
                attempts: delivery.attempts, status: delivery.status, reason: nil)
        }
        guard let progress = shared.webhooks.progress(of: id), progress.record == record else {
            return nil
        }
        return WebhookTestView(
            webhookID: id, record: record, outcome: .pending, attempts: progress.attempts,
            status: progress.status, reason: progress.reason.map { String($0.prefix(500)) })
    }
}

extension BodyReader {
    /// A required URL that events may be sent to.
    fileprivate mutating func webhookURL(_ name: String) -> String {
        let text = string(name)
        guard !fieldErrors.contains(where: { $0.pointer == "/" + name }) else { return text }
        do throws(WebhookURLError) {
            _ = try WebhookURL(text)
        } catch {
            addError(name, error.demand)
        }
        return text
    }

    /// The types of events that are chosen, each once; none without the member.
    fileprivate mutating func webhookEvents(_ name: String) -> [WebhookEventType] {
        var chosen: [WebhookEventType] = []
        for (index, text) in strings(name).enumerated() {
            guard let type = WebhookEventType(rawValue: text),
                WebhookEventType.selectable.contains(type)
            else {
                let words = WebhookEventType.selectable.map { "\"\($0.rawValue)\"" }
                addError("\(name)/\(index)", "Must be one of \(words.joined(separator: ", ")).")
                continue
            }
            if !chosen.contains(type) { chosen.append(type) }
        }
        return chosen
    }
}
