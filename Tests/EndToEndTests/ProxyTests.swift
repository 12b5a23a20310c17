import Testing

extension EndToEnd {
    @Suite("Proxies in front are trusted where it is said, and nowhere else")
    struct ProxyTests {
        private static let health = HTTPRequest("GET", "/healthz").text

        @Test("behind a required PROXY header entries come through, without it nothing does")
        func proxyProtocol() throws {
            let options = ["--trusted-proxies", "127.0.0.1,::1", "--proxy-protocol", "required"]
            try withGateway(options: options) { gateway in
                let operation = try gateway.openOperation()
                let header = "PROXY TCP4 203.0.113.7 198.51.100.1 4711 443\r\n"
                let client = try gateway.connect()
                #expect(try client.exchange(header + operation.entry("anne").text).status == 201)
                #expect(try client.exchange(Self.health).status == 200)
                #expect(throws: HTTPConnection.Failure.self) {
                    _ = try gateway.connect().exchange(Self.health)
                }
                let scrape = try HTTPConnection(port: gateway.adminPort)
                    .exchange(HTTPRequest("GET", "/metrics").text)
                let refused = #"portillon_proxy_connections_refused_total{reason="malformed"} 1"#
                #expect(scrape.text.contains(refused))
            }
        }

        @Test("who may send a header must be named, or the gateway does not start")
        func contradiction() throws {
            let gateway = try Gateway()
            let process = try gateway.launch(options: ["--proxy-protocol", "required"])
            #expect(process.wait(atMostSeconds: 30) == .exit(78))
            #expect(gateway.says("trusted_proxies"), "\(gateway.errors)")
        }

        @Test("addresses of participants are in no metric and in no journal")
        func discretion() throws {
            let options = ["--trusted-proxies", "127.0.0.0/8"]
            try withReplayedGateway(options: options) { gateway in
                let operation = try gateway.openOperation()
                let fields = [(name: "X-Forwarded-For", value: "203.0.113.77")]
                let entry = operation.request(body: #"{"participant":"anne"}"#, fields: fields)
                #expect(try gateway.post(entry).status == 201)
                let scrape = try HTTPConnection(port: gateway.adminPort)
                    .exchange(HTTPRequest("GET", "/metrics").text)
                #expect(scrape.status == 200)
                #expect(!scrape.text.contains("203.0.113.77"))
                #expect(!gateway.errors.contains("203.0.113.77"))
            }
        }
    }
}
