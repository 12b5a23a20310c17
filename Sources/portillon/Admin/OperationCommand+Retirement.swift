import ArgumentParser
import Wire

/// Commands that cannot be undone (C18).
extension OperationCommand {
    /// `portillon operation reset`.
    struct Reset: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reset",
            abstract: "Reset an operation to zero entries. This cannot be undone.",
            discussion: """
                portillon operation reset ete-2026 --confirm ete-2026

                The gateway first exports all entries to "exports" in its data folder, then \
                destroys the key that the participants' data was sealed with. Settings, \
                declarations and front-end keys stay. The gateway refuses the reset while entries \
                keep coming: suspend or close the operation first.
                """)

        @Argument(help: "The operation.") var operation: String
        @Option(
            parsing: .unconditional,
            help: .init("The operation's name again, to confirm.", valueName: "operation"))
        var confirm: String
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client().call(
                "POST", ["v1", "operations", operation, "reset"], ["confirm": .string(confirm)],
                withinSeconds: GatewayClient.exportSeconds)
            try options.show(answer, as: RetirementText.of)
        }
    }

    /// `portillon operation delete`.
    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete",
            abstract: "Delete an operation and its keys. This cannot be undone.",
            discussion: """
                portillon operation delete ete-2026 --confirm ete-2026

                The gateway first exports all entries to "exports" in its data folder, then \
                destroys the key that the participants' data was sealed with. The evidence stays.
                """)

        @Argument(help: "The operation.") var operation: String
        @Option(
            parsing: .unconditional,
            help: .init("The operation's name again, to confirm.", valueName: "operation"))
        var confirm: String
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client().call(
                "DELETE", ["v1", "operations", operation], ["confirm": .string(confirm)],
                withinSeconds: GatewayClient.exportSeconds)
            try options.show(answer, as: RetirementText.of)
        }
    }
}

private enum RetirementText {
    static func of(_ answer: JSONValue) -> String {
        let export = answer["export"] ?? .null
        return listing([
            ("operation", answer["operation"]?.text ?? ""), ("state", answer["state"]?.text ?? ""),
            ("export", "exports/" + (export["file"]?.text ?? "")),
            ("sha-256", export["sha256"]?.text ?? ""), ("entries", export["entries"]?.text ?? ""),
            ("participants", export["participants"]?.text ?? ""),
        ])
    }
}
