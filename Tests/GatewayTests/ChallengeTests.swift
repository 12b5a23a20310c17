import Bytes
import Foundation
import Ledger
import Projections
import Robots
import TestSupport
import Testing
import Time
import Vault

@testable import Gateway

@Suite("Challenges are given out, solved, and good for one entry", .onOwnThread)
struct ChallengeTests {
    private static let settings = #""rule":"unlimited","robots":"challenge""#

    /// Little work: a debug build solves one in a moment.
    private func makeGateway(
        in folder: TestFolder? = nil, _ change: (inout Limits) -> Void = { _ in }
    ) throws -> TestGateway {
        try TestGateway(folder: folder) { limits in
            limits.challengeIterations = 5
            limits.challengeCounters = 40
            limits.challengesAhead = 8
            change(&limits)
        }
    }

    private func expectFailure(_ answer: Answer, _ what: String = "") {
        #expect(answer.status == 403, "\(what): \(answer)")
        #expect(answer.object["verdict"] as? String == "refused", "\(what): \(answer)")
        #expect(answer.object["reasons"] as? [String] == ["challenge_failed"], "\(what): \(answer)")
    }

    private func post(
        _ entry: String, to gateway: TestGateway
    ) throws -> Answer { try gateway.connect().exchange(entry) }

    @Test("a solved one lets one entry in, and no other")
    func once() throws {
        let gateway = try makeGateway()
        let operation = try gateway.open("ete", Self.settings)
        let challenge = try TestChallenge(of: operation, for: operation.key, from: gateway)
        let parameters = challenge.parameters
        #expect(
            Set(parameters.keys) == [
                "algorithm", "nonce", "salt", "cost", "keyLength", "keyPrefix", "keySignature",
                "expiresAt", "data",
            ])
        #expect(parameters["algorithm"] as? String == "PBKDF2/SHA-256")
        #expect(parameters["keyLength"] as? Int == 32 && parameters["cost"] as? Int == 5)
        let data = try #require(parameters["data"] as? [String: Any])
        #expect(data["operation"] as? String == "ete" && data["level"] as? Int == 1)
        let counter = try challenge.solve().counter
        #expect((8...40).contains(counter), "from the range: \(counter)")
        let altcha = try challenge.altcha()
        #expect(try post(operation.entry("anne", altcha: altcha), to: gateway).status == 201)
        for person in ["anne", "bernard"] {
            expectFailure(try post(operation.entry(person, altcha: altcha), to: gateway), person)
        }
        // A program without a name is suspect: without a solution it is asked for one.
        var claire: Answer
        repeat {
            claire = try post(operation.entry("claire"), to: gateway)
        } while claire.status == 503
        #expect(claire.status == 403 && claire.object["verdict"] as? String == "challenged")
        #expect(try gateway.counts(of: operation)["entries"] == 1)
        #expect(
            try gateway.metric("portillon_refusals_total", #"reason="challenge_failed""#) == 2)
    }

    @Test("of twelve spellings at once, from as many connections, one is let in")
    func spellings() throws {
        let gateway = try makeGateway()
        let operation = try gateway.open("ete", Self.settings)
        for round in 0..<6 {
            let challenge = try TestChallenge(of: operation, for: nil, from: gateway)
            var spelled = try challenge.spellings()
            #expect(Set(spelled).count == 12)
            spelled.shuffle()
            let clients = try spelled.map { _ in try gateway.connect() }
            for (index, client) in clients.enumerated() {
                try client.send(
                    operation.entry("person-\(round)-\(index)", altcha: spelled[index]))
            }
            let answers = try clients.map { try $0.receive() }
            #expect(answers.filter { $0.status == 201 }.count == 1)
            for answer in answers where answer.status != 201 { expectFailure(answer) }
        }
        #expect(try gateway.counts(of: operation)["entries"] == 6)
    }

