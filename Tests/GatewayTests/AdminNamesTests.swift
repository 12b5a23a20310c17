import Testing

@testable import Gateway

@Suite("The admin listener takes no requests of other pages, nor under other names", .onOwnThread)
struct AdminNamesTests {
    private static let page = PublicFile(
        path: "/", kind: .page, caching: .revalidated, users: .ownPages, body: Array("page".utf8))
    private static let script = PublicFile(
        path: "/room/room.js", kind: .script, caching: .revalidated, users: .ownPages,
        body: Array("script".utf8))

    private func start(_ names: [String] = []) throws -> TestGateway {
        try TestGateway(adminNames: AdminNames(names), room: [Self.page, Self.script])
    }

    /// Statuses of a request under this host name with these fields.
    private func ask(
        _ gateway: TestGateway, _ line: String, host: String, _ fields: String = ""
    ) throws -> Answer {
        try WireClient(port: gateway.adminPort).exchange(
            "\(line) HTTP/1.1\r\nHost: \(host)\r\nContent-Length: 0\r\n\(fields)\r\n")
    }

    @Test("pages have the listener's own names, and those of the setting")
    func names() throws {
        let gateway = try start(["Gate.example"])
        let port = gateway.adminPort
        for path in ["/", "/room/room.js"] {
            for host in [
                "127.0.0.1:\(port)", "localhost:\(port)", "[::1]:\(port)", "10.1.2.3",
                "gate.example", "GATE.example:\(port)",
            ] {
                #expect(try ask(gateway, "GET \(path)", host: host).status == 200, "\(host)")
            }
            for host in [
                "rebound.example:\(port)", "gate", "gate.example.evil.example", "agate.example",
                "gate.example.", "localhost.", "127.0.0.1.example", "%67ate.example",
            ] {
                let answer = try ask(gateway, "GET \(path)", host: host)
                #expect(answer.status == 421, "\(host)")
                #expect(answer.object["code"] as? String == "unknown_host")
                #expect(answer["connection"] == "close")
            }
        }
        // What front ends are told as well.
        #expect(try ask(gateway, "GET /healthz", host: "balancer.example").status == 200)
    }

    @Test("a page of another origin gets nothing, whatever it holds")
    func origins() throws {
        let gateway = try start(["gate.example"])
        let port = gateway.adminPort
        let own = "127.0.0.1:\(port)"
        for (origin, status) in [
            ("http://\(own)", 401), ("https://gate.example", 401), ("https://gate.example:9", 401),
            ("http://127.0.0.1:9", 403), ("http://localhost:\(port)", 403), ("null", 403),
            ("https://evil.example", 403), ("http://\(own).evil.example", 403), ("evil", 403),
            ("http://gate.example.evil.example", 403), ("http://", 403), ("http://:80", 403),
        ] {
            for line in [
                "GET /v1/status", "POST /v1/operations/ete/suspend", "OPTIONS /v1/operations/ete",
                "DELETE /v1/operations/ete", "GET /nowhere",
            ] {
                let answer = try ask(gateway, line, host: own, "Origin: \(origin)\r\n")
                // An anonymous request of the listener's own page still needs a token.
                #expect(answer.status == status, "\(line) of \(origin)")
                #expect(answer["access-control-allow-origin"] == nil)
            }
        }
        let rebound = try ask(
            gateway, "POST /v1/tokens", host: "evil.example:\(port)",
            "Origin: http://evil.example:\(port)\r\n")
        #expect(rebound.status == 421, "\(rebound)")
    }

    @Test("a page of another origin has nothing within itself, and may lead here")
    func embedded() throws {
        let gateway = try start()
        let own = "127.0.0.1:\(gateway.adminPort)"
        for (path, site, mode, status) in [
            ("/room/room.js", "cross-site", "no-cors", 403),
            ("/metrics", "cross-site", "cors", 403),
            ("/metrics", "same-site", "no-cors", 403), ("/metrics", "same-origin", "cors", 200),
            ("/metrics", "none", "navigate", 200), ("/", "cross-site", "navigate", 200),
            ("/room/room.js", "same-origin", "cors", 200),
        ] {
            let answer = try ask(
                gateway, "GET \(path)", host: own,
                "Sec-Fetch-Site: \(site)\r\nSec-Fetch-Mode: \(mode)\r\n")
            #expect(answer.status == status, "\(path) \(site) \(mode)")
        }
    }

    @Test("a browser reads what needs no token under the listener's own names alone")
    func browsers() throws {
        let gateway = try start(["gate.example"])
        let port = gateway.adminPort
        for path in ["/healthz", "/readyz"] {
            for field in [
                "Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty",
                "Accept-Language: fr",
            ] {
                let rebound = try ask(
                    gateway, "GET \(path)", host: "rebound.example:\(port)", field + "\r\n")
                #expect(rebound.status == 421, "\(path) \(field)")
                for host in ["127.0.0.1:\(port)", "localhost:\(port)", "gate.example"] {
                    let own = try ask(gateway, "GET \(path)", host: host, field + "\r\n")
                    #expect(own.status == 200, "\(path) \(host)")
                }
            }
        }
        // Balancers send no such field; a token is none that a page of others has.
        for path in ["/healthz", "/readyz"] {
            #expect(try ask(gateway, "GET \(path)", host: "balancer.example").status == 200)
        }
        let status = try ask(
            gateway, "GET /v1/status", host: "balancer.example", "Sec-Fetch-Mode: navigate\r\n")
        #expect(status.status == 401)
    }

    @Test("a request with a token is taken under any name")
    func tokens() throws {
        let gateway = try start()
        let answer = try gateway.admin("GET", "/v1/token")
        #expect(answer.status == 200 && answer.object["role"] as? String == "admin", "\(answer)")
        let routes = answer.object["routes"] as? [String] ?? []
        #expect(routes.contains("POST /v1/operations/{operation}/suspend"))
        #expect(routes.count == AdminRouteTable.routes.count)
    }

    @Test("the page says what browsers may do with it, and is not asked for twice")
    func fields() throws {
        let gateway = try start()
        let answer = try ask(gateway, "GET /", host: "localhost")
        let policy = answer["content-security-policy"] ?? ""
        for part in ["default-src 'none'", "frame-ancestors 'none'", "form-action 'none'"] {
            #expect(policy.contains(part), "\(policy)")
        }
        #expect(!policy.contains("unsafe"))
        #expect(answer["x-frame-options"] == "DENY")
        #expect(answer["cross-origin-opener-policy"] == "same-origin")
        #expect(answer["cross-origin-resource-policy"] == "same-origin")
        #expect(answer["referrer-policy"] == "no-referrer")
        #expect(answer["cache-control"] == "no-cache")
        let tag = try #require(answer["etag"])
        let again = try ask(gateway, "GET /", host: "localhost", "If-None-Match: \(tag)\r\n")
        #expect(again.status == 304 && again.body.isEmpty)
        let script = try ask(gateway, "GET /room/room.js", host: "localhost")
        #expect(script["cross-origin-resource-policy"] == "same-origin")
        #expect(try ask(gateway, "POST /", host: "localhost").status == 405)
    }
}
