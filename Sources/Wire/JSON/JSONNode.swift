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
