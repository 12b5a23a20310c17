package import Bytes

extension ByteBuffer {
    /// Appends a path in which each octet that is unreserved in a URI stands for itself: `%2D` and
    /// `-` are the same (RFC 3986, 6.2.2.2). Other octets stay encoded: `%2F` is no slash.
    package mutating func append(decodingUnreserved path: RawSpan) {
        var offset = 0
        while offset < path.byteCount {
            let byte = path[offset]
            if byte == UInt8(ascii: "%"), offset + 2 < path.byteCount,
                let octet = Self.octet(path[offset + 1], path[offset + 2]), octet.isUnreserved
            {
                append(octet)
                offset += 3
            } else {
                append(byte)
                offset += 1
            }
        }
    }

    private static func octet(_ high: UInt8, _ low: UInt8) -> UInt8? {
        guard let high = digit(high), let low = digit(low) else { return nil }
        return high << 4 | low
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        if Byte.isDigit(byte) { return byte - Byte.zero }
        let letter = byte | 0x20
        return (0x61...0x66).contains(letter) ? letter - 0x57 : nil
    }
}

extension UInt8 {
    /// `unreserved` of RFC 3986, 2.3.
    fileprivate var isUnreserved: Bool {
        Byte.isDigit(self) || (0x61...0x7A).contains(self | 0x20)
            || self == UInt8(ascii: "-") || self == UInt8(ascii: ".")
            || self == UInt8(ascii: "_") || self == UInt8(ascii: "~")
    }
}
