internal import Glibc

/// The addresses of a host, by the system's own means: `/etc/hosts`, DNS, whatever
/// `nsswitch.conf` says.
package enum HostLookup {
    /// All addresses of a host, in the order in which they are to be tried (RFC 6724).
    ///
    /// `localhost` is this machine and nothing else (RFC 6761, 6.3): ::1 and 127.0.0.1 are among
    /// its addresses even where `/etc/hosts` has but one of them.
    ///
    /// The call waits as long as the system's resolver does: by `resolv.conf`'s own limits, 5 s for
    /// each server and try, where nothing else is configured.
    /// - Parameter host: an address, IPv6 without brackets, or a name.
    /// - Throws: ``HostLookupError`` where the name is not known, or cannot be looked up now.
    package static func addresses(
        of host: String, port: UInt16
    ) throws(HostLookupError) -> [SocketAddress] {
        if let literal = SocketAddress(literal: host, port: port) { return [literal] }
        guard !host.utf8.contains(0) else { throw HostLookupError(reason: "a host has no NUL") }
        let isLocal = host.lowercased() == "localhost"
        var found: [SocketAddress] = []
        do throws(HostLookupError) {
            found = try resolve(host, port)
        } catch {
            if !isLocal { throw error }
        }
        if isLocal {
            for loopback in ["::1", "127.0.0.1"] {
                guard let address = SocketAddress(literal: loopback, port: port),
                    !found.contains(address)
                else { continue }
                found.append(address)
            }
        }
        return found
    }

    private static func resolve(
        _ host: String, _ port: UInt16
    ) throws(HostLookupError) -> [SocketAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        // One entry an address, in place of one for each kind of socket.
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, nil, &hints, &first)
        guard code == 0 else {
            throw HostLookupError(
                reason: code == EAI_SYSTEM
                    ? unsafe String(cString: strerror(errno))
                    : unsafe String(cString: gai_strerror(code)))
        }
        // Safe: the list is the library's own, whole, and freed once.
        defer { unsafe freeaddrinfo(first) }
        var found: [SocketAddress] = []
        var next = unsafe first
        while let entry = unsafe next {
            unsafe next = entry.pointee.ai_next
            guard let address = unsafe SocketAddress(kernel: entry.pointee.ai_addr, port: port),
                !found.contains(address)
            else { continue }
            found.append(address)
        }
        guard !found.isEmpty else {
            throw HostLookupError(reason: "it has no IPv4 or IPv6 address")
        }
        return found
    }
}

/// Why a host has no address.
package struct HostLookupError: Error, Equatable, Sendable {
    /// The system's words: `Name or service not known`.
    package let reason: String
}
