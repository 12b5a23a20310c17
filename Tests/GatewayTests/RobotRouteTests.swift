import Addresses
import Foundation
import Ledger
import TestSupport
import Testing

@testable import Gateway

@Suite("What was found of robots can be asked for, and why", .onOwnThread)
struct RobotRouteTests {
    private func enter(
        _ gateway: TestGateway, _ operation: TestOperation, _ participants: [String],
        fields: String = "User-Agent: curl/8.14.1\r\n"
    ) throws -> [Answer] {
        try participants.map {
            try gateway.connect().exchange(operation.entry($0, fields: fields))
        }
    }

    /// The view, once it tells of so many attempts.
    private func robots(
        _ gateway: TestGateway, attempts: Int, _ query: String = ""
    ) throws -> [String: Any] {
        for _ in 0..<600 {
            let answer = try gateway.admin("GET", "/v1/operations/ete/robots" + query)
            try #require(answer.status == 200, "\(answer)")
            if answer.object["attempts"] as? Int == attempts {
                let violations = RobotsView.shape.violations(in: answer.object, at: "")
                #expect(violations.isEmpty, "\(violations)")
                return answer.object
            }
            Thread.sleep(forTimeInterval: 0.05)
        }
        Issue.record("never \(attempts) attempts")
        return [:]
    }

