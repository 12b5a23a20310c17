import Addresses
import Bytes
import Foundation
import Testing
import Wire

@testable import Gateway

@Suite("What waits on connections is bounded, and the greediest give way", .onOwnThread)
struct ReliefTests {
    private let stranger = TestOperation(name: "ete", key: "pk_wrong")

    private func split(_ request: String) throws -> (head: String, body: String) {
        let end = try #require(request.range(of: "\r\n\r\n")).upperBound
        return (String(request[..<end]), String(request[end...]))
    }

    // MARK: The head decides

    @Test("an invalid key is refused when the head is there, and nothing of its body is kept")
    func invalidKey() throws {
        let loop = try HandTurned()
        let (head, body) = try split(stranger.entry("p"))
        let client = try loop.connect()
        client.send(String(head.dropLast(1)))
        #expect(try client.answers().isEmpty)
        client.send("\r\n" + body.prefix(5))
        let answers = try client.answers()
        #expect(answers.map(\.status) == [401])
        #expect(answers.first?["connection"] == "close")
        #expect(client.stage == .lingering)
        #expect(loop.pendingCount == 0)
        // The rest is read and thrown away.
        client.send(String(body.dropFirst(5)))
        #expect(try client.answers().isEmpty)
        #expect(loop.handedOver().isEmpty)
    }

    @Test("an honest entry in two pieces is asked about once, and taken")
    func twoPieces() throws {
        let loop = try HandTurned()
        for fields in ["", "Expect: 100-continue\r\n", "Idempotency-Key: k\r\n"] {
            let (head, body) = try split(loop.operation.entry("p", fields: fields))
            let client = try loop.connect()
            client.send(head + body.prefix(3))
            #expect(client.stage == .reading(.body))
            let continued = try client.answers().map(\.status)
            #expect(continued == (fields.hasPrefix("Expect") ? [100] : []))
            client.send(String(body.dropFirst(3)))
            #expect(loop.handedOver() == [client.token])
            loop.accept(client.token, participant: 1)
            #expect(try client.answers().map(\.status) == [201])
            #expect(client.stage == .idle)
        }
    }

    @Test("each refusal that the head can tell is the one that the whole request gets")
    func sameRefusal() throws {
        let entry = TestOperation(name: "ete", key: "pk_test").entry("p")
        let requests = [
            stranger.entry("p"),
            entry.replacing("/ete/", with: "/none/"),
            entry.replacing("Content-Type: application/json", with: "Content-Type: text/plain"),
            entry.replacing("\r\n\r\n", with: "\r\nContent-Encoding: gzip\r\n\r\n"),
            entry.replacing("POST", with: "PUT"),
            entry.replacing("/entries", with: "/nothing"),
        ]
        for request in requests {
            let loop = try HandTurned()
            let whole = try loop.connect()
            whole.send(request)
            let expected = try #require(try whole.answers().first, "\(request)")
            #expect(expected.status >= 400, "\(request)")
            for expects in [false, true] {
                let loop = try HandTurned()
                let client = try loop.connect()
                let (head, _) = try split(request)
                let expectation = "\r\nExpect: 100-continue\r\n\r\n"
                client.send(expects ? head.replacing("\r\n\r\n", with: expectation) : head)
                let answers = try client.answers()
                #expect(answers.map(\.status) == [expected.status], "\(request)")
                let code = answers.first?.object["code"] as? String
                #expect(code == expected.object["code"] as? String)
                #expect(answers.first?["connection"] == "close")
                #expect(loop.pendingCount == 0)
            }
        }
    }

