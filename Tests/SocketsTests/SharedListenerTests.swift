import Glibc
import Testing

@testable import Sockets

@Suite("Listeners that were passed on")
struct SharedListenerTests {
    /// A socket as a supervisor has it: blocking, and without any option.
    private static func listening() throws -> Descriptor {
        let made = Descriptor(owning: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        try #require(listen(made.number, 64) == 0)
        return made
    }

    @Test("two loops share one queue: each connection is accepted once")
    func shares() throws {
        let passed = try Self.listening()
        let first = try Listener(sharing: passed.number)
        let second = try Listener(sharing: passed.number)
        #expect(first.isInherited && first.address == second.address)
        #expect(first.address.port != 0)
        let clients = try (0..<10).map { _ in try Client(port: first.address.port) }
        for _ in 0..<5 {
            close(try acceptNext(first).descriptor)
            close(try acceptNext(second).descriptor)
        }
        for listener in [first.descriptor, second.descriptor] {
            #expect(fcntl(listener, F_GETFD) & FD_CLOEXEC != 0)
        }
        guard case .nothingWaits = second.accept() else {
            Issue.record("a connection is accepted twice")
            return
        }
        #expect(clients.count == 10)
    }

    @Test("one connection wakes one loop, and the queue outlives both")
    func outlives() throws {
        let passed = try Self.listening()
        let token = EventToken(place: 1, generation: 0)
        var client: Client?
        let port: UInt16
        do {
            var one = try Poller()
            var other = try Poller()
            let first = try Listener(sharing: passed.number)
            let second = try Listener(sharing: passed.number)
            port = first.address.port
            try one.addLevelTriggered(first.descriptor, token: token)
            try other.addLevelTriggered(second.descriptor, token: token)
            one.remove(first.descriptor)
            client = try Client(port: port)
            #expect(one.wait(timeoutMilliseconds: 20) == 0, "it has left")
            #expect(other.wait(timeoutMilliseconds: patienceMilliseconds) == 1)
            other.remove(second.descriptor)
        }
        let next = try Listener(sharing: passed.number)
        let (descriptor, _) = try acceptNext(next)
        close(descriptor)
        #expect(client != nil)
    }

    @Test("what is no listening TCP socket is refused")
    func refused() throws {
        let idle = Descriptor(owning: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        let datagrams = Descriptor(owning: socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0))
        let local = Descriptor(owning: socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0))
        let file = Descriptor(owning: unsafe open("/dev/null", O_RDONLY))
        for (number, code) in [
            (idle.number, EINVAL), (datagrams.number, EINVAL), (local.number, EINVAL),
            (file.number, ENOTSOCK), (1_000_000, EBADF),
        ] {
            let error = #expect(throws: SystemError.self) { _ = try Listener(sharing: number) }
            #expect(error?.code == code)
        }
    }
}
