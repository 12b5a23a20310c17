internal import Bytes

/// The labels of one sample, encoded as the text between the braces.
///
/// A caller can keep a set for many samples; its labels are then checked and escaped once.
package struct LabelSet: ~Copyable {
    /// The maximum number of labels; more would multiply series.
    package static var limit: Int { 8 }

    /// The encoded labels: `route="entries",status="201"`.
    private var buffer: ByteBuffer
    /// The ranges of the names in `buffer`, to reject duplicates.
    private var names = InlineArray<8, ByteRange>(repeating: ByteRange())
    /// The number of labels.
    package private(set) var count = 0

    package init() {
        buffer = ByteBuffer(capacity: 256)
    }

    var bytes: RawSpan {
        @_lifetime(borrow self)
        get { buffer.bytes }
    }

    /// Removes all labels.
    package mutating func removeAll() {
        buffer.removeAll()
        count = 0
    }

    // One method for each kind of value. Text is escaped; invalid UTF-8 in it becomes U+FFFD.
    //
    // Precondition of all: the name is `[a-zA-Z_][a-zA-Z0-9_]*`, not `le`, does not begin with
    // `__`, is not in the set yet, and the set has fewer than `limit`.

    package mutating func add(_ name: StaticString, _ value: StaticString) {
        begin(name)
        buffer.appendEscaped(value, quotes: true)
        buffer.append(ASCII.quote)
    }

    package mutating func add(_ name: StaticString, _ value: String) {
        begin(name)
        unsafe buffer.appendEscaped(value.utf8Span.span.bytes, quotes: true)
        buffer.append(ASCII.quote)
    }

    package mutating func add(_ name: StaticString, _ value: RawSpan) {
        begin(name)
        buffer.appendEscaped(value, quotes: true)
        buffer.append(ASCII.quote)
    }

    package mutating func add(_ name: StaticString, _ value: UInt64) {
        begin(name)
        buffer.append(decimal: value)
        buffer.append(ASCII.quote)
    }

    private mutating func begin(_ name: StaticString) {
        precondition(count < Self.limit, "a sample has few labels")
        if count > 0 { buffer.append(ASCII.comma) }
        let start = buffer.count
        buffer.append(name)
        let range = ByteRange(start..<buffer.count)
        precondition(isLabelName(buffer.bytes.extracting(range.range)), "the name of a label")
        for index in 0..<count {
            let earlier = buffer.bytes.extracting(names[index].range)
            precondition(!earlier.equals(name), "a label stands once in a sample")
        }
        names[count] = range
        count += 1
        buffer.append("=\"")
    }

    private func isLabelName(_ name: RawSpan) -> Bool {
        guard isName(name, colons: false), !name.equals("le") else { return false }
        return name.byteCount < 2 || name[0] != 0x5F || name[1] != 0x5F
    }
}

/// Whether the bytes are a valid name in the data model: letters, digits and `_`, not beginning
/// with a digit; in metric names also `:`.
func isName(_ name: RawSpan, colons: Bool) -> Bool {
    guard name.byteCount > 0, !ASCII.isDigit(name[0]) else { return false }
    for offset in 0..<name.byteCount {
        let byte = name[offset]
        let isLetter = ASCII.lowercased(byte) &- 0x61 < 26
        guard isLetter || ASCII.isDigit(byte) || byte == 0x5F || (colons && byte == ASCII.colon)
        else { return false }
    }
    return true
}
