import Sockets

/// Where a listener is: an `http` URL without a path.
struct Endpoint: Equatable, Sendable, CustomStringConvertible {
    /// As it was given, without a slash at its end.
    let url: String
    /// For the `Host` field.
    let host: String
    let address: SocketAddress

    var description: String { url }

    init(_ text: String) throws(UsageError) {
        var url = text
        while url.hasSuffix("/") { url.removeLast() }
        if url.hasPrefix("https://") {
            throw UsageError("\(text): the runner speaks plain HTTP only")
        }
        guard url.hasPrefix("http://") else {
            throw UsageError("\(text): a URL is needed, such as http://127.0.0.1:8080")
        }
        var host = String(url.dropFirst("http://".count))
        guard !host.isEmpty, !host.contains("/"), !host.contains("@") else {
            throw UsageError("\(text): a URL without path and user is needed")
        }
        if !host.hasSuffix("]"), !host.contains(where: { $0 == ":" }) { host += ":80" }
        if host.hasSuffix("]") { host += ":80" }
        guard let address = SocketAddress(host) ?? Self.resolve(host) else {
            throw UsageError("\(text): nobody knows this host, or its port is none")
        }
        self.url = url
        self.host = host
        self.address = address
    }

    init(loopback port: UInt16) throws(UsageError) {
        try self.init("http://127.0.0.1:\(port)")
    }

    /// The first address of a name; IPv4 before IPv6, as `--target`'s listener is most often that.
    private static func resolve(_ host: String) -> SocketAddress? {
        guard let colon = host.lastIndex(of: ":"),
            let port = SocketAddress("0.0.0.0\(host[colon...])")?.port,
            // A name that is not known is a wrong URL, and said so.
            let found = try? HostLookup.addresses(of: String(host[..<colon]), port: port)
        else { return nil }
        return found.first { !$0.isIPv6 } ?? found.first
    }
}

/// What the caller got wrong; exit status 64.
struct UsageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
