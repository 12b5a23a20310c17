import Foundation
import TestSupport
import Testing

@testable import Gateway

@Suite("What hostile clients ask at once", .onOwnThread)
struct FloodTests {
    private let health = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("a thousand entries on one connection are answered in order")
    func pipelinedEntries() throws {
        let gateway = try TestGateway()
        let operation = try gateway.open("ete")
        let client = try gateway.connect()
        Thread.detachNewThread {
            // A failure to send shows in what is missing below.
            try? client.send((0..<1_000).map { operation.entry("p\($0)") }.joined())
        }
        for number in 1...1_000 {
            let answer = try client.receive()
            #expect(answer.status == 201)
            try #require(answer.object["participant_number"] as? Int == number)
        }
        #expect(try gateway.counts(of: operation)["entries"] == 1_000)
    }

    @Test("a full queue refuses newcomers, and still answers who was taken and asks again")
    func fullQueue() throws {
        let gateway = try TestGateway()
        let operation = try gateway.open("ete")
        let key = "Idempotency-Key: first\r\n"
        let client = try gateway.connect()
        #expect(try client.exchange(operation.entry("first", fields: key)).status == 201)
        let pace = #"{"per_second":1}"#
        #expect(try gateway.admin("POST", "/v1/operations/ete/pace", pace).status == 200)
        // An hour's worth of people; and then some, for numbers are called meanwhile.
        var number = 0
        var last = 0
        while last != 503, number < 20_000 {
            try client.send((0..<100).map { operation.entry("p\(number + $0)") }.joined())
            for _ in 0..<100 { last = try client.receive().status }
            number += 100
        }
        #expect(last == 503)
        #expect(number > 3_500, "not before")
        let again = try client.exchange(operation.entry("first", fields: key))
        #expect(again.status == 200, "\(again)")
        #expect(again.object["participant_number"] as? Int == 1)
    }

    @Test("answers keep their order and their bytes, however slowly they are read")
    func slowReader() throws {
        let gateway = try TestGateway()
        let operation = try gateway.open("ete")
        let rounds = 300
        let client = try gateway.connect(receiveBufferBytes: 4_096)
        // Answers that wait for the sequencer among answers that do not.
        let burst = String(repeating: health, count: 40)
        Thread.detachNewThread {
            // A failure to send shows in what is missing below.
            try? client.send((0..<rounds).map { burst + operation.entry("p\($0)") }.joined())
        }
        for round in 1...rounds {
            for _ in 0..<40 {
                let answer = try client.receive(atMost: 1_500)
                try #require(answer.text == #"{"status":"ok"}"#)
            }
            let answer = try client.receive(atMost: 1_500)
            try #require(answer.object["participant_number"] as? Int == round)
        }
    }

    @Test("who asks and does not read is cut, and others do not notice")
    func deafClient() throws {
        let gateway = try TestGateway { $0.writeSeconds = 1 }
        let deaf = try gateway.connect(receiveBufferBytes: 4_096)
        let block = Array(String(repeating: health, count: 2_000).utf8)
        var sent = 0
        do throws(WireClient.Ending) {
            while sent < 64 << 20 {
                try deaf.send(block)
                sent += block.count
                if sent == block.count * 4 {
                    let isWell = try? gateway.isWell  // what it throws is as wrong as false
                    #expect(isWell == true)
                }
            }
            Issue.record("64 MiB of requests were read, and none of their answers")
        } catch {
            #expect(error != .timedOut, "it is not cut after a second")
        }
        // The kernel holds some megabytes for both sides; the gateway holds next to nothing.
        #expect(sent < 24 << 20)
        #expect(try gateway.isWell)
    }

    @Test("one connection that asks without end does not keep the others waiting")
    func greedyClient() throws {
        let gateway = try TestGateway { $0.drainSeconds = 0 }
        let greedy = try gateway.connect()
        let block = Array(String(repeating: health, count: 2_000).utf8)
        let isOver = Flag()
        Thread.detachNewThread {
            // Until the other side closes: that is the end of the test.
            while !isOver.isSet, (try? greedy.send(block)) != nil {}
        }
        Thread.detachNewThread {
            while !isOver.isSet, (try? greedy.receive()) != nil {}  // as above
        }
        let operation = try gateway.open("ete")
        let client = try gateway.connect()
        for number in 0..<50 {
            #expect(try client.exchange(operation.entry("p\(number)")).status == 201)
        }
        isOver.set()
        gateway.drain()
    }

    @Test("entries whose connections go leave answers behind that find no reader: no harm")
    func churn() throws {
        let gateway = try TestGateway { limits in
            limits.connections = 16
            // The longest gathering: many connections come and go during one batch.
            limits.gatherMicroseconds = 10_000
        }
        let operation = try gateway.open("ete", "\"rule\":\"unlimited\"")
        for round in 0..<12 {
            // A batch of eight or more makes the sequencer gather.
            let steady = try (0..<10).map { _ in try gateway.connect() }
            // Closed where those of the round before still fill the table: said below.
            for client in steady { try? client.send(operation.entry("steady")) }
            for number in 0..<60 {
                let client = try gateway.connect()
                client.beRude()
                // A full table closes at once: then there is nobody to send to.
                try? client.send(operation.entry("r\(round)-\(number)"))
            }
            for client in steady {
                // 503 where the flood has taken all places of the ring: said, not dropped.
                let status = try? client.receive().status  // closed where the table was full
                #expect(status == nil || [201, 503].contains(status))
            }
        }
        #expect(try gateway.isWell)
        // The last ones to go may still fill the table, and then the next is refused.
        let isIn = try eventually {
            let last = try gateway.connect()
            return (try? last.exchange(operation.entry("last")).status) == 201  // closed: as above
        }
        #expect(isIn)
        #expect(try gateway.isWell)
    }

    @Test("more than a batch holds goes into the next one, and nobody is forgotten")
    func fullBatches() throws {
        let gateway = try TestGateway { limits in
            limits.journalBatchBytes = 32_768
            limits.gatherMicroseconds = 2_000
        }
        let operation = try gateway.open("ete")
        let text = String(repeating: "x", count: 8_000)
        let clients = try (0..<40).map { _ in try gateway.connect() }
        for round in 0..<3 {
            for (number, client) in clients.enumerated() {
                try client.send(
                    operation.entry(
                        "p\(round)-\(number)", members: "\"fields\":{\"text\":\"\(text)\"}"))
            }
            for client in clients { #expect(try client.receive().status == 201) }
        }
        #expect(try gateway.counts(of: operation)["entries"] == 120)
    }
}

/// Something that one thread says and another one asks.
final class Flag: @unchecked Sendable {
    // `@unchecked Sendable`: the lock guards the word.
    private let lock = NSLock()
    private var word = false

    var isSet: Bool { lock.withLock { word } }

    func set() { lock.withLock { word = true } }
}
