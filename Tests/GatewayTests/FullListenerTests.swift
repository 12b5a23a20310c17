import Bytes
import Foundation
import Testing

@testable import Gateway

/// A supervisor must not take a gateway for dead because many people are there.
@Suite("A full listener says how the gateway is, and refuses all else", .onOwnThread)
struct FullListenerTests {
    private let health = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
    private let ready = "HEAD /readyz HTTP/1.1\r\nHost: a\r\n\r\n"
    private let read = "GET /v1/operations/ete HTTP/1.1\r\nHost: a\r\n\r\n"

    private func refused(_ gateway: TestGateway, _ listener: String = "public") throws -> Double {
        try gateway.metric(
            "portillon_connections_refused_total", "listener=\"\(listener)\"",
            "limit=\"connections\"")
    }

    /// Sixteen connections, each of which has had an answer.
    private func fill(_ gateway: TestGateway) throws -> [WireClient] {
        let clients = try (0..<16).map { _ in try gateway.connect() }
        for client in clients { #expect(try client.exchange(health).status == 200) }
        return clients
    }

    @Test("health and readiness are answered, once a connection; whoever is there keeps its place")
    func answered() throws {
        let gateway = try TestGateway { $0.connections = 16 }
        let clients = try fill(gateway)
        for _ in 0..<40 {
            let supervisor = try gateway.connect()
            let answer = try supervisor.exchange(health)
            #expect(answer.status == 200 && answer["connection"] == "close", "\(answer)")
            #expect(supervisor.ending() == .finished)
        }
        let supervisor = try gateway.connect()
        try supervisor.send(ready)
        #expect(try supervisor.receive(toHead: true).status == 200)
        #expect(try refused(gateway) == 0)
        for client in clients { #expect(try client.exchange(health).status == 200) }
    }

    @Test("all else is refused with its reason, a body that has not come too")
    func others() throws {
        let gateway = try TestGateway { $0.connections = 16 }
        let operation = try gateway.open("ete")
        let clients = try fill(gateway)
        let entry = operation.entry("a")
        for request in [read, health + read, entry, String(entry.dropLast(5))] {
            let client = try gateway.connect()
            try client.send(request)
            var answer = try client.receive()
            if request.hasPrefix(health) {
                #expect(answer.status == 200, "and no request behind it is begun")
            } else {
                #expect(answer.status == 503, "\(answer)")
                #expect(answer.object["code"] as? String == "too_many_connections")
                #expect(answer["retry-after"] != nil)
            }
            #expect(client.ending() == .finished)
            answer = try gateway.connect().exchange(health)
            #expect(answer.status == 200)
        }
        #expect(try refused(gateway) == 3)
        // A place that is given back is a whole one.
        clients[0].finishSending()
        #expect(clients[0].ending() == .finished)
        let next = try gateway.connect()
        #expect(try next.exchange(read).status == 200)
        #expect(try next.exchange(read).status == 200)
    }

    @Test("those who say nothing keep nobody from asking, and take no whole place")
    func silent() throws {
        let gateway = try TestGateway { $0.connections = 16 }
        _ = try gateway.open("ete")
        var clients = try fill(gateway)
        let silent = try (0..<100).map { _ in try gateway.connect() }
        #expect(try gateway.connect().exchange(health).status == 200)
        // The oldest of them are told why they go.
        let first = try silent[0].receive()
        #expect(first.status == 503 && first["retry-after"] != nil, "\(first)")
        #expect(silent[0].ending() == .finished)
        for client in clients {
            client.finishSending()
            #expect(client.ending() == .finished)
        }
        // As many whole places as before, though silent ones are still there.
        clients = try fill(gateway)
        for client in clients { #expect(try client.exchange(read).status == 200) }
        #expect(try gateway.connect().exchange(read).status == 503)
        withExtendedLifetime(silent) {}
    }

    @Test("the admin listener too, where all places are persons'")
    func admin() throws {
        let gateway = try TestGateway { $0.adminConnections = 4 }
        let list = gateway.adminRequest("GET", "/v1/tokens")
        let made = try gateway.admin("POST", "/v1/tokens", #"{"role":"operator","name":"marie"}"#)
        let marie = try #require(made.object["token"] as? String)
        let status = """
            GET /v1/status HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(marie)\r\n\r\n
            """
        let persons = try [list, list, status, status].map { request in
            let client = try WireClient(port: gateway.adminPort)
            #expect(try client.exchange(request).status == 200)
            return client
        }
        for _ in 0..<20 {
            #expect(try WireClient(port: gateway.adminPort).exchange(health).status == 200)
            #expect(try WireClient(port: gateway.adminPort).exchange(list).status == 503)
        }
        for (client, request) in zip(persons, [list, list, status, status]) {
            #expect(try client.exchange(request).status == 200)
        }
    }
}
