internal import CLinux
internal import Glibc

/// Begins connections, for whoever is the client: the load runner, tests.
package enum Connector {
    /// Begins to connect and does not wait: the poller reports the connection writable when it is
    /// made, or broken when it is not, and ``outcome(of:)`` then says which.
    /// - Parameters:
    ///   - peer: whom to connect to.
    ///   - source: the address to come from; its port is the kernel's choice where it is 0. Nil
    ///     leaves both to the kernel.
    /// - Returns: a descriptor that nobody owns yet.
    /// - Throws: ``SystemError`` where it fails at once: no descriptor, no port, no route.
    package static func begin(
        to peer: SocketAddress, from source: SocketAddress? = nil
    ) throws(SystemError) -> Int32 {
        let number = linux_socket_stream(peer.isIPv6 ? AF_INET6 : AF_INET)
        guard number >= 0 else { throw SystemError("socket", on: "\(peer)") }
        do throws(SystemError) {
            try begin(on: number, to: peer, from: source)
            return number
        } catch {
            _ = close(number)
            throw error
        }
    }

    private static func begin(
        on number: Int32, to peer: SocketAddress, from source: SocketAddress?
    ) throws(SystemError) {
        guard linux_no_delay(number) == 0 else { throw SystemError("setsockopt", on: "\(peer)") }
        if let source {
            guard unsafe source.withKernelForm({ unsafe bind(number, $0, $1) }) == 0 else {
                throw SystemError("bind", on: "\(source)")
            }
        }
        let begun = unsafe peer.withKernelForm { unsafe connect(number, $0, $1) }
        guard begun == 0 || errno == EINPROGRESS else {
            throw SystemError("connect", on: "\(peer)")
        }
    }

    /// Whether a connection that was begun is made.
    /// - Returns: nil if so, else why not.
    package static func outcome(of descriptor: Int32, to peer: SocketAddress) -> SystemError? {
        let error = linux_pending_error(descriptor)
        return error == 0 ? nil : SystemError("connect", on: "\(peer)", code: error)
    }
}
