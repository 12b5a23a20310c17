import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("One person, one household, the first so many (C25)")
    struct OnePersonTests {
        /// The cap that writers race for; PORTILLON_CAP asks for another one.
        private static let cap =
            ProcessInfo.processInfo.environment["PORTILLON_CAP"].flatMap(Int.init) ?? 500

        @Test("seven spellings of an e-mail address are one participant; each is stored as given")
        func email() throws {
            let spellings = [
                "jean.dupont@gmail.com", "Jean.Dupont@Gmail.com", "jeandupont@gmail.com",
                "  jean.dupont@gmail.com ", "jean.dupont+jeu@gmail.com",
                "JEANDUPONT@GOOGLEMAIL.COM", "\u{A0}j.e.a.n.dupont+x@gmail.com",
            ]
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation(
                    rule: "unlimited", settings: #""identity":"email""#)
                for spelling in spellings {
                    let answer = try gateway.post(operation.entry(spelling))
                    #expect(answer.status == 201, "\(answer)")
                    #expect(answer.json["participant_number"]?.integer == 1, "\(spelling)")
                }
                let other = try gateway.post(operation.entry("jean.dupont@example.fr"))
                #expect(other.json["participant_number"]?.integer == 2, "\(other)")
                let wrong = try gateway.post(operation.entry("no address"))
                expectProblem(wrong, 422, code: "wrong_shape")
                #expect(
                    wrong.json["errors"]?.elements.compactMap { $0["pointer"]?.string }
                        == ["/participant"])
                let lines = try gateway.admin("GET", "/v1/operations/ete/export").text
                    .split(separator: "\n")
                    .map { try JSONDecoder().decode(JSON.self, from: Data($0.utf8)) }
                let given = lines.compactMap { $0["participant"]?.string }
                #expect(given == spellings + ["jean.dupont@example.fr"], "\(lines)")
                try gateway.kill()
                try gateway.start()
                let later = try gateway.post(operation.entry("Jean.Dupont+y@googlemail.com"))
                #expect(later.json["participant_number"]?.integer == 1, "\(later)")
            }
        }

        @Test("a telephone number is read by the operation's country; once is one person")
        func phone() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation(
                    settings: #""identity":"phone","country":"FR""#)
                let first = try gateway.post(operation.entry("06 12 34 56 78"))
                #expect(first.status == 201, "\(first)")
                for spelling in ["+33612345678", "0033 6 12 34 56 78", "+33 (0)6.12.34.56.78"] {
                    let again = try gateway.post(operation.entry(spelling))
                    #expect(again.status == 200, "\(spelling): \(again)")
                    #expect(again.json["entry"] == first.json["entry"])
                }
                expectProblem(try gateway.post(operation.entry("0612")), 422, code: "wrong_shape")
                for (body, pointer) in [
                    (#"{"country":null}"#, "/country"), (#"{"country":"XX"}"#, "/country"),
                    (#"{"country":"fr"}"#, "/country"), (#"{"identity":"mail"}"#, "/identity"),
                ] {
                    let refused = try gateway.admin("PATCH", "/v1/operations/ete", body)
                    expectProblem(refused, 422)
                    let found = refused.json["errors"]?.elements.first?["pointer"]?.string
                    #expect(found == pointer, "\(body): \(refused)")
                }
                let fixed = try gateway.admin("PATCH", "/v1/operations/ete", #"{"country":"BE"}"#)
                expectProblem(fixed, 409, code: "identity_fixed")
            }
        }

        @Test("the first so many, whatever comes at once; repeated entries are answered on")
        func cap() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation(
                    settings: "\"cap\":{\"participants\":\(Self.cap)}")
                let writers = Writers()
                let each = Self.cap / 64 * 2 + 4
                writers.start(
                    64, run: "w", port: gateway.port, operation: operation, limit: each)
                try #require(writers.join(withinSeconds: 300))
                let known = writers.known
                #expect(known.faults == [] && known.unanswered == [])
                #expect(known.refused == [410: 64 * each - Self.cap])
                let numbers = known.acknowledged.values.map(\.number).sorted()
                #expect(numbers == Array(1...Self.cap))
                let late = try gateway.post(operation.entry("late"))
                expectProblem(late, 410, code: "cap_reached")
                #expect(late.json["verdict"]?.string == "closed", "\(late)")
                #expect(try gateway.faults(in: writers, of: operation) == [])
                let page = try gateway.connect()
                    .exchange(HTTPRequest("GET", "/v1/operations/ete").text).json
                #expect(page["state"]?.string == "closed" && page["cap_reached"]?.bool == true)
                #expect(page["cap"]?["participants"]?.integer == Self.cap, "\(page)")
                let lower = try gateway.admin(
                    "PATCH", "/v1/operations/ete", "{\"cap\":{\"participants\":\(Self.cap - 1)}}")
                expectProblem(lower, 409, code: "cap_below_count")
                // Thousands stand apart.
                #expect(
                    lower.text.filter { $0 != "," && $0 != " " }.contains("\(Self.cap)part"),
                    "\(lower)")
                let refusals =
                    "portillon_refusals_total{operation=\"ete\",reason=\"cap_reached\"}"
                #expect(try gateway.metric(refusals) == Double(64 * each - Self.cap + 1))
            }
        }

        @Test("a household has so many entries, whatever comes at once, and over a restart")
        func secondKey() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation(
                    rule: "unlimited", settings: #""second_key":{"name":"household","limit":7}"#)
                let missing = try gateway.post(operation.entry("anne"))
                expectProblem(missing, 422, code: "wrong_shape")
                #expect(
                    missing.json["errors"]?.elements.first?["pointer"]?.string == "/second_key")
                #expect(missing.text.contains("household"), "\(missing)")
                let writers = Writers()
                for house in 0..<8 {
                    writers.start(
                        8, run: "h\(house)", port: gateway.port, operation: operation, limit: 5,
                        members: "\"second_key\":\"house \(house)\"")
                }
                try #require(writers.join(withinSeconds: 120))
                let known = writers.known
                #expect(known.faults == [] && known.unanswered == [])
                #expect(known.refused == [403: 8 * (40 - 7)])
                for house in 0..<8 {
                    let count = known.acknowledged.keys.count { $0.hasPrefix("h\(house)-") }
                    #expect(count == 7, "house \(house): \(count)")
                }
                try gateway.kill()
                try gateway.start()
                let members = #""second_key":"house 3""#
                let late = try gateway.post(operation.entry("late", members: members))
                expectProblem(late, 403, code: "refused")
                #expect(late.json["reasons"]?.elements == [.string("second_key_limit")])
                let journal = try journalText(gateway)
                #expect(journal.contains("household") && !journal.contains("house 3"))
                let fixed = try gateway.admin(
                    "PATCH", "/v1/operations/ete", #"{"second_key":{"limit":8}}"#)
                expectProblem(fixed, 409, code: "second_key_fixed")
            }
        }

        /// What the journal holds, as text.
        private func journalText(_ gateway: Gateway) throws -> String {
            let folder = gateway.data + "/journal/"
            let segments = try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { $0.hasSuffix(".segment") }
            #expect(!segments.isEmpty)
            return segments.map {
                let bytes = FileManager.default.contents(atPath: folder + $0) ?? Data()
                return String(decoding: bytes, as: UTF8.self)
            }.joined()
        }

        @Test("a client's token sets what its participants are; a draft meets the same errors")
        func client() throws {
            try withReplayedGateway { gateway in
                _ = try gateway.openOperation()
                let made = try gateway.admin(
                    "POST", "/v1/tokens", #"{"role":"client","client":"acme"}"#)
                let token = try #require(made.json["token"]?.string, "\(made)")
                let body =
                    #"{"identity":"phone","country":"FR","cap":{"entries":1},"#
                    + #""second_key":{"name":"household","limit":1}}"#
                let set = try gateway.admin("PATCH", "/v1/operations/ete", body, token: token)
                #expect(set.status == 200 && set.json["country"]?.string == "FR", "\(set)")
                let record = try #require(try gateway.records("operation.put").last)
                #expect(record["by"]?["name"]?.string == "acme", "\(record)")
                let draft = #"{"client":"acme","title":"Hiver","identity":"phone"}"#
                let refused = try gateway.admin("PUT", "/v1/operations/hiver", draft)
                expectProblem(refused, 422)
                let pointers = refused.json["errors"]?.elements.compactMap { $0["pointer"]?.string }
                #expect(pointers == ["/country"], "\(refused)")
                let said = try gateway.say(
                    "operation", "put", "hiver", "--client", "acme", "--title", "Hiver",
                    "--identity", "phone")
                #expect(said.ending != .exit(0), "\(said)")
                #expect(said.errors.contains("country"), "\(said)")
            }
        }

        @Test("settings on the command line and in the answers; one cap takes the place of another")
        func settings() throws {
            try withReplayedGateway { gateway in
                _ = try gateway.openOperation()
                let put = try gateway.say(
                    "operation", "set", "ete", "--identity", "phone", "--country", "FR",
                    "--second-key", "device=2", "--cap-participants", "5000", "--json")
                #expect(put.ending == .exit(0), "\(put)")
                #expect(put.json["identity"]?.string == "phone", "\(put)")
                #expect(put.json["second_key"]?["limit"]?.integer == 2, "\(put)")
                #expect(put.json["cap"]?["participants"]?.integer == 5_000, "\(put)")
                #expect(put.json["cap_reached"]?.bool == false, "\(put)")
                let set = try gateway.say(
                    "operation", "set", "ete", "--cap-entries", "9", "--unset", "second-key",
                    "--unset", "identity", "--unset", "country", "--json")
                #expect(set.ending == .exit(0), "\(set)")
                #expect(set.json["cap"] == .object(["entries": .number(9)]), "\(set)")
                #expect(set.json["second_key"] == nil && set.json["identity"]?.string == "opaque")
                let page = try gateway.connect()
                    .exchange(HTTPRequest("GET", "/v1/operations/ete").text).json
                #expect(page["identity"]?.string == "opaque" && page["second_key"] == .null)
                #expect(page["cap"] == .object(["entries": .number(9)]), "\(page)")
                #expect(page["state"]?.string == "open" && page["country"] == .null)
                for (body, pointer) in [
                    (#"{"cap":{"participants":3}}"#, "/cap"),
                    (#"{"cap":{"entries":0}}"#, "/cap/entries"),
                    (#"{"second_key":{"name":"a"}}"#, "/second_key/limit"),
                    (#"{"second_key":{"name":"A","limit":1}}"#, "/second_key/name"),
                    (#"{"second_key":"household"}"#, "/second_key"),
                    (#"{"second_key":{"name":"a","limit":1,"x":1}}"#, "/second_key/x"),
                ] {
                    let refused = try gateway.admin("PATCH", "/v1/operations/ete", body)
                    expectProblem(refused, 422)
                    let found = refused.json["errors"]?.elements.first?["pointer"]?.string
                    #expect(found == pointer, "\(body): \(refused)")
                }
                let shown = try gateway.say("operation", "show", "ete")
                #expect(shown.output.contains("opaque"), "\(shown)")
                let dossier = try gateway.admin("GET", "/v1/operations/ete/evidence").text
                #expect(dossier.contains("telephone number"), "\(dossier.prefix(2_000))")
            }
        }
    }
}
