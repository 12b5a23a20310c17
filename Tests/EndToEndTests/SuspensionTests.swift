import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Suspension whole: clients, notices, confirmations, exchanges (C4, C8, C14, C15)")
    struct SuspensionTests {
        // MARK: A client

        @Test("a suspended client's operations refuse entries, one that is created later too")
        func client() throws {
            try withReplayedGateway { gateway in
                let summer = try gateway.openOperation("ete")
                let winter = try gateway.openOperation(
                    "hiver", settings: #""public_reason":"Back on Monday.""#)
                let said = try gateway.say(
                    "client", "suspend", "acme", "--ground", "fraud", "--note", "ticket 4711",
                    "--public-reason", "Ask your shop.")
                #expect(said.ending == .exit(0), "\(said)")
                #expect(said.output.contains("suspended by a person"), "\(said)")
                let later = try gateway.openOperation("apres")
                for operation in [summer, winter, later] {
                    let refused = try gateway.post(operation.entry("anne"))
                    expectProblem(refused, 503)
                    #expect(refused.json["verdict"]?.string == "suspended", "\(refused)")
                    #expect(refused.json["reason"]?.string == "Ask your shop.", "\(refused)")
                    #expect(!refused.text.contains("fraud"), "\(refused)")
                    let state = try gateway.state(of: operation)
                    #expect(state["state"]?.string == "suspended", "\(state)")
                    #expect(state["suspension"]?["of"]?.string == "client", "\(state)")
                }
                try gateway.kill()
                try gateway.start()
                expectProblem(try gateway.post(later.entry("anne")), 503)
                let shown = try gateway.say("client", "show", "acme", "--json")
                #expect(shown.json["suspension"]?["ground"]?.string == "fraud", "\(shown)")
                let own = try gateway.say("operation", "resume", "ete")
                #expect(own.ending == .exit(1), "\(own)")
                #expect(own.errors.contains("client resume"), "\(own)")
                let resumed = try gateway.say("client", "resume", "acme", "--note", "cleared")
                #expect(resumed.ending == .exit(0), "\(resumed)")
                for operation in [summer, winter, later] {
                    #expect(try gateway.post(operation.entry("anne")).status == 201)
                }
                let again = try gateway.say("client", "resume", "acme")
                #expect(again.ending == .exit(1), "\(again)")
            }
        }

        @Test("its end comes by itself, and an operation's own suspension stays beside it")
        func ends() throws {
            try withReplayedGateway { gateway in
                let summer = try gateway.openOperation("ete")
                let winter = try gateway.openOperation("hiver")
                let until = time(in: 600)
                let own = try gateway.admin(
                    "POST", "/v1/operations/hiver/suspend", #"{"ground":"security","note":"n"}"#)
                #expect(own.status == 200, "\(own)")
                let client = try gateway.admin(
                    "POST", "/v1/clients/acme/suspend",
                    #"{"ground":"fraud","note":"n","until":"\#(until)"}"#)
                #expect(client.json["suspension"]?["until"]?.string == until, "\(client)")
                let refused = try gateway.post(summer.entry("anne"))
                #expect(refused.json["until"]?.string == until, "\(refused)")
                // The later end is the one that nobody knows.
                let both = try gateway.state(of: winter)
                #expect(both["suspension"]?["of"]?.string == "operation", "\(both)")
                #expect(both["suspensions"]?.elements.count == 2, "\(both)")
                _ = try gateway.suspendBriefly(
                    "/v1/clients/acme", #""ground":"fraud","note":"n""#)
                let isOpen = try eventually(withinSeconds: 120) {
                    try gateway.state(of: summer)["state"]?.string == "open"
                }
                #expect(isOpen)
                #expect(try gateway.post(summer.entry("anne")).status == 201)
                expectProblem(try gateway.post(winter.entry("anne")), 503)
                let ended = try gateway.records("client_suspension.ended")
                let operations = Set(ended.compactMap { $0["operation"]?.string })
                #expect(operations == ["ete", "hiver"], "\(ended)")
                let shown = try gateway.admin("GET", "/v1/clients/acme")
                #expect(shown.json["suspension"] == nil, "\(shown)")
            }
        }

        @Test("nobody is sent back to an operation that closes before it may go on")
        func beyondClosing() throws {
            try withGateway { gateway in
                let closes = time(in: 600)
                let late = try gateway.openOperation("ete", settings: "\"closes\":\"\(closes)\"")
                let soon = time(in: 240)
                let ending = try gateway.openOperation(
                    "hiver", settings: "\"closes\":\"\(soon)\"")
                let suspension = #""ground":"security","note":"n""#
                func refused(_ operation: Operation, until: String?) throws -> HTTPAnswer {
                    let path = "/v1/operations/\(operation.name)/"
                    let end = until.map { ",\"until\":\"\($0)\"" } ?? ""
                    let held = try gateway.admin("POST", path + "suspend", "{\(suspension)\(end)}")
                    #expect(held.status == 200, "\(held)")
                    let answer = try gateway.post(operation.entry("anne"))
                    expectProblem(answer, 503, code: "suspended")
                    #expect(try gateway.admin("POST", path + "resume", "{}").status == 200)
                    return answer
                }
                // It goes on before it closes; it ends as it closes; it ends later; nobody knows.
                for (operation, until, isOver) in [
                    (late, time(in: 300), false), (late, closes, true), (late, time(in: 900), true),
                    (late, nil, false), (ending, nil, true),
                ] {
                    let answer = try refused(operation, until: until)
                    let told = "\(operation.name) until \(until ?? "a person ends it"): \(answer)"
                    #expect((answer["retry-after"] == nil) == isOver, "\(told)")
                    let closesBefore = answer.json["closes_before_until"]?.bool
                    #expect(closesBefore == (isOver ? true : nil), "\(told)")
                    #expect((answer.json["closes"]?.string != nil) == isOver, "\(told)")
                    #expect(answer.json["until"]?.string == until, "\(told)")
                    #expect(answer.json["reason"]?.string != nil, "\(told)")
                }
            }
        }

        @Test("operators suspend and resume a client; its own token and scrapers do not")
        func roles() throws {
            try withReplayedGateway { gateway in
                _ = try gateway.openOperation("ete")
                let path = "/v1/clients/acme"
                let held = #"{"ground":"stability","note":"n"}"#
                for (role, statuses) in [
                    (#""role":"operator","name":"marie""#, [200, 200, 200, 200]),
                    (#""role":"client","client":"acme""#, [200, 403, 403, 200]),
                    (#""role":"scrape","name":"prometheus""#, [403, 403, 403, 403]),
                ] {
                    let made = try gateway.admin("POST", "/v1/tokens", "{\(role)}")
                    let token = try #require(made.json["token"]?.string)
                    let found = try [
                        gateway.admin("GET", path, token: token),
                        gateway.admin("POST", path + "/suspend", held, token: token),
                        gateway.admin("POST", path + "/resume", "{}", token: token),
                        gateway.admin("GET", path + "/notes", token: token),
                    ].map(\.status)
                    #expect(found == statuses, "\(role)")
                }
                expectProblem(try gateway.admin("GET", "/v1/clients/none"), 404)
                expectProblem(try gateway.admin("POST", "/v1/clients/none/suspend", held), 404)
            }
        }

        // MARK: For good

        @Test("what is suspended for good is lifted by an admin who confirms and says why")
        func definitive() throws {
            try withReplayedGateway { gateway in
                let summer = try gateway.openOperation("ete")
                let marie = try gateway.admin(
                    "POST", "/v1/tokens", #"{"role":"operator","name":"marie"}"#)
                let token = try #require(marie.json["token"]?.string)
                for (kind, name) in [("operations", "ete"), ("clients", "acme")] {
                    let path = "/v1/\(kind)/\(name)"
                    let held = try gateway.admin(
                        "POST", path + "/suspend",
                        #"{"ground":"contract_ended","note":"n","definitive":true}"#, token: token)
                    #expect(held.status == 200, "\(held)")
                    expectProblem(try gateway.post(summer.entry("anne")), 410)
                    let confirmed = #"{"confirm":"\#(name)","note":"new contract"}"#
                    for (body, sender, code) in [
                        ("{}", nil, "definitive"), (#"{"note":"n"}"#, nil, "definitive"),
                        (#"{"confirm":"\#(name)"}"#, nil, "definitive"),
                        (#"{"confirm":"other","note":"n"}"#, nil, "not_confirmed"),
                        (confirmed, token, "definitive"),
                    ] as [(String, String?, String)] {
                        let refused = try gateway.admin(
                            "POST", path + "/resume", body, token: sender)
                        expectProblem(refused, 409, code: code)
                    }
                    let lifted = try gateway.admin("POST", path + "/resume", confirmed)
                    #expect(lifted.status == 200, "\(lifted)")
                    #expect(lifted.json["changed"]?.bool == true, "\(lifted)")
                }
                #expect(try gateway.post(summer.entry("anne")).status == 201)
            }
        }

        // MARK: Not before its time

        @Test("a ground that needs notice is refused before its time, with the moment")
        func notice() throws {
            try withReplayedGateway(options: ["--time-zone", "Europe/Paris"]) { gateway in
                _ = try gateway.openOperation("ete")
                let path = "/v1/operations/ete/suspend"
                let missing = try gateway.admin(
                    "POST", path, #"{"ground":"unpaid","note":"n"}"#)
                expectProblem(missing, 422)
                #expect(missing.json["errors"]?.elements[0]["pointer"]?.string == "/notice")
                #expect(missing.text.contains("4 calendar days"), "\(missing)")
                let yesterday = time(in: -86_400)
                let early = try gateway.admin(
                    "POST", path,
                    #"{"ground":"unpaid","note":"n","notice":{"delivered_at":"\#(yesterday)"}}"#)
                expectProblem(early, 409, code: "before_its_time")
                let notBefore = try #require(early.json["not_before"]?.string, "\(early)")
                #expect(early.json["detail"]?.string?.contains(notBefore) == true, "\(early)")
                // Midnight in Paris, winter or summer.
                let isMidnight = ["T22:00:00.000Z", "T23:00:00.000Z"].contains {
                    notBefore.hasSuffix($0)
                }
                #expect(isMidnight, "\(notBefore)")
                let rule = try gateway.admin(
                    "GET", "/v1/suspension-notice?ground=unpaid&delivered_at=\(yesterday)")
                #expect(rule.json["not_before"]?.string == notBefore, "\(rule)")
                #expect(rule.json["allowed"]?.bool == false, "\(rule)")
                let said = try gateway.say(
                    "operation", "suspend", "ete", "--ground", "unpaid", "--notice-delivered",
                    yesterday, "--note", "n")
                #expect(said.ending == .exit(1), "\(said)")
                #expect(said.errors.contains("allowed from \(notBefore) on"), "\(said)")
                let due = try gateway.say(
                    "operation", "suspend", "ete", "--ground", "unpaid", "--notice-delivered",
                    time(in: -10 * 86_400), "--note", "invoice 4711")
                #expect(due.ending == .exit(0), "\(due)")
                #expect(due.errors.contains("4 calendar days after the notice (B 6.5)"), "\(due)")
            }
        }

        @Test("a breach is under two terms; an admin may call it urgent, an operator may not")
        func urgent() throws {
            try withReplayedGateway { gateway in
                _ = try gateway.openOperation("ete")
                let path = "/v1/operations/ete/suspend"
                let delivered = time(in: -12 * 86_400)
                func body(_ more: String) -> String {
                    #"{"ground":"breach","note":"n","notice":{"delivered_at":""#
                        + delivered + "\"" + more
                }
                expectProblem(try gateway.admin("POST", path, body("}}")), 409)
                let hosted = try gateway.admin("POST", path, body(#","terms":"b"}}"#))
                #expect(hosted.status == 200, "\(hosted)")
                let marie = try gateway.admin(
                    "POST", "/v1/tokens", #"{"role":"operator","name":"marie"}"#)
                let urgent = #"{"ground":"breach","note":"n","urgent":true}"#
                let refused = try gateway.admin(
                    "POST", path, urgent, token: try #require(marie.json["token"]?.string))
                expectProblem(refused, 403)
                let held = try gateway.admin("POST", path, urgent)
                #expect(held.json["suspension"]?["urgent"]?.bool == true, "\(held)")
                let recorded = try gateway.records("operation.suspend").last
                #expect(recorded?["details"]?["urgent"]?.bool == true)
            }
        }

        // MARK: Exchanges

        @Test("exchanges are on record: in lists, in the dossier, for the client, for no other")
        func exchanges() throws {
            try withReplayedGateway { gateway in
                _ = try gateway.openOperation("ete")
                let text = "Marie, by telephone: the mailing moves to Tuesday."
                let added = try gateway.say("note", "add", "ete", text)
                #expect(added.ending == .exit(0) && added.output.contains("Tuesday"), "\(added)")
                let general = try gateway.say(
                    ["note", "add", "--client", "acme"],
                    shell: Gateway.Shell(script: #"printf 'A letter.\n' | "$@""#))
                #expect(general.ending == .exit(0), "\(general)")
                let nothing = try gateway.say(
                    ["note", "add", "ete"], shell: Gateway.Shell(script: #""$@" < /dev/null"#))
                #expect(nothing.ending == .exit(64), "\(nothing)")
                let own = try gateway.say("note", "list", "ete", "--json")
                let notes = own.json["notes"]?.elements ?? []
                #expect(notes.map { $0["text"]?.string } == [text], "\(own)")
                #expect(notes.first?["role"]?.string == "admin", "\(own)")
                let all = try gateway.say("note", "list", "--client", "acme", "--json")
                #expect(all.json["notes"]?.elements.count == 2, "\(all)")
                let first = try gateway.admin("GET", "/v1/clients/acme/notes?limit=1")
                let next = try #require(first.json["next"]?.string, "\(first)")
                let second = try gateway.admin("GET", "/v1/clients/acme/notes?after=\(next)")
                #expect(second.json["notes"]?.elements[0]["text"]?.string == "A letter.")
                for (language, phrase) in [
                    ("en", "Exchange about the operation"), ("fr", "Échange au sujet"),
                ] {
                    let dossier = try gateway.admin(
                        "GET", "/v1/operations/ete/evidence",
                        fields: [(name: "Accept-Language", value: language)])
                    #expect(dossier.text.contains(phrase), "\(language)")
                    #expect(dossier.text.contains(text) && dossier.text.contains("A letter."))
                }
                let token = try gateway.admin(
                    "POST", "/v1/tokens", #"{"role":"client","client":"acme"}"#)
                let acme = try #require(token.json["token"]?.string)
                let read = try gateway.admin("GET", "/v1/clients/acme/notes", token: acme)
                #expect(read.json["notes"]?.elements.count == 2, "\(read)")
                let bolt = try gateway.admin("PUT", "/v1/clients/bolt", #"{"name":"B"}"#)
                #expect(bolt.status == 201)
                for method in ["GET", "POST"] {
                    let foreign = try gateway.admin(
                        method, "/v1/clients/bolt/notes", method == "GET" ? nil : #"{"text":"t"}"#,
                        token: acme)
                    expectProblem(foreign, 404)
                }
                let long = String(repeating: "x", count: 2_001)
                let refused = try gateway.admin(
                    "POST", "/v1/operations/ete/notes", #"{"text":"\#(long)"}"#)
                expectProblem(refused, 422)
            }
        }

        // MARK: The operator's time zone

        @Test("the operator's time zone is the default of operations, on record, and said")
        func timeZone() throws {
            let zone = ["--time-zone", "Europe/Paris"]
            try withReplayedGateway(options: zone) { gateway in
                let operation = try gateway.openOperation("ete", rule: "daily")
                #expect(try gateway.state(of: operation)["time_zone"]?.string == "Europe/Paris")
                let settings = try gateway.records("operation.put").first?["details"]
                #expect(settings?["time_zone"]?.string == "Europe/Paris", "in the log")
                let said = try gateway.say(
                    "operation", "put", "hiver", "--client", "acme", "--title", "Hiver")
                #expect(said.output.contains("Europe/Paris"), "\(said)")
                func zones() throws -> [String?] {
                    try gateway.records("fact.started").map {
                        $0["details"]?["calendar"]?["time_zone"]?.string
                    }
                }
                #expect(try zones() == ["Europe/Paris"])
                #expect(try gateway.stop() == .exit(0))
                try gateway.start(options: zone)
                #expect(try zones() == ["Europe/Paris", nil], "what is in force is not set again")
                #expect(try gateway.stop() == .exit(0))
                try gateway.start()
                #expect(try zones() == ["Europe/Paris", nil, "UTC"])
                // What was put stays what it was.
                #expect(try gateway.state(of: operation)["time_zone"]?.string == "Europe/Paris")
            }
        }

        @Test("a time zone that there is not stops the start with its name")
        func wrongZone() throws {
            let gateway = try Gateway()
            let ending = try gateway.ending(options: ["--time-zone", "Europe/Lutetia"])
            #expect(ending == .exit(78), "\(gateway.errors)")
            #expect(gateway.says("--time-zone"), "\(gateway.errors)")
        }
    }
}
