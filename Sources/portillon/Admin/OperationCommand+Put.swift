import ArgumentParser
import Wire

extension OperationCommand {
    /// `portillon operation put`.
    struct Put: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create an operation as a draft, or replace an operation's settings.",
            discussion: """
                portillon operation put ete-2026 --client acme --title 'Summer 2026' \
                --rule daily --time-zone Europe/Paris --opens 2026-06-01T00:00:00+02:00 \
                --minimum-age 18 --consent rules

                On an existing operation it replaces all settings and keeps the state and the \
                entries: an option that is left out goes back to its default.
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

        @Argument(help: "The operation's identifier: a-z, 0-9 and -, at most 64.") var operation:
            String
        @Option(parsing: .unconditional, help: "The client that owns it.") var client: String
        @Option(parsing: .unconditional, help: "The operation's display title.") var title: String
        @Option(
            parsing: .unconditional, help: "How often one participant may enter. Default: once.")
        var rule: Rule?
        @Option(
            parsing: .unconditional,
            help: .init(
                "The time zone of days under --rule daily. Default: UTC.", valueName: "zone"))
        var timeZone: String?
        @Option(
            parsing: .unconditional, help: .init("When it opens (RFC 3339).", valueName: "time"))
        var opens: String?
        @Option(
            parsing: .unconditional, help: .init("When it closes (RFC 3339).", valueName: "time"))
        var closes: String?
        @Option(
            parsing: .unconditional,
            help: .init("The age that every entry must confirm.", valueName: "years"))
        var minimumAge: Int?
        @Option(
            name: .customLong("consent"),
            parsing: .unconditionalSingleValue,
            help: .init("A consent that every entry must give. Repeatable.", valueName: "code"))
        var consents: [String] = []
        @Option(
            name: .customLong("allowed-origin"),
            parsing: .unconditionalSingleValue,
            help: .init(
                "A web origin that browsers may send from. Repeatable.", valueName: "origin"))
        var allowedOrigins: [String] = []
        @Option(
            parsing: .unconditional,
            help: "What to do about robots; stored, not yet acted on. Default: off.")
        var robots: Robots?
        @Option(
            parsing: .unconditional,
            help: "Whether the ladder acts or only records what it would do. Default: advise.")
        var policy: Policy?
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client()
                .call("PUT", ["v1", "operations", operation], settings)
            try options.show(answer, as: OperationText.of)
        }

        /// The request's body, without the options that were not given.
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
