import Testing

extension EndToEnd {
    @Suite("A refusal says why")
    struct RefusalTests {
        @Test("a draft is not open, a closed operation is closed")
        func outsideItsDates() throws {
            try withGateway { gateway in
                let operation = try gateway.declareOperation()
                let early = try gateway.post(operation.entry("anne"))
                #expect(early.status == 403, "\(early)")
                #expect(early.json["code"]?.string == "not_open", "\(early)")
                _ = try gateway.admin("POST", "/v1/operations/ete/open", "{}")
                #expect(try gateway.post(operation.entry("anne")).status == 201)
                _ = try gateway.admin("POST", "/v1/operations/ete/close", #"{"note":"fin"}"#)
                let late = try gateway.post(operation.entry("bernard"))
                #expect(late.status == 410, "\(late)")
                #expect(late.json["verdict"]?.string == "closed", "\(late)")
                #expect(try gateway.state(of: operation)["participants"]?.integer == 1)
            }
        }

        @Test("an operation keeps to the dates that were set for it")
        func dates() throws {
            try withGateway { gateway in
                let future = try gateway.openOperation(
                    "future", settings: #""opens":"2999-01-01T00:00:00.000Z""#)
                let early = try gateway.post(future.entry("anne"))
                #expect(early.status == 403, "\(early)")
                #expect(early.json["code"]?.string == "not_open", "\(early)")
                #expect(early.json["opens"]?.string == "2999-01-01T00:00:00.000Z", "\(early)")
                let past = try gateway.openOperation(
                    "past", settings: #""closes":"2001-01-01T00:00:00.000Z""#)
                let late = try gateway.post(past.entry("anne"))
                #expect(late.status == 410, "\(late)")
                #expect(late.json["verdict"]?.string == "closed", "\(late)")
            }
        }

        @Test("without a key, with an unknown or a revoked one, nothing is accepted")
        func keys() throws {
            try withGateway { gateway in
                var operation = try gateway.openOperation()
                let second = try gateway.makeKey(for: "ete")
                let revoke = "/v1/keys/\(operation.keyIdentifier)/revoke"
                #expect(try gateway.post(operation.entry("anne")).status == 201)
                let revoked = try gateway.admin("POST", revoke, #"{"reason":"stolen"}"#)
                #expect(revoked.status / 100 == 2, "\(revoked)")
                expectProblem(try gateway.post(operation.entry("bernard")), 401)
                #expect(try gateway.post(second.entry("bernard")).status == 201)
                operation.key = "pk_unknown"
                let unknown = try gateway.post(operation.entry("claire"))
                expectProblem(unknown, 401)
                #expect(unknown["www-authenticate"]?.hasPrefix("Bearer") == true, "\(unknown)")
                let bare = HTTPRequest("POST", operation.path, body: #"{"participant":"d"}"#)
                expectProblem(try gateway.post(bare), 401)
                try gateway.kill()
                try gateway.start()
                operation.key = second.key
                #expect(try gateway.post(operation.entry("claire")).status == 201)
            }
        }

        @Test("a key opens its own operation only")
        func wrongOperation() throws {
            try withGateway { gateway in
                let first = try gateway.openOperation("ete")
                var second = try gateway.openOperation("hiver")
                second.key = first.key
                let wrong = try gateway.post(second.entry("anne"))
                #expect(wrong.status == 403, "\(wrong)")
                #expect(wrong.json["code"]?.string == "wrong_operation", "\(wrong)")
                second.name = "printemps"
                expectProblem(try gateway.post(second.entry("anne")), 404)
            }
        }

        @Test("a body must be JSON, of the right shape, and not too long")
        func bodies() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                func post(_ body: String, type: String = "application/json") throws -> HTTPAnswer {
                    let fields = [(name: "Content-Type", value: type)]
                    return try gateway.post(operation.request(body: body, fields: fields))
                }
                let entry = #"{"participant":"anne"}"#
                expectProblem(try post(entry, type: "text/plain"), 415)
                #expect(try post(entry, type: "application/json; charset=utf-8").status == 201)
                for body in [
                    "", "{", "{\"participant\":}", entry + "x", "{\"participant\":\"\u{1}\"}",
                ] {
                    expectProblem(try post(body), 400)
                }
                let long = String(repeating: " ", count: 16 * 1024 + 1 - entry.utf8.count)
                expectProblem(try post(entry + long), 413)
                #expect(try gateway.state(of: operation)["entries"]?.integer == 1)
            }
        }

        @Test(
            "JSON of the wrong shape is answered with what is wrong where",
            arguments: [
                (#"{}"#, "/participant"),
                (#"{"participant":7}"#, "/participant"),
                (#"{"participant":"a","fields":[]}"#, "/fields"),
                (#"{"participant":"a","age_confirmed":"yes"}"#, "/age_confirmed"),
                (#"{"participant":"a","consents":"rules"}"#, "/consents"),
                (#"{"participant":"a","consents":["rules",1]}"#, "/consents/1"),
                (#"{"participant":"a","a/b~c":1}"#, "/a~1b~0c"),
                (#"[]"#, ""),
            ])
        func shapes(body: String, pointer: String) throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                let answer = try gateway.post(operation.request(body: body))
                expectProblem(answer, 422)
                let pointers = answer.json["errors"]?.elements.map { $0["pointer"]?.string }
                #expect(pointers == [pointer], "\(answer)")
            }
        }

        @Test("age and consent that an operation asks for must be given")
        func ageAndConsent() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation(
                    settings: #""minimum_age":18,"consents":["rules"]"#)
                let cases = [
                    "", #""age_confirmed":true"#, #""consents":["rules"]"#,
                    #""age_confirmed":false,"consents":["rules"]"#,
                ]
                for members in cases {
                    let answer = try gateway.post(operation.entry("anne", members: members))
                    #expect(answer.status == 403, "\(members): \(answer)")
                    #expect(answer.json["verdict"]?.string == "refused", "\(answer)")
                    #expect(answer.json["reasons"]?.elements.isEmpty == false, "\(answer)")
                }
                let whole = #""age_confirmed":true,"consents":["rules"]"#
                #expect(try gateway.post(operation.entry("anne", members: whole)).status == 201)
            }
        }
    }
}
