internal import Bytes

/// `Content-Type` (RFC 9110, 8.3).
enum MediaType {
    static let json: StaticString = "application/json"
    static let problem: StaticString = "application/problem+json"
    static let html: StaticString = "text/html; charset=utf-8"
    static let text: StaticString = "text/plain; charset=utf-8"
    static let script: StaticString = "text/javascript; charset=utf-8"
    static let style: StaticString = "text/css; charset=utf-8"
    static let picture: StaticString = "image/svg+xml"
    static let calendar: StaticString = "text/calendar; charset=utf-8"

    /// Whether the value is `application/json`, with or without parameters. A `charset` is not
    /// looked at: JSON is UTF-8 (RFC 8259, 8.1), and what is not does not parse.
    static func isJSON(_ value: RawSpan) -> Bool { value.isMediaType("application/json") }

    /// Whether the value is `application/merge-patch+json` (RFC 7396).
    static func isMergePatch(_ value: RawSpan) -> Bool {
        value.isMediaType("application/merge-patch+json")
    }

    /// Whether a `Content-Encoding` says that the body is as it is (RFC 9110, 8.4): empty, or
    /// `identity` and nothing else, as some clients write it.
    static func isIdentity(_ value: RawSpan) -> Bool {
        value.byteCount == 0 || value.equals(ignoringCase: "identity")
    }
}

extension RawSpan {
    /// Whether a field's value is this media type, with or without parameters.
    fileprivate func isMediaType(_ name: StaticString) -> Bool {
        let value = self
        let type = name.utf8CodeUnitCount
        guard value.byteCount >= type, value.extracting(0..<type).equals(ignoringCase: name)
        else { return false }
        var offset = type
        while offset < value.byteCount, value[offset] == ASCII.space || value[offset] == ASCII.tab {
            offset += 1
        }
        return offset == value.byteCount || value[offset] == UInt8(ascii: ";")
    }
}
