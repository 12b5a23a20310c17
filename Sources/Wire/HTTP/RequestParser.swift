package import Bytes

/// What a call of ``RequestParser/parse(_:)`` came to.
package enum ParseStep: Equatable, Sendable {
    /// The request is not whole yet: call again with more bytes behind the same ones.
    case needMore
    /// The request is whole; what the parser holds describes it until ``RequestParser/reset()``.
    case complete
    /// The bytes are no request. Answer, and close the connection.
    case failed(HTTPRejection)
}

/// A strict HTTP/1.1 request parser (RFC 9110, RFC 9112) that does no I/O and never allocates.
///
/// A machine that reads left to right, line by line, and remembers how far it has looked: fed one
/// byte at a time it does the same work as fed the whole, and says the same. Each check stands at
/// the byte, or the line, where it becomes inevitable, so no split of the input changes a result.
/// All ranges are offsets from the first byte of the request.
///
///     start ─► requestLine ─► fields ─┬─► fixedBody ──────────────────────────┬─► complete
///                                     ├─► chunkSize ─► chunkData ─┐           │
///                                     │      ▲  └─ 0 ─► trailers ─┼───────────┤
///                                     │      └────────────────────┘           │
///                                     └─ no body ─────────────────────────────┘
///
/// It cannot be copied, and is used in place: its tables are 800 bytes.
package struct RequestParser: ~Copyable, Sendable {
    package private(set) var limits: HTTPLimits
    private let inPlace = InPlace()

    enum Stage: UInt8, BitwiseCopyable {
        case start, requestLine, fields, fixedBody, chunkSize, chunkData, trailers
        case complete, failed
    }

    var stage = Stage.start
    var rejection = HTTPRejection.invalidRequestLine
    /// Where the line in progress begins; for ``Stage/chunkData``, where the data does.
    var lineStart = 0
    /// Bytes before this one are known to hold no control byte of the line in progress.
    var scanned = 0

    // What the head said.
    /// The request's method.
    package internal(set) var method = HTTPMethod.other
    /// Digits behind `HTTP/1.`: 0, or 1 and above, which are served as 1.
    package internal(set) var minorVersion: UInt8 = 1
    /// The method's text.
    package internal(set) var methodRange = ByteRange()
    /// The target's path: `/…`, or `*`; empty for the authority-form of CONNECT.
    package internal(set) var path = ByteRange()
    /// What follows the target's first `?`; empty without one.
    package internal(set) var query = ByteRange()
    /// The authority of an absolute-form or authority-form target; else empty.
    package internal(set) var authority = ByteRange()
    /// Header fields of the head; trailers are dropped.
    package internal(set) var fieldCount = 0
    /// False after HTTP/1.0, `Connection: close`, CONNECT: the connection ends with the answer.
    package internal(set) var keepAlive = true
    var isContinueAsked = false
    var contentLength: Int?
    var isChunked = false
    /// A bit for each ``KnownField`` seen.
    var seen: UInt32 = 0
    /// Where the first value of each is; apart from ``fields``, as reading an element of an inline
    /// array copies the array.
    var values = InlineArray<20, HeadRange>(repeating: HeadRange(start: 0, count: 0))

    // How far the body is.
    var bodyStart = 0
    var bodyCount = 0
    var chunkBytesLeft = 0
    var extensionBytes = 0
    var trailersStart = 0
    var trailerCount = 0
    /// Length of the whole message, once it is complete: where the next request begins.
    package internal(set) var consumedBytes = 0

    /// The fields in the order sent; the first ``fieldCount`` count.
    var fields = InlineArray<64, HeaderRange>(
        repeating: HeaderRange(nameStart: 0, nameCount: 0, valueStart: 0, valueCount: 0))

    package init(limits: HTTPLimits) {
        self.limits = limits
    }

    /// Forgets the request, for another one that is held to other limits.
    package mutating func reset(to limits: HTTPLimits) {
        self.limits = limits
        reset()
    }

    /// Forgets the request, for the next one on the connection; the limits stay.
    package mutating func reset() {
        // The two arrays keep what they hold: `fieldCount` and `seen` say what counts.
        stage = .start
        lineStart = 0
        scanned = 0
        method = .other
        minorVersion = 1
        // Where they start is forgotten too: what is empty may be asked for, and the next request
        // may be shorter than that.
        methodRange = ByteRange()
        path = ByteRange()
        query = ByteRange()
        authority = ByteRange()
        fieldCount = 0
        keepAlive = true
        isContinueAsked = false
        contentLength = nil
        isChunked = false
        seen = 0
        bodyStart = 0
        bodyCount = 0
        chunkBytesLeft = 0
        extensionBytes = 0
        trailersStart = 0
        trailerCount = 0
        consumedBytes = 0
    }

    /// Reads on where the last call stopped.
    ///
    /// - Parameter bytes: everything received since the request's first byte, which means the bytes
    ///   of the last call, as that call left them, and perhaps more. Bytes behind the request are
    ///   not touched; a chunked body is moved together in place.
    /// - Complexity: linear in the bytes that are new.
    package mutating func parse(_ bytes: inout MutableRawSpan) -> ParseStep {
        precondition(bytes.byteCount >= scanned, "the bytes of the last call are still there")
        do throws(HTTPRejection) {
            if stage.rawValue <= Stage.fields.rawValue {
                try parseHead(bytes.bytes)
            }
            switch stage {
            case .start, .requestLine, .fields: return .needMore
            case .fixedBody: parseFixedBody(byteCount: bytes.byteCount)
            case .chunkSize, .chunkData, .trailers: try parseChunks(&bytes)
            case .complete: break
            case .failed: return .failed(rejection)
            }
            return stage == .complete ? .complete : .needMore
        } catch {
            stage = .failed
            rejection = error
            return .failed(error)
        }
    }
}

