internal import Bytes

/// Reads a ruleset's file as JSON (RFC 8259), strictly: no key twice in one object, 32 levels, no
/// byte behind the value, valid UTF-8, numbers that a `Double` holds.
///
/// A reader of its own, because this module imports neither `Wire` nor Foundation; a fuzz target
/// holds it to what `Wire` reads. Not for the entry path: a file is read once.
struct RulesetParser {
    static var depthLimit: Int { 32 }

    private let bytes: [UInt8]
    private var at = 0
    private var depth = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The value that the bytes are, from the first to the last.
    /// - Throws: ``RulesetError`` with line and byte.
    static func parse(_ bytes: [UInt8]) throws(RulesetError) -> RulesetValue {
        var parser = RulesetParser(bytes)
        let value = try parser.value("")
        parser.skipSpace()
        guard parser.at == bytes.count else { throw parser.wrong("there is more behind the value") }
        return value
    }

    private func wrong(_ what: String) -> RulesetError {
        let before = bytes[..<min(at, bytes.count)]
        let line = before.count { $0 == ASCII.lineFeed } + 1
        let lineStart = before.lastIndex(of: ASCII.lineFeed).map { $0 + 1 } ?? 0
        return RulesetError("", "Not JSON at line \(line), byte \(at - lineStart + 1): \(what).")
    }

    private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            at += 1
        }
    }

    private mutating func skip(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        at += 1
        return true
    }

    private mutating func value(_ pointer: String) throws(RulesetError) -> RulesetValue {
        skipSpace()
        guard let byte = next else { throw wrong("the text ends too early") }
        switch byte {
        case UInt8(ascii: "{"): return try object(pointer)
        case UInt8(ascii: "["): return try array(pointer)
        case ASCII.quote: return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number(pointer))
        }
    }

    private mutating func word(
        _ word: String, _ value: RulesetValue
    ) throws(RulesetError) -> RulesetValue {
        guard bytes[at...].starts(with: word.utf8) else { throw wrong("no value begins so") }
        at += word.utf8.count
        return value
    }

    private mutating func enter() throws(RulesetError) {
        at += 1
        depth += 1
        guard depth <= Self.depthLimit else {
            throw wrong("more than \(Self.depthLimit) levels")
        }
    }

    private mutating func object(_ pointer: String) throws(RulesetError) -> RulesetValue {
        try enter()
        defer { depth -= 1 }
        var members: [RulesetValue.Member] = []
        var names: Set<String> = []
        skipSpace()
        if skip(UInt8(ascii: "}")) { return .object([]) }
        while true {
            skipSpace()
            guard next == ASCII.quote else { throw wrong("a key must be a string") }
            let name = try string()
            let place = "\(pointer)/\(RulesetError.token(name))"
            guard names.insert(name).inserted else {
                throw RulesetError(place, "Must be there once.")
            }
            skipSpace()
            guard skip(ASCII.colon) else { throw wrong("a colon must follow a key") }
            members.append(RulesetValue.Member(name: name, value: try value(place)))
            skipSpace()
            if skip(UInt8(ascii: "}")) { return .object(members) }
            guard skip(ASCII.comma) else { throw wrong("a comma or } must follow a member") }
        }
    }

    private mutating func array(_ pointer: String) throws(RulesetError) -> RulesetValue {
        try enter()
        defer { depth -= 1 }
        var elements: [RulesetValue] = []
        skipSpace()
        if skip(UInt8(ascii: "]")) { return .array([]) }
        while true {
            elements.append(try value("\(pointer)/\(elements.count)"))
            skipSpace()
            if skip(UInt8(ascii: "]")) { return .array(elements) }
            guard skip(ASCII.comma) else { throw wrong("a comma or ] must follow an element") }
        }
    }

    // MARK: Scalars

    private mutating func number(_ pointer: String) throws(RulesetError) -> Double {
        let start = at
        _ = skip(UInt8(ascii: "-"))
        if !skip(ASCII.zero) { try digits() }
        if skip(UInt8(ascii: ".")) { try digits() }
        if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
            if !skip(UInt8(ascii: "+")) { _ = skip(UInt8(ascii: "-")) }
            try digits()
        }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        guard let number = Double(text), number.isFinite else {
            throw RulesetError(pointer, "Must be a number of at most 1.7e308 in magnitude.")
        }
        return number
    }

    private mutating func digits() throws(RulesetError) {
        let start = at
        while let byte = next, ASCII.isDigit(byte) { at += 1 }
        guard at > start else { throw wrong("no value begins so, or a digit is missing") }
    }

    private mutating func string() throws(RulesetError) -> String {
        at += 1
        var text: [UInt8] = []
        while true {
            guard let byte = next else { throw wrong("a string does not end") }
            at += 1
            switch byte {
            case ASCII.quote:
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw wrong("a string is not UTF-8")
                }
                return string
            case ASCII.backslash: try escape(&text)
            case 0..<0x20: throw wrong("a string holds a control byte")
            default: text.append(byte)
            }
        }
    }

    private mutating func escape(_ text: inout [UInt8]) throws(RulesetError) {
        guard let byte = next else { throw wrong("a string does not end") }
        at += 1
        switch byte {
        case ASCII.quote, ASCII.backslash, ASCII.slash: text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text.append(contentsOf: String(try scalar()).utf8)
        default: throw wrong("no such escape")
        }
    }

    /// What `\uXXXX`, or two of them for one scalar, stand for.
    private mutating func scalar() throws(RulesetError) -> Character {
        let first = try hexadecimal()
        var value = UInt32(first)
        if first & 0xFC00 == 0xD800, skip(ASCII.backslash), skip(UInt8(ascii: "u")) {
            let second = try hexadecimal()
            guard second & 0xFC00 == 0xDC00 else { throw wrong("half a surrogate pair") }
            value = 0x10000 + UInt32(first & 0x3FF) << 10 + UInt32(second & 0x3FF)
        }
        guard let scalar = Unicode.Scalar(value) else { throw wrong("half a surrogate pair") }
        return Character(scalar)
    }

    private mutating func hexadecimal() throws(RulesetError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw wrong("an escape needs four hexadecimal digits")
            }
            at += 1
            value = value << 4 | UInt16(digit)
        }
        return value
    }
}
