internal import Evidence
internal import Ledger
internal import Log
internal import Playback
internal import Synchronization

/// The events of records that are in the log's files alone, piece by piece. One thread at a time
/// asks for a piece, and it may wait for a disk. Between pieces nothing is held but a place.
final class PastEvents: Sendable {
    /// Some events, in the order of the log.
    struct Piece: Sendable {
        var events: [StreamedEvent] = []
        /// The record up to which these are all: the last of a batch.
        var end: UInt64
    }

    private let state: Mutex<State>

    /// - Parameters:
    ///   - journal: the log's folder.
    ///   - record: the last one before those to read.
    init(journal: String, after record: UInt64) {
        state = Mutex(State(journal: journal, after: record))
    }

    /// Reads on, batch by batch, until there are some events or some work is done.
    /// - Parameters:
    ///   - record: one that the log has: nothing is read behind the batch that it is in.
    ///   - catalogue: as it is behind that batch, or later.
    /// - Throws: `LogError`; ``Failure``.
    func next(upTo record: UInt64, _ catalogue: Catalogue) throws -> Piece {
        try state.withLock { state in try state.next(upTo: record, catalogue) }
    }

    /// Why the log's files do not tell all events.
    enum Failure: Error, CustomStringConvertible {
        case unreadable(UInt64)
        case ended(UInt64)

        var description: String {
            switch self {
            case .unreadable(let record): "record \(record) cannot be understood"
            case .ended(let record): "the journal ends with record \(record)"
            }
        }
    }

    private struct State: ~Copyable {
        private var reader: LogReader
        private var position: UInt64

        private static var pieceBytes: Int { 64 << 10 }
        /// Batches of one piece: most have nothing but entries.
        private static var batchesAtOnce: Int { 256 }

        /// Ends the reading before a batch, which is read again when it goes on.
        private struct Pause: Error {}

        init(journal: String, after record: UInt64) {
            reader = LogReader(directory: journal, from: record + 1)
            position = record
        }

        mutating func next(upTo last: UInt64, _ catalogue: Catalogue) throws -> Piece {
            let start = position
            var piece = Piece(end: start)
            var bytes = 0
            var batches = 0
            var isPaused = false
            var failure: Failure?
            do {
                try reader.read { batch in
                    if piece.end >= last || bytes >= Self.pieceBytes
                        || batches == Self.batchesAtOnce
                    {
                        isPaused = true
                        throw Pause()
                    }
                    batches += 1
                    try batch.play(.others) { record throws(Failure) in
                        // The first batch may begin before what is asked for.
                        guard record.sequence > start else { return }
                        guard let kept = EvidenceRecord(record) else {
                            failure = .unreadable(record.sequence)
                            throw .unreadable(record.sequence)
                        }
                        let event = StreamedEvent(
                            kept.content, record: kept.sequence, at: kept.at, catalogue)
                        guard let event else { return }
                        piece.events.append(event)
                        bytes += event.bytes.count
                    }
                    piece.end = batch.end.nextSequence - 1
                }
            } catch {
                if let failure { throw failure }
                // What is behind all that is asked for may be written at this moment.
                guard isPaused || piece.end >= last else { throw error }
            }
            guard isPaused || piece.end >= last else { throw Failure.ended(piece.end) }
            position = piece.end
            return piece
        }
    }
}
