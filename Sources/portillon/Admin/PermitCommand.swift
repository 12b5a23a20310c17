import ArgumentParser
import Time
import Wire

/// `portillon permit`: load tests that the operator has agreed to (C7).
struct PermitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "permit",
        abstract: "Issue, list, verify, revoke and purge permits for load tests.",
        discussion: """
            portillon permit issue ete-2026 --per-second 500 --ends 2026-07-14T20:00:00Z >p.txt
            portillon-load run scenario.json --key ete-2026=pk_… --permit ete-2026=p.txt
            portillon permit revoke pt-3f7a9b20c1d4e586
            portillon permit purge pt-3f7a9b20c1d4e586 --confirm pt-3f7a9b20c1d4e586

            Entries that come with a permit, in the header Portillon-Permit, are test entries: \
            decided and stored like every entry, and counted by their permit alone.
            """,
        subcommands: [Issue.self, List.self, Verify.self, Revoke.self, Purge.self])

    struct Issue: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "issue",
            abstract: "Issue a permit for test entries of an operation.",
            discussion: """
                portillon permit issue ete-2026 --per-second 500 --ends 2026-07-14T20:00:00Z
                portillon permit issue ete-2026 --per-second 2000 \
                --starts 2026-07-14T18:00:00Z --ends 2026-07-14T20:00:00Z \
                --address 192.0.2.0/24 --note 'rehearsal' > permit.txt

                Into a pipe or a file goes the permit alone.
                """)

        @Argument(help: "The operation.") var operation: String
        @Option(
            parsing: .unconditional,
            help: .init("Test entries a second, of all connections.", valueName: "n"))
        var perSecond: Int
        @Option(
            parsing: .unconditional,
            help: .init("When test entries are accepted from. Default: now.", valueName: "time"))
        var starts: String?
        @Option(
            parsing: .unconditional,
            help: .init("When they end, within 31 days of the start.", valueName: "time"))
        var ends: String
        @Option(
            name: .customLong("address"), parsing: .unconditionalSingleValue,
            help: .init(
                "A network they may come from. Default: anywhere. Repeatable.",
                valueName: "network"))
        var addresses: [String] = []
        @Option(parsing: .unconditional, help: "A note for the record.") var note: String?
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client().call("POST", ["v1", "permits"], body)
            try options.show(
                answer, secret: .permit, beside: [("permit id", answer["permit_id"]?.text ?? "")])
        }

        /// The request's body, without the options that were not given.
        var body: [String: JSONValue] {
            var body: [String: JSONValue] = [
                "operation": .string(operation), "per_second": .integer(perSecond),
                "starts": .string(starts ?? SystemClock.wallClock().rfc3339),
                "ends": .string(ends),
            ]
            if !addresses.isEmpty { body["addresses"] = .array(addresses.map(JSONValue.string)) }
            body["note"] = note.map(JSONValue.string)
            return body
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the permits, with the counts of their runs.",
            discussion: "portillon permit list --json")

        @OptionGroup var options: AdminOptions

        func run() throws {
            let list = PagedList(
                client: try options.client(), path: ["v1", "permits"], name: "permits")
            try options.show(
                list,
                columns: [
                    "permit_id", "operation", "state", "per_second", "starts", "ends", "entries",
                    "participants", "purged",
                ])
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Say whether the gateway signed a permit, and whether it is good now.",
            discussion: """
                portillon permit verify pm_AAAAAJ…
                portillon permit verify "$(cat permit.txt)" --operation ete-2026 --address 192.0.2.7

                Exit status: 0 good; 1 an entry with it is refused, and why; or the gateway \
                cannot read the key that the permit would be signed with, and cannot tell.
                """)

        @Argument(help: "The permit's text.") var permit: String
        @Option(
            parsing: .unconditional, help: "Where it is to be used. Default: its own operation.")
        var operation: String?
        @Option(
            parsing: .unconditional,
            help: .init("Where an entry would come from.", valueName: "address"))
        var address: String?
        @OptionGroup var options: AdminOptions

        func run() throws {
            var body: [String: JSONValue] = ["permit": .string(permit)]
            body["operation"] = operation.map(JSONValue.string)
            body["address"] = address.map(JSONValue.string)
            let answer = try options.client().call("POST", ["v1", "permits", "verify"], body)
            try options.show(answer) { answer in
                var rows = [("valid", answer["valid"]?.text ?? "")]
                if let code = answer["code"]?.string { rows.append(("code", code)) }
                if let permit = answer["permit"] { rows += PermitCommand.rows(permit) }
                return listing(rows)
            }
            if let code = answer["code"]?.string {
                throw CommandFailure(
                    .refused, printable("an entry with this permit is refused: \(code)"))
            }
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke",
            abstract: "Revoke a permit: the gateway refuses it from the next entry on.",
            discussion: "portillon permit revoke pt-3f7a9b20c1d4e586 --note 'too much'")

        @Argument(help: "The permit's id, as \"permit list\" shows it.") var permitID: String
        @Option(parsing: .unconditional, help: "A note for the record.") var note: String?
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client()
                .call("POST", ["v1", "permits", permitID, "revoke"], note.asBody)
            try options.requireChange(answer) {
                "permit \(permitID) is revoked already, since \($0["revoked_at"]?.text ?? "")"
            }
            try options.show(answer) { listing(PermitCommand.rows($0)) }
        }
    }

    struct Purge: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "purge",
            abstract: "Take a run's entries out of every count, and forget what they gave.",
            discussion: """
                portillon permit purge pt-3f7a9b20c1d4e586 --confirm pt-3f7a9b20c1d4e586

                This cannot be undone. It revokes the permit too. Exit status 1 with \
                run_not_forgotten: the data is still readable; purge again.
                """)

        @Argument(help: "The permit's id, as \"permit list\" shows it.") var permitID: String
        @Option(parsing: .unconditional, help: .init("The id once more.", valueName: "permit-id"))
        var confirm: String
        @Option(parsing: .unconditional, help: "A note for the record.") var note: String?
        @OptionGroup var options: AdminOptions

        func run() throws {
            var body: [String: JSONValue] = ["confirm": .string(confirm)]
            body["note"] = note.map(JSONValue.string)
            let answer = try options.client()
                .call("POST", ["v1", "permits", permitID, "purge"], body)
            try options.requireChange(answer) {
                "permit \(permitID) is purged already, since \($0["purged_at"]?.text ?? "")"
            }
            try options.show(answer) { listing(PermitCommand.rows($0)) }
        }
    }

    /// What is told of one permit.
    private static func rows(_ permit: JSONValue) -> [(String, String)] {
        permit.rows([
            "permit_id", "operation", "state", "per_second", "starts", "ends", "note", "entries",
            "participants", "revoked_at", "purged_at", "purged", "forgotten_at",
        ])
    }
}
