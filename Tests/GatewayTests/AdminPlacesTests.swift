import Foundation
import TestSupport
import Testing

@testable import Gateway

@Suite("Places of the admin listener, by token", .onOwnThread)
struct AdminPlacesTests {
    private let health = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("strangers keep nobody out: each newcomer gets in, and the oldest stranger goes")
    func strangers() throws {
        let gateway = try TestGateway { $0.adminConnections = 16 }
        let strangers = try (0..<100).map { _ in try WireClient(port: gateway.adminPort) }
        #expect(try gateway.admin("GET", "/v1/status").status == 200)
        #expect(try gateway.connect().exchange(health).status == 200)
        #expect(strangers[0].ending() == .finished)
        #expect(try ended(gateway, "displaced") >= 92)
    }

    @Test("a connection without a token ends soon, however it drips; one with a token stays")
    func deadline() throws {
        let gateway = try TestGateway { limits in
            limits.unauthenticatedSeconds = 1
            limits.headSeconds = 300
        }
        // Where this thread stands still for the second before it has sent what it is to send, the
        // connection is closed already: then another one does it.
        let request = gateway.adminRequest("GET", "/v1/tokens")
        var good = try WireClient(port: gateway.adminPort)
        let isGood = try eventually {
            good = try WireClient(port: gateway.adminPort)
            return (try? good.exchange(request).status) == 200  // closed: see above
        }
        try #require(isGood)
        let silent = try WireClient(port: gateway.adminPort)
        #expect(silent.ending() == .finished)
        let isToldLate = try eventually {
            let half = try WireClient(port: gateway.adminPort)
            half.sendWhatIsTaken("GET /v1/status HTTP/1.1\r\nHo")
            let status = try? half.receive().status  // closed: see above
            return status == 408 && half.ending() == .finished
        }
        #expect(isToldLate)
        let metrics = try good.exchange(gateway.adminRequest("GET", "/metrics")).text
        let count = metrics.firstMatch(
            of: /connections_ended_total\{listener="admin",limit="unauthenticated"\} (\d+)/)
        #expect(count.flatMap { Int($0.1) } ?? 0 >= 1)
        // What needs no token is answered for as long, and then for the last time.
        let isToldLast = try eventually {
            let prober = try WireClient(port: gateway.adminPort)
            var answers: [Answer] = []
            // Closed between two answers: as above.
            while answers.last?["connection"] == nil, let answer = try? prober.exchange(health) {
                answers.append(answer)
            }
            #expect(answers.allSatisfy { $0.status == 200 })
            return answers.count > 1 && answers.last?["connection"] == "close"
                && prober.ending() == .finished
        }
        #expect(isToldLast)
        #expect(try good.exchange(request).status == 200)
    }

    @Test("a wrong token costs its connection, and nothing behind it is read")
    func wrongToken() throws {
        let gateway = try TestGateway()
        let client = try WireClient(port: gateway.adminPort)
        let guess = "GET /v1/status HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer at_guess\r\n\r\n"
        try client.send(guess + guess)
        let answer = try client.receive()
        #expect(answer.status == 401)
        #expect(answer["connection"] == "close")
        #expect(client.ending() == .finished)
    }

    @Test("a client's token has its share of connections, over all of its tokens")
    func connectionShare() throws {
        let gateway = try TestGateway { $0.adminConnections = 16 }
        _ = try gateway.open("ete")
        let body = #"{"role":"client","client":"acme"}"#
        let tokens = try (0..<2).map { _ in try token(gateway, body) }
        let list = tokens.map { request($0, "GET", "/v1/operations") }
        let kept = try (0..<4).map { number in
            let client = try WireClient(port: gateway.adminPort)
            #expect(try client.exchange(list[number % 2]).status == 200)
            return client
        }
        let further = try WireClient(port: gateway.adminPort)
        let refused = try further.exchange(list[0])
        #expect(refused.status == 429 && refused["retry-after"] == "1", "\(refused)")
        #expect(refused.object["code"] as? String == "too_many_connections")
        #expect(refused["connection"] == "close")
        #expect(try gateway.admin("GET", "/v1/operations").status == 200)
        kept[0].finishSending()
        #expect(kept[0].ending() == .finished)
        #expect(try WireClient(port: gateway.adminPort).exchange(list[1]).status == 200)
    }

