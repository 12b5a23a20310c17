internal import Evidence
internal import Synchronization

/// The body of a dossier, in any of its forms and languages.
final class DossierBody: BodyProducer {
    private let pieces: Mutex<DossierPieces>

    init(_ pieces: DossierPieces) {
        self.pieces = Mutex(pieces)
    }

    func next() throws -> [UInt8]? {
        try pieces.withLock { pieces in try pieces.next() }
    }
}
