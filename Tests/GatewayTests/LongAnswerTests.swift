import Bytes
import Ledger
import Testing
import Time
import Wire

@testable import Gateway
@testable import Sockets

/// Hands every request over but `/short`, as the admin listener does. Every second connection has
/// shown the same token.
private struct HandingService: TestLoopService, ~Copyable {
    mutating func answer(
        _ head: borrowing RequestParser, _ request: RawSpan, from source: RequestSource,
        _ writer: inout ResponseWriter
    ) -> Disposition {
        guard request.extracting(head.path.range).equals("/short") else { return .handedOver }
        writer.respondHealth()
        return .answered
    }

    func tokenHolder(of slot: UInt32) -> TokenHolder? {
        TokenHolder(Author(.scrape, name: slot % 2 == 0 ? "even" : "odd"))
    }
}

/// Connections whose requests are answered by another thread: this one, when a test says so.
private final class LongTurns {
    let bench: Bench
    private var turns: Turns<MemoryLinks, HandingService>
    private var inbox = ByteBuffer(capacity: Exchange.inboxBytes)
    private var milliseconds: UInt64 = 1_000_000

    init(_ change: (inout Limits) -> Void = { _ in }) throws {
        bench = try Bench([], change)
        let shared = bench.shared
        let edge = Edge(
            kind: .admin, lane: 0, instruments: shared.instruments,
            addresses: shared.addresses(.admin), handshakes: shared.handshakes,
            proxies: shared.proxies, withheld: shared.withheld)
        turns = Turns(
            edge, limits: shared.limits, tls: nil, links: MemoryLinks(), service: HandingService())
        pass(milliseconds: 0)
    }

    func pass(milliseconds: UInt64) {
        self.milliseconds += milliseconds
        turns.advance(
            to: LoopTime(
                nanoseconds: self.milliseconds * 1_000_000,
                now: Timestamp(milliseconds: Int64(1_795_176_000_000 + self.milliseconds))))
        turns.expireDeadlines(&inbox)
    }

    private struct NotAdmitted: Error {}

    /// A client that takes so many bytes before it reads on.
    func connect(room: Int?) throws -> (pipe: MemoryPipe, token: EventToken) {
        let pipe = MemoryPipe()
        pipe.room = room
        guard case .admitted = turns.admit(MemoryLink(pipe: pipe).peer, &inbox) else {
            throw NotAdmitted()
        }
        let token = turns.links.open(pipe)
        turns.begin(token)
        return (pipe, token)
    }

    func send(_ text: String, _ client: (pipe: MemoryPipe, token: EventToken)) {
        client.pipe.sent += Array(text.utf8)
        turns.handle(Poller.Event(token: client.token, flags: 0x001), &inbox)
    }

    /// The client takes so many bytes more; nil for any number.
    func read(_ room: Int?, _ client: (pipe: MemoryPipe, token: EventToken)) {
        client.pipe.room = room
        turns.handle(Poller.Event(token: client.token, flags: 0x004), &inbox)
    }

    /// The control side answers.
    func answer(_ body: [UInt8], _ client: (pipe: MemoryPipe, token: EventToken)) {
        let reply = ControlReply.content(ControlReply.Content(body: body))
        turns.answer(
            ControlAnswer(connection: client.token, route: .status, reply: reply), &inbox)
    }

    func stage(_ client: (pipe: MemoryPipe, token: EventToken)) -> Stage {
        turns.states[client.token.place].stage
    }

    var pendingBytes: Int { turns.pendingBytes }
}

