import Foundation
internal import Ledger
internal import Time

/// The dossier as JSON: its facts, one line a member; and under `words` what this version says of
/// them in one language, which is no part of the proof.
extension Dossier {
    /// All of it, section after section.
    func jsonSections(_ language: Language) -> [DossierSection<String>] {
        let words = DossierWords(self, language)
        let items = items
        // A closing brace comes behind the last member.
        return Array(factsSections.dropLast()) + [
            DossierSection {
                let head = try Self.json(words, indentedBy: "  ")
                return ",\n  \"words\" : \(head.dropLast(4)),\n    \"items\" : ["
            },
            DossierSection(items.count) { index in
                let item = try Self.json(words.item(items[index]), indentedBy: "      ")
                return Self.separator(index) + "\n      " + item
            },
            DossierSection { "\n    ]\n  }" }, Self.end,
        ]
    }

    /// The facts alone, section after section.
    var factsSections: [DossierSection<String>] {
        let items = items
        return [
            DossierSection {
                let header = try Self.json(Header(dossier: self), indentedBy: "")
                return "\(header.dropLast(2)),\n  \"items\" : ["
            },
            DossierSection(items.count) { index in
                let item = try Self.json(items[index], indentedBy: "    ")
                return Self.separator(index) + "\n    " + item
            },
            DossierSection { "\n  ]" }, Self.end,
        ]
    }

    private static var end: DossierSection<String> { DossierSection { "\n}\n" } }

    private static func separator(_ index: Int) -> String { index == 0 ? "" : "," }

    /// The dossier in one piece.
    package func json(_ language: Language = .english) throws -> [UInt8] {
        try DossierPieces(jsonSections(language)).joined()
    }

    /// The facts alone, as JSON: what is proved.
    package func factsJSON() throws -> [UInt8] { try DossierPieces(factsSections).joined() }

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
