import Glibc
import Testing

@testable import Sockets

@Suite("Listeners")
struct ListenerTests {
    static func loopback() throws -> SocketAddress {
        try #require(SocketAddress("127.0.0.1:0"))
    }

    @Test("port 0 is the kernel's choice, and the listener says which", arguments: [4, 6])
    func kernelsPort(version: Int) throws {
        let wanted = try #require(SocketAddress(version == 4 ? "127.0.0.1:0" : "[::1]:0"))
        let listener = try Listener(on: wanted)
        #expect(listener.address.port != 0)
        #expect(listener.address.octets == wanted.octets)
        #expect(listener.address.isIPv6 == wanted.isIPv6)
    }

    @Test("a connection is accepted once, with its peer; then nothing waits")
    func accepting() throws {
        let listener = try Listener(on: try Self.loopback())
        guard case .nothingWaits = listener.accept() else {
            Issue.record("nobody has connected")
            return
        }
        let client = try Client(port: listener.address.port)
        let (descriptor, peer) = try acceptNext(listener)
        defer { close(descriptor) }
        #expect(peer.isLoopback)
        #expect(peer.port != listener.address.port)
        let flags = fcntl(descriptor, F_GETFL)
        #expect(flags & O_NONBLOCK != 0)
        #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
        guard case .nothingWaits = listener.accept() else {
            Issue.record("a connection is accepted twice")
            return
        }
        try client.send([1])
        #expect(happenings(descriptor) & POLLIN != 0)
    }

    @Test("two listeners share a port, and each connection reaches one of them")
    func sharing() throws {
        let first = try Listener(on: try Self.loopback())
        let second = try Listener(on: first.address)
        #expect(second.address == first.address)
        var clients: [Client] = []
        for _ in 0..<64 { clients.append(try Client(port: first.address.port)) }
        var firstCount = 0
        var secondCount = 0
        while firstCount + secondCount < clients.count {
            try #require(somethingWaits(at: [first.descriptor, second.descriptor]))
            firstCount += Self.acceptAll(first)
            secondCount += Self.acceptAll(second)
        }
        #expect(firstCount + secondCount == clients.count)
        // The kernel spreads them by a hash of the ports: 1 in 2^63 goes all one way.
        #expect(firstCount > 0)
        #expect(secondCount > 0)
    }

    @Test("an address where somebody listens is not free, though it could be shared")
    func requireFree() throws {
        let wanted: SocketAddress
        do {
            let listener = try Listener(on: try Self.loopback())
            wanted = listener.address
            let busy = #expect(throws: SystemError.self) { try Listener.requireFree(wanted) }
            #expect(busy?.code == EADDRINUSE)
            #expect(busy?.call == "bind")
            #expect("\(try #require(busy))".contains("\(wanted)"))
            let everywhere = try #require(SocketAddress("0.0.0.0:\(wanted.port)"))
            #expect(throws: SystemError.self) { try Listener.requireFree(everywhere) }
            // To have asked takes nothing away.
            _ = try Listener(on: wanted)
        }
        try Listener.requireFree(wanted)
    }

    @Test("an address that is not this machine's cannot be listened on")
    func notOurs() throws {
        let foreign = try #require(SocketAddress("192.0.2.1:0"))
        let error = #expect(throws: SystemError.self) { _ = try Listener(on: foreign) }
        #expect(error?.code == EADDRNOTAVAIL)
        #expect(throws: SystemError.self) { try Listener.requireFree(foreign) }
    }

    @Test("a peer that goes before it is accepted does no harm")
    func gonePeers() throws {
        let listener = try Listener(on: try Self.loopback())
        for _ in 0..<8 { try Client(port: listener.address.port).reset() }
        let client = try Client(port: listener.address.port)
        try client.send([42])
        // Linux hands reset connections out all the same, or not at all: ours is among them.
        var ours = 0
        while happenings(listener.descriptor) & POLLIN != 0 {
            guard case .accepted(let descriptor, _) = listener.accept() else { continue }
            defer { close(descriptor) }
            var byte: UInt8 = 0
            _ = happenings(descriptor)
            if unsafe recv(descriptor, &byte, 1, 0) == 1, byte == 42 {
                ours += 1
                break
            }
        }
        #expect(ours == 1)
    }

    private static func acceptAll(_ listener: borrowing Listener) -> Int {
        var count = 0
        while case .accepted(let descriptor, _) = listener.accept() {
            close(descriptor)
            count += 1
        }
        return count
    }
}
