internal import Evidence
internal import Ledger
internal import Log
internal import Logging
internal import Playback
internal import Projections
internal import Synchronization

/// Feeds one stream of events: what is asked for of the past, then what comes, and the status once
/// a second for those who may see it.
struct EventFollower: Sendable {
    let control: Control
    let stream: EventStream
    let selection: EventFeed.Selection
    /// The last record that the client knows; nil: it wants nothing of the past.
    let record: UInt64?
    /// Whether the status is sent; a comment is otherwise, so that the silence does not end it.
    let showsStatus: Bool

    /// Bytes that wait for the reader before more of the past is read.
    private static var pieceBytes: Int { 64 << 10 }

    func run() async {
        let feed = control.shared.events
        defer { feed.unsubscribe(stream) }
        var known = record
        while stream.isOpen, let end = feed.subscribe(stream, selection, after: known) {
            guard let start = known, await sendPast(behind: start, upTo: end) else {
                // Without a gap or not at all.
                return stream.finish()
            }
            known = end
        }
        while stream.isOpen {
            stream.send(beat())
            await pause(milliseconds: 1_000)
        }
    }

    private func beat() -> [UInt8] {
        // What it has been given by now: with it a client resumes that has seen no event.
        let end = control.shared.events.end
        guard showsStatus, case .content(let status) = ReadingHandlers(control).status() else {
            return Array("id: \(end)\n:\n\n".utf8)
        }
        return StreamedEvent.bytes(of: "status", id: end, status.body)
    }

    private func pause(milliseconds: Int) async {
        // It throws where the task is cancelled, and nothing cancels it.
        try? await Task.sleep(for: .milliseconds(milliseconds))
    }

    // MARK: The past

    /// Sends the events of the log, piece by piece: as fast as the client reads.
    /// - Returns: false where they cannot be read.
    private func sendPast(behind start: UInt64, upTo end: UInt64) async -> Bool {
        var next = start + 1
        while next <= end, stream.isOpen {
            guard let piece = readPiece(from: next, upTo: end) else { return false }
            for event in piece.events { stream.send(event) }
            next = piece.next
            while stream.isOpen, stream.waitingBytes > 0 { await pause(milliseconds: 5) }
        }
        return true
    }

    private struct EndOfPiece: Error {}

    /// Reads some events.
    /// - Returns: them, and the record to go on with; nil where the log cannot be read.
    private func readPiece(
        from start: UInt64, upTo end: UInt64
    ) -> (events: [[UInt8]], next: UInt64)? {
        let catalogue = control.shared.projected.catalogue
        var maker = StreamedEvent.Maker()
        var events: [[UInt8]] = []
        var bytes = 0
        var next = start
        do {
            _ = try LogReader.read(directory: control.exports.journal, from: start) { batch in
                batch.play(.others) { record in
                    guard record.sequence >= start, record.sequence <= end,
                        let kept = EvidenceRecord(record),
                        let event = maker.event(
                            kept.content, record: kept.sequence, at: kept.at, catalogue),
                        selection.contains(event)
                    else { return }
                    events.append(event.bytes)
                    bytes += event.bytes.count
                }
                next = batch.end.nextSequence
                if next > end || bytes >= Self.pieceBytes || !stream.isOpen { throw EndOfPiece() }
            }
        } catch {
            if case .replayFailed = error { return (events, next) }
            control.shared.logger.warning(
                "cannot read events from the journal", metadata: ["reason": "\(error)"])
            return nil
        }
        return (events, max(next, end + 1))
    }
}
