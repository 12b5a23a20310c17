import Testing

@testable import Gateway

@Suite("A challenge asks for as much work as its entry is suspect", .onOwnThread)
struct ChallengeLevelTests {
    private static let settings = #""rule":"unlimited","robots":"challenge""#

    /// Little work: a debug build solves one in a moment.
    private static func makeGateway() throws -> TestGateway {
        try TestGateway { limits in
            limits.challengeIterations = 5
            limits.challengeCounters = 40
            limits.challengesAhead = 8
        }
    }

    @Test("less work than an entry is asked for is not enough, and is not used up")
    func insufficient() throws {
        let gateway = try Self.makeGateway()
        let operation = try gateway.open("ete", Self.settings)
        let cheap = try TestChallenge(of: operation, for: operation.key, from: gateway).altcha()
        for (sender, level) in [(EntrySender.unknown, 2), (.curl, 3)] {
            var answer: Answer
            repeat {
                let body = "{\"participant\":\"anne\",\"altcha\":\"\(cheap)\"}"
                answer = try gateway.connect().exchange(
                    sender.request(body, to: operation))
            } while answer.status == 503
            #expect(answer.object["verdict"] as? String == "challenged", "\(answer)")
            let challenge = answer.object["challenge"] as? [String: Any]
            let parameters = challenge?["parameters"] as? [String: Any]
            let data = parameters?["data"] as? [String: Any]
            #expect(data?["level"] as? Int == level, "\(answer)")
        }
        let entry = operation.entry("anne", altcha: cheap)
        #expect(try gateway.connect().exchange(entry).status == 201)
    }

    @Test("whoever gets a challenge first gets the work that its entries are asked for")
    func ofOwnLevel() throws {
        let gateway = try Self.makeGateway()
        let operation = try gateway.open("ete", Self.settings)
        for (sender, level) in [(nil, 2), ("curl/8.14.1", 3), (EntrySender.browser, 1)] {
            var answer: Answer
            repeat {
                let request = operation.challengeRequest(key: operation.key, sender: sender)
                answer = try gateway.connect().exchange(request)
            } while answer.status == 503
            let parameters = answer.object["parameters"] as? [String: Any]
            let data = parameters?["data"] as? [String: Any]
            #expect(data?["level"] as? Int == level, "\(answer)")
            #expect((data?["readyAt"] == nil) == (level == 3), "\(answer)")
        }
    }
}
