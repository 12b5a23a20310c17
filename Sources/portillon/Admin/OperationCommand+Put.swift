import ArgumentParser
import Wire

extension OperationCommand {
    /// `portillon operation put`.
    struct Put: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "put",
            abstract: "Create an operation as a draft, or replace an operation's settings.",
            discussion: """
                portillon operation put ete-2026 --client acme --title 'Summer 2026' \
                --rule daily --time-zone Europe/Paris --opens 2026-06-01T00:00:00+02:00 \
                --minimum-age 18 --consent rules

                On an existing operation it replaces all settings and keeps the state and the \
                entries: an option that is left out goes back to its default. It shows what \
                changes, and asks on a terminal. To change some settings and keep the others, use \
                "operation set".
                """)

        @Argument(help: "The operation's identifier: a-z, 0-9 and -, at most 64.") var operation:
            String
        @Option(parsing: .unconditional, help: "The client that owns it.") var client: String
        @Option(parsing: .unconditional, help: "The operation's display title.") var title: String
        @OptionGroup var given: SettingOptions
        @Flag(help: "Do not ask before settings of an existing operation change.") var yes = false
        @OptionGroup var options: AdminOptions

        func run() throws {
            let gateway = try options.client()
            if let current = try gateway.find(["v1", "operations", operation]) {
                // One that is given needs no default.
                let zone =
                    try given.timeZone
                    ?? gateway.call("GET", ["v1", "status"])["time_zone"]?.string ?? "UTC"
                try confirm(SettingChanges.lines(from: current, to: settings, timeZone: zone))
            }
            let answer = try gateway.call("PUT", ["v1", "operations", operation], settings)
            try options.remarkIfUnchanged(answer, "\(operation) has these settings already")
            try options.show(answer, as: OperationText.of)
        }

        /// Shows what changes, and asks where a person can answer.
        private func confirm(_ changes: [String]) throws {
            guard !changes.isEmpty else { return }
            let text = "Changes of \(operation):\n" + changes.joined(separator: "\n") + "\n"
            try Output.error.write(text)
            guard !yes, Output.error.isTerminal, Output.isInputTerminal else { return }
            try Output.error.write("Change these settings? [y/N] ")
            guard ["y", "yes"].contains(readLine()?.lowercased()) else {
                throw CommandFailure(.refused, "nothing was changed")
            }
        }

        /// The request's body, without the options that were not given.
        var settings: [String: JSONValue] {
            given.members.merging(
                ["client": .string(client), "title": .string(title)]) { $1 }
        }
    }

    /// `portillon operation set`.
    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set",
            abstract: "Change some settings of an operation and keep the others.",
            discussion: """
                portillon operation set ete-2026 --title 'Summer 2026'
                portillon operation set ete-2026 --closes 2026-09-01T00:00:00+02:00 --unset opens

                A repeatable option replaces the whole list; --consent-text changes only the texts \
                that it names. A client's token may change everything but the policy.
                """)

        @Argument(help: "The operation.") var operation: String
        @Option(parsing: .unconditional, help: "The operation's display title.")
        var title: String?
        @OptionGroup var given: SettingOptions
        @Option(
            parsing: .unconditionalSingleValue,
            help: .init(
                "A setting to take back to its default, such as opens. Repeatable.",
                valueName: "setting"))
        var unset: [Unset] = []
        @OptionGroup var options: AdminOptions

        /// Settings that have a default.
        enum Unset: String, ExpressibleByArgument, CaseIterable {
            case rule, opens, closes, start, consents, identity, country, cap, robots, policy
            case networks
            case secondKey = "second-key"
            case timeZone = "time-zone"
            case minimumAge = "minimum-age"
            case consentTexts = "consent-texts"
            case allowedOrigins = "allowed-origins"
            case allowedRobots = "allowed-robots"
            case publicReason = "public-reason"

            /// As the interface calls it.
            var member: String {
                String(rawValue.map { $0 == "-" ? "_" : $0 })
            }
        }

        func validate() throws {
            let members = given.members
            if let both = unset.first(where: { members[$0.member] != nil }) {
                throw ValidationError("\(both.rawValue) is both given and unset")
            }
            if body.isEmpty { throw ValidationError("name at least one setting to change") }
        }

        func run() throws {
            let answer = try options.client()
                .call("PATCH", ["v1", "operations", operation], body)
            try options.remarkIfUnchanged(answer, "\(operation) has these settings already")
            try options.show(answer, as: OperationText.of)
        }

        /// The request's body: a JSON Merge Patch (RFC 7396).
        var body: [String: JSONValue] {
            var body = given.members
            body["title"] = title.map(JSONValue.string)
            // A patch merges objects: one cap takes the other away.
            if case .object(let cap)? = body["cap"] {
                body["cap"] = .object(
                    ["participants": JSONValue.null, "entries": .null].merging(cap) { $1 })
            }
            for setting in unset { body[setting.member] = .null }
            return body
        }
    }
}
