import Foundation
import Testing

@testable import Gateway

@Suite("A server posts for its visitors with a key of its own kind", .onOwnThread)
struct ServerKeyTests {
    private func makeGateway() throws -> TestGateway {
        try TestGateway { limits in
            limits.challengeIterations = 2
            limits.challengeCounters = 20
            limits.challengesAhead = 8
        }
    }

    /// The operation as a server enters it.
    private func makeServer(
        of operation: TestOperation, _ gateway: TestGateway
    ) throws -> TestOperation {
        let answer = try gateway.admin(
            "POST", "/v1/operations/\(operation.name)/keys", #"{"front_end":"server"}"#)
        try #require(answer.status == 201, "\(answer)")
        #expect(answer.object["front_end"] as? String == "server")
        let key = try #require(answer.object["key"] as? String)
        return TestOperation(name: operation.name, key: key)
    }

    private func send(
        _ participant: String, by sender: EntrySender, to operation: TestOperation,
        _ gateway: TestGateway, fields: String = ""
    ) throws -> Answer {
        try gateway.connect().exchange(
            sender.request("{\"participant\":\"\(participant)\"}", to: operation, fields: fields))
    }

    @Test(
        "whatever the program looks like, its visitors are participants",
        arguments: ["observe", "challenge", "refuse"])
    func heads(robots: String) throws {
        let gateway = try makeGateway()
        let page = try gateway.open("ete", #""rule":"once","robots":"\#(robots)""#)
        let server = try makeServer(of: page, gateway)
        for (index, sender) in EntrySender.allCases.enumerated() {
            for status in [201, 200] {
                let answer = try send("p\(index)", by: sender, to: server, gateway)
                #expect(answer.status == status, "\(sender): \(answer)")
                #expect(answer.object["participant_number"] as? Int == index + 1, "\(answer)")
            }
        }
        let counts = try gateway.counts(of: page)
        #expect(counts["participants"] == EntrySender.allCases.count, "\(counts)")
        #expect(counts["robot_entries"] == 0, "\(counts)")
        // Nothing is on record that speaks for a robot.
        let export = try gateway.admin("GET", "/v1/operations/ete/export").text
        #expect(!export.contains("\"robots\":true"), "\(export)")
    }

    @Test("the same program is a robot by a key that is for browsers")
    func browser() throws {
        let gateway = try makeGateway()
        let page = try gateway.open("ete", #""rule":"once","robots":"observe""#)
        let server = try makeServer(of: page, gateway)
        let robot = try send("anna", by: .curl, to: page, gateway)
        #expect(robot.status == 201 && robot.object["participant_number"] as? Int == 0)
        // It took nobody's place.
        let person = try send("anna", by: .curl, to: server, gateway)
        #expect(person.status == 201 && person.object["participant_number"] as? Int == 1)
        let counts = try gateway.counts(of: page)
        #expect(counts["participants"] == 1 && counts["robot_entries"] == 1, "\(counts)")
        let strict = try gateway.open("strict", #""rule":"once","robots":"refuse""#)
        let refused = try send("anna", by: .curl, to: strict, gateway)
        #expect(refused.object["reasons"] as? [String] == ["robot"], "\(refused)")
    }

    @Test("the head of an entry that comes in parts is not judged either")
    func parts() throws {
        let gateway = try makeGateway()
        let page = try gateway.open(
            "ete",
            #""rule":"once","robots":"refuse","allowed_origins":["https://jeu.example"]"#)
        let server = try makeServer(of: page, gateway)
        let request = EntrySender.curl.request(
            #"{"participant":"anna"}"#, to: server, fields: "Origin: https://mal.example\r\n")
        let answer = try gateway.exchangeInParts(request)
        #expect(answer.status == 201, "\(answer)")
    }

    @Test("the operation's origins bind pages, and not what a server passes on")
    func origins() throws {
        let gateway = try makeGateway()
        let page = try gateway.open(
            "ete", #""rule":"once","robots":"off","allowed_origins":["https://jeu.example"]"#)
        let server = try makeServer(of: page, gateway)
        let fields = "Origin: https://mal.example\r\n"
        let refused = try send("anna", by: .unknown, to: page, gateway, fields: fields)
        #expect(refused.object["reasons"] as? [String] == ["origin_not_allowed"], "\(refused)")
        let accepted = try send("anna", by: .unknown, to: server, gateway, fields: fields)
        #expect(accepted.status == 201, "\(accepted)")
    }

    @Test("the list says what each key is for; a key is for a browser or a server")
    func list() throws {
        let gateway = try TestGateway()
        let page = try gateway.open("ete")
        _ = try makeServer(of: page, gateway)
        let list = try gateway.admin("GET", "/v1/operations/ete/keys")
        let keys = try #require(list.object["keys"] as? [[String: Any]], "\(list)")
        let kinds = keys.compactMap { $0["front_end"] as? String }
        #expect(kinds.sorted() == ["browser", "server"], "\(list)")
        let wrong = try gateway.admin(
            "POST", "/v1/operations/ete/keys", #"{"front_end":"telephone"}"#)
        let errors = try #require(wrong.object["errors"] as? [[String: Any]], "\(wrong)")
        #expect(wrong.status == 422 && errors.first?["pointer"] as? String == "/front_end")
    }
}
