internal import Bytes
internal import Evidence
internal import Exposition
internal import Wire

extension ResponseWriter {
    /// Answers a request for a file.
    /// - Parameters:
    ///   - route: what metrics count it as.
    ///   - language: which one it is in, where it is in several.
    mutating func respond(
        _ file: PublicFile, to head: borrowing RequestParser, _ request: RawSpan,
        as route: Route = .pages, in language: StaticString? = nil
    ) {
        guard isRead(head.method, route) else { return }
        let compressed = Self.wantsGzip(head, request) ? file.compressed : nil
        fields.append("Cache-Control", file.cacheControl)
        if file.compressed != nil { fields.append("Vary", "Accept-Encoding") }
        if language != nil { fields.append("Vary", "Accept-Language") }
        appendTag(compressed == nil ? file.tag : file.compressedTag)
        if let known = head[.ifNoneMatch], file.isKnown(to: request.extracting(known.range)) {
            body.removeAll()
            respond(route, .notModified)
            return
        }
        if let language { fields.append("Content-Language", language) }
        if compressed != nil { fields.append("Content-Encoding", "gzip") }
        for (name, value) in file.browserFields { fields.append(name, value) }
        if let policy = file.policy {
            policy.withBytes { _ = fields.append("Content-Security-Policy", value: $0) }
        }
        respond(route, .ok, type: file.type, long: compressed ?? file.body)
    }

    /// Answers a request for the public status.
    mutating func respond(
        _ status: StatusPages, as form: StatusForm, to head: borrowing RequestParser,
        _ request: RawSpan
    ) {
        let language = Language(askedBy: head, request)
        respond(
            status.file(form, in: language), to: head, request, as: .statusPage,
            in: form.hasWords ? language.tag : nil)
    }

    private static func wantsGzip(_ head: borrowing RequestParser, _ request: RawSpan) -> Bool {
        guard let accepted = head[.acceptEncoding] else { return false }
        return AcceptNegotiation.wantsGzip(acceptEncoding: request.extracting(accepted.range))
    }

    private mutating func appendTag(_ tag: String) {
        tag.withBytes { _ = fields.append("ETag", value: $0) }
    }
}
