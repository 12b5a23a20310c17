internal import Bytes

/// Header fields that an answer has beside the usual ones: `Allow`, `Retry-After`, `Location`,
/// `Access-Control-*`, `WWW-Authenticate`, `Vary`, `Cache-Control` and their like.
///
/// Written once, as lines; kept and reused by its owner, so that it allocates nothing. The fields
/// that frame a message are the answer's own and refused here.
package struct HeaderLines: ~Copyable {
    private var lines: ByteBuffer

    /// - Parameter capacity: bytes to hold without growing.
    package init(capacity: Int = 512) {
        lines = ByteBuffer(capacity: capacity)
    }

    package var isEmpty: Bool { lines.count == 0 }

    /// The lines, each with its CRLF.
    package var bytes: RawSpan {
        @_lifetime(borrow self)
        get { lines.bytes }
    }

    package mutating func removeAll() {
        lines.removeAll()
    }

    /// Adds a field whose value came from elsewhere, such as an origin to allow.
    ///
    /// - Parameter name: as it is to be sent.
    /// - Returns: whether it was added; false, and nothing is, if the value has CR, LF, NUL or any
    ///   other control byte (tab included), or bytes beyond ASCII.
    package mutating func append(_ name: StaticString, value: RawSpan) -> Bool {
        checkName(name)
        for offset in 0..<value.byteCount where value[offset] &- 0x20 >= 0x5F { return false }
        lines.append(name)
        lines.append(": " as StaticString)
        lines.append(value)
        lines.append("\r\n" as StaticString)
        return true
    }

    /// Adds a field whose value stands in the source.
    /// - Precondition: the value is printable ASCII.
    package mutating func append(_ name: StaticString, _ value: StaticString) {
        // Safe: a static text lives for ever, and its length is its own.
        let bytes = unsafe RawSpan(
            _unsafeStart: value.utf8Start, byteCount: value.utf8CodeUnitCount)
        let isAdded = append(name, value: bytes)
        precondition(isAdded, "a field's value in the source is printable ASCII")
    }

    /// Adds a field whose value is a number, such as `Retry-After` in seconds.
    package mutating func append(_ name: StaticString, _ value: UInt64) {
        checkName(name)
        lines.append(name)
        lines.append(": " as StaticString)
        lines.append(decimal: value)
        lines.append("\r\n" as StaticString)
    }

    /// Adds the fields that were written before.
    package mutating func append(_ others: borrowing HeaderLines) {
        lines.append(others.bytes)
    }

    /// Names stand in the source: a wrong one is the programmer's mistake.
    private func checkName(_ name: StaticString) {
        // Safe: as above.
        let bytes = unsafe RawSpan(_unsafeStart: name.utf8Start, byteCount: name.utf8CodeUnitCount)
        let length = bytes.byteCount
        precondition(length > 0 && bytes.firstNot(.token, from: 0, to: length) == length, "a token")
        precondition(
            (length != 14 || !bytes.equals(ignoringCase: "content-length"))
                && (length != 17 || !bytes.equals(ignoringCase: "transfer-encoding")),
            "an answer frames itself")
    }
}
