import ArgumentParser
import Bytes
import Evidence
import Wire

extension ClientCommand {
    /// `portillon client status`: how the service is for a client, as its status page has it.
    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status",
            abstract: "Show how the service is for a client, as its status page has it.",
            discussion: """
                portillon client status acme
                portillon client status acme --page --language fr > acme.html

                In a browser: /v1/clients/acme/status of the admin listener, with a token as \
                password.
                """)

        @Argument(help: "The client.") var client: String
        @Flag(help: "Print the page, as HTML.") var page = false
        @Option(parsing: .unconditional, help: "The page's language: en or fr.")
        var language: Language = .english
        @OptionGroup var options: AdminOptions

        func run() throws {
            let path = ["v1", "clients", client, "status"]
            guard page else {
                return try options.show(try options.client().call("GET", path), as: Self.text)
            }
            var body = ByteBuffer(capacity: 64 << 10)
            try options.client().stream(
                path, query: [("lang", language.rawValue)], accept: "text/html"
            ) { body.append($0) }
            try Output.standard.write(body.text)
        }

        static func text(_ answer: JSONValue) -> String {
            var pairs = [
                ("client", answer["client"]?.text ?? ""),
                ("state", words(answer["state"])), ("as of", answer["as_of"]?.text ?? ""),
            ]
            for month in answer["months"]?.elements ?? [] {
                let rate = AvailabilityCommand.percent(month["txd"])
                pairs.append((month["month"]?.text ?? "", rate.isEmpty ? "" : rate + " %"))
            }
            for name in ["incidents", "maintenance", "changes", "operations", "campaigns"] {
                let shown = answer[name]?.elements.count ?? 0
                pairs.append((name, "\(shown + (answer["\(name)_left_off"]?.integer ?? 0))"))
            }
            return listing(pairs) + incidents(answer) + maintenance(answer)
        }

        private static func words(_ word: JSONValue?) -> String {
            (word?.text ?? "").replacing("_", with: " ")
        }

        private static func incidents(_ answer: JSONValue) -> String {
            let all = answer["incidents"]?.elements ?? []
            guard !all.isEmpty else { return "" }
            var table = AlignedTable(["#incident", "opened", "severity", "state", "title"])
            for incident in all {
                table.append(
                    ["incident", "opened_at", "severity", "state", "title"].map {
                        incident[$0]?.text ?? ""
                    })
            }
            return table.text
        }

        private static func maintenance(_ answer: JSONValue) -> String {
            let all = answer["maintenance"]?.elements ?? []
            guard !all.isEmpty else { return "" }
            var table = AlignedTable(["#maintenance", "kind", "state", "starts", "ends", "note"])
            for maintenance in all {
                table.append(
                    ["maintenance", "kind", "state", "starts", "ends", "note"].map {
                        maintenance[$0]?.text ?? ""
                    })
            }
            return table.text
        }
    }
}