// MARK: What the request said

extension RequestParser {
    /// Whether the head has been read and found good, whether or not the body is there.
    package var isHeadComplete: Bool {
        stage.rawValue > Stage.fields.rawValue && stage != .failed
    }

    /// Whether the client waits for `100 Continue` before it sends the body that is outstanding.
    /// False as soon as the body is whole, for HTTP/1.0 (RFC 9110, 10.1.1), and for no body.
    package var expectsContinue: Bool {
        isHeadComplete && stage != .complete && isContinueAsked
    }

    /// The client has been told to send its body: it no longer waits for that.
    package mutating func acknowledgeContinue() { isContinueAsked = false }

    /// The decoded body, once the request is complete.
    package var body: ByteRange {
        ByteRange(start: UInt32(bodyStart), count: UInt32(bodyCount))
    }

    /// The field at a place in the order sent.
    /// - Precondition: `index` is in `0..<fieldCount`.
    package func field(at index: Int) -> HeaderRange {
        precondition(index >= 0 && index < fieldCount, "a field that was sent")
        return fields[index]
    }

    /// The fields in the order sent, where they are: for those who look at each, as
    /// ``field(at:)`` copies all of them for one.
    package var sentFields: Span<HeaderRange> {
        @_lifetime(borrow self)
        get { fields.span.extracting(0..<fieldCount) }
    }

    /// The value of the first field so named. See ``lastIndex(of:before:)`` for lists.
    package subscript(known: KnownField) -> ByteRange? {
        guard has(known) else { return nil }
        return values[Int(known.rawValue)].range
    }

    /// The last field so named before a place, so that a list sent in several lines
    /// (`X-Forwarded-For`) can be walked from its end.
    /// - Parameter end: an index, `fieldCount` to begin with.
    package func lastIndex(of known: KnownField, before end: Int) -> Int? {
        guard has(known) else { return nil }
        var index = min(end, fieldCount) - 1
        while index >= 0 {
            if fields[index].known == known { return index }
            index -= 1
        }
        return nil
    }

