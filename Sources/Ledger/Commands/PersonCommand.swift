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
