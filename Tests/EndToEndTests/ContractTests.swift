import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Who may be held, why and for how long: from the command line to the journal")
    struct ContractTests {
        // MARK: Suspensions

        @Test("a suspension says why and until when, and ends by itself")
        func suspension() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation()
                #expect(try gateway.post(operation.entry("anne")).status == 201)
                let until = time(in: 600)
                let said = try gateway.say(
                    "operation", "suspend", "ete", "--ground", "security", "--until", until,
                    "--note", "leaked codes")
                #expect(said.ending == .exit(0), "\(said)")
                #expect(said.output.contains("suspended by a person until \(until)"), "\(said)")
                let refused = try gateway.post(operation.entry("bernard"))
                expectProblem(refused, 503)
                #expect(refused.json["verdict"]?.string == "suspended", "\(refused)")
                #expect(refused.json["ground"] == nil, "nobody's business: \(refused)")
                #expect(refused.json["reason"]?.string?.isEmpty == false, "\(refused)")
                #expect(refused.json["until"]?.string == until, "\(refused)")
                let wait = refused["retry-after"].flatMap { Int($0) }
                // The time that is left, and half of it for spread.
                #expect(try (300...902).contains(#require(wait)), "\(refused)")
                #expect(try gateway.publicState("ete") == "suspended")
                let soon = try gateway.suspendBriefly(
                    "/v1/operations/ete", #""ground":"security","note":"leaked codes""#)
                let isOpen = try eventually(withinSeconds: 120) {
                    try gateway.state(of: operation)["state"]?.string == "open"
                }
                #expect(isOpen)
                #expect(try gateway.state(of: operation)["suspension"] == nil)
                #expect(try gateway.post(operation.entry("bernard")).status == 201)
                let ended = try gateway.records("suspension.ended")
                #expect(ended.count == 1 && ended[0]["operation"]?.string == "ete", "\(ended)")
                #expect(ended.first?["details"]?["ground"]?.string == "security", "\(ended)")
                #expect(try #require(ended.first?["at"]?.string) >= soon, "\(ended)")
            }
        }

        @Test("one without an end lasts until a person ends it, over a restart too")
        func resumed() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation()
                let said = try gateway.say(
                    "operation", "suspend", "ete", "--ground", "fraud", "--note", "n", "--json")
                #expect(said.json["suspension"]?["ground"]?.string == "fraud", "\(said)")
                #expect(said.json["suspension"]?["definitive"]?.bool == false, "\(said)")
                #expect(said.json["suspension"]?["automatic"]?.bool == false, "\(said)")
                try gateway.kill()
                try gateway.start()
                let refused = try gateway.post(operation.entry("anne"))
                expectProblem(refused, 503)
                #expect(refused.json["until"] == .null, "\(refused)")
                #expect(refused["retry-after"] != nil, "\(refused)")
                let resumed = try gateway.say("operation", "resume", "ete", "--note", "paid")
                #expect(resumed.ending == .exit(0), "\(resumed)")
                #expect(try gateway.post(operation.entry("anne")).status == 201)
                #expect(
                    try gateway.records("operation.resume").first?["details"]?["note"]?.string
                        == "paid")
            }
        }

        @Test("a definitive suspension is gone for good: nobody resumes it, nothing replaces it")
        func definitive() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation()
                let said = try gateway.say(
                    "operation", "suspend", "ete", "--ground", "contract_ended", "--definitive",
                    "--note", "contract 4711")
                #expect(said.output.contains("suspended for good by a person"), "\(said)")
                for _ in 1...2 {
                    let gone = try gateway.post(operation.entry("anne"))
                    expectProblem(gone, 410)
                    #expect(gone.json["verdict"]?.string == "suspended", "\(gone)")
                    #expect(gone.json["ground"] == nil, "\(gone)")
                    #expect(try gateway.publicState("ete") == "suspended_definitively")
                    #expect(gone["retry-after"] == nil, "\(gone)")
                    let resume = try gateway.admin("POST", "/v1/operations/ete/resume", "{}")
                    expectProblem(resume, 409, code: "definitive")
                    let suspend = try gateway.admin(
                        "POST", "/v1/operations/ete/suspend", #"{"ground":"unpaid","note":"n"}"#)
                    expectProblem(suspend, 409, code: "definitive")
                    try gateway.kill()
                    try gateway.start()
                }
                let resume = try gateway.say("operation", "resume", "ete")
                #expect(resume.ending == .exit(1), "\(resume)")
                #expect(resume.errors.contains("for good"), "\(resume)")
            }
        }

        // MARK: Mistakes

        @Test("what is not right is answered with its place, and nothing of it is kept")
        func mistakes() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation()
                for (path, members, pointers) in Self.mistakes {
                    let target = "/v1/operations/ete/\(path)"
                    let answer = try gateway.admin("POST", target, "{\(members)}")
                    expectProblem(answer, 422)
                    let found = answer.json["errors"]?.elements.map { $0["pointer"]?.string }
                    #expect(found == pointers, "\(path) \(members): \(answer)")
                }
                let state = try gateway.state(of: operation)
                #expect(state["cover"]?.integer == 50_000, "\(state)")
                #expect(state["campaigns"]?.elements == [], "\(state)")
                #expect(state["state"]?.string == "open", "\(state)")
                let sent = try gateway.say(
                    "operation", "suspend", "ete", "--ground", "breach", "--until", "tomorrow",
                    "--note", "n")
                #expect(sent.ending == .exit(1), "\(sent)")
                #expect(sent.errors.contains("/until"), "\(sent)")
            }
        }

        /// A path, a body's members, and where they are wrong.
        private static let mistakes: [(path: String, members: String, pointers: [String])] = {
            let expected = #""expected_participants""#
            let held = #""ground":"unpaid","note":"n""#
            let campaign = #""channel":"sms","recipients":1,"starts":"2999-01-02T00:00:00Z""#
            let past = #""until":"2001-01-01T00:00:00Z""#
            let future = #""until":"2999-01-01T00:00:00Z""#
            return [
                ("traffic-notice", expected + ":-1", ["/expected_participants"]),
                ("traffic-notice", expected + ":0", ["/expected_participants"]),
                ("traffic-notice", expected + #":"9""#, ["/expected_participants"]),
                ("traffic-notice", "", ["/expected_participants"]),
                ("traffic-notice", expected + #":1,"colour":2"#, ["/colour"]),
                ("campaigns", "", ["/channel", "/recipients", "/starts"]),
                ("campaigns", campaign.replacing("sms", with: "pigeon"), ["/channel"]),
                ("campaigns", campaign.replacing(":1,", with: ":-5,"), ["/recipients"]),
                ("campaigns", campaign.replacing("2999", with: "soon"), ["/starts"]),
                ("campaigns", campaign + #","ends":"2999-01-01T00:00:00Z""#, ["/ends"]),
                ("suspend", #""ground":"weather","note":"n""#, ["/ground"]),
                ("suspend", "", ["/ground", "/note"]),
                ("suspend", #""ground":"unpaid","note":"""#, ["/note"]),
                ("suspend", "\(held),\(past)", ["/until"]),
                ("suspend", "\(held),\(future),\"definitive\":true", ["/until"]),
                ("suspend", held + #","definitive":"yes""#, ["/definitive"]),
                ("pace", "", ["/per_second"]),
                ("pace", #""per_second":0"#, ["/per_second"]),
                ("pace", #""per_second":-1"#, ["/per_second"]),
                ("pace", #""per_second":1000001"#, ["/per_second"]),
            ]
        }()

        @Test("of an operation that is closed nothing is declared, and it is not suspended")
        func closed() throws {
            try withReplayedGateway { gateway in
                _ = try gateway.openOperation()
                _ = try gateway.admin("POST", "/v1/operations/ete/close", "{}")
                let campaign = #"{"channel":"sms","recipients":1,"starts":"2999-01-01T00:00:00Z"}"#
                let cases = [
                    ("traffic-notice", #"{"expected_participants":80000}"#),
                    ("campaigns", campaign), ("suspend", #"{"ground":"unpaid","note":"n"}"#),
                ]
                for (path, body) in cases {
                    let answer = try gateway.admin("POST", "/v1/operations/ete/\(path)", body)
                    expectProblem(answer, 422, code: "operation_closed")
                    let pointers = answer.json["errors"]?.elements.map { $0["pointer"]?.string }
                    #expect(pointers == [""], "\(answer)")
                }
            }
        }

        @Test("the words of the command line are the gateway's, and a wrong one lists them")
        func words() throws {
            try withReplayedGateway { gateway in
                _ = try gateway.openOperation()
                let campaign = ["campaign", "add", "ete", "--recipients", "1", "--starts", "soon"]
                let cases = [
                    ("suspend", "ground", ["operation", "suspend", "ete", "--note", "n"]),
                    ("campaigns", "channel", campaign),
                ]
                for (path, name, command) in cases {
                    let target = "/v1/operations/ete/\(path)"
                    let answer = try gateway.admin("POST", target, "{\"\(name)\":\"?\"}")
                    let fault = answer.json["errors"]?.elements
                        .first { $0["pointer"]?.string == "/\(name)" }
                    let detail = try #require(fault?["detail"]?.string, "\(answer)")
                    let words = detail.matches(of: /"([a-z_]+)"/).map { String($0.1) }
                    #expect(words.count > 5, "\(answer)")
                    let wrong = try gateway.say(command + ["--\(name)", "weather"])
                    #expect(wrong.ending == .exit(64), "\(wrong)")
                    let listed = wrong.errors.matches(of: /\n +- ([a-z_]+)/).map { String($0.1) }
                    #expect(listed == words, "\(wrong)")
                }
            }
        }

        // MARK: The policy

        @Test("a policy is on record where it differs from the one in force")
        func policy() throws {
            try withReplayedGateway(options: ["--policy", "calm_seconds=7"]) { gateway in
                _ = try gateway.openOperation()
                #expect(try gateway.calmSeconds == [7], "recorded before the doors open")
                let same = ["--policy", "calm_seconds=7"]
                for (starts, options, expected) in [
                    (2, same, [7]), (3, [], [7, 10]), (4, [], [7, 10]),
                ] {
                    #expect(try gateway.stop() == .exit(0))
                    try gateway.start(options: options)
                    #expect(try gateway.records("fact.started").count == starts)
                    #expect(try gateway.calmSeconds == expected, "start \(starts)")
                }
                _ = try gateway.makeKey(for: "ete")
                #expect(try gateway.calmSeconds == [7, 10], "what is in force is not set again")
            }
        }
    }
}

extension Gateway {
    /// Suspends with an end that a test can wait for.
    /// - Returns: the end.
    func suspendBriefly(_ path: String, _ members: String) throws -> String {
        for seconds in [3.0, 15, 60] {
            let soon = time(in: seconds)
            let answer = try admin("POST", path + "/suspend", "{\(members),\"until\":\"\(soon)\"}")
            if answer.status == 200 { return soon }
            // A machine that stood still until then is given more time.
            #expect(time(in: 0) > soon, "\(answer)")
        }
        throw GatewayFailure("a suspension takes over a minute")
    }

    /// What each policy that a start recorded says of calm.
    fileprivate var calmSeconds: [Int] {
        get throws {
            try records("fact.started").compactMap {
                $0["details"]?["policy"]?["calm_seconds"]?.integer
            }
        }
    }

    /// The operation's state as front ends are told.
    fileprivate func publicState(_ name: String) throws -> String? {
        try connect().exchange(HTTPRequest("GET", "/v1/operations/\(name)").text)
            .json["state"]?.string
    }
}
