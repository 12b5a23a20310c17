import Foundation
import Sockets
import Testing

@testable import Gateway

@Suite("A loop's connections, turn by turn, without a socket", .onOwnThread)
struct TurnsTests {
    private let health = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("pipelined requests are answered in order, an entry's before what follows it")
    func pipelining() throws {
        let loop = try HandTurned()
        let client = try loop.connect()
        client.send(health + loop.operation.entry("p") + health + loop.operation.entry("q"))
        #expect(try client.answers().map(\.status) == [200])
        #expect(client.stage == .waiting(isHeldUp: false, isLast: false))
        #expect(client.deadline == nil, "an answer always comes")
        #expect(loop.handedOver() == [client.token])
        // What comes meanwhile stays where it is.
        client.send(health)
        #expect(try client.answers().isEmpty)
        loop.accept(client.token, participant: 1)
        let answers = try client.answers()
        #expect(answers.map(\.status) == [201, 200])
        #expect(answers[0].object["participant_number"] as? Int == 1)
        #expect(loop.handedOver() == [client.token])
        loop.accept(client.token, participant: 2)
        #expect(try client.answers().map(\.status) == [201, 200])
        #expect(client.stage == .idle)
        #expect(client.deadline == .idle)
        #expect(loop.pendingCount == 0, "an idle connection holds nothing")
    }

    @Test("an entry that has waited too long is answered, once, and a late decision is nobody's")
    func unknownOutcome() throws {
        let loop = try HandTurned()
        let early = try loop.connect()
        early.send(loop.operation.entry("p", fields: "Idempotency-Key: k\r\n") + health)
        loop.pass(milliseconds: 3_000)
        let late = try loop.connect()
        late.send(loop.operation.entry("q"))
        loop.pass(milliseconds: 2_000)
        loop.abandonWaiting(olderThan: 5_000)
        let answers = try early.answers()
        #expect(answers.map(\.status) == [503], "what follows on the connection is not begun")
        #expect(answers[0].object["code"] as? String == "outcome_unknown")
        #expect(answers[0].object["verdict"] as? String == "overloaded")
        let pause = try #require(answers[0]["retry-after"].flatMap { Int($0) })
        #expect((5...10).contains(pause), "five seconds, spread")
        #expect(answers[0]["connection"] == "close")
        #expect(early.stage == .lingering)
        #expect(try late.answers().isEmpty, "it has not waited for so long")
        #expect(late.stage.isWaiting)
        loop.accept(early.token, participant: 1)
        #expect(try early.answers().isEmpty)
        loop.accept(late.token, participant: 2)
        #expect(try late.answers().map(\.status) == [201])
        early.finish()
        #expect(loop.connectionCount == 1)
        #expect(loop.pendingCount == 0)
    }

    @Test("while nothing is decided new entries are refused at once, and other requests served")
    func halted() throws {
        let loop = try HandTurned()
        let client = try loop.connect()
        loop.halt(.silence(beat: loop.sequencerBeat))
        client.send(loop.operation.entry("p", fields: "Idempotency-Key: k\r\n") + health)
        let answers = try client.answers()
        #expect(answers.map(\.status) == [503, 200])
        #expect(answers[0].object["code"] as? String == "overloaded", "it is not stored")
        #expect(answers[0]["retry-after"] != nil)
        #expect(loop.handedOver().isEmpty)
        loop.halt(nil)
        client.send(loop.operation.entry("p"))
        #expect(loop.handedOver() == [client.token])
    }

    @Test("as soon as something is decided again entries are taken, before the loop looks again")
    func haltEnds() throws {
        let loop = try HandTurned()
        let client = try loop.connect()
        loop.halt(.silence(beat: loop.sequencerBeat))
        loop.turnSequencer()
        client.send(loop.operation.entry("p"))
        #expect(loop.handedOver() == [client.token])
        loop.turnSequencer(.unconfirmed)
        loop.halt(.clock)
        let other = try loop.connect()
        other.send(loop.operation.entry("q"))
        #expect(try other.answers().map(\.status) == [503])
        loop.turnSequencer()
        other.send(loop.operation.entry("q"))
        #expect(loop.handedOver() == [other.token])
    }

