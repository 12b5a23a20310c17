internal import CLinux
internal import Glibc

/// A listening TCP socket. Each event loop has one of its own on the same address
/// (`SO_REUSEPORT`): the kernel spreads the connections, and no loop wakes for another's. Where a
/// supervisor made the socket, loops may share it: what has connected waits in one queue.
package struct Listener: ~Copyable {
    private let socket: Descriptor
    /// Where it listens; the port is the kernel's choice where 0 was asked for.
    package let address: SocketAddress
    /// Somebody else made the socket and keeps it: what waits in its queue when we stop accepting
    /// is the next process's.
    package let isInherited: Bool

    /// What the kernel keeps for a peer that does not read, in bytes, unless told otherwise.
    package static var usualUnsentBytes: Int { 16 << 10 }

    /// Connections the kernel holds until they are accepted.
    package static var backlog: Int32 { 4_096 }

    /// Binds and listens.
    /// - Parameters:
    ///   - unsentBytes: what the kernel keeps for a peer that does not read, beside what is on its
    ///     way. Without a limit it were megabytes for each; and a connection then has room again
    ///     only when its peer has taken something, not when the kernel's buffer has grown.
    /// - Throws: ``SystemError`` naming the address: in use, not on this machine, not permitted.
    package init(
        on wanted: SocketAddress, unsentBytes: Int = usualUnsentBytes
    ) throws(SystemError) {
        let socket = try Listener.bound(to: wanted, unsentBytes)
        guard listen(socket.number, Self.backlog) == 0 else {
            throw SystemError("listen", on: "\(wanted)")
        }
        address = try Listener.name(of: socket)
        self.socket = socket
        isInherited = false
    }

    /// Listens on a socket that was passed to this process, through a descriptor of its own.
    /// - Parameters:
    ///   - number: stays open, and the caller's.
    ///   - unsentBytes: as of ``init(on:unsentBytes:)``.
    /// - Throws: ``SystemError`` where it is no socket or does not listen for TCP (EINVAL).
    package init(
        sharing number: Int32, unsentBytes: Int = usualUnsentBytes
    ) throws(SystemError) {
        let subject = "descriptor \(number)"
        let listens = linux_is_listening(number)
        guard listens >= 0 else { throw SystemError("getsockopt", on: subject) }
        guard listens == 1 else { throw SystemError("accept", on: subject, code: EINVAL) }
        let copy = fcntl(number, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw SystemError("dup", on: subject) }
        let socket = Descriptor(owning: copy)
        let flags = fcntl(copy, F_GETFL)
        guard flags >= 0, fcntl(copy, F_SETFL, flags | O_NONBLOCK) == 0 else {
            throw SystemError("fcntl", on: subject)
        }
        guard Listener.setConnectionOptions(copy, unsentBytes) else {
            throw SystemError("setsockopt", on: subject)
        }
        address = try Listener.name(of: socket)
        self.socket = socket
        isInherited = true
    }

    /// Checks that nobody listens on an address. `SO_REUSEPORT` would let a second process of the
    /// same user join in silently, and take half of the connections.
    /// - Throws: ``SystemError`` where somebody does, or the address cannot be bound at all.
    package static func requireFree(_ wanted: SocketAddress) throws(SystemError) {
        _ = try bound(to: wanted, usualUnsentBytes, sharing: false)
    }

    private static func bound(
        to wanted: SocketAddress, _ unsentBytes: Int, sharing: Bool = true
    ) throws(SystemError) -> Descriptor {
        let number = linux_socket_stream(wanted.isIPv6 ? AF_INET6 : AF_INET)
        guard number >= 0 else { throw SystemError("socket", on: "\(wanted)") }
        let socket = Descriptor(owning: number)
        guard linux_reuse_address(number) == 0, !sharing || linux_reuse_port(number) == 0,
            !wanted.isIPv6 || linux_ipv6_only(number) == 0,
            setConnectionOptions(number, unsentBytes)
        else { throw SystemError("setsockopt", on: "\(wanted)") }
        guard unsafe wanted.withKernelForm({ unsafe bind(number, $0, $1) }) == 0 else {
            throw SystemError("bind", on: "\(wanted)")
        }
        return socket
    }

    /// Sets what each connection has from its listener, so that accepting needs no further call.
    private static func setConnectionOptions(_ number: Int32, _ unsentBytes: Int) -> Bool {
        linux_no_delay(number) == 0 && linux_unsent_limit(number, Int32(unsentBytes)) == 0
    }

    private static func name(of socket: borrowing Descriptor) throws(SystemError) -> SocketAddress {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let number = socket.number
        let named = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(number, $0, &length)
            }
        }
        guard named == 0 else { throw SystemError("getsockname", on: "a listener") }
        return SocketAddress(storage)
    }

    /// For the poller.
    package var descriptor: Int32 { socket.number }

    /// Takes the next connection that waits, if there is one.
    package func accept() -> AcceptResult {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let number = unsafe linux_accept(socket.number, &storage, &length)
        if number >= 0 { return .accepted(number, SocketAddress(storage)) }
        switch errno {
        case EAGAIN: return .nothingWaits
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .outOfDescriptors
        default: return .gone  // the peer went before it was accepted, or a signal came
        }
    }
}

/// What ``Listener/accept()`` found.
package enum AcceptResult {
    /// A connection: its descriptor, not yet owned by anyone, and its peer.
    case accepted(Int32, SocketAddress)
    case nothingWaits
    /// The process or the machine has no descriptor left; accepting must pause.
    case outOfDescriptors
    /// The connection that waited is gone; try the next.
    case gone
}
