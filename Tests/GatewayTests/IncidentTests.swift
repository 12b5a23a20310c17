import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite("Incidents and maintenance by the admin listener (C11 to C13)", .onOwnThread)
struct IncidentTests {
    /// A gateway with two clients, and a token of each.
    private struct World {
        let gateway: TestGateway
        var tokens: [String: String] = [:]

        init(folder: TestFolder? = nil) throws {
            gateway = try TestGateway(folder: folder)
            for client in ["acme", "bolt"] {
                _ = try gateway.admin("PUT", "/v1/clients/\(client)", #"{"name":"C"}"#)
                try addToken(of: client, #"{"role":"client","client":"\#(client)"}"#)
            }
            try addToken(of: "marie", #"{"role":"operator","name":"marie"}"#)
        }

        private mutating func addToken(of holder: String, _ body: String) throws {
            let made = try gateway.admin("POST", "/v1/tokens", body)
            tokens[holder] = try #require(made.object["token"] as? String, "\(made)")
        }

        func ask(
            _ method: String, _ path: String, _ body: String = "", as holder: String
        ) throws -> Answer {
            let token = try #require(tokens[holder])
            let request = gateway.adminRequest(method, path, body)
                .replacing(/Bearer \S+/) { _ in "Bearer \(token)" }
            return try WireClient(port: gateway.adminPort).exchange(request)
        }
    }

    private func numbers(_ answer: Answer) -> [Int] {
        let list = answer.object["incidents"] as? [[String: Any]] ?? []
        return list.compactMap { $0["incident"] as? Int }
    }

    @Test("a client opens one, is told the number and the moment, and follows it to its outcome")
    func client() throws {
        let world = try World()
        let opened = try world.ask(
            "POST", "/v1/incidents",
            #"{"severity":"critical","title":"No entry","note":"since noon"}"#, as: "acme")
        #expect(opened.status == 201, "\(opened)")
        #expect(opened.object["incident"] as? Int == 1)
        #expect(opened.object["client"] as? String == "acme")
        #expect(opened.object["respond_by"] as? String != nil)
        let path = "/v1/incidents/1"
        #expect(try world.ask("GET", path, as: "bolt").status == 404)
        #expect(try numbers(world.ask("GET", "/v1/incidents", as: "bolt")).isEmpty)
        let foreign = try world.ask("POST", path + "/notes", #"{"text":"t"}"#, as: "bolt")
        #expect(foreign.status == 404 && foreign.object["code"] as? String == "unknown_incident")
        let refused = try world.ask("POST", path + "/acknowledge", "{}", as: "acme")
        #expect(refused.status == 403)
        #expect(try world.ask("POST", path + "/acknowledge", "{}", as: "marie").status == 200)
        let resolved = try world.ask(
            "POST", path + "/resolve", #"{"outcome":"confirmed","note":"a disk"}"#, as: "marie")
        #expect(resolved.object["state"] as? String == "resolved", "\(resolved)")
        let again = try world.ask("POST", path + "/acknowledge", "{}", as: "marie")
        #expect(again.status == 409 && again.object["code"] as? String == "wrong_state")
        let followed = try world.ask("GET", path, as: "acme")
        let history = try #require(followed.object["history"] as? [[String: Any]])
        #expect(history.map { $0["action"] as? String } == ["open", "acknowledge", "resolve"])
        #expect(history.map { $0["name"] as? String } == ["acme", nil, nil], "no names of people")
        #expect(history[2]["outcome"] as? String == "confirmed")
    }

    @Test("lists are by state, severity and client; a client sees what is about all")
    func lists() throws {
        let world = try World()
        for (severity, client) in [("critical", "acme"), ("minor", "bolt"), ("minor", "")] {
            let member = client.isEmpty ? "" : #","client":"\#(client)""#
            let answer = try world.gateway.admin(
                "POST", "/v1/incidents", #"{"severity":"\#(severity)","title":"t"\#(member)}"#)
            #expect(answer.status == 201, "\(answer)")
        }
        _ = try world.gateway.admin(
            "POST", "/v1/incidents/2/resolve", #"{"outcome":"not_ours"}"#)
        func list(_ query: String, as holder: String = "marie") throws -> [Int] {
            try numbers(world.ask("GET", "/v1/incidents" + query, as: holder))
        }
        #expect(try list("") == [1, 2, 3])
        #expect(try list("?limit=2") == [1, 2])
        #expect(try list("?after=2") == [3])
        #expect(try list("?state=unresolved") == [1, 3])
        #expect(try list("?state=resolved") == [2])
        #expect(try list("?severity=minor") == [2, 3])
        #expect(try list("?client=acme") == [1, 3])
        #expect(try list("", as: "acme") == [1, 3])
        #expect(try world.ask("GET", "/v1/incidents?state=gone", as: "acme").status == 422)
    }

    @Test("a month's incidents are those that its reader can follow; the platform's, those of all")
    func months() throws {
        let world = try World()
        for client in [#","client":"acme""#, #","client":"bolt""#, ""] {
            let answer = try world.gateway.admin(
                "POST", "/v1/incidents", #"{"severity":"minor","title":"t"\#(client)}"#)
            #expect(answer.status == 201, "\(answer)")
        }
        let path = "/v1/availability"
        #expect(try numbers(world.ask("GET", path, as: "acme")) == [1, 3])
        #expect(try numbers(world.ask("GET", path, as: "marie")) == [3])
        let month = try world.ask("GET", path + "?client=bolt", as: "marie")
        #expect(numbers(month) == [2, 3])
        #expect(month.object["incidents_left_off"] as? Int == 0)
        let shown = try #require(month.object["incidents"] as? [[String: Any]])
        #expect(shown.allSatisfy { $0["history"] == nil && $0["respond_by"] != nil })
        let now = Date()
        let before = now.addingTimeInterval(-33 * 86_400).formatted(.iso8601).prefix(7)
        let past = try world.ask("GET", path + "?month=\(before)", as: "marie")
        #expect(past.status == 200 && numbers(past).isEmpty, "none was open then: \(past)")
    }

    @Test("many at once: each is told a number of its own, and a restart knows all of them")
    func many() throws {
        let folder = try TestFolder()
        var world: World? = try World(folder: folder)
        let port = try #require(world?.gateway.adminPort)
        let request = try #require(
            world?.gateway.adminRequest(
                "POST", "/v1/incidents", #"{"severity":"minor","title":"t"}"#))
        let found = Mutex<[Int]>([])
        let threads = (0..<4).map { _ in
            Thread {
                for _ in 0..<5 {
                    // One without an answer is missing below.
                    let answer = try? WireClient(port: port).exchange(request)
                    if let number = answer?.object["incident"] as? Int {
                        found.withLock { $0.append(number) }
                    }
                }
            }
        }
        for thread in threads { thread.start() }
        #expect(eventually { threads.allSatisfy(\.isFinished) })
        #expect(found.withLock { $0.sorted() } == Array(1...20))
        world?.gateway.drain()
        world = nil
        let gateway = try TestGateway(folder: folder)
        #expect(try numbers(gateway.admin("GET", "/v1/incidents")) == Array(1...20))
    }

    @Test("events and webhooks: a client's own, and what concerns all clients")
    func events() throws {
        let world = try World()
        let own = try EventClient(world.gateway, after: 0, token: world.tokens["acme"])
        let other = try EventClient(world.gateway, after: 0, token: world.tokens["bolt"])
        _ = try world.ask(
            "POST", "/v1/incidents", #"{"severity":"critical","title":"secret title"}"#, as: "acme")
        _ = try world.gateway.admin("POST", "/v1/maintenance", #"{"kind":"emergency"}"#)
        _ = try world.gateway.admin("POST", "/v1/maintenance/1/end", "{}")
        try own.read { $0.events.count >= 3 }
        try other.read { $0.events.count >= 2 }
        #expect(own.events.map(\.name) == ["incident", "maintenance", "maintenance"])
        #expect(other.events.map(\.name) == ["maintenance", "maintenance"])
        #expect(own.events[0].data.contains(#""type":"incident.opened""#))
        #expect(own.events[0].data.contains(#""incident":1"#))
        #expect(!own.events[0].data.contains("secret"), "what people write stays out")
        #expect(other.events[1].data.contains(#""type":"maintenance.ended""#))
    }

    @Test("maintenance is announced, put off, ended, and stands in the calendar")
    func maintenance() throws {
        let world = try World()
        let gateway = world.gateway
        let body =
            #"{"kind":"scheduled","starts":"2090-01-01T02:00:00Z","ends":"2090-01-01T04:00:00Z"}"#
        let far = try gateway.admin("POST", "/v1/maintenance", body)
        #expect(far.status == 422, "two years ahead at most: \(far)")
        let starts = Date(timeIntervalSinceNow: 86_400).formatted(.iso8601)
        let ends = Date(timeIntervalSinceNow: 90_000).formatted(.iso8601)
        let later = Date(timeIntervalSinceNow: 93_600).formatted(.iso8601)
        let planned = try world.ask(
            "POST", "/v1/maintenance",
            #"{"kind":"scheduled","starts":"\#(starts)","ends":"\#(ends)","note":"a disk"}"#,
            as: "marie")
        #expect(planned.status == 201 && planned.object["state"] as? String == "planned")
        let putOff = try world.ask(
            "POST", "/v1/maintenance/1/extend", #"{"ends":"\#(later)"}"#, as: "marie")
        #expect(putOff.status == 200, "\(putOff)")
        let calendar = try world.ask("GET", "/v1/calendar", as: "bolt")
        let found = try #require(calendar.object["maintenance"] as? [[String: Any]])
        #expect(found.count == 1 && found[0]["note"] as? String == "a disk")
        let file = try world.ask("GET", "/v1/calendar.ics", as: "bolt")
        #expect(file.text.contains("\r\nSUMMARY:Scheduled maintenance\r\n"), "\(file.text)")
        #expect(try world.ask("POST", "/v1/maintenance/1/end", "{}", as: "bolt").status == 403)
        let ended = try world.ask("POST", "/v1/maintenance/1/end", "{}", as: "marie")
        #expect(ended.object["state"] as? String == "cancelled", "\(ended)")
        let after = try world.ask("GET", "/v1/calendar", as: "bolt")
        #expect((after.object["maintenance"] as? [Any])?.isEmpty == true)
        let cancelled = try world.ask("GET", "/v1/calendar.ics", as: "bolt")
        #expect(cancelled.text.contains("\r\nSTATUS:CANCELLED\r\n"), "\(cancelled.text)")
        let list = try world.ask("GET", "/v1/maintenance?state=cancelled", as: "bolt")
        #expect((list.object["maintenance"] as? [Any])?.count == 1)
    }

    @Test("a change is announced to those whom it concerns, and withdrawn")
    func changes() throws {
        let world = try World()
        let effect = Date(timeIntervalSinceNow: 40 * 86_400).formatted(.iso8601)
        func body(_ more: String) -> String {
            #"{"note":"n","takes_effect_at":"\#(effect)"\#(more)}"#
        }
        let announced = try world.gateway.admin(
            "POST", "/v1/changes", body(#","degrades":true,"client":"acme""#))
        #expect(announced.status == 201, "\(announced)")
        #expect(announced.object["state"] as? String == "announced")
        let shown = announced.object["takes_effect_at"] as? String
        #expect(shown?.hasPrefix(effect.dropLast()) == true, "\(announced)")
        _ = try world.gateway.admin("POST", "/v1/changes", body(""))
        func list(_ query: String, as holder: String) throws -> [Int] {
            let answer = try world.ask("GET", "/v1/changes" + query, as: holder)
            let found = answer.object["changes"] as? [[String: Any]] ?? []
            return found.compactMap { $0["change"] as? Int }
        }
        #expect(try list("", as: "acme") == [1, 2])
        #expect(try list("", as: "bolt") == [2])
        #expect(try list("?client=bolt", as: "marie") == [2])
        func planned(as holder: String) throws -> [Int] {
            let from = Date(timeIntervalSinceNow: 39 * 86_400).formatted(.iso8601)
            let answer = try world.ask("GET", "/v1/calendar?from=\(from)", as: holder)
            let found = answer.object["changes"] as? [[String: Any]] ?? []
            return found.compactMap { $0["change"] as? Int }
        }
        #expect(try planned(as: "acme") == [1, 2])
        #expect(try planned(as: "bolt") == [2])
        // Without an interval there is all that is announced, in JSON and in the file.
        let all = try world.ask("GET", "/v1/calendar", as: "bolt")
        #expect((all.object["changes"] as? [Any])?.count == 1, "\(all)")
        let file = try world.ask("GET", "/v1/calendar.ics", as: "bolt")
        #expect(file.text.contains("\r\nUID:change-2-"), "\(file.text)")
        let soon30 = Date(timeIntervalSinceNow: 30 * 86_400).formatted(.iso8601)
        let near = try world.ask("GET", "/v1/calendar.ics?to=\(soon30)", as: "bolt")
        #expect(near.status == 200 && !near.text.contains("UID:change-"), "\(near)")
        #expect(try world.ask("GET", "/v1/calendar", as: "acme").object["changes"] != nil)
        let report = try world.ask("GET", "/v1/availability", as: "acme")
        let reported = report.object["changes"] as? [[String: Any]] ?? []
        #expect(reported.compactMap { $0["change"] as? Int } == [1, 2], "\(report)")
        #expect(try world.ask("POST", "/v1/changes", body(""), as: "marie").status == 403)
        let withdrawn = try world.gateway.admin("POST", "/v1/changes/2/withdraw", "{}")
        #expect(withdrawn.object["state"] as? String == "withdrawn", "\(withdrawn)")
        #expect(try list("?state=announced", as: "acme") == [1])
        #expect(try planned(as: "acme") == [1], "what is withdrawn takes no effect")
        let again = try world.gateway.admin("POST", "/v1/changes/2/withdraw", "{}")
        #expect(again.status == 409 && again.object["code"] as? String == "wrong_state")
        let missing = try world.gateway.admin("POST", "/v1/changes/9/withdraw", "{}")
        #expect(missing.status == 404 && missing.object["code"] as? String == "unknown_change")
        let soon = Date(timeIntervalSinceNow: 86_400).formatted(.iso8601)
        let early = try world.gateway.admin(
            "POST", "/v1/changes",
            #"{"note":"n","takes_effect_at":"\#(soon)","degrades":true}"#)
        let errors = early.object["errors"] as? [[String: Any]] ?? []
        #expect(early.status == 422 && errors.first?["pointer"] as? String == "/takes_effect_at")
    }

    @Test("business hours are set, shown, and refused with what is wrong")
    func hours() throws {
        let world = try World()
        let gateway = world.gateway
        func put(_ body: String) throws -> Answer { try gateway.admin("PUT", "/v1/calendar", body) }
        let standard = try gateway.admin("GET", "/v1/calendar").object["business_hours"]
        let shown = try #require(standard as? [String: Any])
        #expect(shown["opens"] as? String == "09:00" && shown["closes"] as? String == "18:00")
        #expect(shown["holidays"] as? String == "FR")
        let body = #"{"opens":"08:00","closes":"24:00","days":["monday","sunday"],"#
        let set = try put(
            body + #""time_zone":"Europe/Paris","holidays":["2026-12-24","2026-01-02"]}"#)
        #expect(set.status == 200 && set.object["changed"] as? Bool == true, "\(set)")
        #expect(set.object["closes"] as? String == "24:00")
        #expect(set.object["time_zone"] as? String == "Europe/Paris")
        #expect(set.object["holidays"] as? [String] == ["2026-01-02", "2026-12-24"])
        #expect(set.object["days"] as? [String] == ["monday", "sunday"])
        for (wrong, pointer) in [
            (#"{"opens":"9:00","closes":"18:00","days":["monday"]}"#, "/opens"),
            (#"{"opens":"18:00","closes":"09:00","days":["monday"]}"#, "/closes"),
            (#"{"opens":"09:00","closes":"18:00","days":[]}"#, "/days"),
            (#"{"opens":"09:00","closes":"18:00","days":["lundi"]}"#, "/days/0"),
            (body + #""time_zone":"Paris"}"#, "/time_zone"),
            (#"{"opens":"","closes":"18:00","days":["monday"]}"#, "/opens"),
            (#"{"opens":"09:00","days":["monday"]}"#, "/closes"),
            (body + #""holidays":"DE"}"#, "/holidays"), (body + #""holidays":[1]}"#, "/holidays/0"),
        ] {
            let answer = try put(wrong)
            let errors = answer.object["errors"] as? [[String: Any]] ?? []
            #expect(answer.status == 422, "\(wrong): \(answer)")
            #expect(errors.map { $0["pointer"] as? String } == [pointer], "\(wrong): \(answer)")
        }
        // What is missing is no time that another one could be later than.
        let empty = try put("{}")
        let errors = empty.object["errors"] as? [[String: Any]] ?? []
        #expect(errors.map { $0["pointer"] as? String } == ["/opens", "/closes", "/days"])
        #expect(errors.prefix(2).allSatisfy { $0["detail"] as? String == "Required." }, "\(empty)")
    }
}
