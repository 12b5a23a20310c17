import Bytes
import Contract
import Cryptography
import Ledger
import LockFree
import Sockets
import Testing

@testable import Gateway

@Suite("More connections are ready than a turn can serve: they are read in shares", .onOwnThread)
struct FairReadingTests {
    private static let units = ReadyQueues.unitsPerTurn
    private let health = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"

    /// A loop with a second operation `voisin`, which is number 1.
    private func loop(
        also commands: [AdministrativeCommand] = [], _ change: (inout Limits) -> Void = { _ in }
    ) throws -> HandTurned {
        let digest = Token.digest(of: "pk_other")
        let stored = KeyDigest(digest.bytes)
        return try HandTurned(
            also: [
                .operation(
                    .put(
                        id: "voisin", settings: Bench.settings(.unlimited), dataKeyID: "d-2")),
                .access(
                    .addKey(operation: "voisin", keyID: "k-2", digest: try #require(stored))),
                .operation(.open(id: "voisin", note: nil)),
            ] + commands,
            { limits in
                limits.connections = 2_100
                change(&limits)
            })
    }

    private let neighbour = TestOperation(name: "voisin", key: "pk_other")

    /// Connections whose last request was an entry of operation 0, or 1, and has been answered.
    private func connected(
        _ count: Int, to operation: UInt32, _ loop: HandTurned
    ) throws -> [TurnedClient] {
        let entered = operation == 0 ? loop.operation : neighbour
        let clients = try (0..<count).map { _ in try loop.connect() }
        for client in clients { client.send(entered.entry("p")) }
        for token in loop.handedOver() { loop.accept(token, participant: 1, of: operation) }
        for client in clients {
            let answers = try client.answers()
            try #require(answers.map(\.status) == [201])
        }
        return clients
    }

    @Test("a lone client is read in the turn in which it sends, beside 2,000 of another operation")
    func lone() throws {
        let loop = try loop()
        let flood = try connected(2_000, to: 0, loop)
        let lone = try connected(1, to: 1, loop)[0]
        for client in flood { client.send(loop.operation.entry("f"), isCrowded: true) }
        #expect(loop.waitingCount == 2_000)
        #expect(loop.handedOver().isEmpty, "a flood waits before a byte of it is parsed")
        for _ in 0..<50 {
            lone.send(neighbour.entry("l"), isCrowded: true)
            loop.serveReady()
            let handedOver = loop.handedOver()
            #expect(handedOver.prefix(2).contains(lone.token))
            #expect(handedOver.count == Self.units)
            // A closed loop: each sends again when it has its answer.
            for token in handedOver {
                let isLone = token == lone.token
                loop.accept(token, participant: 1, of: isLone ? 1 : 0)
                if isLone { continue }
                let client = flood[Int(token.place)]
                #expect(client.token == token)
                client.send(loop.operation.entry("f"), isCrowded: true)
            }
        }
        #expect(loop.waitingCount == 2_000)
    }

    @Test("what comes beside a crowd is decided at once; where none crowds, batches gather")
    func gathering() throws {
        let loop = try loop()
        let flood = try connected(200, to: 0, loop)
        let lone = try connected(1, to: 1, loop)[0]
        for client in flood.prefix(10) { client.send(loop.operation.entry("f"), isCrowded: true) }
        lone.send(neighbour.entry("l"), isCrowded: true)
        loop.serveReady(units: 4)
        #expect(loop.handedOver().contains(lone.token) && !loop.endsGathering)
        loop.accept(lone.token, participant: 1, of: 1)
        for client in flood.dropFirst(10) {
            client.send(loop.operation.entry("f"), isCrowded: true)
        }
        loop.serveReady(units: 4)
        #expect(!loop.endsGathering, "the crowd's own")
        lone.send(neighbour.entry("l"), isCrowded: true)
        loop.serveReady(units: 4)
        #expect(loop.handedOver().contains(lone.token) && loop.endsGathering)
    }

    @Test("every connection of a flood is read, in its order")
    func order() throws {
        let loop = try loop()
        let flood = try connected(200, to: 0, loop)
        for client in flood { client.send(loop.operation.entry("f"), isCrowded: true) }
        var order: [EventToken] = []
        while loop.waitingCount > 0 {
            loop.serveReady()
            order += loop.handedOver()
        }
        #expect(order == flood.map(\.token))
    }

    @Test("what was declared weighs: ten times the cover is ten times the turns")
    func weights() throws {
        let notice = AdministrativeCommand.contract(
            .giveNotice(operation: "voisin", expectedParticipants: 500_000, note: nil))
        let loop = try loop(also: [notice])
        let undeclared = try connected(100, to: 0, loop)
        let declared = try connected(200, to: 1, loop)
        for client in undeclared { client.send(loop.operation.entry("f"), isCrowded: true) }
        for client in declared { client.send(neighbour.entry("f"), isCrowded: true) }
        loop.serveReady(units: 110)
        let known = Set(declared.map(\.token.place))
        let served = loop.handedOver().filter { known.contains($0.place) }
        #expect(served.count == 100)
    }

    @Test("a smoothed operation comes last, and does not starve")
    func smoothed() throws {
        let pace = AdministrativeCommand.operation(
            .setPace(operation: "voisin", perSecond: 1_000, note: nil))
        let loop = try loop(also: [pace])
        let open = try connected(200, to: 0, loop)
        let held = try connected(200, to: 1, loop)
        for client in held { client.send(neighbour.entry("f"), isCrowded: true) }
        for client in open { client.send(loop.operation.entry("f"), isCrowded: true) }
        loop.serveReady(units: 80)
        let known = Set(held.map(\.token.place))
        let served = loop.handedOver().filter { known.contains($0.place) }
        #expect(served.count == 10, "an eighth")
    }

    @Test("connections without a valid key have one share, whatever operation they name")
    func newcomers() throws {
        let loop = try loop()
        let known = try connected(1, to: 1, loop)[0]
        var forged = neighbour
        forged.key = "pk_wrong"
        let strangers = try (0..<100).map { _ in try loop.connect() }
        for client in strangers {
            client.send(forged.entry("p"))
            #expect(try client.answers().map(\.status) == [401])
        }
        for client in strangers { client.send(forged.entry("p"), isCrowded: true) }
        known.send(neighbour.entry("p"), isCrowded: true)
        loop.serveReady(units: 2)
        #expect(loop.handedOver() == [known.token], "its share is not theirs")
        #expect(
            loop.acceptedPerCrowdedTurn == Self.units / 4,
            "half of the turn, by what accepting costs")
    }

    @Test("a connection that pipelines pays for each request, and keeps its order")
    func pipelining() throws {
        let loop = try loop()
        let greedy = try connected(1, to: 0, loop)[0]
        let others = try connected(100, to: 1, loop)
        greedy.send(String(repeating: loop.operation.entry("g"), count: 2), isCrowded: true)
        #expect(loop.waitingCount == 1)
        for client in others { client.send(neighbour.entry("o"), isCrowded: true) }
        loop.serveReady()
        let handedOver = loop.handedOver()
        #expect(handedOver.first == greedy.token)
        // The second of its requests waits behind those that waited already.
        loop.accept(greedy.token, participant: 1)
        #expect(try greedy.answers().map(\.status) == [201])
        #expect(loop.handedOver().isEmpty)
        #expect(loop.waits(greedy.token))
        loop.serveReady()
        #expect(loop.handedOver().contains(greedy.token))
    }

    @Test("a burst of requests that are answered at once is charged as what it is")
    func burst() throws {
        let loop = try loop()
        let greedy = try connected(1, to: 0, loop)[0]
        let others = try connected(60, to: 1, loop)
        greedy.send(String(repeating: loop.operation.request("[]"), count: 100), isCrowded: true)
        for client in others { client.send(neighbour.entry("o"), isCrowded: true) }
        loop.serveReady()
        // Sixteen at once, then as many of the others.
        #expect(try greedy.answers().count == Self.units / 2)
        #expect(loop.handedOver().count == Self.units / 2)
    }
}

extension FairReadingTests {
    @Test("a connection that is closed while it waits is forgotten, and its slot is another's")
    func closing() throws {
        let loop = try loop()
        let flood = try connected(10, to: 0, loop)
        for client in flood { client.send(loop.operation.entry("f"), isCrowded: true) }
        loop.handle(flood[4].token, flags: 0x010, isCrowded: true)
        #expect(loop.waitingCount == 9)
        let next = try loop.connect()
        #expect(next.token.place == flood[4].token.place)
        // An event of the former tenant means nothing.
        loop.handle(flood[4].token, flags: 0x001, isCrowded: true)
        #expect(!loop.waits(next.token))
        next.send(neighbour.entry("n"), isCrowded: true)
        loop.serveReady()
        let handedOver = loop.handedOver()
        #expect(handedOver.count == 10 && handedOver.contains(next.token))
        #expect(!handedOver.contains(flood[4].token))
    }