    @Test("a retry of an entry that was carried out is answered with it")
    func retries() throws {
        let gateway = try makeGateway()
        let once = try gateway.open("une", #""rule":"once","robots":"refuse""#)
        let operation = try gateway.open("ete", Self.settings)
        let first = try TestChallenge(of: once, for: once.key, from: gateway).altcha()
        #expect(try post(once.entry("anne", altcha: first), to: gateway).status == 201)
        #expect(try post(once.entry("anne", altcha: first), to: gateway).status == 200)
        #expect(try post(once.entry("anne", altcha: "AAAA"), to: gateway).status == 200)
        expectFailure(try post(once.entry("bernard", altcha: first), to: gateway))
        let second = try TestChallenge(of: operation, for: operation.key, from: gateway).altcha()
        let entry = operation.entry("anne", altcha: second, fields: "Idempotency-Key: a\r\n")
        #expect(try post(entry, to: gateway).status == 201)
        #expect(try post(entry, to: gateway).status == 200)
        expectFailure(try post(operation.entry("anne", altcha: second), to: gateway))
    }

    @Test("one of another operation or key, forged, self-made, or expired is refused")
    func refused() throws {
        let gateway = try makeGateway()
        let operation = try gateway.open("ete", Self.settings)
        let other = try gateway.open("hiver", Self.settings)
        let made = try gateway.admin("POST", "/v1/operations/ete/keys", "{}")
        let second = TestOperation(
            name: "ete", key: try #require(made.object["key"] as? String))
        func expectRefused(
            _ altcha: String, _ what: String, by sender: TestOperation? = nil
        ) throws {
            let entry = (sender ?? operation).entry("anne", altcha: altcha)
            expectFailure(try post(entry, to: gateway), what)
        }
        let foreign = try TestChallenge(of: other, for: nil, from: gateway).altcha()
        try expectRefused(foreign, "another operation's")
        let bound = try TestChallenge(of: operation, for: operation.key, from: gateway)
        try expectRefused(try bound.altcha(), "another key's", by: second)
        try expectRefused(try bound.altcha(["cost": 1]), "cheaper")
        try expectRefused(try bound.altcha(["expiresAt": 2_000_000_000]), "longer")
        try expectRefused(
            try bound.altcha(["data": ["level": 1, "operation": "ete"]]), "for every key")
        try expectRefused(try bound.altcha(["memoryCost": 1]), "with another parameter")
        let unsolved = TestChallenge.base64(
            try bound.solution().replacing(
                try bound.solve().key, with: String(repeating: "0", count: 64)))
        try expectRefused(unsolved, "unsolved")
        for text in ["x", "e30=", "eyJ9", "AAAA", "\\u0000", String(repeating: "e", count: 4_096)] {
            try expectRefused(text, text)
        }
        // All of that used nothing up.
        let answer = try post(
            operation.entry("anne", altcha: try bound.altcha()), to: gateway)
        #expect(answer.status == 201, "\(answer)")
        let open = try TestChallenge(of: operation, for: nil, from: gateway).altcha()
        #expect(try post(second.entry("anne", altcha: open), to: gateway).status == 201)
    }

    /// A challenge as a client sends it that cannot solve it.
    private func unsolved(_ challenge: TestChallenge) throws -> String {
        let payload: [String: Any] = [
            "challenge": [
                "parameters": challenge.parameters, "signature": challenge.signature,
            ]
        ]
        let json = try JSONSerialization.data(withJSONObject: payload)
        return TestChallenge.base64(String(decoding: json, as: UTF8.self))
    }

    @Test("a client that cannot solve it waits instead: once, not before the time, one at a time")
    func waited() throws {
        // Longer than a busy machine keeps this thread from what it does before the time.
        let wait = 15
        let gateway = try makeGateway { $0.challengeWaitSeconds = wait }
        let operation = try gateway.open("ete", Self.settings)
        let first = try TestChallenge(of: operation, for: operation.key, from: gateway)
        let second = try TestChallenge(of: operation, for: nil, from: gateway)
        let data = try #require(first.parameters["data"] as? [String: Any])
        let ready = try #require(data["readyAt"] as? Int)
        let expires = try #require(first.parameters["expiresAt"] as? Int)
        #expect(expires - ready == 600 - wait)
        let altcha = try unsolved(first)
        expectFailure(try post(operation.entry("anne", altcha: altcha), to: gateway), "too early")
        #expect(Date.now.timeIntervalSince1970 < Double(ready), "the machine is that slow")
        var answer: Answer?
        var askedAt = ContinuousClock.now
        let isIn = try eventually(withinSeconds: 60) {
            askedAt = ContinuousClock.now
            answer = try post(operation.entry("anne", altcha: altcha), to: gateway)
            return answer?.status == 201
        }
        #expect(isIn, "\(String(describing: answer))")
        #expect(Date.now.timeIntervalSince1970 >= Double(ready))
        expectFailure(try post(operation.entry("bernard", altcha: altcha), to: gateway), "used")
        let solved = try first.altcha()
        expectFailure(try post(operation.entry("bernard", altcha: solved), to: gateway), "used")
        var other: Answer
        repeat {
            other = try post(
                operation.entry("claire", altcha: try unsolved(second)), to: gateway)
        } while other.status == 503
        guard other.status != 201 else {
            let passed = ContinuousClock.now - askedAt
            #expect(passed > .seconds(4), "at once; not where this thread stood still before")
            return
        }
        // Some seconds more, and not the whole wait again.
        #expect(other.object["verdict"] as? String == "challenged", "\(other)")
        let next = try TestChallenge(
            challenged: try #require(other.object["challenge"] as? [String: Any]))
        let turn = try #require((next.parameters["data"] as? [String: Any])?["readyAt"] as? Int)
        #expect(Double(turn) < Date.now.timeIntervalSince1970 + 8)
        let comes = try eventually(withinSeconds: 60) {
            let answer = try post(
                operation.entry("claire", altcha: try unsolved(next)), to: gateway)
            return answer.status == 201
        }
        #expect(comes)
    }

    @Test("whether an entry has waited is seen by its turn's time, not by another clock's")
    func turnsTime() throws {
        let bench = try Bench(try Bench.opened(robots: .challenge)) { $0.challengeIterations = 1 }
        let pool = bench.shared.challenges
        pool.prepare()
        while pool.makeRound() {}
        let operation = bench.shared.projected.catalogue.operations[0]
        let keys = OperationKeys(OperationSecrets(), from: 0)
        let profile = OperationProfile(operation, index: 0, keys: keys)
        let key = DirectoryKey(bench.shared.projected.catalogue.keys[0], index: 0)
        var challenges = EntryChallenges(bench.shared, lane: 0)
        var text = ByteBuffer(capacity: 1_024)
        // Years from now by any clock.
        let ready: UInt32 = 4_000_000_000
        let isMade = challenges.append(
            .usual, for: profile, key, expires: ready + 60, ready: ready, to: &text)
        try #require(isMade)
        let object = try JSONSerialization.jsonObject(with: Data(text.bytes.array))
        let altcha = try unsolved(
            TestChallenge(challenged: try #require(object as? [String: Any])))
        let early = Timestamp(milliseconds: Int64(ready) * 1_000 - 1)
        let refused = altcha.withBytes { challenges.verify($0, profile, key, at: early) }
        #expect(refused == .failed)
        let inTime = early.advanced(byMilliseconds: 1)
        // An entry that is refused for what it lacks takes the turn from nobody.
        text.removeAll()
        let isMadeAgain = challenges.append(
            .usual, for: profile, key, expires: ready + 60, ready: ready, to: &text)
        try #require(isMadeAgain)
        let second = try JSONSerialization.jsonObject(with: Data(text.bytes.array))
        let another = try unsolved(
            TestChallenge(challenged: try #require(second as? [String: Any])))
        let lacking = another.withBytes {
            challenges.verify($0, profile, key, at: inTime, isLacking: true)
        }
        #expect(lacking.turn != nil && !lacking.isGiven)
        let solved = altcha.withBytes { challenges.verify($0, profile, key, at: inTime) }
        #expect(solved.state == .solved && solved.expires == ready + 60)
        let expired = inTime.advanced(byMilliseconds: 60_000)
        #expect(altcha.withBytes { challenges.verify($0, profile, key, at: expired) } == .failed)
    }

    @Test("a wait replaces nothing where it is switched off, changed, or would outlast it")
    func unwaited() throws {
        for wait in [0, 600] {
            let gateway = try makeGateway { $0.challengeWaitSeconds = wait }
            let operation = try gateway.open("ete", Self.settings)
            let challenge = try TestChallenge(of: operation, for: nil, from: gateway)
            let data = try #require(challenge.parameters["data"] as? [String: Any])
            #expect(data["readyAt"] == nil, "\(wait)")
            expectFailure(
                try post(operation.entry("anne", altcha: try unsolved(challenge)), to: gateway))
            // Its own time makes another challenge of it.
            let own: [String: Any] = data.merging(["readyAt": 1]) { $1 }
            expectFailure(
                try post(
                    operation.entry("anne", altcha: try challenge.altcha(["data": own])),
                    to: gateway))
        }
    }

    @Test("one that has expired is refused")
    func expired() throws {
        let gateway = try makeGateway { $0.challengeSeconds = 0 }
        let operation = try gateway.open("ete", Self.settings)
        let altcha = try TestChallenge(of: operation, for: nil, from: gateway).altcha()
        expectFailure(try post(operation.entry("anne", altcha: altcha), to: gateway))
    }

    @Test("a restart forgets neither what was used nor what was given out; a reset forgets both")
    func restarts() throws {
        let folder = try TestFolder()
        var running = try makeGateway(in: folder)
        let operation = try running.open("ete", Self.settings)
        let used = try TestChallenge(of: operation, for: nil, from: running).altcha()
        let fresh = try TestChallenge(of: operation, for: operation.key, from: running).altcha()
        let late = try TestChallenge(of: operation, for: operation.key, from: running).altcha()
        #expect(try post(operation.entry("anne", altcha: used), to: running).status == 201)
        running.drain()
        running = try makeGateway(in: folder)
        expectFailure(try post(operation.entry("bernard", altcha: used), to: running))
        #expect(try post(operation.entry("bernard", altcha: fresh), to: running).status == 201)
        let reset = try running.admin(
            "POST", "/v1/operations/ete/reset", #"{"confirm":"ete"}"#)
        #expect(reset.status == 200, "\(reset)")
        expectFailure(try post(operation.entry("claire", altcha: late), to: running))
        let again = try TestChallenge(of: operation, for: nil, from: running).altcha()
        #expect(try post(operation.entry("claire", altcha: again), to: running).status == 201)
    }

    @Test(
        "only where they may be asked for are they given out and looked at",
        arguments: [
            ("off", false), ("observe", false), ("challenge", true), ("refuse", true),
        ])
    func bySetting(robots: String, mayChallenge: Bool) throws {
        let gateway = try makeGateway()
        let operation = try gateway.open(
            "ete", "\"rule\":\"unlimited\",\"robots\":\"\(robots)\"")
        let view = try gateway.connect().exchange(
            "GET /v1/operations/ete HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(view.object["challenge"] as? Bool == mayChallenge, "\(view)")
        let forged = try post(operation.entry("anne", altcha: "AAAA"), to: gateway)
        if mayChallenge {
            expectFailure(forged)
            _ = try TestChallenge(of: operation, for: nil, from: gateway)
        } else {
            #expect(forged.status == 201, "\(forged)")
            let answer = try gateway.connect().exchange(operation.challengeRequest(key: nil))
            #expect(answer.status == 404 && answer.object["code"] as? String == "no_challenge")
        }
    }

    @Test("an operation observes by default; a change of the setting is in force at once")
    func changes() throws {
        let gateway = try makeGateway()
        let operation = try gateway.open("ete", #""rule":"unlimited""#)
        let view = try gateway.admin("GET", "/v1/operations/ete")
        #expect(view.object["robots"] as? String == "observe", "\(view)")
        let patch = try gateway.admin(
            "PATCH", "/v1/operations/ete", #"{"robots":"challenge"}"#)
        #expect(patch.status == 200, "\(patch)")
        _ = try TestChallenge(of: operation, for: nil, from: gateway)
        let back = try gateway.admin("PATCH", "/v1/operations/ete", #"{"robots":null}"#)
        #expect(back.object["robots"] as? String == "observe", "\(back)")
        let wrong = try gateway.admin("PATCH", "/v1/operations/ete", #"{"robots":"block"}"#)
        #expect(wrong.status == 422)
    }

    @Test("unknown and foreign keys, drafts, and operations that are not there get none")
    func requests() throws {
        let gateway = try makeGateway()
        let operation = try gateway.open("ete", Self.settings)
        let other = try gateway.open("hiver", Self.settings)
        func expect(_ request: String, _ status: Int, _ code: String) throws {
            let answer = try gateway.connect().exchange(request)
            #expect(answer.status == status, "\(answer)")
            #expect(answer.object["code"] as? String == code, "\(answer)")
        }
        try expect(operation.challengeRequest(key: "pk_unknown"), 401, "unauthorized")
        try expect(operation.challengeRequest(key: other.key), 403, "wrong_operation")
        let draft = try gateway.admin(
            "PUT", "/v1/operations/draft",
            #"{"client":"acme","title":"T","robots":"challenge"}"#)
        #expect(draft.status == 201)
        for name in ["draft", "nothing"] {
            let nowhere = TestOperation(name: name, key: "")
            try expect(nowhere.challengeRequest(key: nil), 404, "unknown_operation")
        }
        try expect(
            "POST /v1/operations/ete/challenge HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
            405, "method_not_allowed")
        let answer = try gateway.connect().exchange(
            operation.challengeRequest(key: nil).replacing(
                "Host: a", with: "Host: a\r\nOrigin: https://a.example"))
        #expect(answer["access-control-allow-origin"] == "*")
        #expect(answer["cache-control"] == "no-store" || answer.status == 503, "\(answer)")
    }

    @Test("where none is made yet, the answer says so and when to come again")
    func usedUp() throws {
        let loop = try HandTurned(robots: .challenge) {
            $0.challengeIterations = 5
            $0.challengesAhead = 4
        }
        let client = try loop.connect()
        func ask() throws -> Answer {
            client.send(loop.operation.challengeRequest(key: nil))
            return try #require(try client.answers().first)
        }
        for _ in 0..<2 {
            let none = try ask()
            #expect(none.status == 503 && none["retry-after"] != nil, "\(none)")
            #expect(none.object["code"] as? String == "overloaded")
            #expect(none.object["retry_after"] as? Double ?? 0 > 0)
            while loop.bench.shared.challenges.makeRound() {}
            // The others are left to entries that are challenged.
            for _ in 0..<3 { _ = try TestChallenge(try ask()) }
        }
    }
}