@Suite("Long answers, whatever their client reads")
struct LongAnswerTests {
    private let get = "GET /long HTTP/1.1\r\nHost: a\r\n\r\n"
    private let short = "GET /short HTTP/1.1\r\nHost: a\r\n\r\n"
    private let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 7) }

    @Test("are whole, in whatever pieces they are taken, and what was asked behind them follows")
    func pieces() throws {
        for piece in [1_000, 65_536, 150_000, 1_000_000] {
            let loop = try LongTurns()
            let client = try loop.connect(room: piece)
            loop.send(get + short, client)
            loop.answer(body, client)
            for _ in 0..<400 where loop.stage(client) != .idle { loop.read(piece, client) }
            loop.read(nil, client)
            let answers = try client.pipe.takeAnswers()
            #expect(answers.map(\.status) == [200, 200], "in pieces of \(piece)")
            #expect(answers.first?.body == body)
            #expect(answers.last?.text == #"{"status":"ok"}"#)
            #expect(loop.pendingBytes < 100_000, "and nothing of it is kept")
        }
    }

    @Test("of HEAD have their length alone")
    func head() throws {
        let loop = try LongTurns()
        let client = try loop.connect(room: nil)
        loop.send("HEAD /long HTTP/1.1\r\nHost: a\r\n\r\n", client)
        loop.answer(body, client)
        let text = String(decoding: client.pipe.received, as: UTF8.self)
        #expect(text.contains("Content-Length: 300000\r\n"))
        #expect(text.hasSuffix("\r\n\r\n"))
        #expect(loop.stage(client) == .idle)
    }

    @Test("give who reads on the time anew, and none to who trickles")
    func slow() throws {
        let loop = try LongTurns { $0.writeSeconds = 5 }
        let client = try loop.connect(room: 0)
        loop.send(get, client)
        loop.answer(body, client)
        for _ in 0..<3 {
            loop.pass(milliseconds: 4_000)
            loop.read(64 << 10, client)
            #expect(!client.pipe.isClosed)
        }
        loop.pass(milliseconds: 4_000)
        loop.read(100, client)
        loop.pass(milliseconds: 999)
        #expect(!client.pipe.isClosed)
        loop.pass(milliseconds: 1)
        #expect(client.pipe.isClosed)
        #expect(loop.bench.shared.instruments.ended(by: .write, .admin) == 1)
    }

    @Test("make room where another token holds more than theirs would; nobody else is cut")
    func greedy() throws {
        let loop = try LongTurns {
            $0.parkedBytes = 2 << 20
            $0.adminBodyBytes = 1_024
        }
        let clients = try (0..<3).map { _ in try loop.connect(room: 0) }
        for (client, body) in zip(clients, [body, body, body + body + body]) {
            loop.send(get, client)
            loop.answer(body, client)
        }
        let newcomer = try loop.connect(room: nil)
        loop.send(get, newcomer)
        loop.answer(body + body, newcomer)
        #expect(try newcomer.pipe.takeAnswers().map(\.status) == [200])
        // Of the token that holds the most, the answer that holds the most.
        #expect(clients.map { $0.pipe.isClosed } == [false, false, true])
        #expect(loop.bench.shared.instruments.ended(by: .memory, .admin) == 1)
        for client in clients.prefix(2) {
            loop.read(nil, client)
            #expect(try client.pipe.takeAnswers().first?.body == body)
        }
    }

    @Test("that find no room beside others are a 503 of their own, and not cut; room comes back")
    func noRoom() throws {
        let loop = try LongTurns {
            $0.parkedBytes = 700 << 10
            $0.adminBodyBytes = 1_024
        }
        let first = try loop.connect(room: 0)
        loop.send(get, first)
        loop.answer(body, first)
        let second = try loop.connect(room: nil)
        loop.send(get, second)
        loop.answer(body, second)
        let refused = try second.pipe.takeAnswers()
        #expect(refused.map(\.status) == [503])
        #expect(refused.first?.object["code"] as? String == "no_room_for_answer")
        #expect(refused.first?["retry-after"] == "1")
        #expect(!second.pipe.isEnded, "the connection goes on")
        loop.send("POST /long HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", second)
        loop.answer(body, second)
        let changed = try second.pipe.takeAnswers().first
        #expect((changed?.object["detail"] as? String)?.contains("the change is made") == true)
        loop.read(nil, first)
        #expect(try first.pipe.takeAnswers().first?.body == body)
        loop.send(get, second)
        loop.answer(body, second)
        #expect(try second.pipe.takeAnswers().first?.body == body)
        loop.send(get, second)
        loop.answer(body + body + body, second)
        let tooLarge = try second.pipe.takeAnswers().first
        #expect(tooLarge?.status == 503)
        #expect(tooLarge?.object["code"] as? String == "answer_too_large")
    }
}
