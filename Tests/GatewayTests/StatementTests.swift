import Availability
import Bytes
import Foundation
import Ledger
import Log
import Playback
import Projections
import Testing
import Time
import Wire

@testable import Gateway

@Suite("Monthly reports, and their proof from the log (C15)", .onOwnThread)
struct StatementTests {
    private static let settings = #""rule":"once","robots":"off""#

    /// The machine's clock; near the change of two months it is set a quarter of an hour forward,
    /// so that all of a test lies in one month.
    private static func clockWithinMonth() -> FastForwardClock {
        let clock = FastForwardClock()
        let ends = [-5, 10].map { minutes in
            CivilMonth(at: clock.wallClock().advanced(byMilliseconds: minutes * 60_000), in: .utc)
        }
        if ends[0].text != ends[1].text { clock.advance(toMilliseconds: 15 * 60_000) }
        return clock
    }

    private func get(_ gateway: TestGateway, _ path: String) throws -> Answer {
        let answer = try gateway.admin("GET", path)
        try #require(answer.status == 200, "\(answer)")
        return answer
    }

    /// Enters some, one of them twice.
    private func enter(_ people: Range<Int>, _ operation: TestOperation, _ port: UInt16) throws {
        let client = try WireClient(port: port)
        for person in people {
            let answer = try client.exchange(operation.entry("p\(person)"))
            try #require([200, 201].contains(answer.status), "\(answer)")
        }
        _ = try client.exchange(operation.entry("p\(people.lowerBound)"))
    }

