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

        @Test("a preflight from elsewhere is given nothing")
        func foreignPreflight() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation(settings: Self.settings)
                let answer = try preflight(of: operation, from: "https://mal.example", on: gateway)
                #expect(answer["access-control-allow-origin"] == nil, "\(answer)")
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
                    #expect(refused["access-control-allow-origin"] == nil, "\(refused)")
                }
                #expect(try gateway.post(operation.entry("claire")).status == 201, "no origin")
            }
        }

        private func preflight(
            of operation: Operation, from origin: String, on gateway: Gateway
        ) throws -> HTTPAnswer {
            let request = HTTPRequest(
                "OPTIONS", operation.path,
                [
                    ("Origin", origin), ("Access-Control-Request-Method", "POST"),
                    ("Access-Control-Request-Headers", "authorization,content-type"),
                ])
            return try gateway.connect().exchange(request.text)
        }
    }
}
