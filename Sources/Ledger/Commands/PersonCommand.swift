/// What is done with the data of persons (C17, C19, C22), recorded so that it can be shown later.
package enum PersonCommand: Equatable, Sendable {
    /// The entries of an operation are handed out, with what people gave; recorded before the first
    /// of them goes out.
    case export(ExportTrace)

    package enum Name: String, CaseIterable, Sendable {
        case export = "person.export"
    }

    package var name: Name {
        switch self {
        case .export: .export
        }
    }

    package var operation: String? {
        switch self {
        case .export(let trace): trace.operation
        }
    }
}

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

// MARK: JSON

extension PersonCommand {
    init(_ name: Name, from decoder: any Decoder) throws {
        switch name {
        case .export: self = .export(try ExportTrace(from: decoder))
        }
    }

    func encodeMembers(to encoder: any Encoder) throws {
        switch self {
        case .export(let trace): try trace.encode(to: encoder)
        }
    }
}

// MARK: Application

extension PersonCommand {
    /// Records what is done, see ``Catalogue/apply(_:by:at:counts:)``.
    func apply(to operations: OperationTable) throws(CommandRefusal) -> Change {
        switch self {
        case .export(let trace):
            let index = try operations.requireIndex(trace.operation)
            guard index == trace.operationIndex else { throw .operationReplaced(trace.operation) }
            guard ["ndjson", "csv"].contains(trace.format) else {
                throw .invalid(pointer: "/format", detail: "must be ndjson or csv")
            }
            try Field.requireText(trace.chain, 64...64, at: "/chain")
            return .recorded
        }
    }
}

// MARK: Words

extension PersonCommand {
    package var sentence: String {
        switch self {
        case .export(let trace):
            "The entries up to record \(trace.lastRecord) were handed out as "
                + "\(trace.format.uppercased()), with what the participants gave (C17, C18)."
        }
    }
}
