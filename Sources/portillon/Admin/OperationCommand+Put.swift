import ArgumentParser
import Wire

extension OperationCommand {
    /// `portillon operation put`.
    struct Put: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make an operation as a draft, or change the settings of one.",
            discussion: """
                portillon operation put ete-2026 --client acme --title 'Summer 2026' \
                --rule daily --time-zone Europe/Paris --opens 2026-06-01T00:00:00+02:00 \
                --minimum-age 18 --consent rules

                Put again, it replaces all settings and keeps the state and the entries: what is \
                left out goes back to its default.
                """)

        enum Rule: String, ExpressibleByArgument, CaseIterable {
            case once, daily, unlimited
        }

        enum Robots: String, ExpressibleByArgument, CaseIterable {
            case off, observe, challenge, refuse
        }

        enum Policy: String, ExpressibleByArgument, CaseIterable {
            case advise, enforce
        }

        @Argument(help: "a-z, 0-9 and -, up to 64.") var operation: String
        @Option(help: "The client that it belongs to.") var client: String
        @Option(help: "The title that people know it by.") var title: String
        @Option(help: "How often one person may enter; once by default.") var rule: Rule?
        @Option(
            help: .init("Where a day begins for --rule daily; UTC by default.", valueName: "zone"))
        var timeZone: String?
        @Option(help: .init("When it opens (RFC 3339).", valueName: "time")) var opens: String?
        @Option(help: .init("When it closes (RFC 3339).", valueName: "time")) var closes: String?
        @Option(help: .init("Entries must confirm this age.", valueName: "years"))
        var minimumAge: Int?
        @Option(
            name: .customLong("consent"),
            help: .init("A consent that entries must give; may be repeated.", valueName: "code"))
        var consents: [String] = []
        @Option(
            name: .customLong("allowed-origin"),
            help: .init("An origin that browsers may send from; repeatable.", valueName: "origin"))
        var allowedOrigins: [String] = []
        @Option(help: "What is done about robots; off by default.") var robots: Robots?
        @Option(help: "Whether measures act, or only say what they would do; advise by default.")
        var policy: Policy?
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client()
                .call("PUT", ["v1", "operations", operation], settings)
            try options.show(answer, as: OperationText.of)
        }

        /// The request's body; what was not given is not in it.
        var settings: [String: JSONValue] {
            var settings: [String: JSONValue] = [
                "client": .string(client), "title": .string(title),
            ]
            settings["rule"] = rule.map { .string($0.rawValue) }
            settings["time_zone"] = timeZone.map(JSONValue.string)
            settings["opens"] = opens.map(JSONValue.string)
            settings["closes"] = closes.map(JSONValue.string)
            settings["minimum_age"] = minimumAge.map(JSONValue.integer)
            settings["robots"] = robots.map { .string($0.rawValue) }
            settings["policy"] = policy.map { .string($0.rawValue) }
            if !consents.isEmpty { settings["consents"] = .array(consents.map(JSONValue.string)) }
            if !allowedOrigins.isEmpty {
                settings["allowed_origins"] = .array(allowedOrigins.map(JSONValue.string))
            }
            return settings
        }
    }
}
