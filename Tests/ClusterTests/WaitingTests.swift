import Bytes
import Glibc
import Sockets
import Testing
import Threads

@testable import Cluster

/// A server that sends a little every moment ends each wait early: the thread that decides must not
/// be held by it.
@Suite("A wait while something comes again and again")
struct WaitingTests {
    private final class Door: Sendable {
        let listener: Listener
        init(_ listener: consuming Listener) { self.listener = listener }
    }

    private func makeDoor() throws -> Door {
        Door(try Listener(on: try #require(SocketAddress("127.0.0.1:0"))))
    }

    @Test("it ends in its time, and the heartbeat has its turn")
    func endsInTime() throws {
        let door = try makeDoor()
        // Nobody takes it: the listener can be read from now on.
        let caller = try Connector.begin(to: door.listener.address)
        defer { _ = close(caller) }
        var beats = 0
        let wait = Waiting(seconds: 0.5, meanwhile: { beats += 1 })
        let limit = Waiting(seconds: 60)
        while wait.forEvents(Int16(POLLIN), of: door.listener.descriptor), !limit.isOver {
            usleep(1_000)
        }
        #expect(!limit.isOver)
        #expect(beats >= 1)
    }

    @Test("a server that sends pings and no answer does not hold a call beyond its time")
    func pings() throws {
        let door = try makeDoor()
        let pinging = StoppableThread()
        try pinging.start(name: "pinging") {
            var table = ConnectionTable(capacity: 1)
            var place: UInt32?
            var bytes = ByteBuffer(capacity: 64)
            // RFC 9113, 4.1: settings, once, and pings.
            let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
            let ping: [UInt8] = [0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]
            settings.withBytes { bytes.append($0) }
            while !pinging.isStopping {
                if place == nil, case .accepted(let descriptor, let peer) = door.listener.accept() {
                    place = table.open(descriptor, peer: peer)?.place
                }
                if let open = place {
                    if table[open].send(bytes.bytes) == nil { break }
                    bytes.removeAll()
                    ping.withBytes { bytes.append($0) }
                }
                usleep(5_000)
            }
        }
        defer { pinging.stop {} }
        let endpoint = EtcdEndpoint(
            isSecure: false, host: "127.0.0.1", port: door.listener.address.port)
        var client = EtcdClient(endpoint, .none)
        var beats = 0
        let began = ContinuousClock.now
        var failure: GRPCError?
        do throws(GRPCError) {
            _ = try client.status(Waiting(seconds: 0.5, meanwhile: { beats += 1 }))
        } catch {
            failure = error
        }
        #expect(failure == .timedOut)
        #expect(beats >= 1)
        #expect(ContinuousClock.now - began < .seconds(30))
    }
}
