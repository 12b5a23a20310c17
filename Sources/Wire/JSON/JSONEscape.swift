internal import Bytes

/// One escape of a JSON string (RFC 8259, 7): `\n` and its like, `\u00E9`, or a surrogate pair.
struct JSONEscape {
    /// Bytes that the escape takes in the text: 2, 6 or 12.
    let length: Int
    /// What it stands for, in UTF-8, the first byte least significant.
    let utf8: UInt32
    /// Bytes of it, 1 to 4.
    let utf8Count: Int

    /// Checks the escape whose backslash is at `at`.
    static func length(in bytes: RawSpan, at: Int) throws(JSONError) -> Int {
        guard at + 1 < bytes.byteCount else { throw JSONError(.unexpectedEnd, at: at + 1) }
        if bytes[at + 1] != 0x75 {
            if simple(bytes[at + 1]) == nil { throw JSONError(.invalidEscape, at: at + 1) }
            return 2
        }
        let unit = try codeUnit(in: bytes, at: at)
        if unit & 0xF800 != 0xD800 { return 6 }
        let second = at + 6
        guard unit & 0xFC00 == 0xD800 else { throw JSONError(.loneSurrogate, at: at) }
        guard second < bytes.byteCount else { throw JSONError(.unexpectedEnd, at: second) }
        guard bytes[second] == Byte.backslash else { throw JSONError(.loneSurrogate, at: at) }
        guard second + 1 < bytes.byteCount else {
            throw JSONError(.unexpectedEnd, at: second + 1)
        }
        guard bytes[second + 1] == 0x75 else { throw JSONError(.loneSurrogate, at: at) }
        guard try codeUnit(in: bytes, at: second) & 0xFC00 == 0xDC00 else {
            throw JSONError(.loneSurrogate, at: at)
        }
        return 12
    }

    /// Decodes the escape whose backslash is at `at`, in a text that has been checked.
    init(in bytes: RawSpan, at: Int) {
        if let byte = Self.simple(bytes[at + 1]) {
            self.init(length: 2, utf8: UInt32(byte), utf8Count: 1)
            return
        }
        let unit = Self.uncheckedUnit(in: bytes, at: at)
        guard unit & 0xFC00 == 0xD800 else {
            self.init(length: 6, scalar: unit)
            return
        }
        let low = Self.uncheckedUnit(in: bytes, at: at + 6)
        self.init(length: 12, scalar: 0x10000 + ((unit & 0x3FF) << 10 | low & 0x3FF))
    }

    private init(length: Int, utf8: UInt32, utf8Count: Int) {
        self.length = length
        self.utf8 = utf8
        self.utf8Count = utf8Count
    }

    private init(length: Int, scalar: UInt32) {
        let low = 0x80 | scalar & 0x3F
        let middle = 0x80 | scalar >> 6 & 0x3F
        let high = 0x80 | scalar >> 12 & 0x3F
        switch scalar {
        case ..<0x80:
            self.init(length: length, utf8: scalar, utf8Count: 1)
        case ..<0x800:
            self.init(length: length, utf8: 0xC0 | scalar >> 6 | low << 8, utf8Count: 2)
        case ..<0x10000:
            let utf8 = 0xE0 | scalar >> 12 | middle << 8 | low << 16
            self.init(length: length, utf8: utf8, utf8Count: 3)
        default:
            let utf8 = 0xF0 | scalar >> 18 | high << 8 | middle << 16 | low << 24
            self.init(length: length, utf8: utf8, utf8Count: 4)
        }
    }

    private static func simple(_ letter: UInt8) -> UInt8? {
        switch letter {
        case Byte.quote, Byte.backslash, Byte.slash: letter
        case 0x62: 0x08
        case 0x66: 0x0C
        case 0x6E: Byte.lineFeed
        case 0x72: Byte.carriageReturn
        case 0x74: Byte.tab
        default: nil
        }
    }

    /// The four digits behind `\u`.
    private static func codeUnit(in bytes: RawSpan, at: Int) throws(JSONError) -> UInt32 {
        for digit in (at + 2)..<(at + 6) {
            guard digit < bytes.byteCount else { throw JSONError(.unexpectedEnd, at: digit) }
            guard ByteSet.hexDigit.contains(bytes[digit]) else {
                throw JSONError(.invalidEscape, at: digit)
            }
        }
        return uncheckedUnit(in: bytes, at: at)
    }

    private static func uncheckedUnit(in bytes: RawSpan, at: Int) -> UInt32 {
        var unit: UInt32 = 0
        for digit in (at + 2)..<(at + 6) {
            unit = unit << 4 | UInt32(truncatingIfNeeded: hexValue(bytes[digit]))
        }
        return unit
    }
}
