internal import Bytes

extension IPAddress {
    /// Parses either form, without brackets, port, zone or prefix.
    package init?(text bytes: RawSpan) {
        if let address = IPAddress(ipv4Text: bytes) {
            self = address
        } else if let address = IPAddress(ipv6Text: bytes) {
            self = address
        } else {
            return nil
        }
    }

    /// Parses `IPv4address` of RFC 3986, 3.2.2: four numbers from 0 to 255. It rejects leading
    /// zeros, which some parsers take for octal.
    package init?(ipv4Text bytes: RawSpan) {
        guard let value = Self.dottedNumber(bytes, from: 0) else { return nil }
        self.init(ipv4: value)
    }

    /// Parses `IPv6address` of RFC 3986, 3.2.2: eight groups of 1 to 4 hexadecimal digits, the last
    /// two possibly written as IPv4, and at most one `::` for one or more groups.
    package init?(ipv6Text bytes: RawSpan) {
        let end = bytes.byteCount
        var value: UInt128 = 0
        var groups = 0
        // The number of groups before the `::`.
        var elided: Int?
        var at = 0
        if end >= 2, bytes[0] == ASCII.colon {
            guard bytes[1] == ASCII.colon else { return nil }
            elided = 0
            at = 2
        }
        while at < end {
            let start = at
            var group: UInt128 = 0
            while at < end, at - start < 4, let digit = Self.hexValue(bytes[at]) {
                group = group << 4 | UInt128(digit)
                at += 1
            }
            if at > start, at < end, bytes[at] == 0x2E {
                guard groups <= 6, let four = Self.dottedNumber(bytes, from: start) else {
                    return nil
                }
                value = value << 32 | UInt128(four)
                groups += 2
                break
            }
            guard at > start, groups < 8 else { return nil }
            value = value << 16 | group
            groups += 1
            if at == end { break }
            guard bytes[at] == ASCII.colon, at + 1 < end else { return nil }
            at += 1
            if bytes[at] == ASCII.colon {
                guard elided == nil else { return nil }
                elided = groups
                at += 1
            }
        }
        if let elided {
            guard groups <= 7 else { return nil }
            let tailBits = UInt128(groups - elided) * 16
            let head = value >> tailBits
            let tail = value & ((1 << tailBits) - 1)
            value = head << (UInt128(8 - elided) * 16) | tail
        } else if groups != 8 {
            return nil
        }
        self.init(
            high: UInt64(truncatingIfNeeded: value >> 64), low: UInt64(truncatingIfNeeded: value))
    }

    /// Parses four numbers separated by dots, from `start` to the end of the bytes.
    private static func dottedNumber(_ bytes: RawSpan, from start: Int) -> UInt32? {
        let end = bytes.byteCount
        var value: UInt32 = 0
        var at = start
        for position in 0..<4 {
            let first = at
            var part: UInt32 = 0
            while at < end, at - first < 3, ASCII.isDigit(bytes[at]) {
                part = part * 10 + UInt32(bytes[at] - ASCII.zero)
                at += 1
            }
            let hasLeadingZero = at - first > 1 && bytes[first] == ASCII.zero
            if at == first || part > 255 || hasLeadingZero { return nil }
            value = value << 8 | part
            if position == 3 { break }
            guard at < end, bytes[at] == 0x2E else { return nil }
            at += 1
        }
        return at == end ? value : nil
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        if ASCII.isDigit(byte) { return byte - ASCII.zero }
        let letter = ASCII.lowercased(byte)
        return letter &- 0x61 < 6 ? letter - 0x57 : nil
    }
}
