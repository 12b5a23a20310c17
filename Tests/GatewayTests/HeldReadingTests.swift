import Contract
import Cryptography
import Foundation
import Ledger
import Sockets
import TestSupport
import Testing

@testable import Gateway

@Suite("A flood of an operation that is held is read at its pace, by hand", .onOwnThread)
struct HeldReadingTests {
    private let neighbour = TestOperation(name: "voisin", key: "pk_other")
    private let pace = AdministrativeCommand.operation(
        .setPace(operation: "voisin", perSecond: 100, note: nil))
    private let lifted = AdministrativeCommand.operation(
        .setPace(operation: "voisin", perSecond: nil, note: nil))

    /// A loop with a second operation `voisin`, number 1, that is smoothed to 100 entries a second;
    /// ten more than that are read.
    private func loop(_ change: (inout Limits) -> Void = { _ in }) throws -> HandTurned {
        let digest = Token.digest(of: "pk_other")
        let stored = KeyDigest(digest.bytes)
        return try HandTurned(
            also: [
                .operation(
                    .put(
                        id: "voisin", settings: Bench.settings(.unlimited), dataKeyID: "d-2")),
                .access(
                    .addKey(operation: "voisin", keyID: "k-2", digest: try #require(stored))),
                .operation(.open(id: "voisin", note: nil)), pace,
            ],
            { limits in
                limits.connections = 2_100
                limits.refusedReadsPerSecond = 10
                change(&limits)
            })
    }

    /// Connections whose last request was an entry of the operation that is held.
    private func flood(_ count: Int, _ loop: HandTurned) throws -> [TurnedClient] {
        let clients = try (0..<count).map { _ in try loop.connect() }
        for client in clients { client.send(neighbour.entry("p")) }
        for token in loop.handedOver() { loop.accept(token, participant: 1, of: 1) }
        for client in clients {
            let answers = try client.answers()
            try #require(answers.map(\.status) == [201])
        }
        return clients
    }

    /// The entries that are read within so many milliseconds, and answered.
    private func read(_ milliseconds: Int, _ loop: HandTurned) -> [EventToken] {
        var all: [EventToken] = []
        for _ in 0..<milliseconds {
            loop.pass(milliseconds: 1)
            while loop.hasReady { loop.serveReady() }
            let tokens = loop.handedOver()
            for token in tokens { loop.accept(token, participant: 1, of: 1) }
            all += tokens
        }
        return all
    }

    @Test("not one is read beside its turn, crowded or not, and no deadline ends one that waits")
    func paced() throws {
        let loop = try loop {
            $0.idleSeconds = 3
            $0.headSeconds = 3
        }
        let clients = try flood(1_000, loop)
        for client in clients { client.send(neighbour.entry("f")) }
        #expect(loop.waitingCount == 1_000)
        #expect(loop.handedOver().isEmpty, "nothing is parsed before its turn")
        let first = read(1_000, loop)
        // The first visits owe 256 reads.
        #expect((95...116).contains(first.count), "\(first.count)")
        #expect(first == clients.prefix(first.count).map(\.token), "in their order")
        let second = read(1_000, loop)
        #expect((95...116).contains(second.count), "\(second.count)")
        // Silent for longer than a client may be, by no fault of theirs.
        let waiting = clients.filter { loop.waits($0.token) }
        #expect(waiting.count > 700)
        loop.pass(milliseconds: 2_000)
        #expect(waiting.allSatisfy { !$0.pipe.isClosed })
        #expect(loop.handedOver().count == waiting.count, "read rather than closed")
    }

    @Test("a lone client of another operation is read at once; the loop sleeps between the reads")
    func lone() throws {
        let loop = try loop()
        let clients = try flood(100, loop)
        for client in clients { client.send(neighbour.entry("f")) }
        loop.pass(milliseconds: 1)
        loop.serveReady(units: 1_000)
        _ = loop.handedOver()
        #expect(!loop.hasReady, "it does not spin")
        #expect((1...20).contains(loop.untilNextDue ?? 0), "nor sleeps past the next read")
        let lone = try loop.connect()
        for _ in 0..<3 {
            lone.send(loop.operation.entry("l"))
            #expect(loop.handedOver() == [lone.token])
            loop.accept(lone.token, participant: 1)
            #expect(try lone.answers().map(\.status) == [201])
        }
    }

    @Test("what a client pipelines is read at the pace too")
    func pipelining() throws {
        let loop = try loop()
        let client = try flood(1, loop)[0]
        client.send(String(repeating: neighbour.entry("f"), count: 200))
        let read = self.read(1_000, loop)
        #expect((95...126).contains(read.count), "\(read.count)")
        // Those that are refused at once are charged as well.
        let greedy = try flood(1, loop)[0]
        greedy.send(String(repeating: neighbour.request("[]"), count: 400))
        _ = self.read(1_000, loop)
        let answered = try greedy.answers().count
        #expect((10...130).contains(answered), "\(answered)")
    }

    @Test("when the pace is lifted all that waits is read")
    func released() throws {
        let loop = try loop()
        let clients = try flood(300, loop)
        for client in clients { client.send(neighbour.entry("f")) }
        _ = read(10, loop)
        #expect(loop.waitingCount > 250)
        let waiting = loop.waitingCount
        try loop.publish(1, after: [lifted])
        // As soon as the loop looks again.
        let read = self.read(30, loop)
        #expect(read.count >= waiting)
        #expect(loop.waitingCount == 0 && loop.bench.shared.withheld.count(of: 1) == 0)
        clients[0].send(neighbour.entry("g"))
        #expect(loop.handedOver() == [clients[0].token], "at once again")
    }

    @Test("a drain reads all that waits, and says that it is the last answer")
    func draining() throws {
        let loop = try loop()
        let clients = try flood(300, loop)
        for client in clients { client.send(neighbour.entry("f")) }
        _ = read(10, loop)
        let answered = try clients.map { try $0.answers().count }
        loop.drain()
        _ = read(1, loop)
        #expect(loop.waitingCount == 0)
        for (client, before) in zip(clients, answered) where before == 0 {
            let answers = try client.answers()
            #expect(answers.map(\.status) == [201])
            #expect(answers.first?["connection"] == "close")
        }
    }

    @Test("one that is closed while it waits unread is forgotten")
    func closed() throws {
        let loop = try loop()
        let clients = try flood(200, loop)
        for client in clients { client.send(neighbour.entry("f")) }
        _ = read(1, loop)
        let withheld = loop.bench.shared.withheld
        let before = withheld.count(of: 1)
        #expect(before > 100)
        for client in clients { loop.handle(client.token, flags: 0x010) }
        #expect(loop.waitingCount == 0 && withheld.count(of: 1) == 0)
        #expect(!loop.hasReady && loop.untilNextDue == nil)
    }
}

@Suite("A flood of an operation that is held is read at its pace, with sockets", .onOwnThread)
struct HeldFloodTests {
    /// The threads of this process that are a gateway's first loop.
    private func loops() throws -> Set<String> {
        let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")
        return Set(
            threads.filter { thread in
                // One that has ended meanwhile has no name.
                let name = try? String(
                    contentsOfFile: "/proc/self/task/\(thread)/comm", encoding: .utf8)
                return name == "worker-0\n"
            })
    }

    /// For how long a thread ran, in seconds; for how long it was ready to is not in it, which
    /// depends on what else the machine does.
    private func seconds(of thread: String) throws -> Double {
        let text = try String(
            contentsOfFile: "/proc/self/task/\(thread)/schedstat", encoding: .utf8)
        return try #require(Double(text.prefix { $0 != " " })) / 1e9
    }

    @Test("clients that never wait: as many are read as the bound says, and the loop sleeps")
    func bounded() throws {
        let others = try loops()
        let gateway = try TestGateway { $0.refusedReadsPerSecond = 20 }
        // A thread is named by itself, some time after it has started.
        var started: Set<String> = []
        let isNamed = try eventually {
            started = try loops().subtracting(others)
            return !started.isEmpty
        }
        try #require(isNamed)
        let loop = try #require(started.first)
        let flooded = try gateway.open("ete", "\"rule\":\"unlimited\"")
        let other = try gateway.open("voisin", "\"rule\":\"unlimited\"")
        let clients = try (0..<60).map { _ in try gateway.connect() }
        for client in clients { #expect(try client.exchange(flooded.entry("p")).status == 201) }
        let pace = #"{"per_second":5}"#
        #expect(try gateway.admin("POST", "/v1/operations/ete/pace", pace).status == 200)
        let lone = try gateway.connect()
        let began = ContinuousClock.now
        for client in clients { try client.send(flooded.entry("f")) }
        for number in 0..<5 {
            #expect(try lone.exchange(other.entry("p\(number)")).status == 201)
        }
        let (busy, middle) = (try self.seconds(of: loop), ContinuousClock.now)
        for client in clients {
            let status = try client.receive().status
            #expect([201, 429].contains(status), "\(status)")
        }
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        #expect(seconds >= Double(60 - 20 - 1 - 5) / 25, "a burst of the bound, then 25 a second")
        let rest = (ContinuousClock.now - middle) / .seconds(1)
        if rest > 0.5 {
            let spent = try self.seconds(of: loop) - busy
            #expect(spent <= rest / 2, "it sleeps while they wait")
        }
        #expect(try gateway.isWell)
    }
}
