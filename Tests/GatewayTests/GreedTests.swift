import Foundation
import TestSupport
import Testing

@testable import Gateway

/// Clients that take more than their share of time or memory. `PORTILLON_GREED=200` has so many of
/// them (the process may have to raise its limit of open files); `loadtests/slow` measures what
/// they do to others.
@Suite("Greedy clients, many of them", .onOwnThread)
struct GreedTests {
    private let health = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"

    /// Half of it is enough for the metrics.
    private static let parkedBytes = 320 << 10

    private static var many: Int {
        ProcessInfo.processInfo.environment["PORTILLON_GREED"].flatMap { Int($0) } ?? 60
    }

    private func ended(_ gateway: TestGateway, _ limit: String) throws -> Double {
        try gateway.metric(
            "portillon_connections_ended_total", "listener=\"public\"", "limit=\"\(limit)\"")
    }

    @Test("heads, bodies and reads a byte at a time are cut in time, and a good client is served")
    func slow() throws {
        let gateway = try TestGateway { limits in
            limits.connections = Self.many + 16
            limits.headSeconds = 2
            limits.bodySeconds = 2
            limits.writeSeconds = 2
        }
        let operation = try gateway.open("ete", "\"rule\":\"unlimited\"")
        let entry = Array(operation.entry(String(repeating: "s", count: 100)).utf8)
        let burst = String(repeating: health, count: 4_000)
        let began = ContinuousClock.now
        var senders: [(client: WireClient, next: Int)] = []
        var readers: [WireClient] = []
        for number in 0..<Self.many {
            if number % 3 == 2 {
                let client = try gateway.connect(receiveBufferBytes: 2_048)
                // More than the kernel takes of the answers: the gateway stops reading soon.
                readers.append(client)
            } else {
                let client = try gateway.connect()
                let first = number % 3 == 0 ? 1 : entry.count - 100
                try client.send(Array(entry.prefix(first)))
                senders.append((client, first))
            }
        }
        let good = try gateway.connect()
        var served = 0
        func isOver() throws -> Bool {
            let waited = ContinuousClock.now - began
            if waited > .seconds(300) { return true }
            return try waited > .seconds(3) && served >= 10
                && ended(gateway, "write") == Double(readers.count)
        }
        while try !isOver() {
            for index in senders.indices {
                // Those that were cut do not take it any more.
                try? senders[index].client.send([entry[senders[index].next % entry.count]])
                senders[index].next += 1
            }
            for reader in readers {
                reader.sendWhatIsTaken(burst)
                reader.takeByte()
            }
            #expect(try good.exchange(operation.entry("good")).status == 201)
            served += 1
            Thread.sleep(forTimeInterval: 0.1)
        }
        #expect(served >= 10)
        #expect(try ended(gateway, "write") == Double(readers.count))
        for (client, _) in senders { #expect(try client.receive().status == 408) }
        // Only the good one is left, once the others have been closed by us.
        senders = []
        readers = []
        #expect(try good.exchange(health).status == 200)
    }

    @Test("half requests beyond the budget are refused, whole ones are served, and room comes back")
    func memory() throws {
        let gateway = try TestGateway { limits in
            limits.adminBodyBytes = 1_024
            limits.parkedBytes = Self.parkedBytes
        }
        let operation = try gateway.open("ete", "\"rule\":\"unlimited\"")
        let text = String(repeating: "x", count: 8_000)
        let entry = operation.entry("a", members: "\"fields\":{\"text\":\"\(text)\"}")
        func halves(_ count: Int) throws -> (refused: Int, clients: [WireClient]) {
            let before = try ended(gateway, "memory")
            let clients = try (0..<count).map { _ in try gateway.connect() }
            for client in clients { try client.send(String(entry.dropLast(1))) }
            // Behind them all: their halves have been read when this is answered.
            #expect(try gateway.connect().exchange(entry).status == 201)
            return (Int(try ended(gateway, "memory") - before), clients)
        }
        for _ in 0..<3 {
            let (refused, clients) = try halves(80)
            #expect(refused > 20 && refused < 80, "\(refused)")
            let parked = try gateway.metric("portillon_parked_bytes", "listener=\"public\"")
            #expect(parked > 65_536 && parked <= Double(Self.parkedBytes), "\(parked)")
            var statuses: [Int] = []
            for client in clients {
                // The refused have their answer; to the others the last byte brings it.
                try? client.send("}")
                let answer = try client.receive()
                statuses.append(answer.status)
                if answer.status == 503 {
                    #expect(answer.object["code"] as? String == "overloaded")
                    #expect(answer["connection"] == "close")
                    #expect(client.ending() == .finished)
                }
            }
            #expect(statuses.count { $0 == 503 } == refused)
            #expect(statuses.count { $0 == 201 } == 80 - refused)
        }
    }

    @Test("hundreds of strangers with halves: an honest entry in two pieces gets in")
    func strangers() throws {
        let gateway = try TestGateway { limits in
            limits.adminBodyBytes = 1_024
            limits.parkedBytes = Self.parkedBytes
            limits.connections = 400
            // However slow the machine is.
            limits.headSeconds = 300
            limits.bodySeconds = 300
        }
        let operation = try gateway.open("ete", "\"rule\":\"unlimited\"")
        let text = String(repeating: "x", count: 8_000)
        func entry(_ key: String) -> String {
            TestOperation(name: "ete", key: key)
                .entry("a", members: "\"fields\":{\"text\":\"\(text)\"}")
        }
        let honest = operation.entry("honest")
        let early = try gateway.connect()
        try early.send(String(honest.dropLast(5)))
        var strangers: [WireClient] = []
        for number in 0..<300 {
            let client = try gateway.connect()
            strangers.append(client)
            // A body behind an invalid key, or a head that never ends, or a key that is valid.
            let request =
                switch number % 3 {
                case 0: String(entry("pk_wrong").dropLast(1))
                case 1: "GET /healthz HTTP/1.1\r\nHost: a\r\nX: \(text)"
                default: String(entry(operation.key).dropLast(1))
                }
            try client.send(request)
        }
        let late = try gateway.connect()
        try late.send(String(honest.dropLast(5)))
        for client in [early, late] {
            try client.send(String(honest.suffix(5)))
            let answer = try client.receive()
            #expect(answer.status == 201, "\(answer)")
        }
        for number in stride(from: 0, to: 300, by: 3) {
            #expect(try strangers[number].receive().status == 401)
        }
        let parked = try gateway.metric("portillon_parked_bytes", "listener=\"public\"")
        #expect(parked <= Double(Self.parkedBytes), "\(parked)")
        #expect(try ended(gateway, "memory") > 100)
    }

    @Test("answers that nobody takes are dropped beyond the budget, with their connections")
    func untakenAnswers() throws {
        let gateway = try TestGateway { limits in
            limits.adminBodyBytes = 1_024
            limits.parkedBytes = Self.parkedBytes
            limits.writeSeconds = 300
        }
        let burst = String(repeating: health, count: 8_000)
        let deaf = try (0..<20).map { _ in try gateway.connect(receiveBufferBytes: 2_048) }
        for client in deaf { client.sendWhatIsTaken(burst) }
        let isRelieved = try eventually(withinSeconds: 120) {
            for client in deaf { client.sendWhatIsTaken(burst) }
            return try ended(gateway, "memory") > 0
        }
        #expect(isRelieved)
        let parked = try gateway.metric("portillon_parked_bytes", "listener=\"public\"")
        #expect(parked <= Double(Self.parkedBytes), "\(parked)")
        #expect(try gateway.isWell)
    }
}
