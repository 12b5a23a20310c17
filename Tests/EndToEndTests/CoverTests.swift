import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("What is declared makes the cover, and the first participant beyond it is on record")
    struct CoverTests {
        @Test("a notice raises the cover, the next one replaces it, withdrawn it counts no more")
        func notice() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation()
                let given = try gateway.say(
                    "notice", "give", "ete", "--expected-participants", "80000", "--note", "TV",
                    "--json")
                #expect(given.ending == .exit(0), "\(given)")
                #expect(given.json["cover"]?.integer == 80_000, "\(given)")
                #expect(given.json["late"]?.bool == false, "\(given)")
                #expect(isTimestamp(given.json["declared_at"]?.string), "\(given)")
                let more = try gateway.say(
                    "notice", "give", "ete", "--expected-participants", "90000")
                #expect(more.output.contains("\t90000\n"), "\(more)")
                #expect(!more.output.contains("late"), "\(more)")
                let state = try gateway.state(of: operation)
                #expect(state["cover"]?.integer == 90_000, "\(state)")
                #expect(state["traffic_notice"]?["expected_participants"]?.integer == 90_000)
                let withdrawn = try gateway.say(
                    "notice", "withdraw", "ete", "--note", "no show", "--json")
                #expect(withdrawn.ending == .exit(0), "\(withdrawn)")
                #expect(withdrawn.json["cover"]?.integer == 50_000, "C2: \(withdrawn)")
                #expect(withdrawn.json["traffic_notice"] == nil, "\(withdrawn)")
                let noted = try gateway.records("contract.withdraw_notice")
                #expect(noted.count == 1 && noted[0]["details"]?["note"]?.string == "no show")
                try gateway.kill()
                try gateway.start()
                #expect(try gateway.state(of: operation)["cover"]?.integer == 50_000)
            }
        }

        @Test("campaigns add up, a late one changes nothing, a withdrawn one counts no more")
        func campaigns() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation()
                let first = try gateway.declare(
                    recipients: 120_000, starts: 3_600, "--ends", time(in: 7_200), "--source", "tv")
                #expect(first["late"]?.bool == false, "\(first)")
                #expect(first["source"]?.string == "tv", "\(first)")
                _ = try gateway.declare(recipients: 30_000, starts: 3_600)
                #expect(try gateway.state(of: operation)["cover"]?.integer == 150_000)
                let late = try gateway.say(
                    "campaign", "add", "ete", "--channel", "radio", "--recipients", "500000",
                    "--starts", time(in: -3_600))
                #expect(late.ending == .exit(0), "\(late)")
                #expect(late.output.contains("late: not counted"), "\(late)")
                #expect(try gateway.state(of: operation)["cover"]?.integer == 150_000)
                let name = try #require(first["campaign"]?.string)
                let withdrawn = try gateway.say("campaign", "withdraw", "ete", name, "--json")
                #expect(isTimestamp(withdrawn.json["withdrawn_at"]?.string), "\(withdrawn)")
                #expect(try gateway.state(of: operation)["cover"]?.integer == 50_000)
                let list = try gateway.say("campaign", "list", "ete")
                for text in [
                    name, "120000", "radio", "late: not counted", "withdrawn 2",
                ] {
                    #expect(list.output.contains(text), "\(text): \(list)")
                }
                let unknown = try gateway.say("campaign", "withdraw", "ete", "c-none")
                #expect(unknown.ending == .exit(1), "\(unknown)")
                #expect(unknown.errors.contains("c-none"), "\(unknown)")
            }
        }

        @Test("a tag that nobody declared, and that brings a surge, is on record (C1)")
        func unknownSource() throws {
            let gateway = try Gateway()
            try gateway.start(options: ["--policy", "source_entries=50"])
            let operation = try gateway.openOperation()
            _ = try gateway.declare(recipients: 1_000, starts: -10, "--source", "declared")
            func bring(_ source: String, _ round: Int) throws {
                // At once, for it is what comes within ten seconds that counts.
                let crowd = try (0..<60).map { number in
                    let members = "\"source\":\"\(source)\""
                    let connection = try gateway.connect()
                    let entry = operation.entry("\(source)-\(round)-\(number)", members: members)
                    try connection.send(entry.text)
                    return connection
                }
                for connection in crowd { #expect(try connection.receive().status == 201) }
            }
            try bring("declared", 0)
            var known: [JSON] = []
            // A machine that stands still amid a crowd spreads it: then another one comes.
            for round in 0..<10 where known.isEmpty {
                try bring("tv-spot", round)
                // What the crowd brought about is on record before what comes after it.
                #expect(try gateway.post(operation.entry("last \(round)")).status == 201)
                known = try gateway.state(of: operation)["unknown_sources"]?.elements ?? []
            }
            #expect(known.map { $0["source"]?.string } == ["tv-spot"], "\(known)")
            #expect(known.first?["entries"]?.integer == 50, "\(known)")
            let missing = try gateway.state(of: operation)["missing_notices"]?.elements ?? []
            #expect(missing.map { $0["notice"]?.string } == ["campaign"], "\(missing)")
            #expect(missing.first?["source"]?.string == "tv-spot", "\(missing)")
            let series = #"portillon_missing_notice{operation="ete",notice="campaign"}"#
            #expect(try gateway.metric(series) == 1)
            let status = try gateway.say("status").output
            #expect(status.contains("\tcampaign\t"), "in one word: \(status)")
            let evidence = try gateway.admin("GET", "/v1/operations/ete/evidence").text
            #expect(evidence.contains("undeclared campaign tag tv-spot brought 50 entries"))
            #expect(try gateway.records("fact.unknown_source").count == 1)
            let declared = try gateway.declare(
                recipients: 200_000, starts: -10, "--source", "tv-spot")
            #expect(declared["late"]?.bool == true && declared["expected"]?.integer == 20_000)
            let after = try gateway.state(of: operation)
            #expect(after["missing_notices"]?.elements.isEmpty == true, "\(after)")
            #expect(try gateway.metric(series) == 0)
            #expect(try gateway.stop() == .exit(0))
        }

        @Test("the 50,001st participant crosses the cover; what is declared then changes none")
        func crossing() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation()
                let early = try gateway.say(
                    "notice", "give", "ete", "--expected-participants", "30000", "--json")
                #expect(early.ending == .exit(0), "\(early)")
                try gateway.enter(50_000, into: operation)
                #expect(try gateway.state(of: operation)["crossed_at"] == nil, "C2: more than")
                #expect(try gateway.records("cover.crossed") == [])
                let last = try gateway.post(operation.entry("one more"))
                #expect(last.json["participant_number"]?.integer == 50_001, "\(last)")
                #expect(try gateway.post(operation.entry("and one")).status == 201)
                // Views follow an answer; they do not come before it.
                var crossed: String?
                let isShown = try eventually(withinSeconds: 60) {
                    crossed = try gateway.state(of: operation)["crossed_at"]?.string
                    return crossed != nil
                }
                #expect(isShown)
                #expect(crossed == last.json["at"]?.string, "\(last)")
                for (kind, participants) in [("cover.near", 40_000), ("cover.crossed", 50_001)] {
                    let events = try gateway.records(kind)
                    let details = events.first?["details"]
                    #expect(events.count == 1, "\(events)")
                    #expect(details?["participants"]?.integer == participants, "\(events)")
                    #expect(details?["cover"]?.integer == 50_000, "\(events)")
                }
                let status = try gateway.say("status")
                // The crowd before may have strained a slow disk: then what would be done comes
                // first in the line.
                let line = status.output.split(separator: "\n").first { $0.hasPrefix("ete\t") }
                #expect(line?.contains("beyond its cover since 2") == true, "\(status)")
                let late = try gateway.say(
                    "notice", "give", "ete", "--expected-participants", "80000")
                #expect(late.ending == .exit(0), "\(late)")
                #expect(late.output.contains("late: not counted"), "\(late)")
                #expect(try gateway.state(of: operation)["cover"]?.integer == 50_000)
                let later = try gateway.say(
                    "notice", "give", "ete", "--expected-participants", "90000", "--json")
                #expect(later.json["late"]?.bool == true, "\(later)")
                #expect(later.json["declared_at"] != early.json["declared_at"], "\(later)")
                #expect(
                    try gateway.records("contract.give_notice").count == 3,
                    "what was said is on record")
                _ = try gateway.declare(recipients: 60_000, starts: 3_600)
                try gateway.kill()
                try gateway.start()
                let covered = try gateway.state(of: operation)
                #expect(covered["cover"]?.integer == 50_000, "\(covered)")
                #expect(covered["crossed_at"] != nil, "\(covered)")
                let campaign = covered["campaigns"]?.elements.first
                #expect(campaign?["late"]?.bool == false, "it has not started: \(covered)")
                #expect(campaign?["counts"]?.bool == false, "\(covered)")
            }
        }
    }
}

