import Bytes
import Dispatch
import Foundation
import Sockets
import Synchronization
import TestSupport
import Testing
import Threads
import Wire

@testable import Gateway
@testable import Sockets

/// Pieces with their number in front, so many of them, then a clean end or a failure.
private final class NumberedPieces: BodyProducer {
    struct Lost: Error {}

    private let made = Atomic<Int>(0)
    private let turns = Atomic<Int>(0)
    let count: Int
    let bytes: Int
    /// Turns without a piece before each one.
    let idleTurns: Int
    let failsAtEnd: Bool
    private let onEnd: @Sendable () -> Void

    init(
        _ count: Int, bytes: Int = 64 << 10, idleTurns: Int = 0, failsAtEnd: Bool = false,
        onEnd: @escaping @Sendable () -> Void = {}
    ) {
        self.count = count
        self.bytes = bytes
        self.idleTurns = idleTurns
        self.failsAtEnd = failsAtEnd
        self.onEnd = onEnd
    }

    deinit { onEnd() }

    /// How many were asked for.
    var madeCount: Int { made.load(ordering: .relaxed) }

    func next() throws -> [UInt8]? {
        if turns.add(1, ordering: .relaxed).newValue % (idleTurns + 1) != 0 {
            Thread.sleep(forTimeInterval: 0.01)
            return []
        }
        let number = made.add(1, ordering: .relaxed).newValue
        if number > count {
            if failsAtEnd { throw Lost() }
            return nil
        }
        return Self.piece(number, bytes)
    }

    static func piece(_ number: Int, _ bytes: Int) -> [UInt8] {
        let text = "\(number):"
        return Array(text.utf8) + [UInt8](repeating: 46, count: bytes - text.utf8.count)
    }
}

/// Answers each request with the next of a test's producers.
private struct PacedService: TestLoopService, ~Copyable {
    let lane: WorkerLane
    let executor: ControlExecutor
    let permission: Permission
    let producers: ProducerBox

    mutating func answer(
        _ head: borrowing RequestParser, _ request: RawSpan, from source: RequestSource,
        _ writer: inout ResponseWriter
    ) -> Disposition {
        let stream = PacedStream(
            lane: lane, connection: source.connection, executor: executor,
            producer: producers.next(), isPermitted: { [permission] in permission.isGiven }
        ) { _ in }
        writer.beginStream(.export, type: "application/x-ndjson")
        return .streams(stream)
    }
}

/// Of every request, until it is taken back.
private final class Permission: Sendable {
    private let isTakenBack = Atomic<Bool>(false)

    var isGiven: Bool { !isTakenBack.load(ordering: .relaxed) }

    func takeBack() { isTakenBack.store(true, ordering: .relaxed) }
}

/// What the next requests are answered with.
private final class ProducerBox: Sendable {
    private let waiting = Mutex<[NumberedPieces]>([])

    func add(_ producer: NumberedPieces) { waiting.withLock { $0.append(producer) } }

    func next() -> NumberedPieces { waiting.withLock { $0.removeFirst() } }
}

/// A loop of its own thread on a real listener.
private final class PacedLoop {
    let bench: Bench
    let producers = ProducerBox()
    let permission = Permission()
    let port: UInt16
    private let thread: SystemThread
    private var isDrained = false

    init(_ change: (inout Limits) -> Void = { _ in }) throws {
        bench = try Bench([], change)
        let listener = try Listener(
            on: try #require(SocketAddress("127.0.0.1:0")), unsentBytes: 4_096)
        port = listener.address.port
        let (handover, shared, producers) = (ThreadHandover(listener), bench.shared, producers)
        let (executor, permission) = (bench.control.executors.long, permission)
        thread = try SystemThread(name: "worker-0") {
            let service = PacedService(
                lane: shared.lanes[0], executor: executor, permission: permission,
                producers: producers)
            do {
                var loop = try EventLoop(
                    lane: 0, .public, shared, service: service, listener: handover.receive())
                loop.run()
            } catch {
                shared.giveUp("\(error)")
            }
        }
    }

    deinit { drain() }

    func drain() {
        beginDraining()
        thread.join()
    }

    func beginDraining() {
        guard !isDrained else { return }
        isDrained = true
        bench.shared.drain()
    }

    func ended(by limit: ConnectionLimit) -> UInt64 {
        bench.shared.instruments.ended(by: limit, .public)
    }

    func ask(
        _ producer: NumberedPieces, version: String = "1.1", receiveBufferBytes: Int32? = nil
    ) throws -> WireClient {
        producers.add(producer)
        let client = try WireClient(port: port, receiveBufferBytes: receiveBufferBytes)
        try client.send("GET / HTTP/\(version)\r\nHost: a\r\n\r\n")
        return client
    }
}

@Suite("Long answers, over a socket", .onOwnThread)
struct PacedStreamTests {
    @Test("every piece comes, in order, and the end is clean")
    func whole() throws {
        let loop = try PacedLoop()
        let client = try loop.ask(NumberedPieces(40))
        let head = try client.receiveHead()
        #expect(head["transfer-encoding"] == "chunked")
        for number in 1...40 {
            #expect(try client.receiveChunk() == NumberedPieces.piece(number, 64 << 10))
        }
        #expect(try client.receiveChunk() == [])
        #expect(client.ending() == .finished)
    }