    @Test("while nothing is decided, and when the operation is closed, no body is waited for")
    func state() throws {
        let loop = try HandTurned()
        let (head, body) = try split(loop.operation.entry("p"))
        loop.halt(.silence(beat: loop.sequencerBeat))
        let halted = try loop.connect()
        halted.send(head + body.prefix(1))
        #expect(try halted.answers().map(\.status) == [503])
        loop.halt(nil)
        try loop.closeOperation()
        let late = try loop.connect()
        late.send(head + body.prefix(1))
        #expect(try late.answers().map(\.status) == [410])
        // It may have been taken before: that takes the ledger, and so the body.
        let (keyed, _) = try split(
            loop.operation.entry("p", fields: "Idempotency-Key: k\r\n"))
        let again = try loop.connect()
        again.send(keyed + body.prefix(1))
        #expect(try again.answers().isEmpty)
    }

    // MARK: The greediest go first

    /// Half a head of so many bytes.
    private func half(_ bytes: Int) -> String {
        let start = "GET /healthz HTTP/1.1\r\nHost: a\r\nX: "
        return start + String(repeating: "x", count: bytes - start.utf8.count)
    }

    @Test("half requests of many strangers make room for a small one, whoever came first")
    func strangers() throws {
        let loop = try HandTurned { $0.parkedBytes = 256 << 10 }
        let (head, body) = try split(loop.operation.entry("honest"))
        let early = try loop.connect()
        early.send(head + body.prefix(3))
        var strangers: [TurnedClient] = []
        for _ in 0..<100 {
            strangers.append(try loop.connect())
            strangers.last?.send(half(12_000))
        }
        let late = try loop.connect()
        late.send(head + body.prefix(3))
        for client in [early, late] {
            client.send(String(body.dropFirst(3)))
            #expect(loop.handedOver() == [client.token])
            loop.accept(client.token, participant: 1)
            #expect(try client.answers().map(\.status) == [201])
        }
        let refused = try strangers.filter { try $0.answers().first?.status == 503 }
        #expect(refused.count > 75 && refused.count < 100, "\(refused.count)")
        #expect(loop.pendingBytes <= 256 << 10)
        #expect(
            loop.bench.shared.instruments.ended(by: .memory, .public) == UInt64(refused.count))
    }

    @Test("many small halves of one address go before a larger one of another")
    func addresses() throws {
        let loop = try HandTurned { $0.parkedBytes = 256 << 10 }
        let honest = try loop.connect(from: IPAddress(ipv4: 0x0A00_0001))
        honest.send(half(12_000))
        let greedy = try (0..<100).map { _ in
            try loop.connect(from: IPAddress(ipv4: 0x0A00_0002))
        }
        for client in greedy { client.send(half(100)) }
        #expect(try honest.answers().isEmpty)
        #expect(honest.stage == .reading(.head))
        let refused = try greedy.filter { try $0.answers().first?.status == 503 }
        #expect(!refused.isEmpty)
        #expect(loop.pendingBytes <= 256 << 10)
    }

    @Test("what TLS keeps counts with the rest, and goes when its connection does")
    func sessions() throws {
        let loop = try HandTurned { $0.parkedBytes = 256 << 10 }
        let holders = try (0..<4).map { _ in try loop.connect() }
        for client in holders {
            client.pipe.sessionBytes = 100 << 10
            client.send(half(100))
            loop.pass(milliseconds: 1)
        }
        let ended = try holders.map { try $0.answers().first?.status == 503 }
        #expect(ended.prefix(2) == [true, true], "the ones that have waited longest")
        #expect(ended.last == false)
        for client in holders {
            client.pipe.sessionBytes = 0
            client.finish()
        }
        #expect(loop.pendingCount == 0)
        #expect(loop.sessionBytes == 0)
    }

    @Test("buffers that nobody uses are freed before anybody goes")
    func unused() {
        var pool = PendingBufferPool(maximum: 256 << 10)
        let numbers = (0..<4).map { _ in pool.acquire(.entry) }
        for number in numbers {
            pool[number].received.append(zeros: 16 << 10)
            pool.settle(number)
        }
        for number in numbers { pool.release(number) }
        #expect(pool.bytes >= 64 << 10, "they are kept for the next ones")
        pool.freeUnused()
        #expect(pool.bytes < 1 << 10)
        #expect(pool.count == 0)
    }
}
