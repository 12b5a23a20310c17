import Foundation
import Robots
import Testing

@testable import Gateway

@Suite("A robot that signs is let in where the operation names it, and counts as one", .onOwnThread)
struct SignedRobotTests {
    private func makeGateway() throws -> TestGateway {
        let gateway = try TestGateway()
        _ = try gateway.gateway.reload(TestGateway.limits, try SignedEntry.ruleset())
        return gateway
    }

    private func open(_ gateway: TestGateway, _ settings: String) throws -> TestOperation {
        // The workers learn of its key after the rules.
        try gateway.open("ete", settings + #","allowed_robots":["Agent"]"#)
    }

    private func entry(
        _ participant: String, to operation: TestOperation, nonce: String = "1"
    ) -> SignedEntry {
        SignedEntry(
            participant, to: operation, at: Int64(Date().timeIntervalSince1970), nonce: nonce)
    }

    @Test(
        "whatever is done about others, it has an entry and no participant's number",
        arguments: ["off", "observe", "challenge", "refuse"])
    func admitted(robots: String) throws {
        let gateway = try makeGateway()
        let operation = try open(gateway, #""rule":"once","robots":"\#(robots)""#)
        let answer = try gateway.connect().exchange(entry("anna", to: operation).request())
        #expect(answer.status == 201, "\(answer)")
        #expect(answer.object["participant_number"] as? Int == 0, "\(answer)")
        let person = try gateway.connect().exchange(
            EntrySender.chromium.request(#"{"participant":"anna"}"#, to: operation))
        #expect(person.object["participant_number"] as? Int == 1, "\(person)")
        let counts = try gateway.counts(of: operation)
        #expect(counts["participants"] == 1 && counts["robot_entries"] == 1, "\(counts)")
        #expect(
            try gateway.metric("portillon_robots_total", "rule=\"\(PinnedRobot.rule)\"") == 1)
        // What it rests on names the robot.
        let number = try #require(answer.object["entry"] as? String)
        let view = try gateway.admin("GET", "/v1/entries/\(number)/robots")
        #expect(view.object["counted_as"] as? String == "robot", "\(view)")
        let findings = try #require(view.object["findings"] as? [[String: Any]], "\(view)")
        #expect(findings.first?["rule"] as? String == PinnedRobot.rule)
        #expect(findings.first?["tool"] as? String == "Agent")
        #expect(findings.first?["says"] as? String == PinnedRobot.says)
    }

    @Test("a copy of it is answered as it was, and counts once")
    func replayed() throws {
        let gateway = try makeGateway()
        let operation = try open(gateway, #""rule":"unlimited","robots":"refuse""#)
        let request = try entry("anna", to: operation).request()
        let first = try gateway.connect().exchange(request)
        try #require(first.status == 201, "\(first)")
        for _ in 0..<2 {
            let again = try gateway.connect().exchange(request)
            #expect(again.status == 200, "\(again)")
            #expect(again.object["entry"] as? String == first.object["entry"] as? String)
        }
        #expect(try gateway.counts(of: operation)["robot_entries"] == 1)
        let next = try gateway.connect().exchange(
            entry("anna", to: operation, nonce: "2").request())
        #expect(next.status == 201, "\(next)")
        #expect(try gateway.counts(of: operation)["robot_entries"] == 2)
    }

    @Test("with an Idempotency-Key, which it signs, it may sign anew and is answered as it was")
    func retried() throws {
        let gateway = try makeGateway()
        let operation = try open(gateway, #""rule":"unlimited","robots":"refuse""#)
        for (nonce, status) in [("1", 201), ("2", 200)] {
            var entry = entry("anna", to: operation, nonce: nonce)
            entry.idempotencyKey = "k"
            entry.components.append(#""idempotency-key""#)
            let answer = try gateway.connect().exchange(entry.request())
            #expect(answer.status == status, "\(answer)")
        }
        #expect(try gateway.counts(of: operation)["robot_entries"] == 1)
    }

    @Test("one whose signature does not hold is a robot like any other, and so is one not allowed")
    func refused() throws {
        let gateway = try makeGateway()
        let operation = try open(gateway, #""rule":"once","robots":"refuse""#)
        var forged = entry("anna", to: operation)
        forged.isForged = true
        let other = try gateway.open("hiver", #""rule":"once","robots":"refuse""#)
        for request in [try forged.request(), try entry("anna", to: other).request()] {
            let answer = try gateway.connect().exchange(request)
            #expect(answer.status == 403, "\(answer)")
            #expect(answer.object["reasons"] as? [String] == ["robot"], "\(answer)")
        }
        // Where robots are let in, one that is forged is one of them, and names nobody.
        let patched = try gateway.admin("PATCH", "/v1/operations/ete", #"{"robots":"observe"}"#)
        try #require(patched.status == 200, "\(patched)")
        // The worker learns of it by a message.
        let curl = EntrySender.curl.request(#"{"participant":"berta"}"#, to: operation)
        while try gateway.connect().exchange(curl).status == 403 {}
        let answer = try gateway.connect().exchange(forged.request())
        #expect(answer.object["participant_number"] as? Int == 0, "\(answer)")
        let number = try #require(answer.object["entry"] as? String)
        let view = try gateway.admin("GET", "/v1/entries/\(number)/robots")
        let findings = try #require(view.object["findings"] as? [[String: Any]], "\(view)")
        let rules = findings.compactMap { $0["rule"] as? String }
        #expect(rules.contains(SignatureFault.forged.rule), "\(rules)")
        #expect(!rules.contains(PinnedRobot.rule), "\(rules)")
    }

    @Test("its head alone does not decide: the body that is signed is waited for")
    func parts() throws {
        let gateway = try makeGateway()
        let operation = try open(gateway, #""rule":"once","robots":"refuse""#)
        let request = try entry("anna", to: operation).request()
        let answer = try gateway.exchangeInParts(request)
        #expect(answer.status == 201, "\(answer)")
    }

    @Test("a name is refused that the ruleset does not have, unless the operation has it already")
    func names() throws {
        let gateway = try makeGateway()
        _ = try open(gateway, #""rule":"once""#)
        func patch(_ body: String) throws -> Answer {
            try gateway.admin("PATCH", "/v1/operations/ete", body)
        }
        let wrong = try patch(#"{"allowed_robots":["Agent","Agnet"]}"#)
        let errors = try #require(wrong.object["errors"] as? [[String: Any]], "\(wrong)")
        #expect(wrong.status == 422 && errors.count == 1)
        #expect(errors.first?["pointer"] as? String == "/allowed_robots/1")
        // The key is pinned no more: the operation's other settings change all the same.
        _ = try gateway.gateway.reload(TestGateway.limits, Ruleset.shipped)
        let titled = try patch(#"{"title":"U"}"#)
        #expect(titled.status == 200, "\(titled)")
        #expect(titled.object["allowed_robots"] as? [String] == ["Agent"], "\(titled)")
        let cleared = try patch(#"{"allowed_robots":null}"#)
        #expect(cleared.object["allowed_robots"] as? [String] == [], "\(cleared)")
        #expect(try patch(#"{"allowed_robots":["Agent"]}"#).status == 422)
    }
}
