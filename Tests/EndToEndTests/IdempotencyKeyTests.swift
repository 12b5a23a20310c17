import TestSupport
import Testing

extension EndToEnd {
    @Suite("An Idempotency-Key stands for one request")
    struct IdempotencyKeyTests {
        @Test("an Idempotency-Key with another request is refused, by whichever front-end key")
        func reusedKey() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation(rule: "unlimited")
                let second = try gateway.makeKey(for: "ete")
                let key = [
                    (name: "Idempotency-Key", value: "constant"),
                    (name: "Origin", value: "https://page.example"),
                ]
                func entry(_ person: String, _ members: String, by operation: Operation)
                    -> HTTPRequest
                { operation.entry(person, members: members, fields: key) }
                let members = #""fields":{"answer":"B"},"consents":["rules"],"source":"tv""#
                let first = try gateway.post(entry("anne", members, by: operation))
                #expect(first.status == 201, "\(first)")
                let others = [
                    entry("bernard", members, by: operation),
                    entry("bernard", members, by: second),
                    entry("anne", #""fields":{"answer":"C"}"#, by: operation),
                    entry("anne", #""fields":{"answer":"C"}"#, by: second),
                    entry("anne", members + #","age_confirmed":true"#, by: operation),
                    entry("anne", #""fields":{"answer":"B"},"source":"tv""#, by: operation),
                    entry("anne", #""fields":{"answer":"B"},"consents":["rules"]"#, by: operation),
                ]
                for other in others {
                    let refused = try gateway.post(other)
                    expectProblem(refused, 422, code: "idempotency_key_reused")
                    #expect(refused["access-control-allow-origin"] == "*")
                }
                // The same request, with what a retry may have beside: a ticket, a new key.
                let ticket = String(repeating: "A", count: 43)
                let again = [
                    entry("anne", members, by: operation), entry("anne", members, by: second),
                    entry("anne", members + ",\"ticket\":\"\(ticket)\"", by: operation),
                    entry(
                        "anne",
                        #""source":"tv","consents":["rules"],"fields":{"answer":"B"}"#,
                        by: operation),
                ]
                for request in again {
                    let answer = try gateway.post(request)
                    #expect(answer.status == 200, "\(answer)")
                    #expect(answer.json["entry"] == first.json["entry"], "\(answer)")
                }
                #expect(try gateway.state(of: operation)["entries"]?.integer == 1)
                try gateway.kill()
                try gateway.start()
                let later = try gateway.post(others[0])
                expectProblem(later, 422, code: "idempotency_key_reused")
                #expect(try gateway.post(again[0]).status == 200)
            }
        }

        @Test("a retry gets its answer whatever the operation's settings have become")
        func changedSettings() throws {
            try withGateway { gateway in
                let text = String(repeating: "0a", count: 32)
                let other = String(repeating: "0b", count: 32)
                let operation = try gateway.openOperation(
                    rule: "unlimited",
                    settings: """
                        "consents":["rules"],\
                        "consent_texts":{"rules":"\(text)","news":"\(text)"}
                        """)
                let entry = operation.entry(
                    "anne", members: #""consents":["rules","news"],"second_key":"home""#,
                    fields: [(name: "Idempotency-Key", value: "constant")])
                let first = try gateway.post(entry)
                #expect(first.status == 201, "\(first)")
                let changes = [
                    "{\"consent_texts\":{\"rules\":\"\(other)\",\"news\":\"\(text)\"}}",
                    #"{"consent_texts":null}"#, #"{"consents":["rules","privacy"]}"#,
                    #"{"minimum_age":18}"#, #"{"consents":[]}"#,
                ]
                for change in changes {
                    let changed = try gateway.admin("PATCH", "/v1/operations/ete", change)
                    #expect(changed.status == 200, "\(change): \(changed)")
                    let again = try gateway.post(entry)
                    #expect(again.status == 200, "\(change): \(again)")
                    #expect(again.json["entry"] == first.json["entry"], "\(again)")
                }
                // Another household is another request, also where nothing is decided by it.
                let moved = operation.entry(
                    "anne", members: #""consents":["rules","news"],"second_key":"away""#,
                    fields: [(name: "Idempotency-Key", value: "constant")])
                expectProblem(try gateway.post(moved), 422, code: "idempotency_key_reused")
            }
        }
    }
}