    @Test("bodies that do not come are requests in progress: one token's share, and no more")
    func slowBodies() throws {
        let gateway = try TestGateway { $0.bodySeconds = 300 }
        _ = try gateway.open("ete")
        _ = try gateway.admin("PUT", "/v1/clients/bolt", #"{"name":"Bolt"}"#)
        let acme = try token(gateway, #"{"role":"client","client":"acme"}"#)
        let bolt = try token(gateway, #"{"role":"client","client":"bolt"}"#)
        let path = "/v1/operations/ete/traffic-notice"
        let body = #"{"expected_participants":80000}"#
        let whole = request(acme, "POST", path, body)
        var slow = try (0..<8).map { _ in
            let client = try WireClient(port: gateway.adminPort)
            try client.send(String(whole.dropLast(body.utf8.count)))
            return client
        }
        let inProgress = "portillon_admin_requests_in_progress"
        #expect(try eventually { try gateway.metric(inProgress, "\"request\"") == 8 })
        // The head is enough to be refused.
        let further = try WireClient(port: gateway.adminPort)
        try further.send(String(whole.dropLast(body.utf8.count)))
        let refused = try further.receive()
        #expect(refused.status == 429 && refused["retry-after"] == "1", "\(refused)")
        #expect(refused.object["code"] as? String == "too_many_requests")
        #expect(
            try gateway.metric(
                "portillon_admin_requests_refused_total", "class=\"request\"", "limit=\"token\"")
                == 1)
        let other = try WireClient(port: gateway.adminPort)
        #expect(try other.exchange(request(bolt, "GET", "/v1/operations")).status == 200)
        // An operator's, in two pieces.
        let measure = gateway.adminRequest("POST", "/v1/operations/ete/pace", #"{"per_second":9}"#)
        let person = try WireClient(port: gateway.adminPort)
        try person.send(String(measure.dropLast(4)))
        #expect(try eventually { try gateway.metric(inProgress, "\"measure\"") == 1 })
        try person.send(String(measure.suffix(4)))
        #expect(try person.receive().status == 200)
        // What comes at last is answered; what goes gives its place back.
        try slow[0].send(body)
        #expect(try slow[0].receive().status == 201)
        slow = []
        #expect(try eventually { try gateway.metric(inProgress, "\"request\"") == 0 })
        #expect(try eventually { try gateway.metric(inProgress, "\"measure\"") == 0 })
    }

    @Test("one scraper takes its share of the scrapes' places, and others scrape")
    func scrapes() throws {
        let gateway = try TestGateway { $0.bodySeconds = 300 }
        let greedy = try token(gateway, #"{"role":"scrape","name":"greedy"}"#)
        let modest = try token(gateway, #"{"role":"scrape","name":"modest"}"#)
        let half = request(greedy, "GET", "/metrics", "{}")
        let slow = try (0..<4).map { _ in
            let client = try WireClient(port: gateway.adminPort)
            try client.send(String(half.dropLast(1)))
            return client
        }
        let inProgress = "portillon_admin_requests_in_progress"
        // The scrape that says so is one itself.
        #expect(try eventually { try gateway.metric(inProgress, "\"scrape\"") == 5 })
        func scrape(_ token: String) throws -> Int {
            try WireClient(port: gateway.adminPort)
                .exchange(request(token, "GET", "/metrics")).status
        }
        #expect(try scrape(greedy) == 429)
        #expect(try scrape(modest) == 200)
        for client in slow {
            try client.send("}")
            #expect(try client.receive().status == 200)
        }
        #expect(try scrape(greedy) == 200)
    }

    private func ended(_ gateway: TestGateway, _ limit: String) throws -> Double {
        try gateway.metric(
            "portillon_connections_ended_total", "listener=\"admin\"", "limit=\"\(limit)\"")
    }

    private func token(_ gateway: TestGateway, _ body: String) throws -> String {
        let made = try gateway.admin("POST", "/v1/tokens", body)
        return try #require(made.object["token"] as? String, "\(made)")
    }

    private func request(
        _ token: String, _ method: String, _ path: String, _ body: String = ""
    ) -> String {
        """
        \(method) \(path) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r
        Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)
        """
    }
}