    /// The value of the first field with a name that ``KnownField`` does not have.
    /// - Parameter name: lower-case letters and hyphens.
    package func value(ofFieldNamed name: StaticString, in bytes: RawSpan) -> ByteRange? {
        for index in 0..<fieldCount {
            let field = fields[index]
            if bytes.extracting(field.name.range).equals(ignoringCase: name) { return field.value }
        }
        return nil
    }

    @inline(__always)
    func has(_ known: KnownField) -> Bool {
        seen & (1 << UInt32(known.rawValue)) != 0
    }
}

// MARK: The head, line by line

extension RequestParser {
    /// Reads lines up to the empty one, or up to the end of what is there.
    mutating func parseHead(_ bytes: RawSpan) throws(HTTPRejection) {
        if stage == .start {
            guard try skipLeadingLine(bytes) else { return }
            stage = .requestLine
        }
        if stage == .requestLine {
            let limit = lineStart + limits.requestLineBytes + 1
            guard let end = try endOfLine(in: bytes, before: limit, else: .requestLineTooLong)
            else { return }
            try parseRequestLine(bytes, from: lineStart, to: end)
            beginLine(at: end + 2)
            stage = .fields
        }
        // The last line feed is within the limit, so its carriage return is one byte sooner.
        let limit = limits.headBytes - 1
        while let end = try endOfLine(in: bytes, before: limit, else: .headTooLarge) {
            let start = lineStart
            beginLine(at: end + 2)
            if end == start { return try finishHead() }
            try parseField(bytes, from: start, to: end)
        }
    }

    /// Skips the one empty line that may precede a request (RFC 9112, 2.2), then makes sure that
    /// the next byte can begin a method.
    /// - Returns: whether there was a byte to tell by.
    private mutating func skipLeadingLine(_ bytes: RawSpan) throws(HTTPRejection) -> Bool {
        if lineStart == 0, bytes.byteCount > 0, bytes[0] == Byte.carriageReturn {
            guard bytes.byteCount > 1 else { return false }
            guard bytes[1] == Byte.lineFeed else { throw .bareCarriageReturn }
            beginLine(at: 2)
        }
        guard bytes.byteCount > lineStart else { return false }
        guard ByteSet.token.contains(bytes[lineStart]) else { throw .invalidMethod }
        return true
    }

    mutating func beginLine(at offset: Int) {
        lineStart = offset
        scanned = offset
    }

    /// Where the carriage return is that ends the line in progress.
    ///
    /// One pass looks for the first control byte: on a good line, that is the carriage return.
    /// - Parameters:
    ///   - limit: the first offset at which the carriage return would be too far.
    ///   - tooLong: what it is if it did not come before.
    /// - Returns: its offset, with a line feed behind it; nil if more bytes are needed.
    @inline(__always)
    mutating func endOfLine(
        in bytes: RawSpan, before limit: Int, else tooLong: HTTPRejection
    ) throws(HTTPRejection) -> Int? {
        let end = min(bytes.byteCount, limit)
        // A line can begin at or behind the limit: the one before it ended there.
        guard scanned < limit else { throw tooLong }
        let at = bytes.firstControl(from: scanned, to: end)
        scanned = at
        if at == end {
            if end == limit { throw tooLong }
            return nil
        }
        switch bytes[at] {
        case Byte.carriageReturn:
            guard at + 1 < bytes.byteCount else { return nil }
            guard bytes[at + 1] == Byte.lineFeed else { throw .bareCarriageReturn }
            return at
        case Byte.lineFeed: throw .bareLineFeed
        default: throw .controlByte
        }
    }

    /// What can only be said at the empty line.
    private mutating func finishHead() throws(HTTPRejection) {
        if minorVersion > 0, !has(.host) { throw .missingHost }
        if minorVersion == 0 {
            keepAlive = false
            isContinueAsked = false
        }
        bodyStart = lineStart
        if isChunked {
            stage = .chunkSize
        } else if let contentLength, contentLength > 0 {
            if contentLength > limits.bodyBytes { throw .bodyTooLarge }
            stage = .fixedBody
        } else {
            consumedBytes = lineStart
            stage = .complete
        }
    }
}
