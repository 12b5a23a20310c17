package import Bytes

/// One value, or one member's key, of a ``JSONDocument``: what it is and where it lies.
package struct JSONNode: Equatable, Sendable, BitwiseCopyable {
    package enum Kind: UInt8, Sendable, BitwiseCopyable {
        case object, array, string, number, `true`, `false`, null
    }

    /// Offset of the value's first byte; of a string, of the byte behind the opening quote.
    package var start: UInt32
    /// Length of the value's text; of a string, of what is between the quotes, escapes and all.
    package var count: UInt32
    /// Index of the node behind this one and all that it holds: its next sibling, if it has one.
    package var next: UInt32
    package var kind: Kind
    /// Whether a string's text has a backslash, so that its text is not its value.
    package var hasEscapes: Bool

    /// The text, as `start` and `count` have it.
    package var range: ByteRange { ByteRange(start: start, count: count) }
}

/// Why a text is not a ``JSONDocument``, and where that shows.
package struct JSONError: Error, Equatable, Sendable, BitwiseCopyable {
    package enum Kind: UInt8, Sendable, BitwiseCopyable {
        case unexpectedEnd, unexpectedByte, byteOrderMark, trailingContent
        case invalidNumber, invalidEscape, loneSurrogate, invalidUTF8, controlByteInString
        case duplicateKey, tooDeep, tooLong
    }

    package let kind: Kind
    /// Offset of the first byte at which the text cannot be right any more; for a key that is there
    /// twice, of the second one's text.
    package let offset: Int

    package init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = offset
    }

    /// The stable name, in snake_case.
    package var code: StaticString {
        switch kind {
        case .unexpectedEnd: "unexpected_end"
        case .unexpectedByte: "unexpected_byte"
        case .byteOrderMark: "byte_order_mark"
        case .trailingContent: "trailing_content"
        case .invalidNumber: "invalid_number"
        case .invalidEscape: "invalid_escape"
        case .loneSurrogate: "lone_surrogate"
        case .invalidUTF8: "invalid_utf8"
        case .controlByteInString: "control_byte_in_string"
        case .duplicateKey: "duplicate_key"
        case .tooDeep: "too_deep"
        case .tooLong: "too_long"
        }
    }

    /// One sentence for whoever wrote the client.
    package var detail: StaticString {
        switch kind {
        case .unexpectedEnd: "The JSON text ends too early."
        case .unexpectedByte: "The JSON text has a byte that cannot stand there."
        case .byteOrderMark: "The JSON text begins with a byte order mark."
        case .trailingContent: "Something follows the JSON value."
        case .invalidNumber: "The JSON text has a number that is not one."
        case .invalidEscape: "A JSON string has an unknown escape."
        case .loneSurrogate: "A JSON string has half a surrogate pair."
        case .invalidUTF8: "The JSON text is not UTF-8."
        case .controlByteInString: "A JSON string has a control byte that is not escaped."
        case .duplicateKey: "A JSON object has the same key twice."
        case .tooDeep: "The JSON text is nested more than 32 levels deep."
        case .tooLong: "The JSON text is longer than the limit."
        }
    }
}
