internal import Sockets

/// Where a listener is: an `http` or `https` URL, perhaps with a path that its requests begin with,
/// as behind a reverse proxy.
package struct BaseURL: Equatable, Sendable, CustomStringConvertible {
    package let isSecure: Bool
    /// A name or an address, IPv6 without brackets.
    package let host: String
    package let port: UInt16
    /// What every request's path begins with: empty, or `/…` without a slash at its end.
    package let pathPrefix: String

    /// - Parameter text: a URL, or an address and a port, which stand for `http`.
    /// - Throws: ``BaseURLError``.
    package init(_ text: String) throws(BaseURLError) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw BaseURLError(reason: "has spaces or characters beyond ASCII")
        }
        var rest = text[...]
        var scheme = "http"
        if let separator = text.firstRange(of: "://") {
            scheme = text[..<separator.lowerBound].lowercased()
            rest = text[separator.upperBound...]
        }
        guard scheme == "http" || scheme == "https" else {
            throw BaseURLError(reason: "has another scheme than http and https")
        }
        guard !rest.contains(where: { $0 == "?" || $0 == "#" }) else {
            throw BaseURLError(reason: "has a query or a fragment")
        }
        isSecure = scheme == "https"
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        (host, port) = try Self.authority(rest[..<slash], defaultPort: scheme == "https" ? 443 : 80)
        pathPrefix = try Self.prefix(rest[slash...])
    }

    /// `host [":" port]`.
    private static func authority(
        _ text: Substring, defaultPort: UInt16
    ) throws(BaseURLError) -> (host: String, port: UInt16) {
        guard !text.contains("@") else { throw BaseURLError(reason: "has a user in it") }
        var host = text
        var port = defaultPort
        let bracket = text.lastIndex(of: "]")
        if let colon = text.lastIndex(of: ":"), bracket.map({ $0 < colon }) ?? true {
            host = text[..<colon]
            let digits = text[text.index(after: colon)...]
            guard digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = UInt16(digits),
                number > 0
            else { throw BaseURLError(reason: "has a port that is not a number from 1 to 65535") }
            port = number
        }
        guard !host.isEmpty else { throw BaseURLError(reason: "has no host") }
        if host.hasPrefix("["), host.hasSuffix("]") {
            let literal = String(host.dropFirst().dropLast())
            guard SocketAddress(literal: literal, port: port)?.isIPv6 == true else {
                throw BaseURLError(reason: "has brackets around what is no IPv6 address")
            }
            return (literal, port)
        }
        guard !host.contains("["), !host.contains("]") else {
            throw BaseURLError(reason: "has brackets around what is no IPv6 address")
        }
        guard !host.contains(":") else {
            throw BaseURLError(
                reason: "has an IPv6 address without brackets: write [\(host)]:\(port)")
        }
        guard host.utf8.count <= 253, host.utf8.allSatisfy(PathSegment.isUnreserved) else {
            throw BaseURLError(reason: "has a host that is neither a name nor an address")
        }
        return (String(host), port)
    }

    private static func prefix(_ text: Substring) throws(BaseURLError) -> String {
        var prefix = text
        while prefix.hasSuffix("/") { prefix.removeLast() }
        let parts = prefix.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for part in parts {
            guard !part.isEmpty, part != ".", part != "..", PathSegment.isEscaped(part) else {
                throw BaseURLError(
                    reason: "has a path with \"//\", \"..\" or characters to be escaped")
            }
        }
        return String(prefix)
    }

    /// The host as a URL and the `Host` field have it, with the port unless it is the scheme's own.
    package var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    package var description: String {
        "\(isSecure ? "https" : "http")://\(authority)\(pathPrefix)"
    }
}

/// Why a text is no ``BaseURL``, as the predicate of a sentence about it.
package struct BaseURLError: Error, Equatable, Sendable {
    package let reason: String
}
