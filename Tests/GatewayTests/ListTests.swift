import Availability
import Foundation
import Ledger
import Testing
import Time
import Wire

@testable import Gateway

@Suite("Lists come in pages, and what they show is bounded", .onOwnThread)
struct ListTests {
    // MARK: Pages

    @Test("pages of any size have every element once, in order")
    func pages() throws {
        for count in [0, 1, 2, 199, 200, 201, 400, 401] {
            for limit in [1, 7, 200, 1_000] {
                var found: [Int] = []
                var after: String?
                repeat {
                    var query = QueryReader("limit=\(limit)&after=\(after ?? "")")
                    let request = PageRequest(&query)
                    try query.finish()
                    let page = ListPage(request, of: count) { $0 % 3 != 1 }
                    #expect(page.places.count <= min(limit, ListLimits.pageElements))
                    #expect(page.next == nil || page.places.count == min(limit, 200))
                    found += page.places
                    after = page.next
                } while after != nil
                #expect(found == (0..<count).filter { $0 % 3 != 1 }, "\(count) by \(limit)")
            }
        }
    }

    private struct Record: NumberedRecord {
        let number: UInt32
    }

    @Test("pages of numbered records go by their numbers, whatever was forgotten in between")
    func numberedPages() throws {
        let records = (1...50).filter { $0 % 7 != 2 }.map { Record(number: $0) }
        for limit in [1, 6, 200] {
            var found: [UInt32] = []
            var after: String?
            repeat {
                var query = QueryReader("limit=\(limit)&after=\(after ?? "")")
                let request = PageRequest(&query)
                try query.finish()
                let page = NumberedPage(request, of: records) { $0.number % 3 != 1 }
                #expect(page.records.count <= limit)
                #expect(page.next == nil || page.next == page.records.last.map { "\($0.number)" })
                found += page.records.map(\.number)
                after = page.next
            } while after != nil
            #expect(found == records.map(\.number).filter { $0 % 3 != 1 }, "by \(limit)")
        }
        // A record that a page ended with may be forgotten before the next one is asked for.
        var query = QueryReader("after=9&limit=2")
        let page = NumberedPage(PageRequest(&query), of: records)
        #expect(page.records.map(\.number) == [10, 11] && page.next == "11")
    }

    @Test("a page of something beyond the end is empty and the last")
    func beyond() {
        var query = QueryReader("after=4294967295")
        let page = ListPage(PageRequest(&query), of: 3)
        #expect(page.places == [] && page.next == nil)
    }

    @Test(
        "a query of the wrong shape is refused with what it must be",
        arguments: [
            ("limit=0", "/limit"), ("limit=x", "/limit"), ("limit=-1", "/limit"),
            ("limit=1&limit=1", "/limit"), ("after=ete", "/after"), ("after=4294967296", "/after"),
            ("after=%FF", "/after"), ("page=2", "/page"),
            ("limit=99999999999999999999", "/limit"), ("limit=", "/limit"),
        ])
    func wrongQuery(text: String, pointer: String) {
        var query = QueryReader(text)
        _ = PageRequest(&query)
        let problem = #expect(throws: Problem.self) { try query.finish() }
        #expect(problem?.status == .unprocessableContent)
        #expect(problem?.fieldErrors.map(\.pointer) == [pointer])
    }

    @Test("an `after` without a value begins the list, and escapes are read")
    func queryValues() throws {
        var query = QueryReader("after=&client=acm%65&&state=suspended%5Fdefinitively")
        let page = PageRequest(&query)
        let filter = OperationFilter(&query)
        try query.finish()
        #expect(page.after == nil && page.limit == 200)
        #expect(filter.client == "acme")
        #expect(filter.state == "suspended_definitively")
    }

    // MARK: Over the wire

