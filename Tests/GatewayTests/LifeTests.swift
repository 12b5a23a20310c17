import Foundation
import Glibc
import Testing

@testable import Gateway

@Suite("A gateway starts, drains and comes back", .onOwnThread)
struct LifeTests {
    @Test("it starts, and answers on both listeners")
    func starts() throws {
        let gateway = try TestGateway(workers: 2)
        for port in [gateway.port, gateway.adminPort] {
            for path in ["/healthz", "/readyz"] {
                let answer = try WireClient(port: port)
                    .exchange("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(answer.status == 200)
            }
        }
        let operation = try gateway.open("ete")
        let first = try gateway.connect().exchange(operation.entry("a"))
        #expect(first.status == 201)
        #expect(first.object["participant_number"] as? Int == 1)
        let again = try gateway.connect().exchange(operation.entry("a"))
        #expect(again.status == 200)
        #expect(again.object["verdict"] as? String == "repeated")
        #expect(again.object["entry"] as? String == first.object["entry"] as? String)
        #expect(again.object["at"] as? String == first.object["at"] as? String)
    }

    @Test("opened again, it knows what it counted, and repeats what it said")
    func comesBack() throws {
        let folder = try TestFolder()
        var operation = TestOperation(name: "", key: "")
        var known: [String: String] = [:]
        do {
            let gateway = try TestGateway(folder: folder)
            operation = try gateway.open("ete")
            let client = try gateway.connect()
            for number in 0..<60 {
                let answer = try client.exchange(operation.entry("p\(number)"))
                #expect(answer.object["participant_number"] as? Int == number + 1)
                known["p\(number)"] = answer.object["entry"] as? String
            }
            gateway.drain()
        }
        let gateway = try TestGateway(folder: folder)
        #expect(try gateway.counts(of: operation)["participants"] == 60)
        #expect(try gateway.counts(of: operation)["entries"] == 60)
        let client = try gateway.connect()
        for number in 0..<60 {
            let answer = try client.exchange(operation.entry("p\(number)"))
            #expect(answer.status == 200)
            #expect(answer.object["entry"] as? String == known["p\(number)"])
            #expect(answer.object["participant_number"] as? Int == number + 1)
        }
        let new = try client.exchange(operation.entry("new"))
        #expect(new.status == 201)
        #expect(new.object["participant_number"] as? Int == 61)
    }

    /// Entries that a client of the drain sends at once; each is decided after the one before.
    private static let pipelined = 300

    @Test("a drain answers or closes each connection cleanly, and loses nothing acknowledged")
    func drains() throws {
        let folder = try TestFolder()
        var operation = TestOperation(name: "", key: "")
        var acknowledged: [String: String] = [:]
        var cutShort = 0
        // Where this thread stands still before it drains, all is done by then: once more.
        for round in 0..<5 where cutShort == 0 {
            // The longest gathering: the entries, one after the other, take three seconds.
            let gateway = try TestGateway(folder: folder) { $0.gatherMicroseconds = 10_000 }
            if round == 0 { operation = try gateway.open("ete") }
            let clients = try (0..<24).map { _ in try gateway.connect() }
            let names = clients.indices.map { "p\(round)-\($0)" }
            // Made before the first is sent, so that they come at once.
            let requests = names.map { name in
                (0..<Self.pipelined).map { operation.entry("\(name)-\($0)") }.joined()
            }
            for (client, request) in zip(clients, requests) { try client.send(request) }
            gateway.drain()
            for (number, client) in clients.enumerated() {
                let answers = read(client)
                #expect(!answers.isEmpty, "what had come before the drain is answered")
                // Who had all his answers before the drain reached him is closed as silent.
                if answers.count < Self.pipelined {
                    cutShort += 1
                    #expect(answers.last?["connection"] == "close")
                }
                #expect(answers.dropLast().allSatisfy { $0["connection"] == nil })
                for (index, answer) in answers.enumerated() {
                    #expect(answer.status == 201)
                    acknowledged["\(names[number])-\(index)"] = answer.object["entry"] as? String
                }
            }
        }
        #expect(cutShort > 0, "the drain came when all was done")
        let gateway = try TestGateway(folder: folder)
        let stored = try #require(try gateway.counts(of: operation)["participants"])
        #expect(stored == acknowledged.count)
        let client = try gateway.connect()
        for (participant, entry) in acknowledged {
            let answer = try client.exchange(operation.entry(participant))
            #expect(answer.status == 200)
            #expect(answer.object["entry"] as? String == entry)
        }
    }

    /// All answers until the stream ends, which it must do cleanly.
    private func read(_ client: WireClient) -> [Answer] {
        var answers: [Answer] = []
        do throws(WireClient.Ending) {
            while true { answers.append(try client.receive()) }
        } catch {
            #expect(error == .finished)
        }
        return answers
    }

    @Test("a drain does not wait for clients that keep silent connections open")
    func drainsIdle() throws {
        let gateway = try TestGateway { limits in
            limits.drainSeconds = 600
            limits.idleSeconds = 600
            limits.headSeconds = 1
        }
        let operation = try gateway.open("ete")
        // Never spoke; spoke and is silent; stopped in the middle of a request.
        let clients = try (0..<3).map { _ in try gateway.connect() }
        #expect(try clients[1].exchange(operation.entry("a")).status == 201)
        try clients[2].send("GET /heal")
        let inFlight = try (0..<8).map { _ in try gateway.connect() }
        for (number, client) in inFlight.enumerated() {
            try client.send(operation.entry("in-flight-\(number)"))
        }
        gateway.drain()
        #expect(clients[0].ending() == .finished)
        #expect(clients[1].ending() == .finished)
        #expect(try clients[2].receive().status == 408)
        for client in inFlight {
            #expect(try client.receive().status == 201)
            #expect(client.ending() == .finished)
        }
    }

    @Test("a folder belongs to one gateway at a time")
    func oneFolder() throws {
        let folder = try TestFolder()
        let gateway = try TestGateway(folder: folder)
        let error = #expect(throws: StartError.self) { _ = try TestGateway(folder: folder) }
        guard case .file(let text) = try #require(error) else {
            Issue.record("not about a file: \(String(describing: error))")
            return
        }
        #expect(text.contains(folder.path))
        #expect(try gateway.isWell)
        gateway.drain()
        #expect(try TestGateway(folder: folder).isWell)
    }

