internal import Bytes

/// `Content-Type` (RFC 9110, 8.3).
enum MediaType {
    static let json: StaticString = "application/json"
    static let problem: StaticString = "application/problem+json"
    static let html: StaticString = "text/html; charset=utf-8"

    /// Whether the value is `application/json`, with or without parameters. A `charset` is not
    /// looked at: JSON is UTF-8 (RFC 8259, 8.1), and what is not does not parse.
    static func isJSON(_ value: RawSpan) -> Bool {
        let type = "application/json".utf8.count
        guard value.byteCount >= type,
            value.extracting(0..<type).equals(ignoringCase: "application/json")
        else { return false }
        var offset = type
        while offset < value.byteCount, value[offset] == ASCII.space || value[offset] == ASCII.tab {
            offset += 1
        }
        return offset == value.byteCount || value[offset] == UInt8(ascii: ";")
    }
}
