package import Bytes
internal import Glibc
internal import Sockets
internal import Wire

/// One request and its answer, read as it comes: a body of any length, or of events that go on.
///
///     init ─► head(by:) ─► read(into:by:) … until it returns false
///
/// The connection is the exchange's own, and closed with it; ``HTTPSession`` keeps it.
package struct HTTPExchange: ~Copyable {
    /// What an answer's head says.
    package struct Head: Equatable, Sendable {
        package let status: Int
        /// `Content-Type`; nil without it.
        package let contentType: String?
        /// Seconds of `Retry-After`; nil without it, or where it is a date.
        package var retryAfterSeconds: Int?
        /// `Date`, the server's clock (RFC 9110, 6.6.1), as it came; nil without it.
        package var date: String?
    }

    private var link: Link
    private var parser: ResponseParser
    /// What has come and is not read yet, from the parser's position on.
    private var inbox: ByteBuffer
    private var hasReceived: Bool
    /// Bytes of the body that have been handed over.
    private var bodyBytes = 0
    private let bodyLimit: Int

    /// Bytes of one read of the socket.
    private static var pieceBytes: Int { 64 << 10 }

    /// Connects and sends the request.
    /// - Throws: ``HTTPClientError``.
    package init(
        _ client: HTTPClient, _ request: HTTPRequest, by deadline: Deadline
    ) throws(HTTPClientError) {
        let bytes = try Self.bytes(of: request, to: client.base, isLast: true)
        let link = try Link(client, by: deadline)
        try self.init(client, request, bytes, over: link, by: deadline)
    }

    /// Sends the request over a connection that may be kept behind its answer.
    /// - Throws: ``HTTPClientError``.
    init(
        _ client: HTTPClient, _ request: HTTPRequest, over link: consuming Link,
        by deadline: Deadline
    ) throws(HTTPClientError) {
        let bytes = try Self.bytes(of: request, to: client.base, isLast: false)
        try self.init(client, request, bytes, over: link, by: deadline)
    }

    private static func bytes(
        of request: HTTPRequest, to base: BaseURL, isLast: Bool
    ) throws(HTTPClientError) -> ByteBuffer {
        var bytes = ByteBuffer(capacity: 1_024 + request.body.count)
        try request.append(to: base, isLast: isLast, &bytes)
        return bytes
    }

    private init(
        _ client: HTTPClient, _ request: HTTPRequest, _ bytes: borrowing ByteBuffer,
        over link: consuming Link, by deadline: Deadline
    ) throws(HTTPClientError) {
        try link.send(bytes.bytes, by: deadline)
        self.link = link
        parser = ResponseParser(
            limits: client.limits, allowsBody: request.method != "HEAD",
            allowsVersion10: client.allowsVersion10)
        inbox = ByteBuffer(capacity: 16 << 10)
        hasReceived = false
        bodyLimit = client.limits.bodyBytes
    }

    /// Waits for the answer's head. To be called once, before ``read(into:by:)``.
    /// - Parameter needsBody: whether the body counts; where it does not, it need not be known how
    ///   long it is.
    package mutating func head(
        by deadline: Deadline, needsBody: Bool = true
    ) throws(HTTPClientError) -> Head {
        guard try step(by: deadline) == .head else {
            preconditionFailure("the head is asked for once, and comes first")
        }
        if needsBody, link.isSecure, parser.endsWithConnection { throw .unboundedBody }
        let contentType = parser.contentType.map { inbox.bytes.extracting($0.range).text }
        let date = parser.date.map { inbox.bytes.extracting($0.range).text }
        return Head(
            status: parser.status, contentType: contentType,
            retryAfterSeconds: parser.retryAfterSeconds, date: date)
    }

    /// Waits for the next piece of the body and appends it.
    /// - Returns: false at the answer's end.
    package mutating func read(
        into buffer: inout ByteBuffer, by deadline: Deadline
    ) throws(HTTPClientError) -> Bool {
        switch try step(by: deadline) {
        case .body(let range):
            buffer.append(inbox.bytes.extracting(range))
            bodyBytes += range.count
            return true
        case .complete: return false
        case .head, .needMore, .failed: preconditionFailure("the body comes behind the head")
        }
    }

    /// The connection, behind the end of the answer; nil where the server ends it, or has sent what
    /// was not asked for.
    consuming func keptLink() -> Link? {
        let isKept =
            !parser.closes && !parser.endsWithConnection && parser.position == inbox.count
        let link = self.link
        if isKept { return link }
        return nil
    }

    /// The parser's next step, with as many bytes as it takes.
    private mutating func step(by deadline: Deadline) throws(HTTPClientError) -> ResponseStep {
        while true {
            // A copy: Swift 6.3 holds the span of a field against the whole of the field's owner.
            var parser = self.parser
            let step = parser.next(inbox.bytes)
            self.parser = parser
            switch step {
            case .needMore:
                inbox.removeFirst(parser.droppable)
                self.parser.dropped(parser.droppable)
                if try !receive(by: deadline) { return .complete }
            case .failed(let rejection): throw failure(rejection)
            case .head, .body, .complete: return step
            }
        }
    }

    /// - Returns: false where the connection's end ends the answer.
    private mutating func receive(by deadline: Deadline) throws(HTTPClientError) -> Bool {
        while true {
            switch link.receive(into: &inbox, maximum: Self.pieceBytes) {
            case .received:
                hasReceived = true
                return true
            case .wouldBlock:
                guard link.waitToReceive(by: deadline) else {
                    throw hasReceived ? .stalled(received) : .late(isSent: true)
                }
            case .finished:
                if case .failed(let rejection) = parser.streamEnded() {
                    throw hasReceived ? failure(rejection) : .closed(nil)
                }
                return false
            case .broken:
                // With TLS 1.3 a server learns last of all what it is shown, and says so here.
                throw hasReceived ? .cut(received) : .closed(link.breakReason)
            }
        }
    }

    private var received: HTTPClientError.ReceivedBody {
        HTTPClientError.ReceivedBody(bytes: bodyBytes, expected: parser.contentLength)
    }

    private func failure(_ rejection: ResponseRejection) -> HTTPClientError {
        switch rejection {
        case .bodyTooLarge: .tooLarge(limit: bodyLimit)
        case .truncated: .cut(received)
        default: .malformed(rejection)
        }
    }
}
