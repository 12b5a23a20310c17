package import Bytes

extension RequestParser {
    /// `field-name ":" OWS field-value OWS` (RFC 9112, 5). Control bytes have been looked for.
    mutating func parseField(
        _ bytes: RawSpan, from start: Int, to end: Int
    ) throws(HTTPRejection) {
        guard fieldCount < limits.fieldCount else { throw .tooManyFields }
        let colon = try Self.endOfName(
            bytes, from: start, to: end, maximum: limits.fieldNameBytes)
        let value = bytes.trimmed(colon + 1, end)
        let known = KnownField(in: bytes, start: start, count: colon - start)
        fields[fieldCount] = HeaderRange(
            name: start..<colon, value: value.start..<value.end, known: known)
        if let known {
            try take(known, bytes, from: value.start, to: value.end)
        }
        fieldCount += 1
    }

    /// Where the colon behind a good name is.
    ///
    /// Static, as other helpers are: a call that borrows the parser while it is being changed would
    /// copy all of it.
    @inline(__always)
    static func endOfName(
        _ bytes: RawSpan, from start: Int, to end: Int, maximum: Int
    ) throws(HTTPRejection) -> Int {
        let plain = bytes.skipPlain(from: start, to: end)
        let colon = bytes.firstNot(.token, from: plain, to: end)
        let stop = colon < end ? bytes[colon] : 0
        if stop == Byte.colon, colon > start {
            guard colon - start <= maximum else { throw .fieldNameTooLong }
            return colon
        }
        guard stop == Byte.space || stop == Byte.tab else { throw .invalidFieldName }
        throw colon == start ? .foldedLine : .spaceBeforeColon
    }

    /// Acts on a field that means something here.
    private mutating func take(
        _ known: KnownField, _ bytes: RawSpan, from start: Int, to end: Int
    ) throws(HTTPRejection) {
        let isRepeated = has(known)
        if !isRepeated {
            seen |= 1 << UInt32(known.rawValue)
            values[Int(known.rawValue)] = HeadRange(
                start: UInt16(start), count: UInt16(end - start))
        }
        switch known {
        case .host:
            if isRepeated { throw .repeatedHost }
            // CONNECT is answered with 405 whatever it names.
            try Self.parseHost(
                bytes, from: start, to: end, agreeingWith: method == .connect ? nil : authority)
        case .contentLength:
            if isRepeated { throw .repeatedContentLength }
            if has(.transferEncoding) { throw .ambiguousLength }
            contentLength = try Self.decimalLength(bytes, from: start, to: end)
        case .transferEncoding:
            if isRepeated { throw .repeatedTransferEncoding }
            if has(.contentLength) { throw .ambiguousLength }
            if minorVersion == 0 { throw .unexpectedTransferEncoding }
            try parseTransferEncoding(bytes, from: start, to: end)
        case .connection:
            parseConnection(bytes, from: start, to: end)
        case .expect:
            guard bytes.extracting(start..<end).equals(ignoringCase: "100-continue") else {
                throw .expectationFailed
            }
            isContinueAsked = true
        case .authorization, .contentType, .contentEncoding, .idempotencyKey, .origin:
            if isRepeated { throw .repeatedField }
        default:
            break
        }
    }

    /// - Parameter authority: the target's; empty if it has none, nil if it need not agree.
    private static func parseHost(
        _ bytes: RawSpan, from start: Int, to end: Int, agreeingWith authority: ByteRange?
    ) throws(HTTPRejection) {
        guard HTTPAuthority.isValid(bytes, from: start, to: end, port: .optional) else {
            throw .invalidHost
        }
        if let authority, authority.count > 0 {
            guard HTTPAuthority.agree(bytes, authority, start..<end) else { throw .hostMismatch }
        }
    }

    /// `1*DIGIT`, at most 18 of them, so that no sum overflows.
    private static func decimalLength(
        _ bytes: RawSpan, from start: Int, to end: Int
    ) throws(HTTPRejection) -> Int {
        guard start < end, end - start <= 18 else { throw .invalidContentLength }
        var length = 0
        for at in start..<end {
            let byte = bytes[at]
            guard Byte.isDigit(byte) else { throw .invalidContentLength }
            length = length * 10 + Int(byte - Byte.zero)
        }
        return length
    }

    /// Exactly `chunked`. A list of other codings that ends in `chunked`, or one coding other than
    /// it, is something that somebody might mean: 501. All else is an attempt at confusion: 400.
    private mutating func parseTransferEncoding(
        _ bytes: RawSpan, from start: Int, to end: Int
    ) throws(HTTPRejection) {
        if bytes.isChunked(start, end) {
            isChunked = true
            return
        }
        var codings = 0
        var chunkedAt: Int?
        var at = start
        while true {
            let elementEnd = bytes.first(Byte.comma, from: at, to: end) ?? end
            let element = bytes.trimmed(at, elementEnd)
            guard element.start < element.end,
                bytes.firstNot(.token, from: element.start, to: element.end) == element.end,
                chunkedAt == nil
            else { throw .invalidTransferEncoding }
            if bytes.isChunked(element.start, element.end) { chunkedAt = codings }
            codings += 1
            if elementEnd == end { break }
            at = elementEnd + 1
        }
        let isForeign = chunkedAt == nil ? codings == 1 : true
        throw isForeign ? .unknownTransferCoding : .invalidTransferEncoding
    }

    /// A list of options, of which `close` matters; `keep-alive` is what happens anyway.
    private mutating func parseConnection(_ bytes: RawSpan, from start: Int, to end: Int) {
        var at = start
        while at < end {
            let elementEnd = bytes.first(Byte.comma, from: at, to: end) ?? end
            let option = bytes.trimmed(at, elementEnd)
            if bytes.extracting(option.start..<option.end).equals(ignoringCase: "close") {
                keepAlive = false
            }
            at = elementEnd + 1
        }
    }
}

extension RawSpan {
    /// Whether these bytes are the name of the one transfer coding taken, in either case.
    fileprivate func isChunked(_ start: Int, _ end: Int) -> Bool {
        extracting(start..<end).equals(ignoringCase: "chunked")
    }
}

// MARK: Fields that no rule of HTTP knows

extension RequestParser {
    /// The value of a field that is sent once.
    package enum OnlyField: Equatable {
        case missing
        case once(ByteRange)
        case repeated
    }

    /// Looks for a field of any name among those that were sent.
    /// - Parameter name: lower-case letters and hyphens.
    package func only(_ name: StaticString, in bytes: RawSpan) -> OnlyField {
        var found = OnlyField.missing
        let fields = sentFields
        for index in fields.indices
        where bytes.extracting(fields[index].name.range).equals(ignoringCase: name) {
            guard found == .missing else { return .repeated }
            found = .once(fields[index].value)
        }
        return found
    }
}
