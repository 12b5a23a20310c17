internal import Bytes
internal import Contract
internal import Cryptography
package import Ledger
internal import Time

/// What was declared, measured, done and decided of one operation, and where it stands in the
/// log: what one party shows the other (C15).
///
/// It is a function of the log up to one record, and of nothing else: no clock, no counter of a
/// process. So whoever has the log can make it again, and compare it byte for byte.
package struct Dossier: Encodable, Sendable {
    /// Changes when the shape or a sentence does: what is compared byte for byte must have been
    /// made the same way.
    let format = Dossier.currentFormat
    package let operation: String
    let client: String
    let title: String
    /// The last record that it rests on.
    package let asOf: RecordPosition
    let state: String
    let cover: UInt32
    let crossedAt: String?
    let declarations: [Declared]
    package private(set) var items: DossierItems

    package static var currentFormat: Int { 4 }

    /// A record's place in the log.
    package struct RecordPosition: Codable, Sendable, Equatable {
        /// The record's number.
        package var sequence: UInt64
        /// The time of its batch.
        package var at: String
        /// The number of the batch's first record.
        var batch: UInt64
        /// The log's chain value behind the batch: SHA-256 over everything up to there.
        var chain: String

        init(_ record: EvidenceRecord) {
            sequence = record.sequence
            at = record.at.rfc3339
            batch = record.batch
            var text = ByteBuffer(capacity: 64)
            text.append(hexadecimal: record.chain.bytes)
            chain = text.text
        }
    }

    /// A declaration as it counts at the end.
    struct Declared: Encodable, Sendable {
        let kind: String
        let declaredAt: String
        let allows: UInt32
        let counts: Bool

        private enum CodingKeys: String, CodingKey {
            case kind, allows, counts
            case declaredAt = "declared_at"
        }
    }

    /// One record: where it stands, who acted, what it says, in words and as it was written.
    package struct Item: Encodable, Sendable {
        package let place: RecordPosition
        /// Who acted; `gateway` where it follows from the rules.
        let by: Author
        package let text: String
        package let record: Content

        package enum Content: Encodable, Sendable {
            case command(AdministrativeCommand)
            case event(LedgerEvent)

            package func encode(to encoder: any Encoder) throws {
                switch self {
                case .command(let command): try command.encode(to: encoder)
                case .event(let event): try event.encode(to: encoder)
                }
            }
        }
    }

    /// - Parameters:
    ///   - operation: its index in the catalogue.
    ///   - catalogue: as it is behind the last of the records that concern the operation.
    ///   - records: its records, see ``EvidenceIndex/records(of:)``.
    /// - Returns: `nil` if nothing is on record of it.
    package init?(_ operation: UInt32, _ catalogue: Catalogue, _ records: [EvidenceRecord]) {
        guard operation < catalogue.operations.count else { return nil }
        let subject = catalogue.operations[Int(operation)]
        guard let last = records.last else { return nil }
        self.operation = subject.id
        client = subject.client
        title = subject.title
        asOf = RecordPosition(last)
        state = subject.retirement == nil ? subject.state.name : "deleted"
        cover = subject.cover.participants
        crossedAt = subject.crossedAt?.rfc3339
        declarations = Self.declared(subject.declarations)
        items = DossierItems(records)
    }

    private static func declared(_ declarations: Declarations) -> [Declared] {
        let notices = declarations.notice.map {
            Declared(
                kind: "traffic_notice", declaredAt: $0.declaredAt.rfc3339,
                allows: $0.expectedParticipants, counts: true)
        }
        let campaigns = declarations.campaigns.map {
            Declared(
                kind: "campaign \($0.id)", declaredAt: $0.declaredAt.rfc3339,
                allows: $0.declaration.recipients, counts: $0.counts)
        }
        return (notices.map { [$0] } ?? []) + campaigns
    }

    /// The dossier with its first item alone.
    var shortened: Dossier {
        var short = self
        short.items = items.onlyFirst
        return short
    }

    private enum CodingKeys: String, CodingKey {
        case format, operation, client, title, state, cover, declarations, items
        case asOf = "as_of"
        case crossedAt = "crossed_at"
    }
}

extension Dossier.Item {
    init(_ evidence: EvidenceRecord) {
        place = Dossier.RecordPosition(evidence)
        switch evidence.content {
        case .command(let recorded):
            by = recorded.author
            text = recorded.command.sentence
            record = .command(recorded.command)
        case .event(let event):
            by = .gateway
            text = event.sentence
            record = .event(event)
        }
    }
}
