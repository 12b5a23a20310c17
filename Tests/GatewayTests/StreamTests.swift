import Bytes
import Foundation
import Sockets
import Synchronization
import Testing
import Threads
import Wire

@testable import Gateway
@testable import Sockets

/// Answers every request with a stream that the test sends events through; `/late` when another
/// thread says so, as the control side does.
private struct StreamService: TestLoopService, ~Copyable {
    let lane: WorkerLane
    let maximumBytes: Int
    let streams: StreamBox

    mutating func answer(
        _ head: borrowing RequestParser, _ request: RawSpan, from source: RequestSource,
        _ writer: inout ResponseWriter
    ) -> Disposition {
        let stream = EventStream(
            lane: lane, connection: source.connection, maximumBytes: maximumBytes)
        streams.add(stream, source.connection)
        if request.extracting(head.path.range).equals("/late") { return .handedOver }
        writer.beginStream(.status, type: "text/event-stream")
        return .streams(stream)
    }
}

/// The streams that a service has begun, for a test on another thread.
private final class StreamBox: Sendable {
    private let streams = Mutex<[(EventStream, EventToken)]>([])
    private let count = DispatchSemaphore(value: 0)

    func add(_ stream: EventStream, _ connection: EventToken) {
        streams.withLock { $0.append((stream, connection)) }
        count.signal()
    }

    func next() throws -> (stream: EventStream, connection: EventToken) {
        try #require(count.wait(timeout: .now() + 30) == .success)
        return streams.withLock { $0.removeFirst() }
    }
}

/// A loop of its own thread on a real listener, whose requests are answered with streams.
private final class StreamingLoop {
    let bench: Bench
    let streams = StreamBox()
    let port: UInt16
    private let thread: SystemThread
    private var isDrained = false

    init(_ change: (inout Limits) -> Void = { _ in }) throws {
        bench = try Bench([], change)
        let listener = try Listener(
            on: try #require(SocketAddress("127.0.0.1:0")), unsentBytes: 4_096)
        port = listener.address.port
        let (handover, shared, streams) = (ThreadHandover(listener), bench.shared, streams)
        thread = try SystemThread(name: "worker-0") {
            let service = StreamService(
                lane: shared.lanes[0], maximumBytes: shared.limits.streamBytes, streams: streams)
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

    func begin(
        _ path: String = "/now", version: String = "1.1", receiveBufferBytes: Int32? = nil
    ) throws -> (client: WireClient, stream: EventStream, connection: EventToken) {
        let client = try WireClient(port: port, receiveBufferBytes: receiveBufferBytes)
        try client.send("GET \(path) HTTP/\(version)\r\nHost: a\r\n\r\n")
        let (stream, connection) = try streams.next()
        return (client, stream, connection)
    }
}

@Suite("Streamed answers, over a socket", .onOwnThread)
struct StreamTests {
    private func event(_ number: Int, bytes: Int = 8) -> [UInt8] {
        let text = "data: \(number)"
        return Array((text + String(repeating: ".", count: max(bytes - text.utf8.count, 0))).utf8)
    }

    @Test("events come one by one, in order, and the end is clean", arguments: ["/now", "/late"])
    func events(path: String) throws {
        let loop = try StreamingLoop()
        let (client, stream, connection) = try loop.begin(path)
        if path == "/late" {
            // What is sent before the answer has begun waits for it.
            #expect(stream.send(event(0)))
            let content = ControlReply.StreamedContent(
                type: "text/event-stream", fields: [("Cache-Control", "no-store")], stream: stream)
            loop.bench.shared.lanes[0].post(
                .answer(
                    ControlAnswer(connection: connection, route: .status, reply: .streamed(content))
                ))
        } else {
            #expect(stream.send(event(0)))
        }
        let head = try client.receiveHead()
        #expect(head.status == 200)
        #expect(head["transfer-encoding"] == "chunked")
        #expect(head["content-length"] == nil)
        #expect(head["content-type"] == "text/event-stream")
        #expect(head["connection"] == "close")
        #expect(try client.receiveChunk() == event(0))
        for number in 1..<200 {
            #expect(stream.send(event(number)))
            #expect(try client.receiveChunk() == event(number))
        }
        stream.finish()
        #expect(try client.receiveChunk() == [])
        #expect(client.ending() == .finished)
        #expect(!stream.send(event(0)), "a stream that has ended says so")
    }

    @Test("a client of HTTP/1.0 has no chunks, and the end of the connection for the end")
    func untilClose() throws {
        let loop = try StreamingLoop()
        let (client, stream, _) = try loop.begin(version: "1.0")
        let head = try client.receiveHead()
        #expect(head["transfer-encoding"] == nil)
        stream.send(Array("one".utf8))
        stream.send(Array("two".utf8))
        stream.finish()
        #expect(try client.receiveAll() == Array("onetwo".utf8))
    }

    @Test("a reader that falls behind is cut and counted, and the others go on")
    func slowReader() throws {
        let loop = try StreamingLoop { $0.streamBytes = 64 << 10 }
        let slow = try loop.begin(receiveBufferBytes: 4_096)
        let good = try loop.begin()
        _ = try good.client.receiveHead()
        var sent = 0
        while slow.stream.isOpen, sent < 100_000 {
            let event = event(sent, bytes: 1_024)
            slow.stream.send(event)
            #expect(good.stream.send(event))
            #expect(try good.client.receiveChunk() == event)
            sent += 1
        }
        #expect(!slow.stream.isOpen)
        #expect(sent >= 64, "what may wait may wait")
        // The loop has dealt with the cut before it sends a further event.
        #expect(good.stream.send(event(0)))
        _ = try good.client.receiveChunk()
        #expect(loop.ended(by: .streamBacklog) == 1)
        #expect(slow.stream.send(event(0)) == false)
        good.stream.finish()
        #expect(try good.client.receiveChunk() == [])
    }

    @Test("a drain ends a stream with its last chunk, and is not held up by it")
    func drain() throws {
        let loop = try StreamingLoop { $0.drainSeconds = 600 }
        let clients = try (0..<5).map { _ in try loop.begin() }
        for (client, stream, _) in clients {
            _ = try client.receiveHead()
            stream.send(event(1))
            #expect(try client.receiveChunk() == event(1))
        }
        loop.beginDraining()
        for (client, stream, _) in clients {
            #expect(try client.receiveChunk() == [])
            #expect(client.ending() == .finished)
            #expect(!stream.isOpen)
        }
        loop.drain()
    }

    @Test("a stream without events is ended, cleanly, and counted")
    func silence() throws {
        let loop = try StreamingLoop { $0.streamSeconds = 1 }
        let (client, stream, _) = try loop.begin()
        _ = try client.receiveHead()
        #expect(try client.receiveChunk() == [])
        #expect(client.ending() == .finished)
        #expect(loop.ended(by: .streamSilent) == 1)
        #expect(!stream.isOpen)
    }

    @Test("a client that leaves ends its stream")
    func leaving() throws {
        let loop = try StreamingLoop()
        let (client, stream, _) = try loop.begin()
        _ = try client.receiveHead()
        client.finishSending()
        // The loop closes the connection, and the stream with it.
        #expect(client.ending() == .finished)
        while stream.isOpen { Thread.sleep(forTimeInterval: 0.001) }
    }
}