    @Test("a client of HTTP/1.0 has the end of the connection for the end")
    func untilClose() throws {
        let loop = try PacedLoop()
        let client = try loop.ask(NumberedPieces(3, bytes: 10), version: "1.0")
        _ = try client.receiveHead()
        #expect(try client.receiveAll().count == 30)
    }

    @Test("no more is made than a reader takes, and all of it when it reads on")
    func slowReader() throws {
        let loop = try PacedLoop { $0.writeSeconds = 300 }
        let producer = NumberedPieces(200)
        let slow = try loop.ask(producer, receiveBufferBytes: 4_096)
        _ = try slow.receiveHead()
        #expect(try slow.receiveChunk().count == 64 << 10)
        // Others are answered in full meanwhile.
        for _ in 0..<3 {
            let quick = try loop.ask(NumberedPieces(20))
            _ = try quick.receiveHead()
            for _ in 0..<20 { #expect(try quick.receiveChunk().count == 64 << 10) }
            #expect(try quick.receiveChunk() == [])
        }
        #expect(producer.madeCount < 8, "made \(producer.madeCount) pieces for a reader of one")
        for number in 2...200 {
            #expect(try slow.receiveChunk() == NumberedPieces.piece(number, 64 << 10))
        }
        #expect(try slow.receiveChunk() == [])
        #expect(slow.ending() == .finished)
    }

    @Test("a body that cannot be made whole has no last chunk, and is counted")
    func failure() throws {
        let loop = try PacedLoop()
        let client = try loop.ask(NumberedPieces(3, failsAtEnd: true))
        _ = try client.receiveHead()
        for _ in 1...3 { #expect(try client.receiveChunk().count == 64 << 10) }
        #expect(throws: WireClient.Ending.finished) { try client.receiveChunk() }
        #expect(eventually(withinSeconds: 30) { loop.ended(by: .streamFailed) == 1 })
    }

    @Test("a body that is not permitted any more has no further piece and no last chunk")
    func takenBack() throws {
        let loop = try PacedLoop { $0.writeSeconds = 300 }
        let producer = NumberedPieces(200)
        let client = try loop.ask(producer, receiveBufferBytes: 4_096)
        _ = try client.receiveHead()
        #expect(try client.receiveChunk() == NumberedPieces.piece(1, 64 << 10))
        loop.permission.takeBack()
        #expect(throws: WireClient.Ending.finished) {
            for _ in 2...200 { _ = try client.receiveChunk() }
        }
        #expect(eventually(withinSeconds: 30) { loop.ended(by: .streamFailed) == 1 })
        #expect(producer.madeCount < 8, "made \(producer.madeCount) pieces")
    }

    @Test("a reader that goes away frees what its answer holds")
    func leaving() throws {
        let loop = try PacedLoop()
        let freed = DispatchSemaphore(value: 0)
        do {
            let client = try loop.ask(NumberedPieces(100_000, onEnd: { freed.signal() }))
            _ = try client.receiveHead()
            _ = try client.receiveChunk()
            client.beRude()
        }
        #expect(freed.wait(timeout: .now() + 30) == .success)
    }

    @Test("a reader that reads nothing is cut, and what its answer holds is freed")
    func stuckReader() throws {
        let loop = try PacedLoop { $0.writeSeconds = 1 }
        let freed = DispatchSemaphore(value: 0)
        let client = try loop.ask(
            NumberedPieces(100_000, onEnd: { freed.signal() }), receiveBufferBytes: 4_096)
        _ = try client.receiveHead()
        #expect(freed.wait(timeout: .now() + 30) == .success)
        #expect(eventually(withinSeconds: 30) { loop.ended(by: .write) == 1 })
    }

    @Test("neither time that a piece takes nor a drain ends one as if it were whole")
    func silence() throws {
        let loop = try PacedLoop {
            $0.streamSeconds = 1
            $0.drainSeconds = 600
        }
        // Each piece takes more than a second.
        let client = try loop.ask(NumberedPieces(2, bytes: 10, idleTurns: 120))
        _ = try client.receiveHead()
        #expect(try client.receiveChunk() == NumberedPieces.piece(1, 10))
        loop.beginDraining()
        #expect(try client.receiveChunk() == NumberedPieces.piece(2, 10))
        #expect(try client.receiveChunk() == [])
        #expect(loop.ended(by: .streamSilent) == 0)
        loop.drain()
    }
}
