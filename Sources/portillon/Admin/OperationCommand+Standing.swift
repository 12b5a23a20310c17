import ArgumentParser
import Wire

/// Commands that limit an operation: suspensions and paces (C4, C8).
extension OperationCommand {
    /// `portillon operation suspend`.
    struct Suspend: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "suspend",
            abstract: "Suspend an operation: for a time, until it is resumed, or for good.",
            discussion: """
                portillon operation suspend ete-2026 --ground security \
                --until 2026-07-14T18:00:00Z --note 'leaked codes, see ticket 4711'

                Replaces an earlier suspension. Without --until the suspension lasts until \
                "operation resume"; a --definitive one can be lifted only by an admin who \
                confirms. The grounds unpaid and breach need --notice-delivered, and are allowed \
                only some days later; the command shows from when on, and asks on a terminal.
                """)

        @Argument(help: "The operation.") var operation: String
        @OptionGroup var suspension: SuspensionOptions
        @OptionGroup var options: AdminOptions

        func run() throws {
            try suspension.confirm(operation, options.client())
            try act("suspend", on: operation, body, options)
        }

        /// The request's body.
        var body: [String: JSONValue] { suspension.body }
    }

    /// `portillon operation resume`.
    struct Resume: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "resume",
            abstract: "End a suspension, automatic or not. A pace that was set stays.",
            discussion: """
                portillon operation resume ete-2026 --note 'codes replaced'
                portillon operation resume ete-2026 --confirm ete-2026 --note 'new contract'

                Lifts no suspension of the client: see "client resume". Exit status 1 where the \
                operation is not suspended: nothing was changed.
                """)

        @Argument(help: "The operation.") var operation: String
        @OptionGroup var resumption: ResumptionOptions
        @OptionGroup var options: AdminOptions

        func run() throws {
            try act("resume", on: operation, resumption.body, options, orElse: Unchanged.resume)
        }
    }

    /// `portillon operation pace`.
    struct Pace: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pace",
            abstract: "Limit an operation to a number of entries a second; the others wait.",
            discussion: """
                portillon operation pace ete-2026 50 --note 'spread over the evening'
                portillon operation pace ete-2026 --none
                """)

        @Argument(help: "The operation.") var operation: String
        @Argument(help: .init("Entries a second.", valueName: "n")) var perSecond: Int?
        @Flag(name: .customLong("none"), help: "Remove the limit.") var isNone = false
        @Option(parsing: .unconditional, help: "A note for the record.") var note: String?
        @OptionGroup var options: AdminOptions

        func validate() throws {
            if (perSecond == nil) != isNone {
                throw ValidationError("give either the entries a second or --none")
            }
        }

        func run() throws {
            if isNone {
                try act("pace", on: operation, body, options, orElse: Unchanged.paceRemoval)
            } else {
                // A pace is a setting: to set the same again is what was wanted.
                try act("pace", on: operation, body, options)
            }
        }

        var body: [String: JSONValue] {
            var body: [String: JSONValue] = [
                "per_second": perSecond.map(JSONValue.integer) ?? .null
            ]
            body["note"] = note.map(JSONValue.string)
            return body
        }
    }
}
