internal import Bytes

/// A JSON value of its own, made from the tape that a ``JSONDocument`` is: for configuration,
/// admin requests and answers. Not for the entry path, which reads the tape.
///
/// The parser bounds what it can become: 32 levels, 1 GiB of text, no key twice in one object.
package enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    /// A number whose value is whole: exact, however it is written (`7`, `7.0`, `7e0`), where it
    /// has no fraction or exponent and fits an `Int`, or its magnitude is below 2^53.
    case integer(Int)
    /// Any other number, as the nearest `Double`; finite.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

// MARK: Reading

extension JSONValue {
    /// Reads a JSON text from its first byte to its last.
    /// - Throws: ``JSONReadingError`` with the place where it shows.
    package init(_ bytes: RawSpan) throws(JSONReadingError) {
        var document = JSONDocument(nodeCapacity: 64)
        if let failure = document.parse(bytes) {
            throw .notJSON(failure, JSONReadingError.Place(of: failure.offset, in: bytes))
        }
        try self.init(document, of: bytes)
    }

    /// Reads a JSON text from its first byte to its last.
    package init(_ bytes: [UInt8]) throws(JSONReadingError) {
        // A span of an array's elements is its bytes: they have no padding and any value.
        try unsafe self.init(bytes.span.bytes)
    }

    /// The value of a text that was parsed already.
    /// - Parameter bytes: the text, unchanged.
    /// - Precondition: the parser found it to be JSON.
    /// - Throws: ``JSONReadingError`` for what is JSON but no value here: a number beyond a
    ///   `Double`, two keys that are the same text in two spellings of Unicode.
    package init(_ document: borrowing JSONDocument, of bytes: RawSpan) throws(JSONReadingError) {
        precondition(document.nodeCount > 0, "the value of a text that was parsed")
        self = try Self.value(at: 0, of: document, bytes)
    }

    /// At most 32 levels deep, as the parser takes no more.
    private static func value(
        at index: Int, of document: borrowing JSONDocument, _ bytes: RawSpan
    ) throws(JSONReadingError) -> JSONValue {
        let node = document.node(index)
        switch node.kind {
        case .null: return .null
        case .true: return .bool(true)
        case .false: return .bool(false)
        case .string: return .string(document.text(node, from: bytes) ?? "")
        case .number:
            if let number = Self.number(node, of: document, bytes) { return number }
            throw .numberOutOfRange(pointer: document.pointer(to: index, in: bytes))
        case .array:
            var elements: [JSONValue] = []
            var child = index + 1
            while child < Int(node.next) {
                elements.append(try value(at: child, of: document, bytes))
                child = Int(document.node(child).next)
            }
            return .array(elements)
        case .object:
            var members: [String: JSONValue] = [:]
            var child = index + 1
            while child < Int(node.next) {
                let name = document.text(document.node(child), from: bytes) ?? ""
                let member = try value(at: child + 1, of: document, bytes)
                // The parser compares bytes, `String` compares what they mean to a reader.
                if members.updateValue(member, forKey: name) != nil {
                    throw .repeatedKey(pointer: document.pointer(to: child + 1, in: bytes))
                }
                child = Int(document.node(child + 1).next)
            }
            return .object(members)
        }
    }

    private static func number(
        _ node: JSONNode, of document: borrowing JSONDocument, _ bytes: RawSpan
    ) -> JSONValue? {
        if let integer = document.integer(node, from: bytes) { return .integer(integer) }
        guard let double = document.double(node, from: bytes) else { return nil }
        // Below 2^53 a whole number is itself, and not the nearest to another one.
        if double.magnitude < 9_007_199_254_740_992, let integer = Int(exactly: double) {
            return .integer(integer)
        }
        return .number(double)
    }
}

// MARK: Asking

extension JSONValue {
    /// A member of an object; nil without it, and where the value is no object.
    package subscript(name: String) -> JSONValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    /// The text of a string; nil for other values.
    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// True or false; nil for other values.
    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// A whole number; nil for other values.
    package var integer: Int? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// The value of a number, whole or not; nil for other values.
    package var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The elements of an array; none for other values.
    package var elements: [JSONValue] {
        if case .array(let values) = self { values } else { [] }
    }

    /// The members of an object; none for other values.
    package var members: [String: JSONValue] {
        if case .object(let members) = self { members } else { [:] }
    }
}

// MARK: Writing

extension ByteBuffer {
    /// Appends a value as JSON without spaces, an object's names sorted.
    package mutating func append(json value: JSONValue) {
        switch value {
        case .null: append("null" as StaticString)
        case .bool(true): append("true" as StaticString)
        case .bool(false): append("false" as StaticString)
        case .integer(let number): append(json: number)
        case .number(let number): append(json: number)
        case .string(let text): append(jsonString: text)
        case .array(let elements):
            append(0x5B)
            for (index, element) in elements.enumerated() {
                if index > 0 { append(Byte.comma) }
                append(json: element)
            }
            append(0x5D)
        case .object(let members):
            append(0x7B)
            var isFirst = true
            for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                if !isFirst { append(Byte.comma) }
                isFirst = false
                append(jsonString: name)
                append(Byte.colon)
                append(json: member)
            }
            append(0x7D)
        }
    }
}

extension JSONValue {
    /// The value as a JSON text without spaces, in UTF-8.
    package var bytes: [UInt8] {
        var buffer = ByteBuffer(capacity: 256)
        buffer.append(json: self)
        return buffer.bytes.array
    }
}

extension JSONValue: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}