    @Test("operations, filtered and page by page; each shows what it has many of in part")
    func operations() throws {
        let gateway = try TestGateway()
        for name in ["a", "b", "c", "d"] { _ = try gateway.open(name) }
        _ = try gateway.admin("PUT", "/v1/clients/other", #"{"name":"Other"}"#)
        _ = try gateway.admin(
            "PUT", "/v1/operations/e", #"{"client":"other","title":"T","rule":"once"}"#)
        _ = try gateway.admin("POST", "/v1/operations/b/close")
        for number in 0..<7 {
            _ = try gateway.admin("POST", "/v1/operations/a/keys")
            let declared = try gateway.admin(
                "POST", "/v1/operations/a/campaigns",
                "{\"channel\":\"email\",\"recipients\":\(number + 1),"
                    + "\"starts\":\"2030-01-01T00:00:00Z\",\"note\":\"n\"}")
            try #require(declared.status == 201, "\(declared)")
        }
        func names(_ query: String) throws -> (names: [String], next: String?) {
            let answer = try gateway.admin("GET", "/v1/operations" + query).object
            let operations = answer["operations"] as? [[String: Any]] ?? []
            return (operations.compactMap { $0["operation"] as? String }, answer["next"] as? String)
        }
        #expect(try names("").names == ["a", "b", "c", "d", "e"])
        #expect(try names("?client=acme&state=open").names == ["a", "c", "d"])
        #expect(try names("?state=draft").names == ["e"])
        let first = try names("?client=acme&limit=2")
        #expect(first.names == ["a", "b"])
        // What the page ends with may be gone before the next one is asked for.
        _ = try gateway.admin("DELETE", "/v1/operations/b", #"{"confirm":"b"}"#)
        let second = try names("?client=acme&limit=2&after=\(try #require(first.next))")
        #expect(second.names == ["c", "d"])
        #expect(second.next == nil)
        #expect(try gateway.admin("GET", "/v1/operations?state=up").status == 422)
        let list = try gateway.admin("GET", "/v1/operations").object
        let listed = try #require((list["operations"] as? [[String: Any]])?.first)
        #expect((listed["campaigns"] as? [[String: Any]])?.count == ListLimits.listedParts)
        let campaigns = listed["campaigns"] as? [[String: Any]] ?? []
        #expect(campaigns.allSatisfy { $0["note"] == nil })
        #expect(campaigns.last?["recipients"] as? Int == 7, "the newest")
        #expect(listed["campaigns_total"] as? Int == 7)
        #expect((listed["keys"] as? [Any])?.count == ListLimits.listedParts)
        #expect(listed["keys_total"] as? Int == 8)
        let alone = try gateway.admin("GET", "/v1/operations/a").object
        #expect((alone["campaigns"] as? [[String: Any]])?.count == 7)
        #expect((alone["campaigns"] as? [[String: Any]])?.first?["note"] as? String == "n")
        #expect((alone["keys"] as? [Any])?.count == 8)
    }

    @Test("campaigns, keys and tokens, page by page", arguments: ["campaigns", "keys", "tokens"])
    func parts(name: String) throws {
        let gateway = try TestGateway()
        _ = try gateway.open("ete")
        let path = name == "tokens" ? "/v1/tokens" : "/v1/operations/ete/" + name
        for number in 0..<6 {
            let body: String
            switch name {
            case "campaigns":
                body = "{\"channel\":\"sms\",\"recipients\":1,\"starts\":\"2030-01-01T00:00:00Z\"}"
            case "tokens": body = "{\"role\":\"scrape\",\"name\":\"p\(number)\"}"
            default: body = ""
            }
            try #require(try gateway.admin("POST", path, body).status == 201)
        }
        let whole = try gateway.admin("GET", path).object
        let all = try #require(whole[name] as? [[String: Any]])
        #expect(whole["next"] == nil)
        #expect(all.count >= 6)
        var found: [[String: Any]] = []
        var after = ""
        for _ in 0..<10 {
            let page = try gateway.admin("GET", "\(path)?limit=4&after=\(after)").object
            found += page[name] as? [[String: Any]] ?? []
            guard let next = page["next"] as? String else { break }
            after = next
        }
        #expect(NSArray(array: found) == NSArray(array: all))
        #expect(try gateway.admin("GET", path + "?limit=0").status == 422)
    }

    @Test("a note that is too long, in characters or in bytes, is refused with its place")
    func notes() throws {
        let gateway = try TestGateway()
        _ = try gateway.open("ete")
        func campaign(_ note: String) throws -> Answer {
            try gateway.admin(
                "POST", "/v1/operations/ete/campaigns",
                "{\"channel\":\"sms\",\"recipients\":1,\"starts\":\"2030-01-01T00:00:00Z\","
                    + "\"note\":\"\(note)\"}")
        }
        #expect(try campaign(String(repeating: "é", count: 500)).status == 201)
        for note in [String(repeating: "a", count: 501), String(repeating: "€", count: 334)] {
            let refused = try campaign(note)
            #expect(refused.status == 422, "\(refused)")
            let errors = refused.object["errors"] as? [[String: Any]]
            #expect(errors?.map { $0["pointer"] as? String } == ["/note"])
            for verb in ["open", "close", "resume", "suspend", "pace"] {
                let answer = try gateway.admin(
                    "POST", "/v1/operations/ete/" + verb,
                    "{\"note\":\"\(note)\""
                        + (verb == "suspend" ? ",\"ground\":\"security\"}" : "")
                        + (verb == "pace" ? ",\"per_second\":5}" : "")
                        + (verb == "suspend" || verb == "pace" ? "" : "}"))
                #expect(answer.status == 422, "\(verb): \(answer)")
            }
        }
    }

    // MARK: The status

    @Test("the status has what is held back first, and how many operations there are")
    func status() throws {
        let gateway = try TestGateway()
        for name in ["quiet", "draft", "paced", "held", "closed"] {
            if name == "draft" {
                _ = try gateway.admin(
                    "PUT", "/v1/operations/draft", #"{"client":"acme","title":"T"}"#)
            } else {
                _ = try gateway.open(name)
            }
        }
        _ = try gateway.admin("POST", "/v1/operations/closed/close")
        _ = try gateway.admin("POST", "/v1/operations/paced/pace", #"{"per_second":5}"#)
        _ = try gateway.admin(
            "POST", "/v1/operations/held/suspend", #"{"ground":"security","note":"n"}"#)
        let status = try gateway.admin("GET", "/v1/status").object
        let operations = status["operations"] as? [[String: Any]] ?? []
        #expect(
            operations.map { $0["operation"] as? String }
                == ["held", "paced", "quiet", "draft", "closed"])
        #expect(status["operations_total"] as? Int == 5)
    }

    @Test("among operations that stand alike, the one that brings most goes first")
    func urgency() throws {
        var ledger = Ledger()
        for command in try Bench.opened() {
            _ = try ledger.apply(command, by: .admin, at: Timestamp(milliseconds: 0))
        }
        let operation = ledger.catalogue.operations[0]
        func urgency(
            _ index: UInt32, _ state: DatedState, lacksNotice: Bool = false,
            waiting: UInt64 = 0, rate: Double = 0
        ) -> OperationUrgency {
            OperationUrgency(
                operation, at: index, state, lacksNotice: lacksNotice, waiting: waiting,
                attemptsPerSecond: rate)
        }
        let sorted = [
            urgency(0, .closed), urgency(1, .open), urgency(2, .open, rate: 7),
            urgency(3, .open, waiting: 1), urgency(4, .scheduled), urgency(5, .suspended),
            urgency(6, .suspendedDefinitively), urgency(7, .smoothed), urgency(8, .open),
            urgency(9, .ended, rate: 900), urgency(10, .open, lacksNotice: true),
        ].sorted().map(\.index)
        #expect(sorted == [5, 3, 7, 10, 2, 1, 8, 4, 6, 9, 0])
    }
}