    @Test("a deadline that passes while the rest of a request waits unread ends nothing")
    func deadlines() throws {
        let loop = try loop {
            $0.headSeconds = 7
            $0.idleSeconds = 9
        }
        let silent = try loop.connect()
        let clients = try (0..<2).map { _ in try loop.connect() }
        for client in clients { client.send(String(health.prefix(10))) }
        loop.pass(milliseconds: 6_900)
        clients[0].send(String(health.dropFirst(10)), isCrowded: true)
        clients[1].send(String(health.dropFirst(10).prefix(1)), isCrowded: true)
        #expect(clients.allSatisfy { loop.waits($0.token) })
        loop.pass(milliseconds: 200)
        #expect(try clients[0].answers().map(\.status) == [200], "it was in time")
        #expect(try clients[1].answers().map(\.status) == [408], "one byte more earns nothing")
        #expect(loop.waitingCount == 0)
        // And one that is idle for long, and sends at last.
        loop.pass(milliseconds: 1_800)
        silent.send(health, isCrowded: true)
        loop.pass(milliseconds: 200)
        #expect(try silent.answers().map(\.status) == [200])
        loop.pass(milliseconds: 9_000)
        #expect(silent.pipe.isClosed)
    }

    @Test("while the kernel may have more than is known, no deadline for reading ends anything")
    func unknownReadiness() throws {
        let loop = try loop { $0.headSeconds = 7 }
        let client = try loop.connect()
        client.send(String(health.prefix(10)))
        loop.know(allReady: false)
        loop.pass(milliseconds: 7_100)
        #expect(client.deadline == .head)
        loop.know(allReady: true)
        loop.pass(milliseconds: 6_800)
        #expect(try client.answers().isEmpty)
        loop.pass(milliseconds: 300)
        #expect(try client.answers().map(\.status) == [408])
    }

