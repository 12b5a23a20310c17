internal import Ledger
internal import Logging

// MARK: Webhooks

extension EventLine {
    init(_ command: WebhookCommand) {
        switch command {
        case .add(_, let client, _, _):
            self.init(.notice, "webhook added", [:])
            if let client { members["client"] = "\(client)" }
        case .remove: self.init(.notice, "webhook removed", [:])
        case .test: self.init(.info, "webhook test asked for", [:])
        case .outcomes(_, let deliveries):
            let givenUp = deliveries.count { $0.outcome == .givenUp }
            // Each that was given up has had its own line.
            self.init(givenUp > 0 ? .warning : .debug, "webhook deliveries recorded", [:])
            members["delivered"] = .stringConvertible(deliveries.count - givenUp)
            members["given_up"] = .stringConvertible(givenUp)
            if deliveries.contains(where: \.isGone) { members["disabled"] = "true" }
        }
        members["command"] = "\(command.name.rawValue)"
        members["webhook_id"] = "\(command.webhookID)"
    }
}
