/// Whose data was handed out, and how much of it (C17).
package struct ExportTrace: Equatable, Codable, Sendable {
    package var operation: String
    /// The operation's index: after a reset the name stands for other entries.
    package var operationIndex: UInt32
    /// `ndjson` or `csv`.
    package var format: String
    /// The export has the operation's entries among the records up to this one, and no others.
    package var lastRecord: UInt64
    /// The chain value behind it, 64 hexadecimal digits: which log that was.
    package var chain: String

    package init(
        operation: String, operationIndex: UInt32, format: String, lastRecord: UInt64,
        chain: String
    ) {
        self.operation = operation
        self.operationIndex = operationIndex
        self.format = format
        self.lastRecord = lastRecord
        self.chain = chain
    }

    private enum CodingKeys: String, CodingKey {
        case operation, format, chain
        case operationIndex = "operation_index"
        case lastRecord = "last_record"
    }
}