    @Test("a drain serves those that wait, and tells them that it is their last answer")
    func draining() throws {
        let loop = try loop()
        let flood = try connected(80, to: 0, loop)
        for client in flood { client.send(health, isCrowded: true) }
        loop.drain()
        while loop.waitingCount > 0 { loop.serveReady() }
        for client in flood {
            let answers = try client.answers()
            #expect(answers.map(\.status) == [200])
            #expect(answers.first?["connection"] == "close")
        }
    }

    @Test("a peer that ends its side while it waits is answered, then closed")
    func halfClosed() throws {
        let loop = try loop()
        let client = try connected(1, to: 0, loop)[0]
        client.send(health + health, isCrowded: true)
        client.pipe.isFinished = true
        loop.handle(client.token, flags: 0x001 | 0x2000, isCrowded: true)
        #expect(loop.waitingCount == 1)
        loop.serveReady()
        #expect(try client.answers().map(\.status) == [200, 200])
        #expect(client.pipe.isClosed)
    }

    @Test("how long bytes lay unread is measured, counts as pressure, and is its operation's")
    func unreadWait() throws {
        let loop = try loop()
        let instruments = loop.bench.shared.instruments
        let flood = try connected(10, to: 0, loop)
        loop.flushUnread()
        let before = instruments.timing(Instruments.Timing.unreadWait)
        #expect(before.count == 10 && before.sum == 0, "they were read at once")
        for client in flood { client.send(loop.operation.entry("f"), isCrowded: true) }
        loop.pass(milliseconds: 40)
        loop.serveReady()
        loop.flushUnread()
        let after = instruments.timing(Instruments.Timing.unreadWait)
        #expect(after.count == 20 && after.sum == 10 * 40_000_000)
        #expect(instruments.waitTime(of: 0) == 10 * 40_000_000)
        #expect(instruments.waitTime(of: 1) == 0)
        var meter = PressureMeter(loop.bench.shared, kernelPressure: { _ in 0 })
        var level = meter.sample()
        #expect(level.figures.unreadWait == 0, "one outlier, so far")
        for _ in 0..<5 {
            for client in flood { loop.accept(client.token, participant: 1) }
            for client in flood { client.send(loop.operation.entry("f"), isCrowded: true) }
            loop.pass(milliseconds: 40)
            loop.serveReady()
            level = meter.sample()
        }
        #expect(level.figures.unreadWait == 40_000)
        #expect(level.level == .strained)
    }

