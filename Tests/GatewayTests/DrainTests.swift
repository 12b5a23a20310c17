import Foundation
import Glibc
import Sockets
import TestSupport
import Testing

@testable import Gateway

@Suite("A drain tells its clients to come back, and leaves the queue to the next", .onOwnThread)
struct DrainTests {
    /// A public and an admin socket, as a supervisor passes them on.
    private static func sockets(_ count: Int = 1) throws -> (held: [Int32], PassedSockets) {
        let made = try (0...count).map { _ in
            let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
            try #require(made >= 0 && listen(made, 256) == 0)
            return made
        }
        return (made, PassedSockets(public: Array(made.dropLast()), admin: made.last))
    }

    @Test("workers share what was passed, and use it again after a drain", arguments: [1, 2])
    func again(count: Int) throws {
        let (held, passed) = try Self.sockets(count)
        defer { for socket in held { close(socket) } }
        let folder = try TestFolder()
        var operation = TestOperation(name: "", key: "")
        var early: [WireClient] = []
        for round in 0..<3 {
            let gateway = try TestGateway(folder: folder, workers: 3, passed: passed)
            if round == 0 { operation = try gateway.open("ete") }
            for client in early { #expect(try client.receive().status == 201) }
            for number in 0..<30 {
                let answer = try gateway.connect().exchange(operation.entry("\(round)-\(number)"))
                #expect(answer.status == 201)
            }
            gateway.drain()
            // Nobody accepts now, and nobody is refused.
            early = try (0..<10).map { number in
                let client = try gateway.connect()
                try client.send(operation.entry("early-\(round)-\(number)"))
                return client
            }
        }
        let gateway = try TestGateway(folder: folder, workers: 1, passed: PassedSockets())
        #expect(try gateway.counts(of: operation)["participants"] == 3 * 30 + 2 * 10)
    }

    @Test("more sockets than workers stop the start: nobody would accept from one")
    func tooMany() throws {
        let (held, passed) = try Self.sockets(2)
        defer { for socket in held { close(socket) } }
        let error = #expect(throws: StartError.self) {
            _ = try TestGateway(workers: 1, passed: passed)
        }
        #expect(error?.exitStatus == 78)
        #expect(error?.description.contains("workers") == true)
    }

    @Test("within the notice connections are accepted and answered, each with its last answer")
    func notice() throws {
        let (held, passed) = try Self.sockets()
        defer { for socket in held { close(socket) } }
        // Longer than a busy machine keeps this thread from what it does within it.
        let gateway = try TestGateway(passed: passed) { $0.drainNoticeMilliseconds = 15_000 }
        let operation = try gateway.open("ete")
        let kept = try gateway.connect()
        #expect(try kept.exchange(operation.entry("a"))["connection"] == nil)
        let silent = try gateway.connect()
        let isDrained = gateway.drainAside()
        // A loop that answers just when the drain begins says so before its last answers do.
        var unready: Answer
        repeat {
            unready = try gateway.connect().exchange("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n")
        } while unready["connection"] != "close"
        #expect(unready.status == 503)
        for client in [kept, try gateway.connect()] {
            let answer = try client.exchange(operation.entry("b"))
            #expect([200, 201].contains(answer.status))
            #expect(answer["connection"] == "close")
            #expect(client.ending() == .finished)
        }
        #expect(isDrained.wait(timeout: .now()) == .timedOut, "the notice is not over")
        #expect(silent.ending() == .finished, "closed without a reset")
        #expect(isDrained.wait(timeout: .now() + 60) == .success)
        // Silent for the notice means from then on: the drain takes hardly longer.
        let late = try gateway.connect()
        try late.send(operation.entry("c"))
        let next = try TestGateway(folder: gateway.folder, passed: passed)
        #expect(try late.receive().status == 201)
        next.drain()
    }

    @Test("a peer that stays connected after its last answer does not hold a drain up")
    func staying() throws {
        // A machine that stands still in one round does not in all; with the fault none is short.
        let isShort = try eventually(withinSeconds: 60) {
            try Self.timeOfDrainBesideStaying() < .seconds(1.5)
        }
        #expect(isShort, "linger alone is two seconds")
    }

    private static func timeOfDrainBesideStaying() throws -> Duration {
        let (held, passed) = try sockets()
        defer { for socket in held { close(socket) } }
        let gateway = try TestGateway(passed: passed) { limits in
            limits.drainSeconds = 600
            limits.drainNoticeMilliseconds = 100
        }
        let operation = try gateway.open("ete")
        let staying = try (0..<5).map { _ in try gateway.connect() }
        for (number, client) in staying.enumerated() {
            let closing = operation.entry("p\(number)", fields: "Connection: close\r\n")
            #expect(try client.exchange(closing).status == 201)
        }
        let began = ContinuousClock.now
        gateway.drain()
        return ContinuousClock.now - began
    }
}