extension Gateway {
    /// Has the load runner enter so many people, as fast as they are answered.
    func enter(_ participants: Int, into operation: Operation) throws {
        let scenario = """
            {"operations": {"\(operation.name)": {}},
             "streams": [{"arrivals": "closed", "phases": [{"requests": \(participants)}],
                          "expect": [{"figure": "accepted", "equals": \(participants)}]}]}
            """
        let file = directory.path("scenario.json")
        try Data(scenario.utf8).write(to: URL(filePath: file))
        let process = try ChildProcess(
            [
                Self.built("portillon-load"), "run", file, "--target", "http://127.0.0.1:\(port)",
                "--key", "\(operation.name)=\(operation.key)", "--out", directory.path("results"),
                "--quiet",
            ],
            environment: ["PATH": "/usr/bin:/bin"], output: directory.path("load.log"),
            errors: directory.path("load.log"))
        let ending = process.wait(atMostSeconds: 600)
        try #require(ending == .exit(0), "\(directory.text("load.log"))")
    }

    /// Declares a campaign of `ete` on the command line.
    fileprivate func declare(
        recipients: Int, starts seconds: Double, _ options: String...
    ) throws -> JSON {
        let said = try say(
            [
                "campaign", "add", "ete", "--channel", "email", "--recipients", "\(recipients)",
                "--starts", time(in: seconds), "--json",
            ] + options)
        try #require(said.ending == .exit(0), "\(said)")
        return said.json
    }
}
