internal import Bytes

/// Why bytes are not a ``JSONValue``, and where that shows.
package enum JSONReadingError: Error, Equatable, Sendable {
    /// The text is not JSON.
    case notJSON(JSONError, Place)
    /// A number is larger than any `Double`.
    case numberOutOfRange(pointer: String)
    /// An object has a key twice, in two spellings of Unicode.
    case repeatedKey(pointer: String)

    /// Where a byte stands in a text; both numbers begin at 1.
    package struct Place: Equatable, Sendable, CustomStringConvertible {
        package let line: Int
        /// Within the line.
        package let byte: Int

        init(of offset: Int, in bytes: RawSpan) {
            var line = 1
            var lineStart = 0
            for at in 0..<min(offset, bytes.byteCount) where bytes[at] == Byte.lineFeed {
                line += 1
                lineStart = at + 1
            }
            self.line = line
            byte = offset - lineStart + 1
        }

        package var description: String { "line \(line), byte \(byte)" }
    }

    /// The value that cannot be read (RFC 6901); empty where the text is not JSON at all.
    package var pointer: String {
        switch self {
        case .notJSON: ""
        case .numberOutOfRange(let pointer), .repeatedKey(let pointer): pointer
        }
    }

    /// One sentence: what is wrong, without where.
    package var detail: String {
        switch self {
        case .notJSON(let failure, _): "\(failure.detail)"
        case .numberOutOfRange: "Must be a number of at most 1.7e308 in magnitude."
        case .repeatedKey: "Must be there once: another key of the object is the same text."
        }
    }
}

extension JSONReadingError: CustomStringConvertible {
    /// `not JSON at line 2, byte 11: The JSON text ends too early.`
    package var description: String {
        switch self {
        case .notJSON(_, let place): "not JSON at \(place): \(detail)"
        case .numberOutOfRange, .repeatedKey: "\(pointer): \(detail)"
        }
    }
}
