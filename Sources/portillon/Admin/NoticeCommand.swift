import ArgumentParser
import Wire

/// `portillon notice`: traffic that is announced beforehand (C2).
struct NoticeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notice", abstract: "Announce how many participants an operation expects.",
        subcommands: [Give.self, Withdraw.self])

    struct Give: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "give",
            abstract: "Announce an operation's participants; replaces an earlier notice.",
            discussion: """
                portillon notice give ete-2026 --expected-participants 80000

                The operation's cover is the largest of 50,000, the notice, and the recipients of \
                its campaigns. A notice that comes after the cover was crossed is recorded and \
                does not change it.
                """)

        @Argument(help: "The operation.") var operation: String
        @Option(
            parsing: .unconditional,
            help: .init("Participants expected in all, from the first to the last.", valueName: "n")
        )
        var expectedParticipants: Int
        @Option(parsing: .unconditional, help: "A note for the record.") var note: String?
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client()
                .call("POST", ["v1", "operations", operation, "traffic-notice"], body)
            try options.remarkIfUnchanged(answer, "\(operation) has this notice already")
            try options.show(answer, as: DeclarationText.notice)
        }

        var body: [String: JSONValue] {
            var body: [String: JSONValue] = [
                "expected_participants": .integer(expectedParticipants)
            ]
            body["note"] = note.map(JSONValue.string)
            return body
        }
    }

    struct Withdraw: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "withdraw",
            abstract: "Withdraw an operation's notice: only its campaigns then add to its cover.",
            discussion: "portillon notice withdraw ete-2026 --note 'the show was cancelled'")

        @Argument(help: "The operation.") var operation: String
        @Option(parsing: .unconditional, help: "A note for the record.") var note: String?
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client().call(
                "DELETE", ["v1", "operations", operation, "traffic-notice"],
                note.map { ["note": .string($0)] })
            try options.requireChange(answer) { _ in "\(operation) has no notice" }
            try options.show(answer) { OperationText.table([$0]) }
        }
    }
}
