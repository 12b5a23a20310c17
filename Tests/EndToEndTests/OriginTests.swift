import TestSupport
import Testing

extension EndToEnd {
    @Suite("Browsers may post from the origins that an operation allows, and only from them")
    struct OriginTests {
        static let allowed = "https://jeu.example.fr"
        static let settings = "\"allowed_origins\":[\"\(allowed)\"]"

        @Test("a preflight from an allowed origin is answered with what may be sent")
        func preflight() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation(settings: Self.settings)
                let answer = try preflight(of: operation, from: Self.allowed, on: gateway)
                #expect(answer.status == 204, "\(answer)")
                #expect(answer["access-control-allow-origin"] == Self.allowed, "\(answer)")
                #expect(answer["access-control-allow-methods"]?.contains("POST") == true)
                let fields = answer["access-control-allow-headers"]?.lowercased() ?? ""
                for name in ["authorization", "content-type", "idempotency-key"] {
                    #expect(fields.contains(name), "\(answer)")
                }
                #expect(answer["content-length"] == nil, "204 has no length: \(answer)")
            }
        }

        @Test("a preflight asks for anything: what is wrong, the answer itself says")
        func anyPreflight() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation(settings: Self.settings)
                let headers = "authorization,baggage,content-type,sentry-trace,traceparent"
                let paths = [
                    operation.path, "/v1/operations/unknown/entries", "/v1/operations/ete",
                    "/nowhere",
                    "/healthz", "/v1/operations/ete/entries?x=1",
                ]
                for path in paths {
                    for method in ["POST", "GET", "PUT"] {
                        let request = HTTPRequest(
                            "OPTIONS", path,
                            [
                                ("Origin", "https://mal.example"),
                                ("Access-Control-Request-Method", method),
                                ("Access-Control-Request-Headers", headers),
                            ])
                        let answer = try gateway.connect().exchange(request.text)
                        #expect(answer.status == 204, "\(path): \(answer)")
                        #expect(answer["access-control-allow-origin"] == "*", "\(answer)")
                        #expect(answer["access-control-allow-methods"] == method, "\(answer)")
                        #expect(answer["access-control-allow-headers"] == headers, "\(answer)")
                        #expect(answer["access-control-max-age"] == "86400", "\(answer)")
                    }
                }
            }
        }

        @Test("an entry from an allowed origin may be read there, one from elsewhere is refused")
        func entries() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation(settings: Self.settings)
                let own = operation.entry("anne", fields: [("Origin", Self.allowed)])
                let accepted = try gateway.post(own)
                #expect(accepted.status == 201, "\(accepted)")
                #expect(accepted["access-control-allow-origin"] == Self.allowed, "\(accepted)")
                #expect(accepted["vary"]?.lowercased().contains("origin") == true, "\(accepted)")
                for origin in ["https://mal.example", "null", "http://jeu.example.fr"] {
                    let foreign = operation.entry("bernard", fields: [("Origin", origin)])
                    let refused = try gateway.post(foreign)
                    #expect(refused.status == 403, "\(origin): \(refused)")
                    #expect(refused.json["verdict"]?.string == "refused", "\(refused)")
                    #expect(refused.json["reasons"]?.elements == [.string("origin_not_allowed")])
                    #expect(refused["access-control-allow-origin"] == "*", "\(refused)")
                    #expect(refused["vary"]?.lowercased().contains("origin") == true)
                }
                let plain = try gateway.post(operation.entry("claire"))
                #expect(plain.status == 201, "no origin")
                #expect(plain["vary"]?.lowercased().contains("origin") == true, "\(plain)")
                #expect(plain["access-control-allow-origin"] == nil, "\(plain)")
                let refusals = try gateway.adminConnection()
                    .exchange(HTTPRequest("GET", "/metrics").text).text
                let series =
                    "portillon_refusals_total{operation=\"ete\",reason=\"origin_not_allowed\"} 3"
                #expect(refusals.contains(series))
                let isLogged = eventually(withinSeconds: 30) {
                    gateway.errors.contains("refused entries")
                        && gateway.errors.contains("https://mal.example")
                }
                #expect(isLogged, "\(gateway.errors)")
            }
        }

        @Test("a page can read every answer, whatever it is")
        func everyAnswer() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                let origin = [(name: "Origin", value: "https://page.example")]
                var wrongKey = operation.entry("a", fields: origin)
                wrongKey.fields[0].value = "Bearer pk_wrong"
                var unknown = operation.entry("a", fields: origin)
                unknown.target = "/v1/operations/unknown/entries"
                let zipped = operation.entry("a", fields: origin + [("Content-Encoding", "gzip")])
                let big = operation.entry(
                    "a", members: "\"fields\":{\"a\":\"\(String(repeating: "x", count: 17_000))\"}",
                    fields: origin)
                let requests: [(String, Int)] = [
                    (operation.entry("a", fields: origin).text, 201),
                    (wrongKey.text, 401), (unknown.text, 404), (zipped.text, 415),
                    (big.text, 413),
                    (operation.request(body: "{", fields: origin).text, 400),
                    (operation.request(body: "{}", fields: origin).text, 422),
                    (HTTPRequest("GET", operation.path, origin).text, 405),
                    (HTTPRequest("GET", "/nowhere", origin).text, 404),
                    (HTTPRequest("GET", "/v1/operations/ete", origin).text, 200),
                    (HTTPRequest("GET", "/v1/operations/nobody", origin).text, 404),
                    (HTTPRequest("GET", "/healthz", origin).text, 200),
                    (HTTPRequest("GET", "/readyz", origin).text, 200),
                    (HTTPRequest("GET", "/openapi.json", origin).text, 200),
                    (
                        HTTPRequest("GET", "/" + String(repeating: "x", count: 9_000), origin).text,
                        414
                    ),
                    (
                        HTTPRequest(
                            "GET", "/healthz",
                            (0..<70).map { (name: "X-\($0)", value: "v") } + origin
                        ).text, 431
                    ),
                    ("GET /healthz HTTP/1.1\r\n\r\n", 400),
                    ("GET /healthz HTTP/2.7\r\nHost: a\r\n\r\n", 505),
                ]
                for (request, status) in requests {
                    let answer = try gateway.connect().exchange(request)
                    #expect(answer.status == status, "\(request.prefix(80)): \(answer)")
                    #expect(answer["access-control-allow-origin"] == "*", "\(answer)")
                    #expect(answer["timing-allow-origin"] == "*", "\(answer)")
                    let exposed = answer["access-control-expose-headers"] ?? ""
                    #expect(exposed.contains("Retry-After"), "\(answer)")
                }
            }
        }

        @Test("a request without an origin is answered without the fields that only pages need")
        func servers() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                let reads = ["/v1/operations/ete", "/healthz", "/openapi.json", "/nowhere"]
                    .map { HTTPRequest("GET", $0) }
                for request in [operation.entry("anne"), operation.request(body: "{")] + reads {
                    let answer = try gateway.connect().exchange(request.text)
                    for name in [
                        "access-control-allow-origin", "access-control-expose-headers",
                        "timing-allow-origin",
                    ] {
                        #expect(answer[name] == nil, "\(answer)")
                    }
                    // What a cache keeps for servers is not for pages.
                    let isRead = request.method == "GET"
                    let fields = answer["vary"]?.split(separator: ", ").map(String.init) ?? []
                    #expect(fields.contains("Origin") == isRead, "\(answer)")
                }
            }
        }

        @Test("an allowed origin that no browser would send is refused, and says what it takes")
        func wrongOrigins() throws {
            try withGateway { gateway in
                _ = try gateway.openOperation()
                func put(_ origin: String) throws -> HTTPAnswer {
                    try gateway.admin(
                        "PATCH", "/v1/operations/ete",
                        "{\"allowed_origins\":[\(JSON.literal(origin))]}")
                }
                let wrong = [
                    "https://a.example/", "https://A.example", "HTTPS://a.example", "a.example",
                    "https://a.example:443", "http://a.example:80", "https://a.example/path",
                    "https://", "https://*.example", "null", "https://a.example?x", "//a.example",
                    "https://user@a.example", "https://a.example:0", "https://a.example:65536",
                    "https://é.example", "https://a..example", "file:///index.html",
                    "ws://a.example",
                    "https://a b.example", "https://a.example:", "https://1.2.3",
                    "https://256.1.1.1",
                    "https://a.example:08080", "https:a.example", "https://[::1",
                    "https://a.example.", "http://[::0001]:3000", "http://[0:0:0:0:0:0:0:1]",
                    "http://[::1:2:3:::]", "http://[:]", "http://[2001:db8::0:0:1]",
                    "http://[1:2:3:4:5:6::8]", "http://[1:2:3:4:5:6:7:8:9]", "http://[::1]:80",
                ]
                for origin in wrong {
                    let answer = try put(origin)
                    expectProblem(answer, 422)
                    let pointer = answer.json["errors"]?.elements.first?["pointer"]?.string
                    #expect(pointer == "/allowed_origins/0", "\(origin): \(answer)")
                    #expect(answer.json["detail"]?.string?.contains("origin") == true, "\(answer)")
                }
                #expect(
                    try put("https://a.example/x").json["detail"]?.string?
                        .contains("`https://a.example`") == true)
                #expect(
                    try put("http://[2001:DB8:0:0:1::]:3000").json["detail"]?.string?
                        .contains("`http://[2001:db8:0:0:1::]:3000`") == true)
                #expect(
                    try put("http://[0:0::1]/").json["detail"]?.string?
                        .contains("`http://[::1]`") == true)
                let right = [
                    "https://a.example", "http://localhost:3000", "http://127.0.0.1:8080",
                    "http://[::1]:3000", "http://[::]", "http://[1:2:3:4:5:6:7:8]",
                    "http://[1:0:3:4:5:6:7:8]", "http://[1:0:0:4::]", "https://xn--9ca.example",
                    "capacitor://localhost",
                    "https://a_b.example:8443", "*",
                ]
                for origin in right {
                    let answer = try put(origin)
                    #expect(answer.status == 200, "\(origin): \(answer)")
                }
                let operation = try gateway.makeKey(for: "ete")
                let entry = operation.entry("anne", fields: [("Origin", "https://any.example")])
                #expect(try gateway.post(entry).status == 201, "* is all")
            }
        }

        private func preflight(
            of operation: Operation, from origin: String, on gateway: Gateway
        ) throws -> HTTPAnswer {
            let request = HTTPRequest(
                "OPTIONS", operation.path,
                [
                    ("Origin", origin), ("Access-Control-Request-Method", "POST"),
                    (
                        "Access-Control-Request-Headers",
                        "authorization,content-type,idempotency-key"
                    ),
                ])
            return try gateway.connect().exchange(request.text)
        }
    }
}
