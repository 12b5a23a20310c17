internal import Bytes
internal import Exposition
internal import Ledger
internal import LockFree
internal import Synchronization
internal import Time
internal import Wire

/// `GET /metrics`: written and compressed here, on the control side, from tables that nobody stops
/// writing.
final class Metrics: Sendable {
    let shared: Shared
    let places: ControlPlaces
    let startedAt: Timestamp
    /// zlib's memory, kept from scrape to scrape; nil before the first one that asks for it.
    private let gzip = Mutex<Gzip?>(nil)

    /// What the log takes of the disk.
    let journal: JournalFigures

    init(_ shared: Shared, _ places: ControlPlaces, journal: String, startedAt: Timestamp) {
        self.shared = shared
        self.places = places
        self.journal = JournalFigures(shared, folder: journal)
        self.startedAt = startedAt
    }

    /// One scrape, in the format and the coding that the scraper asked for.
    func answer(accept: String, acceptEncoding: String) -> ControlReply.Content {
        let format = accept.withBytes { AcceptNegotiation.format(accept: $0) }
        let wantsGzip = acceptEncoding.withBytes { AcceptNegotiation.wantsGzip(acceptEncoding: $0) }
        let text = write(format)
        var content = ControlReply.Content(type: format.contentType, body: [])
        content.fields = [("Vary", "Accept, Accept-Encoding")]
        let compressed = wantsGzip ? gzip.withLock { Self.compress(text, &$0) } : nil
        if let compressed {
            content.fields.append(("Content-Encoding", "gzip"))
            content.body = compressed
        } else {
            content.body = text.bytes.array
        }
        return content
    }

    /// Nil where zlib has no memory: the text then goes as it is.
    private static func compress(_ text: borrowing ByteBuffer, _ gzip: inout Gzip?) -> [UInt8]? {
        do {
            var compressor = try gzip.take() ?? Gzip()
            var output = ByteBuffer(capacity: text.count / 4)
            try compressor.compress(text.bytes, into: &output)
            gzip = consume compressor
            return output.bytes.array
        } catch {
            return nil
        }
    }

    // MARK: Families

    private func write(_ format: MetricsFormat) -> ByteBuffer {
        var writer = MetricsWriter(format: format)
        writeOperations(&writer)
        writePushing(&writer)
        writeEdge(&writer)
        writePlaces(&writer)
        writeWebhooks(&writer)
        writeService(&writer)
        writeTLS(&writer)
        writeAvailability(&writer)
        writeJournal(&writer)
        writeCluster(&writer)
        writeDisk(&writer)
        writePressure(&writer)
        writeProcess(&writer)
        writeReloads(&writer)
        return writer.finish()
    }
}
