import Bytes
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Gateway

/// HTTP.md's limits: each is configured to something small here, holds at its last good value, is
/// met at the next one, and is counted.
@Suite("Each limit is configurable, and counted when it is met", .onOwnThread)
struct EdgeLimitTests {
    private let health = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"

    private func rejections(_ gateway: TestGateway, _ code: String, _ listener: String = "public")
        throws -> Double
    {
        try gateway.metric(
            "portillon_http_rejections_total", "listener=\"\(listener)\"", "reason=\"\(code)\"")
    }

    private func ended(_ gateway: TestGateway, _ limit: String) throws -> Double {
        try gateway.metric(
            "portillon_connections_ended_total", "listener=\"public\"", "limit=\"\(limit)\"")
    }

    @Test("limits.request_line_bytes: 414")
    func requestLine() throws {
        let gateway = try TestGateway { $0.requestLineBytes = 256 }
        for (bytes, status) in [(256, 404), (257, 414)] {
            let path = "/" + String(repeating: "a", count: bytes - 14)
            let answer = try gateway.connect().exchange("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(answer.status == status)
        }
        #expect(try rejections(gateway, "request_line_too_long") == 1)
    }

    @Test("limits.head_bytes and limits.head_fields: 431")
    func head() throws {
        let gateway = try TestGateway { limits in
            limits.requestLineBytes = 256
            limits.headBytes = 1_024
            limits.headFields = 8
        }
        let start = "GET /healthz HTTP/1.1\r\nHost: a\r\nX: "
        for (bytes, status) in [(1_024, 200), (1_025, 431)] {
            let value = String(repeating: "b", count: bytes - start.utf8.count - 4)
            #expect(try gateway.connect().exchange(start + value + "\r\n\r\n").status == status)
        }
        for (fields, status) in [(7, 200), (8, 431)] {
            let lines = String(repeating: "X: b\r\n", count: fields)
            let request = "GET /healthz HTTP/1.1\r\nHost: a\r\n\(lines)\r\n"
            #expect(try gateway.connect().exchange(request).status == status)
        }
        #expect(try rejections(gateway, "head_too_large") == 1)
        #expect(try rejections(gateway, "too_many_fields") == 1)
    }

    @Test("limits.entry_body_bytes and limits.admin_body_bytes: 413")
    func bodies() throws {
        let gateway = try TestGateway { limits in
            limits.fieldsBytes = 100
            limits.entryBodyBytes = 512
            limits.adminBodyBytes = 1_024
        }
        let operation = try gateway.open("ete", "\"rule\":\"unlimited\"")
        let entry = #"{"participant":"a"}"#
        for (bytes, status) in [(512, 201), (513, 413)] {
            let body = entry + String(repeating: " ", count: bytes - entry.utf8.count)
            #expect(try gateway.connect().exchange(operation.request(body)).status == status)
        }
        let client = #"{"name":"Acme"}"#
        for (bytes, status) in [(1_024, 200), (1_025, 413)] {
            let body = client + String(repeating: " ", count: bytes - client.utf8.count)
            #expect(try gateway.admin("PUT", "/v1/clients/acme", body).status == status)
        }
        #expect(try rejections(gateway, "body_too_large") == 1)
        #expect(try rejections(gateway, "body_too_large", "admin") == 1)
    }

    @Test("limits.head_seconds and limits.body_seconds: 408, however the bytes drip")
    func dripping() throws {
        let gateway = try TestGateway { limits in
            limits.headSeconds = 1
            limits.bodySeconds = 1
        }
        let operation = try gateway.open("ete")
        // Either part drips for longer than a loop stands still on a busy machine: what has come
        // whole by the time that it looks again is an entry.
        let body = String(repeating: " ", count: 250) + #"{"participant":"a"}"#
        let entry = Array(operation.request(body).utf8)
        let bodyStart = entry.count - body.utf8.count
        for (begun, code, pause) in [
            (3, "head_timeout", 0.1), (bodyStart, "body_timeout", 0.1),
        ] {
            let client = try gateway.connect()
            try client.send(Array(entry.prefix(begun)))
            let isOver = Flag()
            Thread.detachNewThread {
                // Byte by byte, until the other side has had enough.
                for byte in entry[begun...] where !isOver.isSet {
                    // What it throws is the end that the test waits for.
                    guard (try? client.send([byte])) != nil else { return }
                    Thread.sleep(forTimeInterval: pause)
                }
            }
            let answer = try client.receive()
            isOver.set()
            #expect(answer.status == 408)
            #expect(answer.object["code"] as? String == code)
            #expect(try rejections(gateway, code) == 1)
        }
    }

    @Test("an operation has 1,000 front-end keys at most, revoked ones too; others have theirs")
    func keys() throws {
        let gateway = try TestGateway()
        _ = try gateway.open("ete")
        _ = try gateway.open("hiver")
        // Several at a time: each key is a record that is synced, and one sync serves them all.
        let clients = try (0..<20).map { _ in try WireClient(port: gateway.adminPort) }
        let make = gateway.adminRequest("POST", "/v1/operations/ete/keys", "{}")
        // One was made with the operation.
        var left = 999
        while left > 0 {
            let some = clients.prefix(left)
            for client in some { try client.send(make) }
            for client in some { try #require(try client.receive().status == 201) }
            left -= some.count
        }
        let refused = try clients[0].exchange(make)
        #expect(refused.status == 507)
        #expect(refused.object["code"] as? String == "limit_reached")
        #expect(try gateway.admin("POST", "/v1/operations/hiver/keys", "{}").status == 201)
    }

    @Test("limits.idle_seconds: closed without a word")
    func idle() throws {
        let gateway = try TestGateway { $0.idleSeconds = 1 }
        var closed = 0.0
        let hasSpoken = try eventually {
            let client = try gateway.connect()
            closed += 1
            // Where this thread stood still before it spoke, it was closed: another one speaks.
            let status = try? client.exchange(health).status
            return status == 200 && client.ending() == .finished
        }
        #expect(hasSpoken)
        #expect(try eventually { try ended(gateway, "idle") == closed })
    }

    @Test("limits.write_seconds: who takes an answer byte by byte is cut")
    func write() throws {
        let gateway = try TestGateway { $0.writeSeconds = 1 }
        let client = try gateway.connect(receiveBufferBytes: 2_048)
        let block = String(repeating: health, count: 2_000)
        Thread.detachNewThread {
            // It ends when the gateway cuts the connection.
            while (try? client.send(block)) != nil {}
        }
        let began = ContinuousClock.now
        while try ended(gateway, "write") == 0, ContinuousClock.now - began < .seconds(30) {
            // A byte at a time keeps nobody's patience alive.
            client.takeByte()
            Thread.sleep(forTimeInterval: 0.05)
        }
        #expect(try ended(gateway, "write") == 1)
        #expect(try gateway.isWell)
    }

    @Test("limits.connections: 503, and the place is used again")
    func connections() throws {
        let gateway = try TestGateway { $0.connections = 16 }
        let clients = try (0..<16).map { _ in try gateway.connect() }
        for client in clients { #expect(try client.exchange(health).status == 200) }
        let read = "GET /v1/operations/ete HTTP/1.1\r\nHost: a\r\n\r\n"
        #expect(try gateway.connect().exchange(read).status == 503)
        clients[0].finishSending()
        #expect(clients[0].ending() == .finished)
        #expect(
            try gateway.metric(
                "portillon_connections_refused_total", "listener=\"public\"",
                "limit=\"connections\"") == 1)
    }

    @Test("limits.admin_connections: 503, and nothing to do with the public ones")
    func adminConnections() throws {
        let gateway = try TestGateway { $0.adminConnections = 4 }
        let read = gateway.adminRequest("GET", "/v1/tokens")
        let made = try gateway.admin("POST", "/v1/tokens", #"{"role":"operator","name":"marie"}"#)
        let marie = try #require(made.object["token"] as? String)
        let status = """
            GET /v1/status HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(marie)\r\n\r\n
            """
        // Each has shown that it may be here, and all are persons'.
        let admins = try [read, read, status, status].map { request in
            let client = try WireClient(port: gateway.adminPort)
            #expect(try client.exchange(request).status == 200)
            return client
        }
        #expect(try WireClient(port: gateway.adminPort).exchange(read).status == 503)
        #expect(try gateway.connect().exchange(health).status == 200)
        #expect(try admins[0].exchange(read).status == 200)
    }

    @Test("a limit that is taken back holds for everybody, whatever was half there before")
    func tightened() throws {
        let gateway = try TestGateway()
        let operation = try gateway.open("ete")
        let entry = operation.entry("a", members: "\"x\":\"\(String(repeating: "x", count: 900))\"")
        let half = try gateway.connect()
        try half.send("GET /healthz HTTP/1.1\r\nHo")
        #expect(try gateway.connect().exchange(entry).status == 422)
        var limits = TestGateway.limits
        limits.entryBodyBytes = 512
        limits.fieldsBytes = 128
        _ = try gateway.gateway.reload(limits)
        #expect(try eventually { try gateway.connect().exchange(entry).status == 413 })
        try half.send("st: a\r\n\r\n")
        #expect(try half.receive().status == 200)
        #expect(try half.exchange(entry).status == 413)
        #expect(try gateway.connect().exchange(entry).status == 413)
    }

    @Test("limits.requests_per_connection: the last answer says so")
    func requests() throws {
        let gateway = try TestGateway { $0.requestsPerConnection = 2 }
        let client = try gateway.connect()
        try client.send(health + health + health)
        #expect(try client.receive()["connection"] == nil)
        #expect(try client.receive()["connection"] == "close")
        #expect(client.ending() == .finished)
        #expect(try eventually { try ended(gateway, "requests") == 1 })
    }

    @Test("a peer that does not end the connection when we have is cut, even if it goes on sending")
    func lingering() throws {
        let gateway = try TestGateway()
        let deaf = try gateway.connect()
        #expect(try deaf.exchange("nonsense\r\n\r\n").status == 400)
        let talkative = try gateway.connect()
        #expect(try talkative.exchange("nonsense\r\n\r\n").status == 400)
        var isOpen = true
        for _ in 0..<600 where isOpen {
            // It throws where the other side has closed.
            isOpen = (try? talkative.send("more\r\n")) != nil
            Thread.sleep(forTimeInterval: 0.05)
        }
        #expect(!isOpen, "it goes on for ever")
        // The other one's time may end a little later.
        #expect(
            try eventually {
                try gateway.metric("portillon_connections", "listener=\"public\"") == 0
            })
        #expect(try ended(gateway, "linger") == 2)
    }
}
