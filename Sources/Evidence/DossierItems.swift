/// The items of a dossier, in order. Each is put into words when it is asked for, so that a long
/// dossier takes no more memory than its records do already.
package struct DossierItems: RandomAccessCollection, Sendable {
    private let records: [EvidenceRecord]

    init(_ records: [EvidenceRecord]) {
        self.records = records
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { records.count }
    package subscript(position: Int) -> Dossier.Item { Dossier.Item(records[position]) }

    /// The first of them alone.
    var onlyFirst: DossierItems { DossierItems(Array(records.prefix(1))) }
}

extension DossierItems: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var items = encoder.unkeyedContainer()
        for item in self { try items.encode(item) }
    }
}
