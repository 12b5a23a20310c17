internal import Bytes

/// Parts of a path (RFC 3986, 3.3).
enum PathSegment {
    /// `unreserved`: what stands for itself everywhere.
    static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// Whether a part is `*pchar` already.
    static func isEscaped(_ part: Substring) -> Bool {
        let bytes = Array(part.utf8)
        for (index, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "%") {
                let digits = bytes[(index + 1)...].prefix(2)
                let isHexadecimal = digits.allSatisfy {
                    Character(Unicode.Scalar($0)).isHexDigit
                }
                guard digits.count == 2, isHexadecimal else { return false }
            } else if !isUnreserved(byte), !"!$&'()*+,;=:@".utf8.contains(byte) {
                return false
            }
        }
        return true
    }

    /// A text as one part: everything but `unreserved` escaped.
    /// - Returns: nil where no escape helps: nothing, `.` and `..` are taken out of paths.
    static func escaped(_ text: String) -> String? {
        if text.isEmpty || text == "." || text == ".." { return nil }
        return percentEncoded(text)
    }

    /// A text with everything but `unreserved` escaped, as a query's names and values are.
    static func percentEncoded(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            if isUnreserved(byte) {
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                escaped += byte < 0x10 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return escaped
    }
}