    @Test("observed robots: rules with their sentences, tools, samples, bounds; and one by one")
    func observed() throws {
        let gateway = try TestGateway()
        let operation = try gateway.open("ete", #""rule":"unlimited","robots":"observe""#)
        let empty = try gateway.admin("GET", "/v1/operations/ete/robots")
        #expect(RobotsView.shape.violations(in: empty.object, at: "").isEmpty, "\(empty)")
        #expect(try gateway.metric("portillon_robots_total", #"rule="other""#) == 0)
        let answers = try enter(gateway, operation, ["a", "b", "c", "d", "e"])
        #expect(answers.map(\.status) == [201, 201, 201, 201, 201])
        let view = try robots(gateway, attempts: 5)
        #expect(view["robots"] as? Int == 5 && view["share"] as? Double == 1)
        #expect((view["verdicts"] as? [String: Int])?["observed"] == 5)
        let rules = view["rules"] as? [[String: Any]] ?? []
        let rule = try #require(rules.first { $0["rule"] as? String == "client-library" })
        #expect(rule["count"] as? Int == 5 && rule["layer"] as? Int == 1)
        #expect((rule["says"] as? String)?.isEmpty == false)
        let tools = rule["tools"] as? [[String: Any]]
        #expect(tools?.first?["tool"] as? String == "curl")
        let samples = rule["samples"] as? [[String: Any]] ?? []
        #expect(samples.first?["address"] as? String == "127.0.0.0/24", "shortened (C21)")
        #expect(!"\(view)".contains("curl/8.14.1"), "no more than names the tool")
        let origins = view["origins"] as? [[String: Any]]
        #expect(origins?.first?["kind"] as? String == "key")
        let whatIf = view["what_if"] as? [[String: Any]] ?? []
        #expect(whatIf.filter { $0["current"] as? Bool == true }.count == 1)
        #expect(whatIf.first?["refused"] as? Int == 5)
        #expect(try gateway.metric("portillon_robot_verdicts_total", #"verdict="observed""#) == 5)
        let findings = try gateway.metric(
            "portillon_robot_findings_total", #"layer="signature""#)
        #expect(findings == 5)
        try explain(gateway, try #require(answers[2].object["entry"] as? String))
    }

    private func explain(_ gateway: TestGateway, _ entry: String) throws {
        let answer = try gateway.admin("GET", "/v1/entries/\(entry)/robots")
        #expect(answer.status == 200, "\(answer)")
        let violations = RobotExplanationView.shape.violations(in: answer.object, at: "")
        #expect(violations.isEmpty, "\(violations)")
        #expect(answer.object["counted_as"] as? String == "robot")
        let words = answer.object["words"] as? [String] ?? []
        #expect(words.first?.contains(entry) == true)
        #expect(words.contains { $0.contains("It names curl.") }, "\(words)")
        #expect(words.contains { $0.contains("9,900 times as often") }, "\(words)")
        let french = try gateway.admin("GET", "/v1/entries/\(entry)/robots?language=fr")
        #expect((french.object["words"] as? [String])?.first?.contains("participation") == true)
        let older = try gateway.admin("GET", "/v1/entries/\(entry)/robots?lang=fr")
        #expect(older.body == french.body)
        let wrong = try gateway.admin("GET", "/v1/entries/\(entry)/robots?x=1")
        #expect(wrong.status == 422 && wrong.object["code"] as? String == "wrong_query")
        for unknown in ["1", "x", "18446744073709551616", "+\(entry)", "0\(entry)"] {
            let answer = try gateway.admin("GET", "/v1/entries/\(unknown)/robots")
            #expect(answer.status == 404 && answer.object["code"] as? String == "unknown_entry")
        }
        try explainToClients(gateway, entry)
    }

    private func explainToClients(_ gateway: TestGateway, _ entry: String) throws {
        _ = try gateway.admin("PUT", "/v1/clients/bolt", #"{"name":"Bolt"}"#)
        for (client, status) in [("acme", 200), ("bolt", 404)] {
            let made = try gateway.admin(
                "POST", "/v1/tokens", "{\"role\":\"client\",\"client\":\"\(client)\"}")
            let token = try #require(made.object["token"] as? String)
            let answer = try WireClient(port: gateway.adminPort).exchange(
                "GET /v1/entries/\(entry)/robots HTTP/1.1\r\nHost: a\r\n"
                    + "Authorization: Bearer \(token)\r\n\r\n")
            #expect(answer.status == status, "\(client): \(answer)")
        }
    }

    @Test("a load test is no robot: its entries are counted and explained by permit (C6, C7)")
    func loadTest() throws {
        let gateway = try TestGateway()
        let operation = try gateway.open("ete", #""rule":"unlimited","robots":"refuse""#)
        let issued = try gateway.admin(
            "POST", "/v1/permits",
            #"{"operation":"ete","per_second":1000,"#
                + #""starts":"\#(now)","ends":"\#(later)"}"#)
        let permit = try #require(issued.object["permit_id"] as? String, "\(issued)")
        let text = try #require(issued.object["permit"] as? String)
        let answers = try enter(
            gateway, operation, ["a", "b", "c"],
            fields: "User-Agent: curl/8.14.1\r\nPortillon-Permit: \(text)\r\n")
        #expect(answers.map(\.status) == [201, 201, 201], "\(answers)")
        var view: [String: Any] = [:]
        let isCounted = try eventually {
            view = try gateway.admin("GET", "/v1/operations/ete/robots").object
            return view["tests"] as? Int == 3
        }
        #expect(isCounted, "\(view)")
        #expect(RobotsView.shape.violations(in: view, at: "").isEmpty)
        #expect(view["attempts"] as? Int == 0 && view["robots"] as? Int == 0, "\(view)")
        let origins = view["origins"] as? [[String: Any]] ?? []
        #expect(origins.map { $0["kind"] as? String } == ["permit"], "\(origins)")
        #expect(origins.map { $0["name"] as? String } == [permit])
        #expect(origins.map { $0["count"] as? Int } == [3])
        let entry = try #require(answers[0].object["entry"] as? String)
        let explained = try gateway.admin("GET", "/v1/entries/\(entry)/robots")
        #expect(RobotExplanationView.shape.violations(in: explained.object, at: "").isEmpty)
        #expect(explained.object["counted_as"] as? String == "test", "\(explained)")
        #expect(explained.object["permit"] as? String == permit)
        let words = explained.object["words"] as? [String] ?? []
        #expect(words.contains("The load test's permit is \(permit)."), "\(words)")
    }

    @Test("a permit that is good for nothing switches no rule off (C6)")
    func junkPermit() throws {
        let gateway = try TestGateway()
        let operation = try gateway.open("ete", #""rule":"unlimited","robots":"refuse""#)
        let answers = try enter(
            gateway, operation, ["a", "b"],
            fields: "User-Agent: curl/8.14.1\r\nPortillon-Permit: x\r\n")
        for answer in answers {
            #expect(answer.object["reasons"] as? [String] == ["permit_invalid"], "\(answer)")
        }
        let view = try robots(gateway, attempts: 2)
        #expect(view["robots"] as? Int == 2 && view["tests"] as? Int == 0, "\(view)")
        #expect((view["verdicts"] as? [String: Int])?["refused"] == 2)
        #expect(try gateway.metric("portillon_robot_counts_left_out_total") == 0)
    }

    @Test("behind a trusted proxy robots are those of the clients that it names (C6)")
    func proxied() throws {
        let loopback = try #require(AddressNetwork("127.0.0.0/8"))
        let gateway = try TestGateway(proxies: TrustedProxies([loopback]))
        let operation = try gateway.open(
            "ete", #""rule":"unlimited","robots":"refuse","networks":["203.0.113.0/24"]"#)
        let answers = try enter(
            gateway, operation, ["a", "b"],
            fields: "User-Agent: curl/8.14.1\r\nX-Forwarded-For: 203.0.113.7\r\n")
        #expect(answers.allSatisfy { $0.status == 403 }, "\(answers)")
        _ = try enter(
            gateway, operation, ["c"],
            fields: "User-Agent: curl/8.14.1\r\nForwarded: for=unknown\r\n")
        let view = try robots(gateway, attempts: 3)
        let origins = view["origins"] as? [[String: Any]] ?? []
        let named = origins.filter { $0["kind"] as? String == "network" }
        #expect(named.map { $0["name"] as? String } == ["203.0.113.0/24"], "\(origins)")
        #expect(named.map { $0["count"] as? Int } == [2], "\(origins)")
        let rules = view["rules"] as? [[String: Any]] ?? []
        let samples = rules.flatMap { $0["samples"] as? [[String: Any]] ?? [] }
        #expect(samples.contains { $0["address"] as? String == "203.0.113.0/24" }, "\(samples)")
    }

    @Test("a permit is looked at before the head is judged, whichever comes first")
    func permitBeforeHead() throws {
        let gateway = try TestGateway()
        let operation = try gateway.open("ete", #""rule":"unlimited","robots":"refuse""#)
        let issued = try gateway.admin(
            "POST", "/v1/permits",
            #"{"operation":"ete","per_second":1000,"starts":"\#(now)","ends":"\#(later)"}"#)
        let text = try #require(issued.object["permit"] as? String, "\(issued)")
        let request = operation.entry(
            "a",
            fields: "User-Agent: curl/8.14.1\r\nPortillon-Permit: \(text)\r\n"
                + "Expect: 100-continue\r\n")
        let parts = request.components(separatedBy: "\r\n\r\n")
        let client = try gateway.connect()
        try client.send(parts[0] + "\r\n\r\n")
        #expect(try client.receive().status == 100)
        try client.send(parts[1])
        #expect(try client.receive().status == 201)
    }

    private var now: String { Date.now.formatted(Date.ISO8601FormatStyle()) }
    /// An hour from now.
    private var later: String {
        Date(timeIntervalSinceNow: 3_600).formatted(Date.ISO8601FormatStyle())
    }

    @Test("refused robots leave a record a minute, which a restart knows")
    func restart() throws {
        let folder = try TestFolder()
        let clock = FastForwardClock()
        let gateway = try TestGateway(folder: folder, clock: clock)
        // The minute is older than the operation.
        clock.advance(toMilliseconds: 10_000)
        let operation = try gateway.open(
            "ete", #""rule":"unlimited","robots":"refuse","networks":["127.0.0.0/8"]"#)
        let answers = try enter(gateway, operation, (0..<20).map { "p\($0)" })
        #expect(answers.allSatisfy { $0.status == 403 }, "\(answers[0])")
        #expect((answers[0].object["reasons"] as? [String]) == ["robot"])
        _ = try robots(gateway, attempts: 20)
        gateway.drain()
        let next = try TestGateway(folder: folder, clock: clock)
        let view = try robots(next, attempts: 20)
        #expect(view["robots"] as? Int == 20)
        #expect((view["verdicts"] as? [String: Int])?["refused"] == 20)
        let origins = view["origins"] as? [[String: Any]] ?? []
        #expect(origins.contains { $0["name"] as? String == "127.0.0.0/8" }, "\(origins)")
        let evidence = try next.admin("GET", "/v1/operations/ete/evidence")
        #expect(evidence.text.contains("fact.robots"))
    }

    @Test("how far back is asked for, within what is kept")
    func seconds() throws {
        let gateway = try TestGateway()
        _ = try gateway.open("ete")
        for (query, status) in [
            ("?seconds=60", 200), ("?seconds=3600", 200), ("?seconds=59", 422),
            ("?seconds=3601", 422), ("?seconds=x", 422), ("?minutes=1", 422),
        ] {
            let answer = try gateway.admin("GET", "/v1/operations/ete/robots" + query)
            #expect(answer.status == status, "\(query)")
        }
        #expect(try gateway.admin("GET", "/v1/operations/none/robots").status == 404)
    }

    @Test("an entry is found by its number in whichever segment it is")
    func search() throws {
        let folder = try TestFolder()
        let gateway = try TestGateway(folder: folder) { limits in
            limits.journalSegmentBytes = 1 << 20
            limits.snapshotRecords = 0
        }
        let operation = try gateway.open("ete", #""rule":"unlimited","robots":"off""#)
        let client = try gateway.connect()
        let filling = String(repeating: "x", count: 8_000)
        var entries: [UInt64] = []
        for number in 0..<400 {
            let request = operation.entry(
                "p\(number)", members: "\"fields\":{\"a\":\"\(filling)\"}")
            var answer = try client.exchange(request)
            let isStored = try eventually {
                // Refused where the thread that makes the next segment stood still.
                if answer.status == 503 { answer = try client.exchange(request) }
                return answer.status != 503
            }
            try #require(isStored && answer.status == 201, "\(answer)")
            let entry = (answer.object["entry"] as? String).flatMap { UInt64($0) }
            entries.append(try #require(entry))
        }
        let search = EntrySearch(folders: OperationExport(data: folder.path).folders)
        let names = try FileManager.default.contentsOfDirectory(
            atPath: folder.path + "/journal")
        #expect(names.count > 3, "\(names)")
        for index in Array(stride(from: 0, to: 400, by: 37)) + [399] {
            let found = try search.find(EntryNumber(rawValue: entries[index]))
            #expect(found?.entry.entry.rawValue == entries[index], "\(index)")
            let none = try search.find(EntryNumber(rawValue: entries[index] + 1))
            let next = index + 1 < 400 ? entries[index + 1] : 0
            #expect(none?.record == nil || next == entries[index] + 1)
        }
        #expect(try search.find(EntryNumber(rawValue: 0))?.record == nil)
        #expect(try search.find(EntryNumber(rawValue: .max))?.record == nil)
    }
}
