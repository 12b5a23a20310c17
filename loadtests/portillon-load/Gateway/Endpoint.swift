import Glibc
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

    /// The first IPv4 address of a name.
    private static func resolve(_ host: String) -> SocketAddress? {
        guard let colon = host.lastIndex(of: ":") else { return nil }
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_INET
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(String(host[..<colon]), nil, &hints, &found) == 0,
            let first = unsafe found
        else { return nil }
        defer { unsafe freeaddrinfo(first) }
        guard let name = unsafe first.pointee.ai_addr else { return nil }
        // Safe: the family was asked for, and its structure is this one.
        var four = unsafe name.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
            unsafe $0.pointee.sin_addr
        }
        let capacity = Int(INET_ADDRSTRLEN)
        let text = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) {
            room in
            unsafe inet_ntop(AF_INET, &four, room.baseAddress, socklen_t(capacity))
                .map { unsafe String(cString: $0) }
        }
        return text.flatMap { SocketAddress($0 + host[colon...]) }
    }
}

/// What the caller got wrong; exit status 64.
struct UsageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