    @Test("a request may come byte by byte")
    func bytes() throws {
        let loop = try HandTurned()
        let client = try loop.connect()
        let entry = loop.operation.entry("p", fields: "Expect: 100-continue\r\n")
        let head = try #require(entry.range(of: "\r\n\r\n"))
        for character in entry[..<head.upperBound].dropLast() {
            client.send(String(character))
            // A carriage return and its line feed are one character of a text.
            #expect(client.stage == .reading(.head))
            #expect(client.deadline == .head)
        }
        client.send("\r\n")
        #expect(client.stage == .reading(.body))
        #expect(client.deadline == .body)
        #expect(try client.answers().map(\.status) == [100])
        for character in entry[head.upperBound...] {
            #expect(loop.handedOver().isEmpty)
            client.send(String(character))
        }
        #expect(try client.answers().isEmpty, "a client is told to go on once")
        #expect(loop.handedOver() == [client.token])
        loop.accept(client.token, participant: 1)
        #expect(try client.answers().map(\.status) == [201])
    }

    @Test("a head that takes too long is answered 408, and so is a body")
    func lateRequests() throws {
        for (part, stage) in [(20, Stage.reading(.head)), (-3, .reading(.body))] {
            let loop = try HandTurned {
                $0.headSeconds = 7
                $0.bodySeconds = 7
            }
            let client = try loop.connect()
            let entry = Array(loop.operation.entry("p").utf8)
            let count = part > 0 ? part : entry.count + part
            client.send(String(decoding: entry[..<count], as: UTF8.self))
            #expect(client.stage == stage)
            loop.pass(milliseconds: 3_000)
            // More of the same part earns no more time.
            client.send(String(decoding: entry[count..<(count + 1)], as: UTF8.self))
            loop.pass(milliseconds: 3_999)
            #expect(try client.answers().isEmpty)
            loop.pass(milliseconds: 1)
            let answers = try client.answers()
            #expect(answers.map(\.status) == [408])
            #expect(answers.first?["connection"] == "close")
            #expect(client.pipe.isEnded)
            #expect(client.stage == .lingering)
            loop.pass(milliseconds: 1_999)
            #expect(!client.pipe.isClosed)
            loop.pass(milliseconds: 1)
            #expect(client.pipe.isClosed, "a peer that does not end is cut")
            #expect(loop.pendingCount == 0)
        }
    }

    @Test("a silent connection is closed, and one that speaks has its time anew")
    func idle() throws {
        let loop = try HandTurned { $0.idleSeconds = 5 }
        let silent = try loop.connect()
        let client = try loop.connect()
        for _ in 0..<3 {
            loop.pass(milliseconds: 4_000)
            client.send(health)
            #expect(try client.answers().count == 1)
        }
        #expect(silent.pipe.isClosed)
        #expect(!client.pipe.isClosed)
        loop.pass(milliseconds: 5_000)
        #expect(client.pipe.isClosed)
        #expect(loop.connectionCount == 0)
    }

    @Test("an answer that is not taken waits for its peer, not longer than it may")
    func slowReader() throws {
        let loop = try HandTurned { $0.writeSeconds = 5 }
        let client = try loop.connect()
        client.pipe.room = 10
        client.send(health + health)
        #expect(client.stage == .writing(isLast: false))
        #expect(client.deadline == .write)
        client.send(health)
        client.read(nil)
        #expect(try client.answers().count == 3)
        #expect(client.stage == .idle)
        client.pipe.room = 0
        client.send(health)
        loop.pass(milliseconds: 4_999)
        #expect(!client.pipe.isClosed)
        loop.pass(milliseconds: 1)
        #expect(client.pipe.isClosed)
        #expect(loop.bench.shared.instruments.ended(by: .write, .public) == 1)
        #expect(loop.pendingCount == 0)
    }

