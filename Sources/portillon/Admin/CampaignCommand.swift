import ArgumentParser
import Contract
import Wire

/// A wrong word is answered with those that exist.
extension Channel: ExpressibleByArgument {}

/// `portillon campaign`: declares what sends people to an operation (C1).
struct CampaignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "campaign",
        abstract: "Declare the campaigns that send people to an operation.",
        subcommands: [Add.self, Check.self, List.self, Withdraw.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add",
            abstract: "Declare a campaign before it starts.",
            discussion: """
                portillon campaign add ete-2026 --channel email --recipients 120000 \
                --starts 2026-07-14T08:00:00Z --source newsletter-july

                The operation's cover is the largest of 50,000, the traffic notice, and the \
                recipients of all its campaigns that were declared before they started.
                """)

        @Argument(help: "The operation.") var operation: String
        @OptionGroup var campaign: CampaignOptions
        @Option(
            parsing: .unconditional,
            help: .init(
                "The \"source\" tag of its entries. Default: the campaign's id.",
                valueName: "tag"))
        var source: String?
        @Option(parsing: .unconditional, help: "A note for the record.") var note: String?
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client()
                .call("POST", ["v1", "operations", operation, "campaigns"], body)
            try options.show(answer) { DeclarationText.campaigns([$0]) }
        }

        /// The request's body, without the options that were not given.
        var body: [String: JSONValue] {
            var body = campaign.members
            body["source"] = source.map(JSONValue.string)
            body["note"] = note.map(JSONValue.string)
            return body
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Ask whether a campaign fits beside all declared ones; declares nothing.",
            discussion: """
                portillon campaign check ete-2026 --channel email --recipients 120000 \
                --starts 2026-07-14T08:00:00Z

                Exits with 1 if it does not fit; then it shows the waves that do.
                """)

        @Argument(help: "The operation.") var operation: String
        @OptionGroup var campaign: CampaignOptions
        @Option(
            parsing: .unconditional,
            help: .init(
                "Entries a second that the gateway can take. Default: what it measured.",
                valueName: "n"))
        var capacity: Int?
        @OptionGroup var options: AdminOptions

        func run() throws {
            var body = campaign.members
            body["capacity_per_second"] = capacity.map(JSONValue.integer)
            let answer = try options.client()
                .call("POST", ["v1", "operations", operation, "campaign-check"], body)
            try options.show(answer, as: CalendarText.check)
            if answer["fits"]?.bool == false { throw ExitCode(1) }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List an operation's campaigns, including withdrawn ones.",
            discussion: "portillon campaign list ete-2026 --json")

        @Argument(help: "The operation.") var operation: String
        @OptionGroup var options: AdminOptions

        func run() throws {
            let list = PagedList(
                client: try options.client(),
                path: ["v1", "operations", operation, "campaigns"], name: "campaigns")
            try options.show(
                list, keeping: DeclarationText.members, as: DeclarationText.list)
        }
    }

    struct Withdraw: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "withdraw",
            abstract: "Withdraw a campaign: it no longer adds to the cover.",
            discussion: "portillon campaign withdraw ete-2026 c-3f7a9b20c1d4e586")

        @Argument(help: "The operation.") var operation: String
        @Argument(help: "The campaign's id, as \"campaign list\" shows it.") var campaign: String
        @Option(parsing: .unconditional, help: "A note for the record.") var note: String?
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client().call(
                "DELETE", ["v1", "operations", operation, "campaigns", campaign],
                note.map { ["note": .string($0)] })
            try options.requireChange(answer) {
                "campaign \(campaign) is withdrawn already, since \($0["withdrawn_at"]?.text ?? "")"
            }
            try options.show(answer) { DeclarationText.campaigns([$0]) }
        }
    }
}

/// What a campaign is, declared or not.
struct CampaignOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: "The channel that carries it.") var channel: Channel
    @Option(
        parsing: .unconditional, help: .init("The number of people it reaches.", valueName: "n"))
    var recipients: Int
    @Option(parsing: .unconditional, help: .init("When it starts (RFC 3339).", valueName: "time"))
    var starts: String
    @Option(parsing: .unconditional, help: .init("When it ends (RFC 3339).", valueName: "time"))
    var ends: String?

    /// The members of a request's body.
    var members: [String: JSONValue] {
        var members: [String: JSONValue] = [
            "channel": .string(channel.rawValue), "recipients": .integer(recipients),
            "starts": .string(starts),
        ]
        members["ends"] = ends.map(JSONValue.string)
        return members
    }
}
