import ArgumentParser
import Wire

/// What cannot be undone (C18).
extension OperationCommand {
    /// `portillon operation reset`.
    struct Reset: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set an operation back to zero: nobody has entered. It cannot be undone.",
            discussion: """
                portillon operation reset ete-2026 --confirm ete-2026

                What people gave is exported first, to the folder "exports" of the gateway's data, \
                and destroyed afterwards. Settings, declarations and keys stay. While entries keep \
                coming it is refused: suspend or close the operation before.
                """)

        @Argument(help: "The operation.") var operation: String
        @Option(help: .init("The operation's name once more.", valueName: "operation"))
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
            abstract: "Take an operation away, with its keys. It cannot be undone.",
            discussion: """
                portillon operation delete ete-2026 --confirm ete-2026

                What people gave is exported first, to the folder "exports" of the gateway's data, \
                and destroyed afterwards. The evidence stays.
                """)

        @Argument(help: "The operation.") var operation: String
        @Option(help: .init("The operation's name once more.", valueName: "operation"))
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
