import ArgumentParser
import Wire

/// `portillon webhook`: who is sent events (C8, C12), and the proof of having told.
struct WebhookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhook",
        abstract: "Send events to receivers: add, list, test and remove webhooks.",
        subcommands: [Add.self, List.self, Remove.self, Test.self, Deliveries.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add",
            abstract: "Add a webhook. The secret that signs is shown only once.",
            discussion: """
                portillon webhook add https://hooks.example.com/portillon
                portillon webhook add https://hooks.acme.example/games --client acme
                portillon webhook add https://hooks.example.com/alarms \
                --event operation.suspended --event webhook.given_up > webhook.secret

                Into a pipe or a file goes the secret alone.

                With --client it gets the events of that client's operations, without it all. The \
                URL must be https; http is for this machine's own addresses alone.
                """)

        @Argument(help: "The URL that events are posted to.") var url: String
        @Option(
            parsing: .unconditional,
            help: .init("The client whose operations' events are sent.", valueName: "client"))
        var client: String?
        @Option(
            name: .customLong("event"), parsing: .unconditionalSingleValue,
            help: .init("A type of event to send. Default: all. Repeatable.", valueName: "type"))
        var events: [String] = []
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client().call("POST", ["v1", "webhooks"], body)
            try options.show(
                answer, secret: .webhook,
                beside: [("webhook id", answer["webhook_id"]?.text ?? "")])
        }

        /// The request's body, without the options that were not given.
        var body: [String: JSONValue] {
            var body: [String: JSONValue] = ["url": .string(url)]
            body["client"] = client.map(JSONValue.string)
            if !events.isEmpty { body["events"] = .array(events.map(JSONValue.string)) }
            return body
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the webhooks, with what waits for each; never the secrets.",
            discussion: "portillon webhook list --json")

        @OptionGroup var options: AdminOptions

        func run() throws {
            let list = PagedList(
                client: try options.client(), path: ["v1", "webhooks"], name: "webhooks")
            let names = [
                "webhook_id", "client", "state", "pending", "deliveries", "url", "failure",
            ]
            try options.show(list, keeping: Set(names)) { webhooks in
                var table = AlignedTable([
                    "webhook id", "client", "state", "pending", "deliveries", "failing", "url",
                ])
                for webhook in webhooks {
                    table.append([
                        webhook["webhook_id"]?.text ?? "", webhook["client"]?.text ?? "",
                        webhook["state"]?.text ?? "", webhook["pending"]?.text ?? "",
                        webhook["deliveries"]?.text ?? "", WebhookCommand.failure(of: webhook),
                        webhook["url"]?.text ?? "",
                    ])
                }
                return table.text
            }
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove",
            abstract: "Remove a webhook: what waits for it is not sent.",
            discussion: "portillon webhook remove wh-3f7a9b20c1d4e586")

        @Argument(help: "The webhook's id, as \"webhook list\" shows it.") var webhookID: String
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client().call("DELETE", ["v1", "webhooks", webhookID])
            try options.show(answer) { answer in
                listing([
                    ("webhook id", answer["webhook_id"]?.text ?? ""),
                    ("state", answer["state"]?.text ?? ""), ("url", answer["url"]?.text ?? ""),
                ])
            }
        }
    }

    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "test",
            abstract: "Send a test event, and say what came of it.",
            discussion: """
                portillon webhook test wh-3f7a9b20c1d4e586

                Exit status: 0 delivered; 1 not delivered so far: the gateway goes on trying.
                """)

        @Argument(help: "The webhook's id, as \"webhook list\" shows it.") var webhookID: String
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client().call("POST", ["v1", "webhooks", webhookID, "test"])
            guard answer["outcome"]?.string != "delivered" else {
                return try options.show(answer) { answer in
                    listing([
                        ("outcome", "delivered"), ("status", answer["status"]?.text ?? ""),
                        ("attempts", answer["attempts"]?.text ?? ""),
                    ])
                }
            }
            if options.json { try Output.standard.write(json: answer) }
            let status = answer["status"]?.integer.map { "the receiver answered \($0)" }
            let reason = status ?? answer["reason"]?.string ?? "other events go before it"
            throw CommandFailure(
                .refused, printable("not delivered so far: \(reason); the gateway tries again"))
        }
    }

    struct Deliveries: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "deliveries",
            abstract: "List how deliveries ended: the proof of having told.",
            discussion: "portillon webhook deliveries wh-3f7a9b20c1d4e586 --json")

        @Argument(help: "The webhook's id, as \"webhook list\" shows it.") var webhookID: String
        @OptionGroup var options: AdminOptions

        func run() throws {
            let list = PagedList(
                client: try options.client(), path: ["v1", "webhooks", webhookID, "deliveries"],
                name: "deliveries")
            try options.show(
                list, columns: ["record", "type", "outcome", "attempts", "status", "at"])
        }
    }

    /// What is wrong with a webhook's receiver, in a table's cell.
    private static func failure(of webhook: JSONValue) -> String {
        guard let failure = webhook["failure"] else { return "" }
        let attempts = failure["attempts"]?.integer ?? 0
        return counted(attempts, "attempt", "attempts")
            + ", next \(failure["next_attempt_at"]?.text ?? "")"
    }
}
