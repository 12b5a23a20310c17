internal import Addresses
internal import Bytes

/// How one hop is written: an address with an optional port.
enum ForwardedNode {
    /// In which of the two fields it stands; they differ in their spelling of IPv6.
    enum Dialect {
        /// Nobody has specified it: IPv6 is written with brackets and without.
        case xForwardedFor
        /// RFC 7239, 6: IPv6 takes brackets; a port may be hidden behind a name, as in `:_x`.
        case forwarded
    }

    /// - Returns: nil for `unknown`, for obfuscated identifiers (`_hidden`), and for what is no
    ///   node at all: none of them is an address, and what follows is the same.
    static func address(in node: RawSpan, _ dialect: Dialect) -> IPAddress? {
        let end = node.byteCount
        guard end > 0 else { return nil }
        if node[0] == 0x5B {
            guard let bracket = node.first(0x5D, from: 1, to: end),
                isPort(node, from: bracket + 1, dialect)
            else { return nil }
            return IPAddress(ipv6Text: node.extracting(1..<bracket))
        }
        let colon = node.first(Byte.colon, from: 0, to: end) ?? end
        if let address = IPAddress(ipv4Text: node.extracting(0..<colon)) {
            return isPort(node, from: colon, dialect) ? address : nil
        }
        return dialect == .xForwardedFor ? IPAddress(ipv6Text: node) : nil
    }

    /// Whether nothing or `":" node-port` stands from `start` to the end.
    private static func isPort(_ node: RawSpan, from start: Int, _ dialect: Dialect) -> Bool {
        let end = node.byteCount
        guard start < end else { return true }
        guard node[start] == Byte.colon, start + 1 < end else { return false }
        let first = start + 1
        if node[first] == 0x5F {
            // `obfport`: an underscore, then letters, digits, dots, underscores and hyphens, which
            // are `unreserved` but for the tilde.
            return dialect == .forwarded && first + 1 < end
                && node.firstNot(.unreserved, from: first, to: end) == end
                && node.first(0x7E, from: first, to: end) == nil
        }
        return node.isPort(first..<end)
    }
}
