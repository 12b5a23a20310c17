import Foundation

extension Dossier {
    /// The dossier as it is handed out: one line a member, names sorted, so that the same log
    /// gives the same bytes and two dossiers can be compared line by line.
    package func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(self)) + [UInt8(ascii: "\n")]
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
