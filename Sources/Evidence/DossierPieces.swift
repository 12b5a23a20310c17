/// A dossier in pieces, for an answer of any length: together they are ``Dossier/json()``, or
/// ``Dossier/page``, byte for byte.
package struct DossierPieces: Sendable {
    package enum Form: Sendable {
        case json, page
    }

    private let dossier: Dossier
    private let form: Form
    /// What stands before the first item and behind the last one, in JSON.
    private let envelope: Dossier.JSONEnvelope?
    /// The next item; -1 where the beginning comes next.
    private var position = -1

    /// Bytes of a piece from which on no further item is put into it.
    private static var usualBytes: Int { 32 << 10 }

    /// - Throws: what `JSONEncoder` throws, which names and whole numbers do not make it do.
    package init(_ dossier: Dossier, as form: Form) throws {
        self.dossier = dossier
        self.form = form
        envelope = form == .json ? try dossier.jsonEnvelope() : nil
    }

    /// The next piece: some items, as long as they are together not more than one of them over 32
    /// KiB; nil behind the last.
    /// - Throws: as above.
    package mutating func next() throws -> [UInt8]? {
        guard position <= dossier.items.count else { return nil }
        var piece: [UInt8] = []
        if position < 0 {
            piece += envelope?.beginning ?? Array(dossier.pageBeginning.utf8)
            position = 0
        }
        while piece.count < Self.usualBytes, position < dossier.items.count {
            let item = dossier.items[position]
            switch form {
            case .json:
                if position > 0 { piece += Dossier.JSONEnvelope.separator }
                piece += try item.indentedJSON()
            case .page: piece += Array(Dossier.pageItem(item).utf8)
            }
            position += 1
        }
        if position == dossier.items.count, piece.count < Self.usualBytes {
            piece += envelope?.end ?? Array(dossier.pageEnd.utf8)
            position += 1
        }
        return piece
    }
}
