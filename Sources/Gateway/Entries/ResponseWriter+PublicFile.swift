internal import Bytes
internal import Exposition
internal import Wire

extension ResponseWriter {
    /// Answers a request for a file.
    mutating func respond(
        _ file: PublicFile, to head: borrowing RequestParser, _ request: RawSpan
    ) {
        guard isRead(head.method, .pages) else { return }
        let compressed = Self.wantsGzip(head, request) ? file.compressed : nil
        fields.append("Cache-Control", file.cacheControl)
        if file.compressed != nil { fields.append("Vary", "Accept-Encoding") }
        appendTag(compressed == nil ? file.tag : file.compressedTag)
        if let known = head[.ifNoneMatch], file.isKnown(to: request.extracting(known.range)) {
            body.removeAll()
            respond(.pages, .notModified)
            return
        }
        if compressed != nil { fields.append("Content-Encoding", "gzip") }
        for (name, value) in file.browserFields { fields.append(name, value) }
        if let policy = file.policy {
            policy.withBytes { _ = fields.append("Content-Security-Policy", value: $0) }
        }
        respond(.pages, .ok, type: file.type, long: compressed ?? file.body)
    }

    private static func wantsGzip(_ head: borrowing RequestParser, _ request: RawSpan) -> Bool {
        guard let accepted = head[.acceptEncoding] else { return false }
        return AcceptNegotiation.wantsGzip(acceptEncoding: request.extracting(accepted.range))
    }

    private mutating func appendTag(_ tag: String) {
        tag.withBytes { _ = fields.append("ETag", value: $0) }
    }
}
