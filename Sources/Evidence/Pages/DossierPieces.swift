/// A rendered dossier in pieces, for an answer of any length. A piece is made when it is asked for,
/// so a long dossier takes no more memory than its facts do already.
package struct DossierPieces: Sendable {
    package enum Form: CaseIterable, Sendable {
        case json, page, text
    }

    private let sections: [DossierSection<String>]
    /// Where the next element is.
    private var section = 0
    private var position = 0
    /// Made, and not handed out.
    private var rest: [UInt8] = []

    /// Bytes of a piece, at most.
    private static var pieceBytes: Int { 32 << 10 }

    package init(_ dossier: Dossier, as form: Form, _ language: Language) {
        switch form {
        case .json: self.init(dossier.jsonSections(language))
        case .page: self.init(dossier.pageSections(language))
        case .text: self.init(dossier.textSections(language))
        }
    }

    init(_ sections: [DossierSection<String>]) {
        self.sections = sections
    }

    /// The next piece, of 32 KiB at most; nil behind the last.
    /// - Throws: what `JSONEncoder` throws, which names and whole numbers do not make it do.
    package mutating func next() throws -> [UInt8]? {
        while rest.count < Self.pieceBytes, let text = try nextText() { rest += text.utf8 }
        guard !rest.isEmpty else { return nil }
        let piece = Array(rest.prefix(Self.pieceBytes))
        rest.removeFirst(piece.count)
        return piece
    }

    private mutating func nextText() throws -> String? {
        while section < sections.count {
            guard position < sections[section].count else {
                section += 1
                position = 0
                continue
            }
            defer { position += 1 }
            return try sections[section].element(position)
        }
        return nil
    }

    /// All pieces in one.
    func joined() throws -> [UInt8] {
        var (pieces, bytes) = (self, [UInt8]())
        while let text = try pieces.nextText() { bytes += text.utf8 }
        return bytes
    }
}
