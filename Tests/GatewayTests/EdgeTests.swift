import Foundation
import TestSupport
import Testing

@testable import Gateway

@Suite("What clients do to a connection", .onOwnThread)
struct EdgeTests {
    private let health = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("a head that does not end is answered 408, a body that does not end too")
    func slowClients() throws {
        let gateway = try TestGateway { limits in
            limits.headSeconds = 1
            limits.bodySeconds = 1
        }
        let operation = try gateway.open("ete")
        let head = try gateway.connect()
        try head.send("GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ")
        let body = try gateway.connect()
        try body.send(String(operation.entry("a").dropLast(1)))
        for (client, code) in [(head, "head_timeout"), (body, "body_timeout")] {
            let answer = try client.receive()
            #expect(answer.status == 408)
            #expect(answer["connection"] == "close")
            #expect(answer.object["code"] as? String == code)
            #expect(client.ending() == .finished)
        }
        #expect(try gateway.counts(of: operation)["entries"] == 0)
    }

    @Test("a long request to the admin listener leaves nothing that a shorter one trips over")
    func longThenShort() throws {
        let gateway = try TestGateway()
        let path = "/v1/" + String(repeating: "a", count: 4_000)
        #expect(try gateway.admin("GET", path + "?q").status == 404)
        #expect(try gateway.admin("GET", "/v1/status").status == 200)
    }

    @Test("a silent connection is closed without a word")
    func idleClients() throws {
        let gateway = try TestGateway { $0.idleSeconds = 3 }
        let silent = try gateway.connect()
        var spoken = silent
        let hasSpoken = try eventually {
            spoken = try gateway.connect()
            // Where this thread stood still before it spoke, it was closed: another one speaks.
            return (try? spoken.exchange(health).status) == 200
        }
        #expect(hasSpoken)
        #expect(silent.ending() == .finished)
        #expect(spoken.ending() == .finished)
    }

    @Test("an entry that comes byte by byte is an entry")
    func byteByByte() throws {
        let gateway = try TestGateway()
        let operation = try gateway.open("ete")
        let client = try gateway.connect()
        for byte in operation.entry("a", members: "\"source\":\"tv\"").utf8 {
            try client.send([byte])
        }
        #expect(try client.receive().status == 201)
        #expect(try client.exchange(operation.entry("a")).status == 200)
    }

    @Test("who has sent their last byte still gets their answers")
    func halfClosed() throws {
        let gateway = try TestGateway()
        let operation = try gateway.open("ete")
        let client = try gateway.connect()
        try client.send(health + operation.entry("a") + health + operation.entry("b"))
        client.finishSending()
        #expect(try (0..<4).map { _ in try client.receive().status } == [200, 201, 200, 201])
        #expect(client.ending() == .finished)
        // Many answers in one turn, more than a turn may hold, and then the end.
        let other = try gateway.connect()
        try other.send(String(repeating: health, count: 1_500))
        other.finishSending()
        for _ in 0..<1_500 { #expect(try other.receive().status == 200) }
        #expect(other.ending() == .finished)
        let half = try gateway.connect()
        try half.send(String(operation.entry("c").dropLast(1)))
        half.finishSending()
        #expect(half.ending() == .finished, "half an entry has no answer")
        #expect(try gateway.counts(of: operation)["entries"] == 2)
    }

    @Test("after so many requests the connection ends, and the last answer says so")
    func requestsPerConnection() throws {
        let gateway = try TestGateway { $0.requestsPerConnection = 3 }
        let client = try gateway.connect()
        try client.send(String(repeating: health, count: 5))
        let answers = try (0..<3).map { _ in try client.receive() }
        #expect(answers.map { $0["connection"] } == [nil, nil, "close"])
        #expect(client.ending() == .finished)
    }

    @Test("HEAD is GET without its body", arguments: ["/healthz", "/readyz", "/nowhere"])
    func head(path: String) throws {
        let gateway = try TestGateway()
        let client = try gateway.connect()
        try client.send(
            "HEAD \(path) HTTP/1.1\r\nHost: a\r\n\r\nGET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
        let head = try client.receive(toHead: true)
        let get = try client.receive()
        #expect(head.status == get.status)
        #expect(head["content-length"] == "\(get.body.count)")
        #expect(!get.body.isEmpty)
        let names = head.fields.keys.sorted()
        #expect(names == get.fields.keys.sorted())
        // The admin listener's answers come another way.
        let admin = try WireClient(port: gateway.adminPort)
        try admin.send(gateway.adminRequest("HEAD", "/v1/operations"))
        #expect(
            try admin.receive(toHead: true)["content-length"]
                == #"{"operations":[]}"#.utf8.count.description)
        #expect(try admin.exchange(health).status == 200)
    }

    @Test("who asks for a go-ahead gets it once, and then the answer")
    func expectContinue() throws {
        let gateway = try TestGateway()
        let operation = try gateway.open("ete")
        let client = try gateway.connect()
        for participant in ["a", "b"] {
            let entry = operation.entry(participant, fields: "Expect: 100-continue\r\n")
            let end = entry.utf8.count - 10
            try client.send(String(entry.prefix(end)))
            #expect(try client.receive().status == 100)
            try client.send(String(entry.dropFirst(end)))
            #expect(try client.receive().status == 201)
        }
        // The body is there already: nobody waits.
        try client.send(operation.entry("c", fields: "Expect: 100-continue\r\n"))
        #expect(try client.receive().status == 201)
    }

    @Test(
        "methods that make a proxy or a mirror are refused everywhere",
        arguments: ["CONNECT a:80", "TRACE /healthz", "TRACE /nowhere"])
    func refusedMethods(start: String) throws {
        let gateway = try TestGateway()
        for port in [gateway.port, gateway.adminPort] {
            let host = start.hasPrefix("CONNECT") ? "a:80" : "a"
            let answer = try WireClient(port: port)
                .exchange("\(start) HTTP/1.1\r\nHost: \(host)\r\n\r\n")
            #expect(answer.status == 405)
            #expect(answer["allow"] != nil)
        }
    }

    @Test("what is not HTTP is answered once, and the connection ends")
    func notHTTP() throws {
        let gateway = try TestGateway()
        let client = try gateway.connect()
        try client.send(health + "nonsense\r\n\r\n" + health)
        #expect(try client.receive().status == 200)
        let answer = try client.receive()
        #expect(answer.status == 400)
        #expect(answer["connection"] == "close")
        #expect(client.ending() == .finished)
        #expect(try gateway.isWell)
    }

    @Test("more connections than there are places get 503, and the places are used again")
    func fullTable() throws {
        let gateway = try TestGateway { $0.connections = 16 }
        var retries: Set<String> = []
        for _ in 0..<3 {
            let clients = try (0..<16).map { _ in try gateway.connect() }
            for client in clients { #expect(try client.exchange(health).status == 200) }
            // Several: each draws its own time, from few.
            for _ in 0..<5 {
                let answer = try gateway.connect().exchange(
                    "GET /v1/operations/ete HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(answer.status == 503)
                #expect(answer.object["code"] as? String == "too_many_connections")
                #expect(answer["access-control-allow-origin"] == "*", "a page can read it")
                retries.insert(try #require(answer["retry-after"]))
            }
            // The operators' listener has places of its own.
            #expect(try gateway.admin("GET", "/v1/status").status == 200)
            // Ends that the gateway has seen, so that the next round finds the places free.
            for client in clients {
                client.finishSending()
                #expect(client.ending() == .finished)
            }
        }
        #expect(retries.count > 1, "those who were refused together do not come back together")
    }
}
