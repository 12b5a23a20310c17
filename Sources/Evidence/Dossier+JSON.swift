import Foundation

extension Dossier {
    /// The dossier as it is handed out: one line a member, names sorted, so that the same log
    /// gives the same bytes and two dossiers can be compared line by line.
    package func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }

    /// What stands around the items in ``json()``.
    struct JSONEnvelope: Sendable {
        let beginning: [UInt8]
        let end: [UInt8]

        /// What stands between two items.
        static let separator = Array(",\n    ".utf8)
    }

    /// Found by encoding the dossier with one item and looking for that: where the list stands is
    /// the encoder's to say.
    func jsonEnvelope() throws -> JSONEnvelope {
        let whole = Data(try shortened.json())
        let first = try items.first?.indentedJSON() ?? []
        // No text in JSON has a line feed of its own, so nothing else is like this.
        let list = whole.range(
            of: Data("\n    ".utf8) + Data(first) + Data("\n  ]".utf8))
        guard let list else {
            preconditionFailure("a dossier has items, and they stand in its JSON")
        }
        return JSONEnvelope(
            beginning: [UInt8](whole[..<(list.lowerBound + 5)]),
            end: [UInt8](whole[(list.upperBound - 4)...]))
    }

    /// What a dossier says of itself, before it is believed.
    package struct Claim: Decodable, Sendable {
        package let format: Int
        package let operation: String
        package let asOf: RecordPosition

        private enum CodingKeys: String, CodingKey {
            case format, operation
            case asOf = "as_of"
        }

        /// - Throws: what `JSONDecoder` throws, for bytes that are no dossier.
        package init(json: [UInt8]) throws {
            self = try JSONDecoder().decode(Claim.self, from: Data(json))
        }
    }
}

extension Dossier.Item {
    /// The item as it stands in the list of a dossier's JSON: two levels deep.
    func indentedJSON() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        var indented: [UInt8] = []
        var isLineStart = false
        for byte in try encoder.encode(self) {
            let isLineEnd = byte == UInt8(ascii: "\n")
            // The encoder leaves the line in an empty list empty.
            if isLineStart, !isLineEnd { indented += [32, 32, 32, 32] }
            indented.append(byte)
            isLineStart = isLineEnd
        }
        return indented
    }
}
