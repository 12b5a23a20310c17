import Bytes
import Cryptography
import Ledger
import Log
import Projections
import Sockets
import Synchronization
import Testing

@testable import Gateway
@testable import Sockets

/// A worker whose loop does not turn by itself: a test says what happens when.
private final class HandTurned {
    let bench: Bench
    private var worker: Worker
    private var inbox = ByteBuffer(capacity: Worker.inboxBytes)
    let port: UInt16
    let operation = TestOperation(name: "ete", key: "pk_test")

    init(_ change: (inout Limits) -> Void = { _ in }) throws {
        bench = try Bench(try Bench.opened(), change)
        let listener = try Listener(on: try #require(SocketAddress("127.0.0.1:0")))
        port = listener.address.port
        worker = try Worker.make(
            number: 0, kind: .public, shared: bench.shared, control: bench.control,
            listener: listener)
        let catalogue = bench.shared.projected.catalogue
        bench.shared.board.publish(catalogue.operations[0], at: 0)
        let keys = OperationKeys(dataKey: SealingKey(SymmetricKey.random()))
        worker.directory.update(
            OperationProfile(catalogue.operations[0], index: 0, keys: keys))
        worker.directory.update(DirectoryKey(catalogue.keys[0], index: 0))
    }

    /// A client whose connection the worker has accepted, and the connection's place.
    func connect(receiveBufferBytes: Int32? = nil) throws -> (client: WireClient, place: UInt32) {
        let client = try WireClient(port: port, receiveBufferBytes: receiveBufferBytes)
        let before = Set(worker.connections.openPlaces)
        while worker.connections.openPlaces.count == before.count { worker.acceptConnections() }
        let place = worker.connections.openPlaces.first { !before.contains($0) }
        return (client, try #require(place))
    }

    /// Bytes have come.
    func serve(_ place: UInt32) {
        worker.connections[place].isReadable = true
        worker.serve(place, &inbox)
    }

    /// The kernel takes bytes again.
    func sendOn(_ place: UInt32) {
        let token = worker.connections.token(of: place)
        worker.handle(Poller.Event(token: token, flags: 0x004), &inbox)
    }

    func serveAgain() { worker.serveAgain(&inbox) }

    /// The sequencer has accepted a connection's entry.
    func answer(_ place: UInt32, participant: UInt32) {
        let token = worker.connections.token(of: place)
        let answer = AnswerEnvelope(
            connection: token, entry: 1, operation: 0, participant: participant,
            verdict: .accepted)
        worker.answer(answer, &inbox)
    }

    func connection(_ place: UInt32) -> Connection { worker.connections[place] }
    var unfinished: [UInt32] { worker.again.map(\.place) }
}

@Suite("A worker, turn by turn", .onOwnThread)
struct WorkerTests {
    private let health = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("a turn ends after so many answers, and the next ones go on where it ended")
    func turns() throws {
        let worker = try HandTurned()
        let (client, place) = try worker.connect()
        try client.send(String(repeating: health, count: 1_000))
        worker.serve(place)
        let begun = worker.connection(place).requests
        #expect(begun > 100)
        #expect(begun < 500, "one turn answers everything")
        #expect(worker.unfinished == [place])
        // An event of the same turn does not put it on the list twice.
        worker.serve(place)
        #expect(worker.unfinished == [place])
        var turns = 0
        while !worker.unfinished.isEmpty, turns < 100 {
            worker.serveAgain()
            turns += 1
        }
        #expect(worker.connection(place).requests == 1_000)
        for _ in 0..<1_000 { #expect(try client.receive().status == 200) }
    }

    @Test("an answer that comes while another is held up waits behind it")
    func order() throws {
        let worker = try HandTurned()
        let (client, place) = try worker.connect(receiveBufferBytes: 4_096)
        let burst = String(repeating: health, count: 100)
        var entries: UInt32 = 0
        // Until the kernel is full in the very turn that hands an entry over.
        while !worker.connection(place).isSendBlocked, entries < 1_000 {
            if entries > 0 { worker.answer(place, participant: entries) }
            entries += 1
            try client.send(burst + worker.operation.entry("p\(entries)"))
            worker.serve(place)
            try #require(worker.connection(place).isAnswerPending)
        }
        try #require(worker.connection(place).isSendBlocked)
        // The client reads a little: the kernel has room again, before the worker hears of it.
        for _ in 0..<100 { #expect(try client.receive().text == #"{"status":"ok"}"#) }
        worker.answer(place, participant: entries)
        for entry in 1...entries {
            for _ in 0..<(entry == 1 ? 0 : 100) {
                worker.sendOn(place)
                try #require(try client.receive().text == #"{"status":"ok"}"#)
            }
            worker.sendOn(place)
            let answer = try client.receive()
            try #require(answer.object["participant_number"] as? Int == Int(entry))
        }
    }

    @Test("half a request is parked, and goes on with the rest of it")
    func parking() throws {
        let worker = try HandTurned()
        let clients = try (0..<5).map { _ in try worker.connect() }
        for (client, place) in clients {
            try client.send(String(health.prefix(20)))
            worker.serve(place)
            #expect(worker.connection(place).parked >= 0)
        }
        #expect(Set(clients.map { worker.connection($0.place).parked }).count == 5)
        for (client, place) in clients.reversed() {
            try client.send(String(health.dropFirst(20)))
            worker.serve(place)
            #expect(try client.receive().status == 200)
            #expect(worker.connection(place).parked == -1, "an idle connection holds nothing")
        }
    }
}
