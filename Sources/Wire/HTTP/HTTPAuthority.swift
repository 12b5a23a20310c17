internal import Addresses
internal import Bytes

/// The grammar of `uri-host [":" port]` (RFC 9110, 4.1 and 7.2; RFC 3986, 3.2.2), with the choices
/// made strictly: no user information, no sub-delimiters in names (a comma there is how two Host
/// fields look once joined), no IPvFuture, no zone identifiers, ports up to 65535.
package enum HTTPAuthority {
    /// What the port of an authority may be.
    enum Port { case optional, required }

    static func isValid(_ bytes: RawSpan, from start: Int, to end: Int, port: Port) -> Bool {
        guard start < end else { return false }
        let hostEnd: Int
        if bytes[start] == 0x5B {
            guard let bracket = bytes.first(0x5D, from: start, to: end),
                IPAddress(ipv6Text: bytes.extracting((start + 1)..<bracket)) != nil
            else { return false }
            hostEnd = bracket + 1
        } else {
            hostEnd = endOfName(bytes, from: start, to: end)
            if hostEnd == start { return false }
        }
        if hostEnd == end { return port == .optional }
        guard bytes[hostEnd] == Byte.colon else { return false }
        // The grammar lets a port be empty, and means the default one by it.
        if hostEnd + 1 == end { return port == .optional }
        return bytes.isPort((hostEnd + 1)..<end)
    }

    /// Whether the host of a valid authority is an address or `localhost`. Every other name may
    /// have been made to lead here by somebody else, whether it has a dot, a search domain's
    /// names have none, or has its dot percent-encoded.
    package static func isAddressOrLocalhost(_ authority: RawSpan) -> Bool {
        let end = authority.byteCount
        guard end > 0 else { return false }
        if authority[0] == 0x5B { return true }
        let host = authority.extracting(0..<(authority.first(Byte.colon, from: 0, to: end) ?? end))
        return host.equals(ignoringCase: "localhost") || IPAddress(ipv4Text: host) != nil
    }

    /// Where the host of a valid authority stands, without its port.
    package static func hostRange(_ authority: RawSpan) -> Range<Int> {
        let end = authority.byteCount
        guard end > 0, authority[0] == 0x5B else {
            return 0..<(authority.first(Byte.colon, from: 0, to: end) ?? end)
        }
        return 0..<(authority.first(0x5D, from: 0, to: end).map { $0 + 1 } ?? end)
    }

    /// Whether two valid authorities are the same text, in either case.
    static func agree(_ bytes: RawSpan, _ left: ByteRange, _ right: Range<Int>) -> Bool {
        guard Int(left.count) == right.count else { return false }
        for index in 0..<right.count
        where Byte.lowercased(bytes[Int(left.start) + index])
            != Byte.lowercased(bytes[right.lowerBound + index])
        {
            return false
        }
        return true
    }

    /// Where a name of `unreserved` and `pct-encoded` ends.
    private static func endOfName(_ bytes: RawSpan, from start: Int, to end: Int) -> Int {
        var at = start
        while true {
            at = bytes.firstNot(.unreserved, from: at, to: end)
            guard at < end, isPercentEncoded(bytes, at: at, to: end) else { return at }
            at += 3
        }
    }

    /// Whether `%` and two hexadecimal digits begin at `at`.
    static func isPercentEncoded(_ bytes: RawSpan, at: Int, to end: Int) -> Bool {
        end - at >= 3 && bytes[at] == 0x25 && ByteSet.hexDigit.contains(bytes[at + 1])
            && ByteSet.hexDigit.contains(bytes[at + 2])
    }
}
