import Addresses
import Foundation
import Ledger
import Robots
import Testing

@testable import Gateway

@Suite("Robots are judged by their heads, and done with as the operation has it", .onOwnThread)
struct RobotEntryTests {
    /// Little work: a debug build solves a challenge in a moment.
    private func makeGateway() throws -> TestGateway {
        try TestGateway { limits in
            limits.challengeIterations = 2
            limits.challengeCounters = 20
            limits.challengesAhead = 8
        }
    }

    private func send(
        _ participant: String, by sender: EntrySender, to operation: TestOperation,
        _ gateway: TestGateway, members: String = "", fields: String = ""
    ) throws -> Answer {
        let body = "{\"participant\":\"\(participant)\"\(members)}"
        return try gateway.connect().exchange(
            sender.request(body, to: operation, fields: fields))
    }

    /// Sends an entry until a challenge comes, solves that, and sends it again.
    private func solve(
        _ participant: String, by sender: EntrySender, to operation: TestOperation,
        _ gateway: TestGateway
    ) throws -> (level: Int, answer: Answer) {
        var answer: Answer
        repeat {
            answer = try send(participant, by: sender, to: operation, gateway)
        } while answer.status == 503
        try #require(answer.status == 403, "\(answer)")
        #expect(answer.object["verdict"] as? String == "challenged")
        #expect(answer.object["code"] as? String == "challenged")
        #expect(answer.object["reasons"] as? [String] == ["suspected_robot"])
        let challenge = try TestChallenge(
            challenged: try #require(answer.object["challenge"] as? [String: Any]))
        let data = try #require(challenge.parameters["data"] as? [String: Any])
        let altcha = try challenge.altcha()
        let solved = try send(
            participant, by: sender, to: operation, gateway,
            members: ",\"altcha\":\"\(altcha)\"")
        return (try #require(data["level"] as? Int), solved)
    }

    @Test("by default everybody is let in, and robots count apart")
    func observed() throws {
        let gateway = try makeGateway()
        let operation = try gateway.open("ete")
        for (participant, sender) in [("a", EntrySender.curl), ("b", .python)] {
            let answer = try send(participant, by: sender, to: operation, gateway)
            #expect(answer.status == 201, "\(answer)")
            #expect(answer.object["participant_number"] as? Int == 0, "\(answer)")
        }
        // The same rule for robots: one entry each.
        let again = try send("a", by: .python, to: operation, gateway)
        #expect(again.status == 200 && again.object["participant_number"] as? Int == 0)
        // A robot in a person's name takes nothing from the person.
        for (index, sender) in [EntrySender.chromium, .unknown].enumerated() {
            let answer = try send(["a", "c"][index], by: sender, to: operation, gateway)
            #expect(answer.status == 201, "\(answer)")
            #expect(answer.object["participant_number"] as? Int == index + 1, "\(answer)")
        }
        // And a person's second request is repeated, whatever it looks like.
        let repeated = try send("c", by: .curl, to: operation, gateway)
        #expect(repeated.status == 200 && repeated.object["participant_number"] as? Int == 2)
        let counts = try gateway.counts(of: operation)
        #expect(counts["entries"] == 2 && counts["participants"] == 2, "\(counts)")
        #expect(counts["robot_entries"] == 2 && counts["test_entries"] == 0, "\(counts)")
        #expect(counts["accepted"] == 4, "\(counts)")
    }

    @Test("an export marks what counts apart, and counts people only")
    func exported() throws {
        let gateway = try makeGateway()
        let operation = try gateway.open("ete", #""rule":"unlimited""#)
        _ = try send("a", by: .curl, to: operation, gateway)
        _ = try send("b", by: .chromium, to: operation, gateway)
        let lines = try gateway.admin("GET", "/v1/operations/ete/export").text
            .split(separator: "\n")
        try #require(lines.count == 3)
        #expect(lines[0].contains("\"participant_number\":0,"))
        #expect(lines[0].contains(",\"robots\":true"))
        #expect(lines[1].contains("\"participant_number\":1,") && !lines[1].contains("robots"))
        #expect(lines[2].contains("\"entries\":2,\"participants\":1,"))
    }

    @Test("with refuse, a robot is refused and named, a suspect is challenged, a browser let in")
    func refused() throws {
        let gateway = try makeGateway()
        let operation = try gateway.open("ete", #""rule":"once","robots":"refuse""#)
        for (sender, tool) in [(EntrySender.curl, "curl"), (.python, "python-requests")] {
            for fields in ["", "Idempotency-Key: \(tool)\r\n"] {
                let answer = try send("a", by: sender, to: operation, gateway, fields: fields)
                #expect(answer.status == 403, "\(answer)")
                #expect(answer.object["verdict"] as? String == "refused")
                #expect(answer.object["reasons"] as? [String] == ["robot"])
                #expect(answer.object["tool"] as? String == tool, "\(answer)")
            }
        }
        #expect(try send("b", by: .chromium, to: operation, gateway).status == 201)
        let (level, solved) = try solve("c", by: .unknown, to: operation, gateway)
        #expect(level == 2 && solved.status == 201, "\(level) \(solved)")
        #expect(solved.object["participant_number"] as? Int == 2)
        let counts = try gateway.counts(of: operation)
        #expect(counts["participants"] == 2 && counts["robot_entries"] == 0, "\(counts)")
        #expect(try gateway.metric("portillon_refusals_total", #"reason="robot""#) == 4)
    }

    @Test("before a shuffled start, a place takes what an entry takes")
    func placed() throws {
        let gateway = try makeGateway()
        let settings = #""rule":"once","start":"shuffled","opens":"2099-01-01T00:00:00.000Z","#
        let strict = try gateway.open("strict", settings + #""robots":"refuse""#)
        // With a key it is decided where places are given.
        let robot = try send("a", by: .curl, to: strict, gateway, fields: "Idempotency-Key: a\r\n")
        #expect(robot.object["reasons"] as? [String] == ["robot"], "\(robot)")
        let person = try send("b", by: .chromium, to: strict, gateway)
        #expect(person.status == 429 && person.object["position"] is NSNull, "\(person)")
        let milder = try gateway.open("milder", settings + #""robots":"challenge""#)
        var asked: Answer
        repeat { asked = try send("c", by: .curl, to: milder, gateway) } while asked.status == 503
        #expect(asked.object["verdict"] as? String == "challenged", "\(asked)")
        let altcha = try TestChallenge(
            challenged: try #require(asked.object["challenge"] as? [String: Any])
        ).altcha()
        let member = ",\"altcha\":\"\(altcha)\""
        for _ in 0..<2 {
            let placed = try send("c", by: .curl, to: milder, gateway, members: member)
            #expect(placed.status == 429 && placed.object["ticket"] is String, "\(placed)")
        }
        // One piece of work is good for one participant's place.
        let other = try send("d", by: .curl, to: milder, gateway, members: member)
        #expect(other.object["verdict"] as? String != "waiting", "\(other)")
    }

    @Test("a solved challenge does not make a tool a person")
    func solvedByTool() throws {
        let gateway = try makeGateway()
        let operation = try gateway.open("ete", #""rule":"once","robots":"challenge""#)
        let (level, solved) = try solve("a", by: .curl, to: operation, gateway)
        #expect(level == 3 && solved.status == 201, "\(level) \(solved)")
        #expect(solved.object["participant_number"] as? Int == 0)
        #expect(try gateway.counts(of: operation)["participants"] == 0)
        // With refuse, it is of no use.
        let strict = try gateway.open("strict", #""rule":"once","robots":"refuse""#)
        let altcha = try TestChallenge(of: strict, for: strict.key, from: gateway).altcha()
        let refused = try send(
            "a", by: .curl, to: strict, gateway, members: ",\"altcha\":\"\(altcha)\"")
        #expect(refused.object["reasons"] as? [String] == ["robot"], "\(refused)")
    }

    @Test("what was let in before is answered so, whoever asks again")
    func owed() throws {
        let gateway = try makeGateway()
        let operation = try gateway.open("ete", #""rule":"once","robots":"observe""#)
        let key = "Idempotency-Key: a\r\n"
        let first = try send("a", by: .curl, to: operation, gateway, fields: key)
        #expect(first.status == 201)
        let patched = try gateway.admin(
            "PATCH", "/v1/operations/ete", #"{"robots":"refuse"}"#)
        #expect(patched.status == 200, "\(patched)")
        let again = try send("a", by: .curl, to: operation, gateway, fields: key)
        #expect(again.status == 200, "\(again)")
        #expect(again.object["entry"] as? String == first.object["entry"] as? String)
    }

    @Test("other rules come into force while it runs, and say so in the evidence")
    func ruleset() throws {
        let gateway = try makeGateway()
        let operation = try gateway.open("ete")
        #expect(try number(of: "a", operation, gateway) == 0)
        let mild = Ruleset.shippedJSON.replacingOccurrences(
            of: "\"lower\": 2.3, \"upper\": 6.9, ", with: "\"lower\": 40, \"upper\": 45, ")
        try #require(mild != Ruleset.shippedJSON)
        let ruleset = try Ruleset(Array(mild.utf8))
        let renewed = try gateway.gateway.reload(TestGateway.limits, ruleset)
        try #require(renewed.contains { $0.hasPrefix("ruleset ") }, "\(renewed)")
        #expect(
            try !gateway.gateway.reload(TestGateway.limits, ruleset).contains {
                $0.hasPrefix("ruleset ")
            })
        // The worker learns of it by a message.
        var people = 0
        while try number(of: "b\(people)", operation, gateway) == 0 { people += 1 }
        #expect(try gateway.counts(of: operation)["participants"] == 1)
    }

    private func number(
        of participant: String, _ operation: TestOperation, _ gateway: TestGateway
    ) throws -> Int? {
        let answer = try send(participant, by: .curl, to: operation, gateway)
        #expect(answer.status == 201, "\(answer)")
        return answer.object["participant_number"] as? Int
    }

    @Test("a robot that its head gives away is refused before its body comes")
    func head() throws {
        let loop = try HandTurned(robots: .refuse)
        let client = try loop.connect()
        let request = EntrySender.curl.request("{\"participant\":\"a\"}", to: loop.operation)
        let end = try #require(request.range(of: "\r\n\r\n"))
        client.send(String(request[..<end.upperBound]))
        let answer = try #require(try client.answers().first)
        #expect(answer.object["reasons"] as? [String] == ["robot"], "\(answer)")
        #expect(loop.handedOver().isEmpty)
    }

    @Test("behind a trusted proxy, what the proxy may have done is not looked at")
    func proxied() throws {
        let head = EntrySender.chromium.request(
            "{\"participant\":\"a\"}", to: TestOperation(name: "ete", key: "pk_test"))
        // Another order and case, and none of what browsers send to a secure place alone.
        let lines = head.components(separatedBy: "\r\n").filter {
            !$0.lowercased().hasPrefix("sec-")
        }
        let body = lines.last ?? ""
        let fields = lines[1..<(lines.count - 2)].sorted().map { field in
            let colon = field.firstIndex(of: ":") ?? field.endIndex
            return field[..<colon].lowercased() + field[colon...]
        }
        let sent = ([lines[0]] + fields + ["", body]).joined(separator: "\r\n")
        for isTrusted in [false, true] {
            let network = try #require(AddressNetwork("127.0.0.0/8"))
            let proxies = TrustedProxies(isTrusted ? [network] : [])
            let gateway = try TestGateway(proxies: proxies)
            let operation = try gateway.open("ete", #""rule":"once","robots":"refuse""#)
            let request = sent.replacingOccurrences(of: "pk_test", with: operation.key)
            let answer = try gateway.connect().exchange(request)
            #expect((answer.status == 201) == isTrusted, "\(answer)")
        }
    }
}
