internal import Bytes
internal import Evidence
internal import Ledger
internal import Time

/// What was said between the parties, as it is on record (C15).
struct ExchangeView: Encodable {
    let record: UInt64
    let at: String
    let by: String
    let role: String
    let client: String
    /// The operation that it is about; nil for the client as a whole.
    let operation: String?
    let text: String

    /// nil for any other record.
    init?(_ evidence: EvidenceRecord) {
        guard case .command(let recorded) = evidence.content,
            case .client(.addNote(let client, let operation, let text)) = recorded.command
        else { return nil }
        record = evidence.sequence
        at = evidence.at.rfc3339
        by = recorded.author.name
        role = recorded.author.role.rawValue
        self.client = client
        self.operation = operation
        self.text = text
    }
}

extension ExchangeView {
    static let shape = Shape.object([
        .required("record", .count, "The number of its record."), .required("at", .time),
        .required("by", .text(1...200)), .required("role", .choice(of: Author.Role.self)),
        .required("client", .identifier),
        .optional("operation", .identifier, "Absent where it is about the client as a whole."),
        .required("text", TextLimit.exchange.shape),
    ])
    static let body = Shape.object([.required("text", TextLimit.exchange.shape)])
}

extension ExchangeView: ListedView {
    static var listName: String { "notes" }
}