    @Test("a drain answers what is in flight, each answer the last, and closes who is silent")
    func draining() throws {
        let loop = try HandTurned {
            $0.drainNoticeMilliseconds = 500
            $0.drainSeconds = 10
        }
        let waiting = try loop.connect()
        waiting.send(loop.operation.entry("p"))
        let silent = try loop.connect()
        let active = try loop.connect()
        let half = try loop.connect()
        half.send(String(health.prefix(9)))
        loop.drain()
        #expect(silent.deadline == .leave)
        active.send(health)
        #expect(try active.answers().first?["connection"] == "close")
        #expect(active.pipe.isEnded)
        loop.accept(waiting.token, participant: 1)
        let last = try waiting.answers()
        #expect(last.map(\.status) == [201])
        #expect(last.first?["connection"] == "close")
        loop.pass(milliseconds: 499)
        #expect(!silent.pipe.isClosed)
        loop.pass(milliseconds: 1)
        #expect(silent.pipe.isClosed && active.pipe.isClosed && waiting.pipe.isClosed)
        // A request that is on its way may come whole.
        #expect(!half.pipe.isClosed)
        half.send(String(health.dropFirst(9)))
        #expect(try half.answers().map(\.status) == [200])
        loop.pass(milliseconds: 9_500)
        #expect(loop.connectionCount == 0)
    }

    @Test("a peer that has ended its side is answered, then closed")
    func halfClosed() throws {
        let loop = try HandTurned()
        let client = try loop.connect()
        client.pipe.sent = Array(loop.operation.entry("p").utf8)
        client.finish()
        #expect(!client.pipe.isClosed)
        loop.accept(client.token, participant: 1)
        #expect(try client.answers().map(\.status) == [201])
        #expect(client.pipe.isClosed)
        // An answer for a connection that is gone goes nowhere, whoever has its slot now.
        let next = try loop.connect()
        #expect(next.token.place == client.token.place)
        loop.accept(client.token, participant: 2)
        #expect(next.pipe.received.isEmpty)
    }

    @Test("one connection's flood waits for the next turn behind its share")
    func share() throws {
        let loop = try HandTurned()
        let client = try loop.connect()
        client.send(String(repeating: health, count: 300))
        #expect(try client.answers().count == 128)
        #expect(loop.waits(client.token))
        loop.serveReady()
        loop.serveReady()
        #expect(try client.answers().count == 172)
        #expect(loop.waitingCount == 0)
        #expect(client.stage == .idle)
    }
}

extension TurnsTests {
    @Test("an answer that comes while another is held up waits behind it")
    func order() throws {
        let loop = try HandTurned()
        let client = try loop.connect()
        client.pipe.room = 20
        client.send(health + loop.operation.entry("p"))
        // The kernel is full in the very turn that hands an entry over.
        #expect(client.stage == .waiting(isHeldUp: true, isLast: false))
        #expect(client.deadline == .write)
        // There is room again before the loop hears of it.
        client.pipe.room = nil
        loop.accept(client.token, participant: 1)
        #expect(client.stage == .writing(isLast: false))
        client.read(nil)
        let answers = try client.answers()
        #expect(answers.map(\.status) == [200, 201])
        #expect(answers.last?.object["participant_number"] as? Int == 1)
    }

    @Test("where there is no room for half a request it is refused, and what waits is answered")
    func noRoom() throws {
        let loop = try HandTurned { $0.parkedBytes = 40 << 10 }
        let clients = try (0..<16).map { _ in try loop.connect() }
        for client in clients { client.send(String(health.prefix(20))) }
        let refused = try clients.filter { client in
            try client.answers().first.map { $0.status == 503 && $0["connection"] == "close" }
                ?? false
        }
        #expect(!refused.isEmpty)
        #expect(refused.count < clients.count)
        let waiting = try loop.connect()
        let long = health.prefix(20) + String(repeating: "a", count: 6_000)
        waiting.send(loop.operation.entry("p") + long)
        #expect(waiting.stage == .waiting(isHeldUp: false, isLast: true))
        loop.accept(waiting.token, participant: 1)
        let answers = try waiting.answers()
        #expect(answers.map(\.status) == [201])
        #expect(answers.first?["connection"] == "close")
    }
}
