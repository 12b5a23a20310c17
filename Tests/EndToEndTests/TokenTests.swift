import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Tokens expire, are renewed, suspected and declared (C16)")
    struct TokenTests {
        private func make(
            _ gateway: Gateway, _ members: String = #""role":"operator","name":"marie""#
        ) throws -> (id: String, token: String) {
            let made = try gateway.admin("POST", "/v1/tokens", "{\(members)}")
            try #require(made.status == 201, "\(made)")
            return (
                try #require(made.json["token_id"]?.string),
                try #require(made.json["token"]?.string)
            )
        }

        /// One that expires soon, and was seen to work before.
        private func makeShort(_ gateway: Gateway) throws -> (id: String, token: String) {
            for seconds in [3.0, 15, 60] {
                let end = time(in: seconds)
                let short = try make(
                    gateway, #""role":"operator","name":"marie","expires":"\#(end)""#)
                let answer = try status(gateway, short.token)
                let state = try listed(gateway, short.id)["state"]?.string
                // A machine that stood still until then is given more time.
                if time(in: 0) > end { continue }
                #expect(answer.status == 200, "\(answer)")
                #expect(state == "valid")
                return short
            }
            throw GatewayFailure("two requests take over a minute")
        }

        private func listed(_ gateway: Gateway, _ id: String) throws -> JSON {
            let list = try gateway.admin("GET", "/v1/tokens").json["tokens"]?.elements ?? []
            return try #require(list.first { $0["token_id"]?.string == id }, "\(list)")
        }

        private func status(_ gateway: Gateway, _ token: String) throws -> HTTPAnswer {
            try gateway.admin("GET", "/v1/status", token: token)
        }

        @Test("a token works until it expires, and is then told so, also after a restart")
        func expiry() throws {
            try withGateway { gateway in
                let usual = try make(gateway)
                #expect(try listed(gateway, usual.id)["days_left"]?.integer == 90)
                let short = try makeShort(gateway)
                let isOver = try eventually(withinSeconds: 120) {
                    try status(gateway, short.token).status == 401
                }
                #expect(isOver)
                expectProblem(try status(gateway, short.token), 401, code: "token_expired")
                let view = try listed(gateway, short.id)
                #expect(view["state"]?.string == "expired", "\(view)")
                #expect(view["days_left"]?.integer == 0, "\(view)")
                let said = try gateway.say(
                    ["status"],
                    variables: ["PORTILLON_TOKEN": short.token, "PORTILLON_DATA": "/no"])
                #expect(said.ending == .exit(1) && said.errors.contains("expired"), "\(said)")
                #expect(
                    try gateway.metric(
                        "portillon_tokens_refused_total{reason=\"expired\"}") >= 3)
                #expect(try gateway.stop() == .exit(0))
                try gateway.start()
                #expect(try status(gateway, short.token).status == 401)
                #expect(try status(gateway, usual.token).status == 200)
            }
        }

        @Test(
            "a token that outlives its maximum, or is over before it begins, is refused by field",
            arguments: ["operator", "auditor", "client", "scrape"])
        func maximum(role: String) throws {
            try withGateway { gateway in
                _ = try gateway.openOperation()
                let holder = role == "client" ? #""client":"acme""# : #""name":"n""#
                for expires in ["2099-01-01T00:00:00Z", "2020-01-01T00:00:00Z"] {
                    let answer = try gateway.admin(
                        "POST", "/v1/tokens",
                        "{\"role\":\"\(role)\",\(holder),\"expires\":\"\(expires)\"}")
                    expectProblem(answer, 422)
                    #expect(answer.text.contains(#""pointer":"/expires""#), "\(answer)")
                }
            }
        }

        @Test("a renewal gives the same holder a new secret; the one before ends after the overlap")
        func renewal() throws {
            try withGateway { gateway in
                let old = try make(gateway)
                let path = "/v1/tokens/\(old.id)/renew"
                expectProblem(
                    try gateway.admin("POST", path, #"{"overlap_seconds":-1}"#), 422)
                let began = ContinuousClock.now
                let renewed = try gateway.admin("POST", path, #"{"overlap_seconds":4}"#)
                #expect(renewed.status == 201, "\(renewed)")
                #expect(renewed.json["replaces"]?.string == old.id, "\(renewed)")
                let fresh = try #require(renewed.json["token"]?.string)
                #expect(fresh.hasPrefix("ot_") && fresh != old.token)
                #expect(try status(gateway, fresh).status == 200)
                let overlapping = try status(gateway, old.token).status
                // Where the machine stood still, the overlap may be over.
                if ContinuousClock.now - began < .seconds(4) { #expect(overlapping == 200) }
                let isOver = try eventually(withinSeconds: 30) {
                    try status(gateway, old.token).status == 401
                }
                #expect(isOver)
                expectProblem(try status(gateway, old.token), 401, code: "token_expired")
                #expect(try status(gateway, fresh).status == 200)
                let id = try #require(renewed.json["token_id"]?.string)
                #expect(try listed(gateway, old.id)["renewed_by"]?.string == id)
                #expect(try listed(gateway, id)["name"]?.string == "marie")
                expectProblem(try gateway.admin("POST", path, "{}"), 409, code: "not_in_force")
                let day = try gateway.say("token", "renew", id, "--json")
                #expect(day.ending == .exit(0), "\(day)")
                #expect(try status(gateway, fresh).status == 200, "a day is left")
                expectProblem(
                    try gateway.admin("POST", "/v1/tokens/\(id)/renew", "{}"), 409,
                    code: "token_renewed")
                expectProblem(
                    try gateway.admin("POST", "/v1/tokens/t-none/renew", "{}"), 404,
                    code: "unknown_token")
            }
        }

        @Test("a suspected token works, and each use is counted, shown and logged")
        func suspectedToken() throws {
            try withGateway { gateway in
                let marie = try make(gateway)
                let said = try gateway.say("token", "suspect", marie.id, "--note", "left behind")
                #expect(said.ending == .exit(0), "\(said)")
                for _ in 0..<3 { #expect(try status(gateway, marie.token).status == 200) }
                let view = try listed(gateway, marie.id)
                #expect(view["state"]?.string == "suspected", "\(view)")
                #expect(view["suspected_uses"]?.integer == 3, "\(view)")
                #expect(isTimestamp(view["suspected_last_use"]?.string), "\(view)")
                let message = "suspected keys or tokens are in use"
                let isTold = eventually(withinSeconds: 30) {
                    !gateway.lines(with: "message", message).isEmpty
                }
                #expect(isTold, "\(gateway.errors)")
                let line = gateway.lines(with: "message", message).first
                #expect(line?["suspects"]?[0]?["token_id"]?.string == marie.id, "\(gateway.errors)")
                #expect(!gateway.errors.contains(marie.token))
                let again = try gateway.say("token", "suspect", marie.id)
                #expect(again.ending == .exit(1), "\(again)")
            }
        }

        @Test("a suspected key lets entries in, is counted, and is in the dossier")
        func suspectedKey() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation()
                let path = "/v1/keys/\(operation.keyIdentifier)/suspect"
                let marked = try gateway.admin("POST", path, #"{"note":"seen on a forum"}"#)
                #expect(marked.status == 200, "\(marked)")
                #expect(isTimestamp(marked.json["suspected_at"]?.string), "\(marked)")
                for person in ["anna", "bert"] {
                    #expect(try gateway.post(operation.entry(person)).status == 201)
                }
                let listed = try gateway.admin("GET", "/v1/operations/ete/keys").json["keys"]?[0]
                #expect(listed?["suspected_uses"]?.integer == 2, "\(String(describing: listed))")
                let dossier = try gateway.admin("GET", "/v1/operations/ete/evidence").text
                #expect(dossier.contains("is suspected: it is watched, and not refused"))
                #expect(dossier.contains("seen on a forum"))
            }
        }

        @Test("declared at and refused from are two times, in views, dossier and journal")
        func declaration() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation()
                let path = "/v1/keys/\(operation.keyIdentifier)/revoke"
                let future = #"{"reason":"stolen","declared_at":"\#(time(in: 3_600))"}"#
                let refused = try gateway.admin("POST", path, future)
                expectProblem(refused, 422)
                #expect(refused.text.contains(#""pointer":"/declared_at""#), "\(refused)")
                let declared = time(in: -7_200)
                let said = try gateway.say(
                    "key", "revoke", operation.keyIdentifier, "--reason", "stolen",
                    "--declared-at", declared, "--json")
                #expect(said.ending == .exit(0), "\(said)")
                #expect(said.json["declared_at"]?.string == declared, "\(said)")
                let refusedFrom = try #require(said.json["refused_from"]?.string)
                #expect(refusedFrom > declared && said.json["revoked_at"]?.string == refusedFrom)
                #expect(try gateway.post(operation.entry("anna")).status == 401)
                let record = try #require(try gateway.records("access.revoke_key").first)
                #expect(record["at"]?.string == refusedFrom, "\(record)")
                #expect("\(record)".contains("declared_at"), "\(record)")
                let dossier = try gateway.admin("GET", "/v1/operations/ete/evidence").text
                #expect(dossier.contains("It was declared so at"), "both times")
                let marie = try make(gateway)
                let token = try gateway.admin(
                    "POST", "/v1/tokens/\(marie.id)/revoke",
                    #"{"reason":"lost","declared_at":"\#(declared)"}"#)
                #expect(token.json["declared_at"]?.string == declared, "\(token)")
                #expect(isTimestamp(token.json["refused_from"]?.string), "\(token)")
            }
        }

        @Test("an auditor reads all but people, and changes nothing")
        func auditor() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation()
                #expect(try gateway.post(operation.entry("anna-of-the-lake")).status == 201)
                let made = try gateway.say("token", "add", "auditor", "kpmg", "--json")
                #expect(made.ending == .exit(0), "\(made)")
                let token = try #require(made.json["token"]?.string, "\(made)")
                #expect(token.hasPrefix("au_"))
                let path = "/v1/operations/ete"
                for read in [
                    "/v1/status", "/v1/operations", path, path + "/keys", path + "/campaigns",
                    path + "/evidence", "/v1/tokens", "/metrics",
                ] {
                    let answer = try gateway.admin("GET", read, token: token)
                    #expect(answer.status == 200, "\(read): \(answer)")
                    #expect(!answer.text.contains("anna-of-the-lake"), "\(read)")
                }
                for (method, target, body) in [
                    ("GET", path + "/export", nil),
                    ("POST", path + "/suspend", #"{"ground":"security","note":"n"}"#),
                    ("POST", path + "/close", "{}"), ("PATCH", path, #"{"title":"x"}"#),
                    ("POST", "/v1/tokens", #"{"role":"scrape","name":"n"}"#),
                ] as [(String, String, String?)] {
                    let answer = try gateway.admin(method, target, body, token: token)
                    #expect(answer.status == 403, "\(method) \(target): \(answer)")
                }
                #expect(try gateway.records("person.export").isEmpty)
            }
        }
    }

    @Suite(
        "Tokens expire by the ledger's time",
        .enabled(if: FakeClock.library != nil, "libfaketime is missing: ops/dependencies test"))
    struct TokenClockTests {
        @Test("a leap of the clock ends no token until it is believed")
        func leap() throws {
            let gateway = try Gateway()
            let clock = try FakeClock(for: gateway)
            gateway.clock = clock
            try gateway.start()
            let made = try gateway.admin(
                "POST", "/v1/tokens",
                #"{"role":"operator","name":"marie","expires":"\#(time(in: 3_600))"}"#)
            let token = try #require(made.json["token"]?.string, "\(made)")
            try clock.set(forwardBySeconds: 7_200)
            let hasLeapt = try eventually(withinSeconds: 30) {
                try gateway.metric("portillon_clock_leap_seconds") > 3_600
            }
            #expect(hasLeapt, "\(gateway.errors)")
            #expect(try gateway.admin("GET", "/v1/status", token: token).status == 200)
            waitUntilFarFromMidnight(ahead: 7_200)
            let shown = Date.now.addingTimeInterval(7_200).formatted(.iso8601).prefix(10)
            let confirmed = try gateway.say("clock", "confirm", "\(shown)")
            #expect(confirmed.ending == .exit(0), "\(confirmed)")
            let isOver = try eventually(withinSeconds: 30) {
                try gateway.admin("GET", "/v1/status", token: token).status == 401
            }
            #expect(isOver)
            expectProblem(
                try gateway.admin("GET", "/v1/status", token: token), 401, code: "token_expired")
            #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
        }
    }
}
