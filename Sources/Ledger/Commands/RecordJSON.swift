internal import Bytes
internal import Foundation

/// The JSON of records: members sorted by name, no white space, so that a value has one text.
///
/// Reading is strict. A member that this version does not know could change what a record means,
/// so it is an error and not passed over, unless its name begins with `_`: the writer's promise
/// that a reader may skip it. Instead of a list of members beside each type, what was read is
/// written again and compared: whatever the types did not take over, at any depth, is missing.
enum RecordJSON {
    static func bytes(of value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(value))
    }

    /// - Throws: ``RecordFormatError``, and what `JSONDecoder` throws.
    static func read<Value: Codable>(_ type: Value.Type, from json: RawSpan) throws -> Value {
        let given = Data(json.array)
        let value = try JSONDecoder().decode(type, from: given)
        let understood = Data(try bytes(of: value))
        // What a gateway wrote is the same bytes: no tree is made.
        if given == understood { return value }
        try compare(
            JSONSerialization.jsonObject(with: given),
            JSONSerialization.jsonObject(with: understood), at: "")
        return value
    }

    /// Members that only `understood` has are those that were given a default: a later version may
    /// add one, and says what its absence means.
    private static func compare(_ given: Any, _ understood: Any, at path: String) throws {
        switch (given, understood) {
        case (let given as [String: Any], let understood as [String: Any]):
            for (name, value) in given.sorted(by: { $0.key < $1.key }) where !isSkippable(name) {
                let path = path + "/" + name
                guard let known = understood[name] else {
                    throw RecordFormatError.unknownMember(path)
                }
                try compare(value, known, at: path)
            }
        case (let given as [Any], let understood as [Any]):
            guard given.count == understood.count else {
                throw RecordFormatError.ambiguous(path)
            }
            for (index, pair) in zip(given, understood).enumerated() {
                try compare(pair.0, pair.1, at: "\(path)/\(index)")
            }
        default:
            guard "\(given)" == "\(understood)" else { throw RecordFormatError.ambiguous(path) }
        }
    }

    private static func isSkippable(_ name: String) -> Bool { name.utf8.first == UInt8(ascii: "_") }
}

/// Why the JSON of a record is refused. Paths are JSON Pointers (RFC 6901) without their escapes.
package enum RecordFormatError: Error, Equatable {
    case unknownCommand(String)
    case unknownEvent(String)
    /// A member that this version does not know, and that is not marked as skippable.
    case unknownMember(String)
    /// A value that is not read as it is written, such as a member that stands twice.
    case ambiguous(String)
}

extension RecordFormatError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownCommand(let name): "unknown command `\(name)`"
        case .unknownEvent(let name): "unknown event `\(name)`"
        case .unknownMember(let path): "unknown member `\(path)`"
        case .ambiguous(let path): "ambiguous value at `\(path)`"
        }
    }
}
