internal import Ledger

/// The answer to a reset or a deletion.
struct RetirementView: Encodable {
    let operation: String
    let state: String
    let export: ExportView

    struct ExportView: Encodable {
        /// In the folder `exports` of the gateway's data.
        let file: String
        let sha256: String
        let entries: UInt64
        let participants: UInt32
    }

    init(operation: String, state: String, _ receipt: ExportReceipt) {
        self.operation = operation
        self.state = state
        export = ExportView(
            file: receipt.file, sha256: receipt.sha256, entries: receipt.entries,
            participants: receipt.participants)
    }
}

extension RetirementView {
    static let shape = Shape.object([
        .required("operation", .identifier), .required("state", .text(1...64)),
        .required(
            "export",
            .object([
                .required(
                    "file", .text(1...LedgerLimits.exportNameBytes),
                    "In the folder `exports` of the gateway's data."),
                .required("sha256", .text(64...64)), .required("entries", .count),
                .required("participants", .count),
            ])),
    ])
    static let body = Shape.object([
        .required("confirm", .text(0...LedgerLimits.identifierBytes), "The operation's name again.")
    ])
}
