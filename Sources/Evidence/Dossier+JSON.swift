import Foundation
internal import Ledger
internal import Time

/// The dossier as JSON: its facts, one line a member, names sorted; and under `words` what this
/// version says of them in one language, which is no part of the proof.
extension Dossier {
    /// Appends the dossier piece by piece: the header, each item, the words.
    package func writeJSON(_ language: Language, to sink: (String) throws -> Void) throws {
        try writeFacts(to: sink)
        try sink(",\n  \"words\" : ")
        try sink(Self.json(DossierWords(self, language), indentedBy: "  "))
        try sink("\n}\n")
    }

    /// The dossier in one piece.
    package func json(_ language: Language = .english) throws -> [UInt8] {
        var text = ""
        try writeJSON(language) { text += $0 }
        return Array(text.utf8)
    }

    /// The facts alone, as JSON: what is proved.
    package func factsJSON() throws -> [UInt8] {
        var text = ""
        try writeFacts { text += $0 }
        return Array((text + "\n}\n").utf8)
    }

    private func writeFacts(to sink: (String) throws -> Void) throws {
        let header = try Self.json(Header(dossier: self), indentedBy: "")
        // Its closing brace comes behind the last member.
        try sink(String(header.dropLast(2)))
        try sink(",\n  \"items\" : [")
        for (index, item) in items.enumerated() {
            try sink(index == 0 ? "\n    " : ",\n    ")
            try sink(Self.json(item, indentedBy: "    "))
        }
        try sink("\n  ]")
    }

    private static func json(_ value: some Encodable, indentedBy indent: String) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(value), as: UTF8.self)
        return text.split(separator: "\n", omittingEmptySubsequences: false)
            .joined(separator: "\n" + indent)
    }

    /// Everything but the items.
    private struct Header: Encodable {
        let dossier: Dossier

        private enum CodingKeys: String, CodingKey {
            case format, operation, client, title, state, cover, declarations, policies, episodes
            case clientName = "client_name"
            case timeZone = "time_zone"
            case asOf = "as_of"
            case crossedAt = "crossed_at"
        }

        func encode(to encoder: any Encoder) throws {
            var members = encoder.container(keyedBy: CodingKeys.self)
            try members.encode(Dossier.currentFormat, forKey: .format)
            try members.encode(dossier.operation, forKey: .operation)
            try members.encode(dossier.client, forKey: .client)
            try members.encode(dossier.clientName, forKey: .clientName)
            try members.encode(dossier.title, forKey: .title)
            try members.encode(dossier.zone.name, forKey: .timeZone)
            try members.encode(dossier.asOf, forKey: .asOf)
            try members.encode(dossier.state, forKey: .state)
            try members.encode(dossier.cover, forKey: .cover)
            try members.encodeIfPresent(dossier.crossedAt?.rfc3339, forKey: .crossedAt)
            try members.encode(dossier.declarations, forKey: .declarations)
            try members.encode(dossier.policies, forKey: .policies)
            try members.encode(dossier.episodes, forKey: .episodes)
        }
    }

    /// What a dossier says of itself, before it is believed.
    package struct Claim: Decodable, Sendable {
        package let format: Int
        package let operation: String
        /// The number of the last record that it rests on.
        package let sequence: UInt64

        private enum CodingKeys: String, CodingKey {
            case format, operation
            case asOf = "as_of"
        }

        private struct Position: Decodable {
            let sequence: UInt64
        }

        /// - Throws: what `JSONDecoder` throws, for bytes that are no dossier.
        package init(json: [UInt8]) throws {
            self = try JSONDecoder().decode(Claim.self, from: Data(json))
        }

        package init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            format = try members.decode(Int.self, forKey: .format)
            operation = try members.decode(String.self, forKey: .operation)
            sequence = try members.decode(Position.self, forKey: .asOf).sequence
        }
    }
}
