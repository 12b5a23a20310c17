package import Bytes

/// What a call of ``ResponseParser/next(_:)`` came to.
package enum ResponseStep: Equatable, Sendable {
    /// Nothing more can be said yet: call again with more bytes behind the same ones.
    case needMore
    /// The head is whole; what the parser holds describes the answer from now on.
    case head
    /// A piece of the body lies in this range of the bytes; the parser is behind it.
    case body(Range<Int>)
    /// The answer is whole; ``ResponseParser/position`` is where the next one begins.
    case complete
    /// The bytes are no answer; the connection is of no more use.
    case failed(ResponseRejection)
}

/// A strict HTTP/1.1 parser of a server's answers (RFC 9110, RFC 9112) that does no I/O and never
/// allocates. For clients: the commands, the load runner, the probe.
///
/// It reads left to right and says what it has found, piece by piece; a body is handed over as it
/// comes, so an answer of any length takes no more memory than its owner lends. Fed one byte at a
/// time it says the same as fed the whole, but for where the pieces of a body end.
///
///     statusLine ─► fields ─┬─► fixedBody ─────────────────────────► complete
///         ▲           │     ├─► chunkSize ─► chunkData ─► chunkEnd      ▲
///         └─ interim ─┘     │      ▲  └─ 0 ─► trailers ──────┼──────────┤
///                           │      └─────────────────────────┘          │
///                           ├─► untilEnd ──── streamEnded() ────────────┤
///                           └─ no body ─────────────────────────────────┘
///
/// Stricter than RFC 9112 asks of a client: HTTP/1.0 is refused, as are folded lines (5.2), a bare
/// line feed (2.2), and a length that is there twice or beside a transfer coding (6.3).
package struct ResponseParser: Sendable, BitwiseCopyable {
    let limits: ResponseLimits
    /// The request's method lets the answer have a body: any but HEAD.
    private let allowsBody: Bool
    /// An answer of HTTP/1.0 counts, for whoever looks at heads alone.
    private let allowsVersion10: Bool

    enum Stage: UInt8, BitwiseCopyable {
        case statusLine, fields, fixedBody, chunkSize, chunkData, chunkEnd, trailers, untilEnd
        case complete, failed
    }

    var stage = Stage.statusLine
    private var rejection = ResponseRejection.truncated
    /// Bytes before this one have been read. Of a line in progress it is the first.
    package internal(set) var position = 0
    /// Where the head in progress, or the last one, begins.
    private var headStart = 0
    /// Bytes before this one are known to hold no control byte of the line in progress.
    private var scanned = 0
    /// Bytes that the head in progress, or the trailers, may still take.
    private var headBytesLeft: Int
    var trailerBytesLeft: Int
    private var fieldsLeft: Int
    private var interimAnswersLeft: Int
    var extensionBytesLeft: Int
    /// Bytes of the body that its limit leaves.
    var bodyBytesLeft: Int
    /// Bytes of a fixed body, or of a chunk, that have not come.
    var piecesLeft = 0

    // What the head said.
    /// The status, 200 to 599.
    package private(set) var status = 0
    /// `Connection: close`: the server ends the connection behind this answer.
    package internal(set) var closes = false
    /// Seconds of `Retry-After`; nil without it, or where it is a date.
    package internal(set) var retryAfterSeconds: Int?
    /// `Content-Type`'s value: a range of the bytes in which the head was found.
    package internal(set) var contentType: ByteRange?
    /// `Date`'s value: the server's clock (RFC 9110, 6.6.1). A range, as that of `Content-Type`.
    package internal(set) var date: ByteRange?
    /// The body's length in bytes, where the head says so.
    package internal(set) var contentLength: Int?
    package internal(set) var isChunked = false

    /// - Parameters:
    ///   - allowsBody: false for the answer to HEAD, which ends behind its head.
    ///   - allowsVersion10: whether HTTP/1.0 is taken as well.
    package init(
        limits: ResponseLimits = ResponseLimits(), allowsBody: Bool = true,
        allowsVersion10: Bool = false
    ) {
        self.limits = limits
        self.allowsBody = allowsBody
        self.allowsVersion10 = allowsVersion10
        headBytesLeft = limits.headBytes
        trailerBytesLeft = limits.headBytes
        fieldsLeft = limits.fieldCount
        interimAnswersLeft = limits.interimAnswers
        extensionBytesLeft = limits.chunkExtensionBytes
        bodyBytesLeft = limits.bodyBytes
    }

    /// Reads on where the last call stopped.
    ///
    /// - Parameter bytes: what has come, as the last call left it, and perhaps more behind it.
    ///   What lies before ``droppable`` may be dropped after a call, with ``dropped(_:)``.
    /// - Complexity: linear in the bytes that are new.
    package mutating func next(_ bytes: RawSpan) -> ResponseStep {
        precondition(bytes.byteCount >= scanned, "the bytes of the last call are still there")
        do throws(ResponseRejection) {
            switch stage {
            case .statusLine, .fields: return try readHead(bytes)
            case .fixedBody, .chunkData, .untilEnd: return try readBody(bytes)
            case .chunkSize, .chunkEnd, .trailers: return try readChunks(bytes)
            case .complete: return .complete
            case .failed: return .failed(rejection)
            }
        } catch {
            stage = .failed
            rejection = error
            return .failed(error)
        }
    }

    /// Bytes at the front that are of no more use: what has been read, but for a head until it is
    /// whole and its ranges can be asked for.
    package var droppable: Int {
        stage == .statusLine || stage == .fields ? headStart : position
    }

    /// The owner has dropped bytes from the front of what it lends.
    /// - Precondition: `count` is at most ``droppable``.
    package mutating func dropped(_ count: Int) {
        precondition(count >= 0 && count <= droppable, "drops what has been read")
        position -= count
        headStart = max(headStart - count, 0)
        scanned -= count
        // Ranges of the head are gone, or have moved.
        if count > 0 {
            contentType = nil
            date = nil
        }
    }

    /// The server has ended the connection; no more bytes come.
    /// - Returns: `complete` where that ends the answer, else `failed`.
    package mutating func streamEnded() -> ResponseStep {
        switch stage {
        case .complete, .untilEnd:
            stage = .complete
            return .complete
        case .failed: break
        default:
            stage = .failed
            rejection = .truncated
        }
        return .failed(rejection)
    }

    /// Nothing but the connection's end ends the body.
    package var endsWithConnection: Bool { stage == .untilEnd }

    // MARK: The head

    private mutating func readHead(_ bytes: RawSpan) throws(ResponseRejection) -> ResponseStep {
        if stage == .statusLine { try checkStart(bytes) }
        while let end = try endOfLine(in: bytes, within: headBytesLeft, else: .headTooLarge) {
            let start = position
            headBytesLeft -= end + 2 - start
            beginLine(at: end + 2)
            if stage == .statusLine {
                status = try readStatus(bytes, from: start, to: end)
                stage = .fields
            } else if end > start {
                guard fieldsLeft > 0 else { throw .headTooLarge }
                fieldsLeft -= 1
                try readField(bytes, from: start, to: end)
            } else if try finishHead() {
                return .head
            } else {
                try checkStart(bytes)
            }
        }
        return .needMore
    }

    /// Whoever is no HTTP server may never end a line: its first byte tells.
    private func checkStart(_ bytes: RawSpan) throws(ResponseRejection) {
        guard position == bytes.byteCount || bytes[position] == 0x48 else {
            throw .invalidStatusLine
        }
    }

    /// `HTTP-version SP status-code [SP reason-phrase]` (RFC 9112, 4): the second space is often
    /// left out where there is no reason, and not asked for here.
    private func readStatus(
        _ bytes: RawSpan, from start: Int, to end: Int
    ) throws(ResponseRejection) -> Int {
        // `HTTP/1.` and the minor version's digit, the first byte least significant.
        guard end - start >= 12, bytes.word(at: start) << 8 == 0x2E31_2F50_5454_4800,
            bytes[start + 8] == Byte.space, end - start == 12 || bytes[start + 12] == Byte.space
        else { throw .invalidStatusLine }
        let minorVersion = bytes[start + 7]
        guard Byte.isDigit(minorVersion) else { throw .invalidStatusLine }
        guard minorVersion > Byte.zero || allowsVersion10 else { throw .unsupportedVersion }
        var status = 0
        for at in (start + 9)..<(start + 12) {
            guard Byte.isDigit(bytes[at]) else { throw .invalidStatusLine }
            status = status * 10 + Int(bytes[at] - Byte.zero)
        }
        guard (100...599).contains(status) else { throw .invalidStatusLine }
        return status
    }

    /// What can only be said at the empty line.
    /// - Returns: false for an interim answer (1xx), which is passed over.
    private mutating func finishHead() throws(ResponseRejection) -> Bool {
        if status < 200 {
            // Nothing here asks to switch protocols.
            guard status != 101 else { throw .unexpectedUpgrade }
            guard interimAnswersLeft > 0 else { throw .tooManyInterimAnswers }
            var fresh = ResponseParser(
                limits: limits, allowsBody: allowsBody, allowsVersion10: allowsVersion10)
            fresh.interimAnswersLeft = interimAnswersLeft - 1
            fresh.headStart = position
            fresh.position = position
            fresh.scanned = scanned
            self = fresh
            return false
        }
        if !allowsBody || status == 204 || status == 304 {
            stage = .complete
        } else if isChunked {
            stage = .chunkSize
        } else if let contentLength {
            guard contentLength <= limits.bodyBytes else { throw .bodyTooLarge }
            piecesLeft = contentLength
            stage = contentLength == 0 ? .complete : .fixedBody
        } else {
            stage = .untilEnd
        }
        return true
    }

    // MARK: Lines

    @inline(__always)
    mutating func beginLine(at offset: Int) {
        position = offset
        scanned = offset
    }

    /// Where the carriage return is that ends the line in progress; it is not behind the line yet.
    /// - Parameters:
    ///   - count: bytes that the line may take, its end included.
    ///   - tooLong: what it is if it takes more.
    /// - Returns: nil if more bytes are needed.
    @inline(__always)
    mutating func endOfLine(
        in bytes: RawSpan, within count: Int, else tooLong: ResponseRejection
    ) throws(ResponseRejection) -> Int? {
        // The first place at which the carriage return would be too far.
        let limit = position + count - 1
        guard scanned < limit else { throw tooLong }
        let end = min(bytes.byteCount, limit)
        let at = bytes.firstControl(from: scanned, to: end)
        scanned = at
        if at == end {
            if end == limit { throw tooLong }
            return nil
        }
        guard bytes[at] == Byte.carriageReturn else { throw .invalidLine }
        guard at + 1 < bytes.byteCount else { return nil }
        guard bytes[at + 1] == Byte.lineFeed else { throw .invalidLine }
        return at
    }
}
