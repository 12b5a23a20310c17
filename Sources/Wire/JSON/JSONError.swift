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
        case .unexpectedByte: "The JSON text has an unexpected byte."
        case .byteOrderMark: "The JSON text begins with a byte order mark."
        case .trailingContent: "The JSON value is followed by more text."
        case .invalidNumber: "The JSON text has an invalid number."
        case .invalidEscape: "A JSON string has an unknown escape."
        case .loneSurrogate: "A JSON string has a lone surrogate."
        case .invalidUTF8: "The JSON text is not valid UTF-8."
        case .controlByteInString: "A JSON string has an unescaped control byte."
        case .duplicateKey: "A JSON object has the same key twice."
        case .tooDeep: "The JSON text is nested more than 32 levels deep."
        case .tooLong: "The JSON text is longer than the limit."
        }
    }
}
