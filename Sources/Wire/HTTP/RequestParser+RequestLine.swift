internal import Bytes

extension RequestParser {
    /// `method SP request-target SP HTTP-version` (RFC 9112, 3), with exactly these two spaces.
    mutating func parseRequestLine(
        _ bytes: RawSpan, from start: Int, to end: Int
    ) throws(HTTPRejection) {
        let methodEnd = bytes.firstNot(.token, from: start, to: end)
        guard methodEnd < end, bytes[methodEnd] == Byte.space, methodEnd > start else {
            throw .invalidMethod
        }
        let targetStart = methodEnd + 1
        // The version is 8 bytes, `HTTP/1.1`, behind a space: what lies between is the target.
        let targetEnd = end - 9
        guard targetEnd > targetStart, bytes[targetEnd] == Byte.space else {
            throw .invalidRequestLine
        }
        let major = try parseVersion(bytes.word(at: end - 8))
        method = HTTPMethod(bytes.extracting(start..<methodEnd))
        methodRange = ByteRange(start, methodEnd)
        guard major == 1 else { throw .versionNotSupported }
        try parseTarget(bytes, from: targetStart, to: targetEnd)
        if method == .connect { keepAlive = false }
    }

    /// - Returns: the major version.
    private mutating func parseVersion(_ word: UInt64) throws(HTTPRejection) -> UInt8 {
        // `HTTP/0.0`, read as a word; the digits stand in the lanes 5 and 7.
        let digits: UInt64 = 0x0F00_0F00_0000_0000
        guard word & ~digits == 0x302E_302F_5054_5448 else { throw .invalidRequestLine }
        let major = UInt8(truncatingIfNeeded: word >> 40) & 0x0F
        let minor = UInt8(truncatingIfNeeded: word >> 56) & 0x0F
        guard major < 10, minor < 10 else { throw .invalidRequestLine }
        minorVersion = minor
        return major
    }

    /// The four forms of RFC 9112, 3.2.
    private mutating func parseTarget(
        _ bytes: RawSpan, from start: Int, to end: Int
    ) throws(HTTPRejection) {
        if bytes[start] == Byte.slash {
            return try parsePathAndQuery(bytes, from: start, to: end)
        }
        if end - start == 1, bytes[start] == 0x2A {
            guard method == .options else { throw .invalidTarget }
            path = ByteRange(start, end)
            return
        }
        if method == .connect {
            guard HTTPAuthority.isValid(bytes, from: start, to: end, port: .required) else {
                throw .invalidTarget
            }
            authority = ByteRange(start, end)
            return
        }
        try parseAbsoluteForm(bytes, from: start, to: end)
    }

    /// `http://authority/path?query`; no other scheme is served here, and no user information.
    private mutating func parseAbsoluteForm(
        _ bytes: RawSpan, from start: Int, to end: Int
    ) throws(HTTPRejection) {
        let target = bytes.extracting(start..<end)
        var schemeBytes = 0
        if target.hasPrefix(ignoringCase: "http://") { schemeBytes = 7 }
        if target.hasPrefix(ignoringCase: "https://") { schemeBytes = 8 }
        guard schemeBytes > 0 else { throw .invalidTarget }
        let authorityStart = start + schemeBytes
        var authorityEnd = authorityStart
        while authorityEnd < end, bytes[authorityEnd] != Byte.slash, bytes[authorityEnd] != 0x3F {
            authorityEnd += 1
        }
        guard
            HTTPAuthority.isValid(bytes, from: authorityStart, to: authorityEnd, port: .optional)
        else { throw .invalidTarget }
        authority = ByteRange(authorityStart, authorityEnd)
        try parsePathAndQuery(bytes, from: authorityEnd, to: end)
        if path.isEmpty {
            // An empty path means `/` (RFC 9110, 4.2.3): the slash before the authority is one.
            path = ByteRange(authorityStart - 1, authorityStart)
        }
    }

    private mutating func parsePathAndQuery(
        _ bytes: RawSpan, from start: Int, to end: Int
    ) throws(HTTPRejection) {
        var question: Int?
        var at = bytes.skipPlain(from: start, to: end)
        while at < end {
            let byte = bytes[at]
            guard ByteSet.target.contains(byte) else { throw .invalidTarget }
            if byte == 0x25, !HTTPAuthority.isPercentEncoded(bytes, at: at, to: end) {
                throw .invalidTarget
            }
            if byte == 0x3F, question == nil { question = at }
            at = bytes.skipPlain(from: at + 1, to: end)
        }
        path = ByteRange(start, question ?? end)
        if let question { query = ByteRange(question + 1, end) }
    }
}

extension ByteRange {
    /// The bytes from `start` up to `end`, both within 4 GiB.
    @inline(__always)
    init(_ start: Int, _ end: Int) {
        self.init(start: UInt32(truncatingIfNeeded: start), count: UInt32(end - start))
    }
}

extension RawSpan {
    func hasPrefix(ignoringCase lowercased: StaticString) -> Bool {
        let length = lowercased.utf8CodeUnitCount
        guard byteCount >= length else { return false }
        return extracting(0..<length).equals(ignoringCase: lowercased)
    }
}
