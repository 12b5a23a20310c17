import Bytes
import Foundation

/// The command's own member, and `by`.
extension AdministrativeRecord: Codable {
    private enum CodingKeys: String, CodingKey {
        case author = "by"
    }

    package init(from decoder: any Decoder) throws {
        command = try AdministrativeCommand(from: decoder)
        author = try decoder.container(keyedBy: CodingKeys.self).decode(
            Author.self, forKey: .author)
    }

    package func encode(to encoder: any Encoder) throws {
        try command.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(author, forKey: .author)
    }

    /// As the log holds it.
    package func json() throws -> [UInt8] { try StableJSON.bytes(of: self) }

    /// - Throws: what `JSONDecoder` throws, for bytes that are not a command.
    package init(json: RawSpan) throws {
        self = try JSONDecoder().decode(AdministrativeRecord.self, from: Data(json.array))
    }
}

extension EventRecord {
    /// As the log holds it.
    package func json() throws -> [UInt8] { try StableJSON.bytes(of: event) }

    /// - Throws: what `JSONDecoder` throws, for bytes that are not an event.
    package init(json: RawSpan) throws {
        event = try JSONDecoder().decode(LedgerEvent.self, from: Data(json.array))
    }
}

/// JSON with sorted keys: the same value always gives the same bytes.
enum StableJSON {
    static func bytes(of value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(value))
    }
}
