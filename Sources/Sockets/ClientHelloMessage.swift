package import Bytes

/// What the first message of a handshake says of the program that sends it: read from the message's
/// bytes, strictly and within bounds, and put together as JA4.
///
/// JA4 (FoxIO, BSD 3-Clause, `technical_details/JA4.md` of github.com/FoxIO-LLC/ja4) has three
/// parts: what is offered in short, a digest of the cipher suites, a digest of the extensions and
/// the signature algorithms. Values that clients make up (GREASE, RFC 8701) count nowhere.
package struct ClientHelloMessage {
    /// The highest of `supported_versions`; without them the message's own.
    private var version: UInt16 = 0
    private var hasServerName = false
    /// The first and the last byte of the first protocol that ALPN offers.
    private var firstProtocol: (first: UInt8, last: UInt8)?
    /// In ascending order.
    private var ciphers = CodeList()
    private var extensions = CodeList()
    /// As they were sent.
    private var signatureAlgorithms = CodeList()

    /// Codes of one list that are kept: more than any client in use sends. What sends more is not
    /// told apart.
    package static var maximumCodes: Int { 128 }

    /// - Parameter message: the whole handshake message (RFC 8446, 4 and 4.1.2), with its type and
    ///   length.
    /// - Returns: nil where it is anything else, or has lists longer than ``maximumCodes``.
    package init?(_ message: RawSpan) {
        var whole = Part(offset: 0, end: message.byteCount)
        guard whole.byte(message) == 1, var hello = whole.part(message, lengthBytes: 3),
            whole.isAtEnd, let version = hello.word(message), hello.skip(32),
            hello.part(message, lengthBytes: 1) != nil,
            let ciphers = hello.part(message, lengthBytes: 2),
            self.ciphers.append(ciphers, message), hello.part(message, lengthBytes: 1) != nil
        else { return nil }
        self.version = version
        self.ciphers.sort()
        // Extensions may be left out whole, before TLS 1.3.
        if hello.isAtEnd { return }
        guard let extensions = hello.part(message, lengthBytes: 2), hello.isAtEnd,
            read(extensions, message)
        else { return nil }
        self.extensions.sort()
    }

    private mutating func read(_ list: Part, _ message: RawSpan) -> Bool {
        var list = list
        var offered: UInt16 = 0
        while !list.isAtEnd {
            guard let code = list.word(message), let body = list.part(message, lengthBytes: 2)
            else { return false }
            if Self.isMadeUp(code) { continue }
            guard extensions.append(code) else { return false }
            switch code {
            case Self.serverName: hasServerName = true
            case Self.protocols: firstProtocol = Self.firstProtocol(body, message)
            case Self.signatures: guard readSignatures(body, message) else { return false }
            case Self.versions: offered = max(offered, Self.highestVersion(body, message))
            default: break
            }
        }
        if offered > 0 { version = offered }
        return true
    }

    private static func firstProtocol(
        _ body: Part, _ message: RawSpan
    ) -> (first: UInt8, last: UInt8)? {
        var body = body
        guard var list = body.part(message, lengthBytes: 2),
            let name = list.part(message, lengthBytes: 1), !name.isAtEnd
        else { return nil }
        return (message[name.offset], message[name.end - 1])
    }

    private mutating func readSignatures(_ body: Part, _ message: RawSpan) -> Bool {
        var body = body
        guard let list = body.part(message, lengthBytes: 2) else { return false }
        return signatureAlgorithms.append(list, message)
    }

    private static func highestVersion(_ body: Part, _ message: RawSpan) -> UInt16 {
        var body = body
        var highest: UInt16 = 0
        guard var list = body.part(message, lengthBytes: 1) else { return 0 }
        while let code = list.word(message) {
            if !isMadeUp(code) { highest = max(highest, code) }
        }
        return highest
    }

    // Codes of extensions (IANA, TLS ExtensionType Values).
    private static var serverName: UInt16 { 0x0000 }
    private static var signatures: UInt16 { 0x000D }
    private static var protocols: UInt16 { 0x0010 }
    private static var versions: UInt16 { 0x002B }
    /// What one program sends in some of its handshakes and not in others: padding, early data, a
    /// cookie that it was given, a session that it resumes.
    private static func isOfOneHandshake(_ code: UInt16) -> Bool {
        code == 0x0015 || code == 0x0029 || code == 0x002A || code == 0x002C
    }

    /// Whether a code is one of those that clients make up: both bytes alike, `A` at the end.
    static func isMadeUp(_ code: UInt16) -> Bool {
        code & 0x0F0F == 0x0A0A && code >> 8 == code & 0xFF
    }

    // MARK: As text

    /// Appends JA4's first part, 10 characters: `t13d1516h2`.
    package func appendSummary(to text: inout ByteBuffer) {
        text.append(UInt8(ascii: "t"))
        text.append(versionName)
        text.append(UInt8(ascii: hasServerName ? "d" : "i"))
        Self.append(twoDigits: ciphers.count, to: &text)
        Self.append(twoDigits: extensions.count, to: &text)
        guard let firstProtocol else {
            text.append("00" as StaticString)
            return
        }
        let (first, last) = firstProtocol
        let areNames = Self.isAlphanumeric(first) && Self.isAlphanumeric(last)
        text.append(areNames ? first : Self.digit(first >> 4))
        text.append(areNames ? last : Self.digit(last & 0xF))
    }

    /// Appends what the second part is a digest of: the cipher suites, in ascending order.
    /// - Returns: whether there is one.
    package func appendCiphers(to text: inout ByteBuffer) -> Bool {
        Self.append(ciphers, to: &text)
        return ciphers.count > 0
    }

    /// Appends what the third part is a digest of: the extensions in ascending order, without the
    /// server's name and ALPN, and the signature algorithms as they were sent.
    /// - Parameter lasting: without what a program sends in some of its handshakes only.
    /// - Returns: whether there is an extension.
    package func appendExtensions(to text: inout ByteBuffer, lasting: Bool = false) -> Bool {
        var listed = CodeList()
        for index in 0..<extensions.count {
            let code = extensions[index]
            let isLeftOut =
                code == Self.serverName || code == Self.protocols
                || lasting && Self.isOfOneHandshake(code)
            if !isLeftOut { _ = listed.append(code) }
        }
        Self.append(listed, to: &text)
        if signatureAlgorithms.count > 0 {
            text.append(UInt8(ascii: "_"))
            Self.append(signatureAlgorithms, to: &text)
        }
        return extensions.count > 0
    }

    private var versionName: StaticString {
        switch version {
        case 0x0304: "13"
        case 0x0303: "12"
        case 0x0302: "11"
        case 0x0301: "10"
        case 0x0300: "s3"
        case 0x0002: "s2"
        default: "00"
        }
    }

    private static func append(twoDigits count: Int, to text: inout ByteBuffer) {
        let shown = min(count, 99)
        text.append(UInt8(ascii: "0") + UInt8(shown / 10))
        text.append(UInt8(ascii: "0") + UInt8(shown % 10))
    }

    private static func append(_ codes: CodeList, to text: inout ByteBuffer) {
        for index in 0..<codes.count {
            if index > 0 { text.append(ASCII.comma) }
            let code = codes[index]
            for digits in 1...4 {
                let shift = UInt16(16 - 4 * digits)
                text.append(digit(UInt8(truncatingIfNeeded: code >> shift & 0xF)))
            }
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26
    }
}

/// Codes of 16 bits, up to a number of them.
private struct CodeList {
    /// ``ClientHelloMessage/maximumCodes``.
    private var codes = InlineArray<128, UInt16>(repeating: 0)
    private(set) var count = 0

    subscript(index: Int) -> UInt16 {
        precondition(index >= 0 && index < count, "a code of the list")
        return codes[index]
    }

    /// - Returns: false where there is no room.
    mutating func append(_ code: UInt16) -> Bool {
        guard count < ClientHelloMessage.maximumCodes else { return false }
        codes[count] = code
        count += 1
        return true
    }

    /// Appends all of a list but those that are made up.
    /// - Returns: false where it ends within one, or there is no room.
    mutating func append(_ list: Part, _ message: RawSpan) -> Bool {
        var list = list
        while !list.isAtEnd {
            guard let code = list.word(message) else { return false }
            if ClientHelloMessage.isMadeUp(code) { continue }
            guard append(code) else { return false }
        }
        return true
    }

    /// By insertion: lists are short.
    mutating func sort() {
        guard count > 1 else { return }
        for index in 1..<count {
            let code = codes[index]
            var place = index
            while place > 0, codes[place - 1] > code {
                codes[place] = codes[place - 1]
                place -= 1
            }
            codes[place] = code
        }
    }
}

/// A part of a message, read from its front; the most significant byte comes first.
private struct Part: BitwiseCopyable {
    /// Of what is read next, in the message.
    private(set) var offset: Int
    let end: Int

    init(offset: Int, end: Int) {
        self.offset = offset
        self.end = end
    }

    var isAtEnd: Bool { offset == end }

    mutating func byte(_ message: RawSpan) -> UInt8? {
        guard offset < end else { return nil }
        offset += 1
        return message[offset - 1]
    }

    mutating func word(_ message: RawSpan) -> UInt16? {
        guard end - offset >= 2 else { return nil }
        offset += 2
        return UInt16(message[offset - 2]) << 8 | UInt16(message[offset - 1])
    }

    mutating func skip(_ count: Int) -> Bool {
        guard end - offset >= count else { return false }
        offset += count
        return true
    }

    /// A part behind its length.
    mutating func part(_ message: RawSpan, lengthBytes: Int) -> Part? {
        var length = 0
        for _ in 0..<lengthBytes {
            guard let byte = byte(message) else { return nil }
            length = length << 8 | Int(byte)
        }
        let start = offset
        guard skip(length) else { return nil }
        return Part(offset: start, end: start + length)
    }
}