    /// Whether the log gives the report again, by the record that it names.
    private func isSame(_ answer: Answer, _ folder: TestFolder) throws -> Bool {
        let claim = try ReportClaim(json: answer.body)
        var ledger = Ledger()
        var made: [UInt8]?
        _ = try LogReader.read(directories: [folder.path + "/journal"]) { batch in
            try ledger.play(batch)
            guard batch.header.firstSequence <= claim.sequence,
                claim.sequence < batch.end.nextSequence
            else { return }
            made =
                RebuiltReport(claim, from: ledger, chain: batch.chain, at: batch.header.time)?
                .json
        }
        return try JSONValue(answer.body) == JSONValue(try #require(made))
    }

    @Test("a statement of a month in progress has what was stored, and follows from the log")
    func statement() throws {
        let clock = Self.clockWithinMonth()
        let gateway = try TestGateway(clock: clock)
        let month = CivilMonth(at: clock.wallClock(), in: .utc).text
        let operation = try gateway.open("ete", Self.settings)
        try enter(0..<20, operation, gateway.port)
        let first = try get(gateway, "/v1/statement")
        #expect(first.object["month"] as? String == month)
        #expect(first.object["complete"] as? Bool == false)
        let rows = first.object["operations"] as? [[String: Any]]
        #expect(rows?.count == 1 && rows?.first?["operation"] as? String == "ete")
        let total = first.object["total"] as? [String: Any]
        #expect(total?["entries"] as? Int == 20 && total?["participants"] as? Int == 20)
        #expect(try isSame(first, gateway.folder))
        try enter(20..<30, operation, gateway.port)
        let second = try get(gateway, "/v1/statement?client=acme")
        #expect((second.object["total"] as? [String: Any])?["entries"] as? Int == 30)
        #expect(try isSame(second, gateway.folder))
        // The first one still follows from the record that it names.
        #expect(try isSame(first, gateway.folder))
        let past = try get(gateway, "/v1/statement?month=2026-01")
        #expect((past.object["operations"] as? [Any])?.isEmpty == true)
        #expect(past.object["complete"] as? Bool == true)
    }

    @Test("what was not accepted is on record when the process ends, and in the statement")
    func notAccepted() throws {
        let clock = Self.clockWithinMonth()
        let folder: TestFolder
        do {
            let gateway = try TestGateway(clock: clock)
            folder = gateway.folder
            try enter(0..<5, try gateway.open("ete", Self.settings), gateway.port)
            gateway.drain()
        }
        let gateway = try TestGateway(folder: folder, clock: clock)
        let answer = try get(gateway, "/v1/statement")
        let answers = (answer.object["total"] as? [String: Any])?["answers"] as? [String: Int]
        #expect(answers?["repeated"] == 1, "\(answer)")
        #expect(answers?.values.reduce(0, +) == 1, "\(answer)")
        #expect(try isSame(answer, folder))
    }

    @Test("an availability report follows from the log, for the operator and for its client")
    func availability() throws {
        let clock = Self.clockWithinMonth()
        let gateway = try TestGateway(clock: clock)
        _ = try gateway.open("ete", Self.settings)
        let minute = Minute(containing: clock.wallClock()).advanced(by: -2)
        let from = minute.starts.rfc3339
        let to = minute.advanced(by: 1).starts.rfc3339
        for (path, body) in [
            (
                "/v1/probes/paris/minutes",
                "{\"minute\":\"\(from)\",\"attempts\":60,\"failed\":60,\"slow\":0}"
            ),
            ("/v1/incidents", #"{"severity":"critical","title":"No entry","client":"acme"}"#),
            ("/v1/maintenance", #"{"kind":"emergency","note":"a disk"}"#),
            (
                "/v1/force-majeure",
                "{\"kind\":\"flood\",\"starts\":\"\(from)\"}"
            ),
            (
                "/v1/corrections",
                "{\"from\":\"\(from)\",\"to\":\"\(to)\",\"becomes\":\"accessible\","
                    + "\"reason\":\"r\"}"
            ),
        ] {
            let answer = try gateway.admin("POST", path, body)
            try #require([200, 201].contains(answer.status), "\(answer)")
        }
        let query = "?month=\(CivilMonth(at: minute.starts, in: .utc).text)"
        let own = try token(gateway)
        for (client, token) in [("", nil), ("&client=acme", nil), ("", own)]
            as [(String, String?)]
        {
            let answer = try ask(gateway, "/v1/availability\(query)\(client)", token)
            try #require(answer.status == 200, "\(answer)")
            for name in ["maintenance", "corrections", "force_majeure"] {
                #expect((answer.object[name] as? [Any])?.count == 1, "\(name): \(answer)")
            }
            let corrections = answer.object["corrections"] as? [[String: Any]]
            #expect((corrections?.first?["author"] == nil) == (token != nil))
            #expect(try isSame(answer, gateway.folder), "\(client)")
        }
    }

    @Test("a client sees its own operations alone, and learns of no other client")
    func own() throws {
        let gateway = try TestGateway()
        try enter(0..<3, try gateway.open("ete", Self.settings), gateway.port)
        _ = try gateway.admin("PUT", "/v1/clients/bolt", #"{"name":"Bolt"}"#)
        let token = try token(gateway)
        let answer = try ask(gateway, "/v1/statement", token)
        #expect(answer.object["client"] as? String == "acme", "\(answer)")
        for client in ["bolt", "none"] {
            let other = try ask(gateway, "/v1/statement?client=\(client)", token)
            #expect(other.status == 404, "\(other)")
        }
        for query in ["?month=2026-13", "?month=2001-01", "?more=1"] {
            let wrong = try gateway.admin("GET", "/v1/statement" + query)
            #expect(wrong.status == 422, "\(query): \(wrong)")
        }
    }

    @Test("answers that are not accepted are a record a quarter of an hour, and not twice")
    func quarters() throws {
        let clock = HandClock()
        let bench = try Bench(try Bench.opened(), clock: clock)
        let shared = bench.shared
        var reporter = NotAcceptedReporter(shared)
        reporter.turn()
        let since = shared.ledgerTime
        shared.instruments.count(.accepted, of: 0, lane: 0)
        for _ in 0..<3 { shared.instruments.count(.repeated, of: 0, lane: 0) }
        shared.instruments.count(.full, of: 0, lane: 0)
        reporter.turn()
        #expect(bench.drainNotAccepted().isEmpty, "the quarter goes on")
        clock.advance(milliseconds: NotAcceptedReporter.quarterMilliseconds)
        reporter.turn()
        var counts = AnswerCounts()
        counts.repeated = 3
        counts.overloaded = 1
        let name = shared.projected.catalogue.operations[0].id
        #expect(
            bench.drainNotAccepted() == [
                NotAcceptedEntries(
                    operation: name, since: since, until: shared.ledgerTime, counts: counts)
            ])
        clock.advance(milliseconds: NotAcceptedReporter.quarterMilliseconds)
        reporter.turn()
        #expect(bench.drainNotAccepted().isEmpty, "nothing came since")
        shared.instruments.count(.repeated, of: 0, lane: 0)
        reporter.finish()
        #expect(bench.drainNotAccepted().map(\.counts.repeated) == [1])
    }

    private func token(_ gateway: TestGateway) throws -> String {
        let made = try gateway.admin("POST", "/v1/tokens", #"{"role":"client","client":"acme"}"#)
        return try #require(made.object["token"] as? String, "\(made)")
    }

    private func ask(_ gateway: TestGateway, _ path: String, _ token: String?) throws -> Answer {
        guard let token else { return try gateway.admin("GET", path) }
        return try WireClient(port: gateway.adminPort).exchange(
            "GET \(path) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n\r\n")
    }
}
