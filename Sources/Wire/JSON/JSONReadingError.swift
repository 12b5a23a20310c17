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

extension JSONDocument {
    /// The JSON pointer (RFC 6901) of a value.
    /// - Parameters:
    ///   - target: index of the value's node; not of a key's.
    ///   - bytes: the text that was parsed.
    package func pointer(to target: Int, in bytes: RawSpan) -> String {
        var pointer = ""
        var index = 0
        while index < target {
            let isObject = node(index).kind == .object
            var child = index + 1
            var position = 0
            while true {
                let value = isObject ? child + 1 : child
                let next = Int(node(value).next)
                if target < next {
                    let name = isObject ? text(node(child), from: bytes) ?? "" : "\(position)"
                    pointer += "/" + JSONPointer.token(name)
                    index = value
                    break
                }
                child = next
                position += 1
            }
        }
        return pointer
    }
}

/// JSON pointers (RFC 6901).
package enum JSONPointer {
    /// A name as one of a pointer's tokens: `~` and `/` escaped.
    package static func token(_ name: String) -> String {
        var token = ""
        for character in name.unicodeScalars {
            switch character {
            case "~": token += "~0"
            case "/": token += "~1"
            default: token.unicodeScalars.append(character)
            }
        }
        return token
    }
}
