internal import CLinux
internal import Glibc

/// A listening TCP socket, or one for each of several addresses. Each event loop has its own on
/// the same addresses (`SO_REUSEPORT`): the kernel spreads the connections, and no loop wakes for
/// another's. Where a
/// supervisor made the socket, loops may share it: what has connected waits in one queue.
package struct Listener: ~Copyable {
    private let sockets: ListeningSockets
    /// Where it listens, at least one address; the port is the kernel's choice where 0 was asked
    /// for, and the same for all.
    package let addresses: [SocketAddress]
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
        try self.init(on: [wanted], unsentBytes: unsentBytes)
    }

    /// Binds and listens on several addresses, all with one port.
    /// - Precondition: there is an address.
    /// - Throws: ``SystemError`` naming the address.
    package init(
        on wanted: [SocketAddress], unsentBytes: Int = usualUnsentBytes
    ) throws(SystemError) {
        precondition(!wanted.isEmpty, "a listener has an address")
        (sockets, addresses) = try Self.open(wanted, unsentBytes)
        isInherited = false
    }

    /// How many of the kernel's ports are tried where several addresses need the same one.
    private static var portAttempts: Int { 32 }

    private static func open(
        _ wanted: [SocketAddress], _ unsentBytes: Int
    ) throws(SystemError) -> (ListeningSockets, [SocketAddress]) {
        if wanted[0].port == 0, wanted.count > 1 {
            for _ in 1..<portAttempts {
                do throws(SystemError) {
                    return try openAll(wanted, unsentBytes)
                } catch {
                    // The port that the kernel chose for the first address is taken on another one.
                    guard error.code == EADDRINUSE else { throw error }
                }
            }
        }
        return try openAll(wanted, unsentBytes)
    }

    private static func openAll(
        _ wanted: [SocketAddress], _ unsentBytes: Int
    ) throws(SystemError) -> (ListeningSockets, [SocketAddress]) {
        let sockets = ListeningSockets()
        var addresses: [SocketAddress] = []
        for address in wanted {
            let address = address.with(port: addresses.first?.port ?? address.port)
            try bound(to: address, unsentBytes, into: sockets)
            let number = sockets.numbers[addresses.count]
            guard listen(number, backlog) == 0 else {
                throw SystemError("listen", on: "\(address)")
            }
            addresses.append(try name(of: number))
        }
        return (sockets, addresses)
    }

    /// The first address that it listens on.
    package var address: SocketAddress { addresses[0] }

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
        let sockets = ListeningSockets()
        sockets.add(owning: copy)
        let flags = fcntl(copy, F_GETFL)
        guard flags >= 0, fcntl(copy, F_SETFL, flags | O_NONBLOCK) == 0 else {
            throw SystemError("fcntl", on: subject)
        }
        guard Listener.setConnectionOptions(copy, unsentBytes) else {
            throw SystemError("setsockopt", on: subject)
        }
        addresses = [try Listener.name(of: copy)]
        self.sockets = sockets
        isInherited = true
    }

    /// Checks that nobody listens on an address. `SO_REUSEPORT` would let a second process of the
    /// same user join in silently, and take half of the connections.
    /// - Throws: ``SystemError`` where somebody does, or the address cannot be bound at all.
    package static func requireFree(_ wanted: SocketAddress) throws(SystemError) {
        try bound(to: wanted, usualUnsentBytes, sharing: false, into: ListeningSockets())
    }

    private static func bound(
        to wanted: SocketAddress, _ unsentBytes: Int, sharing: Bool = true,
        into sockets: ListeningSockets
    ) throws(SystemError) {
        let number = linux_socket_stream(wanted.isIPv6 ? AF_INET6 : AF_INET)
        guard number >= 0 else { throw SystemError("socket", on: "\(wanted)") }
        sockets.add(owning: number)
        guard linux_reuse_address(number) == 0, !sharing || linux_reuse_port(number) == 0,
            !wanted.isIPv6 || linux_ipv6_only(number) == 0,
            setConnectionOptions(number, unsentBytes)
        else { throw SystemError("setsockopt", on: "\(wanted)") }
        guard unsafe wanted.withKernelForm({ unsafe bind(number, $0, $1) }) == 0 else {
            throw SystemError("bind", on: "\(wanted)")
        }
    }

    /// Sets what each connection has from its listener, so that accepting needs no further call.
    private static func setConnectionOptions(_ number: Int32, _ unsentBytes: Int) -> Bool {
        linux_no_delay(number) == 0 && linux_unsent_limit(number, Int32(unsentBytes)) == 0
    }

    private static func name(of number: Int32) throws(SystemError) -> SocketAddress {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let named = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(number, $0, &length)
            }
        }
        guard named == 0 else { throw SystemError("getsockname", on: "a listener") }
        return SocketAddress(storage)
    }

    /// Of the first address, for the poller.
    package var descriptor: Int32 { sockets.numbers[0] }

    /// For the poller, one for each address.
    package var descriptors: [Int32] { sockets.numbers }

    /// Takes the next connection that waits, if there is one: of several addresses in turn.
    package func accept() -> AcceptResult {
        let numbers = sockets.numbers
        if numbers.count == 1 { return Self.accept(numbers[0]) }
        let first = sockets.nextTurn()
        for offset in 0..<numbers.count {
            let result = Self.accept(numbers[(first + offset) % numbers.count])
            if case .nothingWaits = result { continue }
            return result
        }
        return .nothingWaits
    }

    private static func accept(_ socket: Int32) -> AcceptResult {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let number = unsafe linux_accept(socket, &storage, &length)
        if number >= 0 { return .accepted(number, SocketAddress(storage)) }
        switch errno {
        case EAGAIN: return .nothingWaits
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .outOfDescriptors
        default: return .gone  // the peer went before it was accepted, or a signal came
        }
    }
}

/// Descriptors of listening sockets, closed when their one owner goes: a ``Listener``.
private final class ListeningSockets: @unchecked Sendable {
    // `@unchecked Sendable`: one ``Listener`` owns it, and moves between threads as a whole.
    private(set) var numbers: [Int32] = []
    private var turn = 0

    deinit {
        for number in numbers { _ = close(number) }
    }

    func add(owning number: Int32) { numbers.append(number) }

    /// Where to begin, so that no address is behind another one for long.
    func nextTurn() -> Int {
        turn = (turn + 1) % numbers.count
        return turn
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
