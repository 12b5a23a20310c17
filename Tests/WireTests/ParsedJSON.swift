import Bytes

@testable import Wire

/// Parses a text with a document of its own.
func jsonFailure(_ text: String) -> JSONError.Kind? {
    jsonFailure(Array(text.utf8))?.kind
}

func jsonFailure(_ bytes: [UInt8]) -> JSONError? {
    var document = JSONDocument(nodeCapacity: 16)
    return unsafe document.parse(bytes.span.bytes)
}

/// A JSON value with its numbers as text, to compare with another reader's.
indirect enum ParsedJSON: Equatable {
    case object([(key: String, value: ParsedJSON)])
    case array([ParsedJSON])
    case string(String)
    case number(String)
    case word(String)

    static func == (left: ParsedJSON, right: ParsedJSON) -> Bool {
        switch (left, right) {
        case (.object(let left), .object(let right)):
            left.count == right.count
                && zip(left, right).allSatisfy { $0.key == $1.key && $0.value == $1.value }
        case (.array(let left), .array(let right)): left == right
        case (.string(let left), .string(let right)): Array(left.utf8) == Array(right.utf8)
        case (.number(let left), .number(let right)): left == right
        case (.word(let left), .word(let right)): left == right
        default: false
        }
    }

    /// What the tape says, walked as a user of it walks it; nil if the text is no JSON.
    static func read(_ bytes: [UInt8], _ document: inout JSONDocument) -> ParsedJSON? {
        let raw = unsafe bytes.span.bytes
        if document.parse(raw) != nil { return nil }
        precondition(Int(document.node(0).next) == document.nodeCount)
        return value(0, document, raw)
    }

    private static func value(
        _ index: Int, _ document: borrowing JSONDocument, _ bytes: RawSpan
    ) -> ParsedJSON {
        let node = document.node(index)
        let text = bytes.extracting(node.range.range).text
        var child = index + 1
        switch node.kind {
        case .object:
            precondition(text.first == "{" && text.last == "}")
            var members: [(key: String, value: ParsedJSON)] = []
            while child < Int(node.next) {
                let key = document.text(document.node(child), from: bytes) ?? "?"
                members.append((key, value(child + 1, document, bytes)))
                child = Int(document.node(child + 1).next)
            }
            return .object(members)
        case .array:
            precondition(text.first == "[" && text.last == "]")
            var elements: [ParsedJSON] = []
            while child < Int(node.next) {
                elements.append(value(child, document, bytes))
                child = Int(document.node(child).next)
            }
            return .array(elements)
        case .string:
            let decoded = document.text(node, from: bytes) ?? "?"
            precondition(document.decodedByteCount(node, from: bytes) == decoded.utf8.count)
            return .string(decoded)
        case .number: return .number(text)
        case .true, .false, .null: return .word(text)
        }
    }
}

/// The same language, read the plainest way: recursion over an array, by the RFC's grammar.
struct JSONModel {
    private let bytes: [UInt8]
    private var at = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    static func read(_ bytes: [UInt8]) -> ParsedJSON? {
        // Whatever is well-formed outside strings is ASCII, so the whole must be UTF-8.
        guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
        var model = JSONModel(bytes)
        guard let value = model.value(depth: 0) else { return nil }
        model.skipSpace()
        return model.at == bytes.count ? value : nil
    }

    private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func skipSpace() {
        while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { at += 1 }
    }

    private mutating func take(_ character: Character) -> Bool {
        guard next == character.asciiValue else { return false }
        at += 1
        return true
    }

    private mutating func value(depth: Int) -> ParsedJSON? {
        skipSpace()
        for word in ["true", "false", "null"] where bytes[at...].starts(with: word.utf8) {
            at += word.utf8.count
            return .word(word)
        }
        if next == 0x22 { return string().map { .string($0) } }
        if take("[") { return depth < 32 ? array(depth: depth + 1) : nil }
        if take("{") { return depth < 32 ? object(depth: depth + 1) : nil }
        return number()
    }

    private mutating func array(depth: Int) -> ParsedJSON? {
        var elements: [ParsedJSON] = []
        skipSpace()
        if take("]") { return .array([]) }
        while true {
            guard let element = value(depth: depth) else { return nil }
            elements.append(element)
            skipSpace()
            if take("]") { return .array(elements) }
            guard take(",") else { return nil }
        }
    }

    private mutating func object(depth: Int) -> ParsedJSON? {
        var members: [(key: String, value: ParsedJSON)] = []
        var keys: Set<[UInt8]> = []
        skipSpace()
        if take("}") { return .object([]) }
        while true {
            skipSpace()
            guard let key = string(), keys.insert(Array(key.utf8)).inserted else { return nil }
            skipSpace()
            guard take(":"), let member = value(depth: depth) else { return nil }
            members.append((key, member))
            skipSpace()
            if take("}") { return .object(members) }
            guard take(",") else { return nil }
        }
    }

    private mutating func string() -> String? {
        guard take("\"") else { return nil }
        var units: [UInt16] = []
        while let byte = next {
            at += 1
            if byte == 0x22 { return String(validating: units, as: UTF16.self) }
            if byte < 0x20 { return nil }
            if byte != 0x5C {
                let start = at - 1
                while let more = next, more & 0xC0 == 0x80 { at += 1 }
                units += Array(String(decoding: bytes[start..<at], as: UTF8.self).utf16)
                continue
            }
            guard let letter = next else { return nil }
            at += 1
            if letter == 0x75 {
                guard at + 4 <= bytes.count else { return nil }
                let digits = String(decoding: bytes[at..<(at + 4)], as: UTF8.self)
                guard digits.allSatisfy({ $0.isHexDigit && $0.isASCII }),
                    let unit = UInt16(digits, radix: 16)
                else { return nil }
                units.append(unit)
                at += 4
            } else {
                let map: [Character: UInt16] = [
                    "\"": 0x22, "\\": 0x5C, "/": 0x2F, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9,
                ]
                guard let unit = map[Character(Unicode.Scalar(letter))] else { return nil }
                units.append(unit)
            }
        }
        return nil
    }

    private mutating func number() -> ParsedJSON? {
        let start = at
        func digits(_ model: inout JSONModel) -> Bool {
            let first = model.at
            while let byte = model.next, byte &- 0x30 < 10 { model.at += 1 }
            return model.at > first
        }
        _ = take("-")
        if !take("0") { guard digits(&self) else { return nil } }
        if take(".") { guard digits(&self) else { return nil } }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            guard digits(&self) else { return nil }
        }
        return .number(String(decoding: bytes[start..<at], as: UTF8.self))
    }
}
