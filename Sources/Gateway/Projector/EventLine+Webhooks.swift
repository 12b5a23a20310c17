internal import Ledger
internal import Logging

// MARK: Webhooks

extension EventLine {
    init(_ command: WebhookCommand) {
        switch command {
        case .add(_, let client, _, _):
            self.init(.notice, "webhook added", [:])
            add("client", client)
        case .remove: self.init(.notice, "webhook removed", [:])
        case .test: self.init(.info, "webhook test asked for", [:])
        case .outcomes(_, let deliveries):
            let givenUp = deliveries.count { $0.outcome == .givenUp }
            // Each that was given up has had its own line.
            self.init(givenUp > 0 ? .warning : .debug, "webhook deliveries recorded", [:])
            add("delivered", deliveries.count - givenUp)
            add("given_up", givenUp)
            if deliveries.contains(where: \.isGone) { add("disabled", "true") }
        }
        add("command", command.name.rawValue)
        add("webhook_id", command.webhookID)
    }
}
