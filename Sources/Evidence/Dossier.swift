internal import Bytes
internal import Contract
internal import Cryptography
package import Ledger
internal import Time

/// What was declared, measured, done and decided of one operation, and where it stands in the
/// log: what one party shows the other (C15). Facts only; ``DossierWords`` makes sentences of them.
///
/// It is a function of the log up to one record, and of nothing else: no clock, no counter of a
/// process. So whoever has the log can make it again, and compare it.
package struct Dossier: Sendable {
    package let operation: String
    let client: String
    let clientName: String
    let title: String
    let zone: Zone
    /// The last record that it rests on.
    package let asOf: RecordPosition
    let state: String
    let cover: UInt32
    let crossedAt: Timestamp?
    let declarations: [DeclaredFact]
    /// The policies of the ladder, in order; never empty.
    let policies: [PolicyInForce]
    let episodes: [Episode]
    package let items: [DossierItem]

    /// Changes when the facts change their shape. Sentences have none: see ``DossierWords``.
    package static var currentFormat: Int { 6 }

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
        clientName = catalogue.clients.first { $0.id == subject.client }?.name ?? subject.client
        title = subject.title
        zone = Zone(name: subject.settings.timeZone, localTime: subject.settings.localTime)
        asOf = RecordPosition(last)
        state = subject.retirement == nil ? subject.state.name : "deleted"
        cover = subject.cover.participants
        crossedAt = subject.crossedAt
        declarations = DeclaredFact.list(subject.declarations, records)
        var reading = DossierReading()
        items = records.map { reading.item($0) }
        policies = reading.policies
        episodes = reading.episodes
    }

    /// The item of a record; `nil` if it is none of this dossier's.
    func item(_ sequence: UInt64) -> DossierItem? {
        // Items are in the order of the log.
        var low = 0
        var high = items.count
        while low < high {
            let middle = (low + high) / 2
            if items[middle].place.sequence < sequence { low = middle + 1 } else { high = middle }
        }
        guard low < items.count, items[low].place.sequence == sequence else { return nil }
        return items[low]
    }
}