    @Test("an address where somebody listens stops the start, and leaves the folder free")
    func busyAddress() throws {
        let first = try TestGateway()
        let folder = try TestFolder()
        for (listen, adminListen, flag, status) in [
            (try #require(first.gateway.address), "127.0.0.1:0", "--listen", 74),
            ("127.0.0.1:0", first.gateway.adminAddress, "--admin-listen", 74),
            ("127.0.0.1", "127.0.0.1:0", "--listen", 78),
            ("127.0.0.1:0", "no where:1", "--admin-listen", 78),
            ("127.0.0.1:0", "nowhere.invalid:1", "--admin-listen", 74),
        ] {
            let error = #expect(throws: StartError.self) {
                _ = try Gateway(
                    Gateway.Configuration(
                        listen: listen, adminListen: adminListen, data: folder.path, workers: 1,
                        limits: TestGateway.limits),
                    logger: TestGateway.silent)
            }
            #expect(error?.exitStatus == Int32(status))
            #expect(error?.description.hasPrefix("\(flag) ") == true)
        }
        #expect(try TestGateway(folder: folder).isWell)
        #expect(try first.isWell)
    }

    @Test("a drain by several threads, twice: each comes back when all threads have ended")
    func drainedByAll() throws {
        let gateway = try TestGateway(workers: 2)
        _ = try gateway.open("ete")
        let drained = DispatchGroup()
        for _ in 0..<4 {
            drained.enter()
            Thread.detachNewThread { [gateway = gateway.gateway] in
                gateway.drain()
                gateway.drain()
                drained.leave()
            }
        }
        #expect(drained.wait(timeout: .now() + 60) == .success)
    }

    @Test("settings that cannot be stop the start with a sentence")
    func settings() throws {
        for change in [
            { $0.requestLineBytes = $0.headBytes }, { $0.journalBatchBytes += 1 },
        ] as [(inout Limits) -> Void] {
            let error = #expect(throws: StartError.self) { _ = try TestGateway(change) }
            #expect(error?.exitStatus == 78)
            #expect(error?.description.contains("limits.") == true)
        }
        for workers in [0, -1] {
            let error = #expect(throws: StartError.self) { _ = try TestGateway(workers: workers) }
            #expect(error?.exitStatus == 78)
        }
    }
}
