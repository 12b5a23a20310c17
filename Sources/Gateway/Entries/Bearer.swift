internal import Bytes

/// `Authorization: Bearer …` (RFC 6750, 2.1).
enum Bearer {
    /// Where the credential lies in the field's value; nil where the scheme is another one.
    static func credential(in value: RawSpan) -> Range<Int>? {
        let scheme = "bearer ".utf8.count
        guard value.byteCount > scheme,
            value.extracting(0..<scheme).equals(ignoringCase: "bearer ")
        else { return nil }
        var start = scheme
        while start < value.byteCount, value[start] == ASCII.space { start += 1 }
        return start < value.byteCount ? start..<value.byteCount : nil
    }
}