    @Test("what an operation waits unread because it is smoothed is no pressure")
    func heldBack() throws {
        let pace = AdministrativeCommand.operation(
            .setPace(operation: "voisin", perSecond: 1_000, note: nil))
        let loop = try loop(also: [pace])
        let instruments = loop.bench.shared.instruments
        let held = try connected(10, to: 1, loop)
        loop.flushUnread()
        var meter = PressureMeter(loop.bench.shared, kernelPressure: { _ in 0 })
        _ = meter.sample()
        let before = instruments.timing(Instruments.Timing.unreadWait)
        for _ in 0..<6 {
            for client in held { client.send(neighbour.entry("f"), isCrowded: true) }
            loop.pass(milliseconds: 40)
            loop.serveReady()
            let sample = meter.sample()
            #expect(sample.figures.unreadWait == 0 && sample.level == .calm)
            for token in loop.handedOver() { loop.accept(token, participant: 1, of: 1) }
        }
        let after = instruments.timing(Instruments.Timing.unreadWait)
        #expect(after.count - before.count == 60, "the metric has it")
        #expect(instruments.waitTime(of: 1) == 60 * 40_000_000)
    }
}

@Suite("When a harvest's bytes arrived")
struct ArrivalEstimateTests {
    @Test("just now after a sleep, half a turn ago where it was not waited for")
    func estimates() {
        var arrivals = ArrivalEstimate()
        arrivals.record(at: 10_000_000, isComplete: true)
        #expect(arrivals.arrival(at: 12_000_000, busyUntil: nil) == UnreadMeter.unwaited)
        #expect(arrivals.arrival(at: 12_000_000, busyUntil: 11_000_000) == UnreadMeter.unwaited)
        #expect(arrivals.arrival(at: 12_000_000, busyUntil: 11_990_000) == 11_000_000)
        #expect(arrivals.arrival(at: 12_000_000, busyUntil: 12_000_000) == 11_000_000)
    }

    @Test("behind harvests that were not complete, as long ago as the last that was")
    func incomplete() {
        var arrivals = ArrivalEstimate()
        arrivals.record(at: 10_000_000, isComplete: true)
        arrivals.record(at: 20_000_000, isComplete: false)
        #expect(arrivals.arrival(at: 30_000_000, busyUntil: 30_000_000) == 10_000_000)
        arrivals.record(at: 30_000_000, isComplete: false)
        #expect(arrivals.arrival(at: 40_000_000, busyUntil: 40_000_000) == 10_000_000)
        arrivals.record(at: 40_000_000, isComplete: true)
        #expect(arrivals.arrival(at: 50_000_000, busyUntil: 50_000_000) == 45_000_000)
        // A clock that seems to stand still, or to go back, hurts nothing.
        #expect(arrivals.arrival(at: 30_000_000, busyUntil: 50_000_000) == 30_000_000)
    }
}
