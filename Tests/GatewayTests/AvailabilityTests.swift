import Availability
import Cluster
import Evidence
import Foundation
import Ledger
import Projections
import Testing
import Time

@testable import Gateway

@Suite("Minutes that probes report, and the month that follows from them (C10)", .onOwnThread)
struct AvailabilityTests {
    /// The start of a minute, so many minutes ago.
    private func minute(_ back: Int64) -> String {
        Minute(containing: SystemClock.wallClock()).advanced(by: -back).starts.rfc3339
    }

    private func report(
        _ gateway: TestGateway, _ minute: String, failed: Int = 0, by probe: String = "paris"
    ) throws -> Answer {
        try gateway.admin(
            "POST", "/v1/probes/\(probe)/minutes",
            "{\"minute\":\"\(minute)\",\"attempts\":60,\"failed\":\(failed),\"slow\":0}")
    }

    @Test("a report is on record once, by the rule in force; what cannot be is refused, and why")
    func reports() throws {
        let gateway = try TestGateway()
        let over = minute(2)
        let first = try report(gateway, over)
        #expect(first.status == 200 && first.object["recorded"] as? Bool == true, "\(first)")
        let rule = first.object["rule"] as? [String: Int]
        #expect(rule?["slow_milliseconds"] == 2_000 && rule?["bad_percent"] == 5)
        let again = try report(gateway, over)
        #expect(again.status == 200 && again.object["recorded"] as? Bool == false, "\(again)")
        for (answer, code) in [
            (try report(gateway, over, failed: 9), "minute_reported"),
            (try report(gateway, minute(-1)), "minute_not_over"),
            (try report(gateway, minute(3_000)), "minute_too_late"),
        ] {
            #expect(answer.status == 409 && answer.object["code"] as? String == code, "\(answer)")
        }
        let odd = try gateway.admin(
            "POST", "/v1/probes/paris/minutes",
            #"{"minute":"2026-11-20T12:00:01Z","attempts":1,"failed":1,"slow":1}"#)
        #expect(odd.status == 422, "\(odd)")
        #expect((odd.object["errors"] as? [[String: Any]])?.count == 2, "\(odd)")
        let name = try report(gateway, over, by: "Paris")
        #expect(name.status == 422, "\(name)")
    }

    @Test("the status has the incidents, what probes found, and the month so far")
    func standing() throws {
        let gateway = try TestGateway()
        _ = try gateway.open("ete")
        func service() throws -> [String: Any] {
            let status = try gateway.admin("GET", "/v1/status").object
            return try #require(status["service"] as? [String: Any], "\(status)")
        }
        let empty = try service()
        #expect(ServiceStandingView.shape.violations(in: empty, at: "").isEmpty, "\(empty)")
        #expect(empty["state"] as? String == "unmeasured" && empty["measured_at"] == nil)
        #expect((empty["incidents"] as? [String: Int])?["unresolved"] == 0)
        for severity in ["critical", "minor"] {
            let made = try gateway.admin(
                "POST", "/v1/incidents", "{\"severity\":\"\(severity)\",\"title\":\"t\"}")
            #expect(made.status == 201, "\(made)")
        }
        let open = try #require(try service()["incidents"] as? [String: Int])
        #expect(open == ["unresolved": 2, "critical": 1, "overdue": 0])
        _ = try gateway.admin("POST", "/v1/incidents/1/resolve", #"{"outcome":"confirmed"}"#)
        let after = try #require(try service()["incidents"] as? [String: Int])
        #expect(after == ["unresolved": 1, "critical": 0, "overdue": 0])
    }

    @Test("a month: minutes that nobody measured are not up, those that failed are told apart")
    func month() throws {
        let gateway = try TestGateway()
        _ = try gateway.open("ete")
        // The client came in just now; nothing of its month is over yet.
        let path = "/v1/availability?client=acme"
        let empty = try gateway.admin("GET", path)
        #expect(empty.status == 200 && empty.object["client"] as? String == "acme", "\(empty)")
        #expect(empty.object["txd"] is NSNull || empty.object["pc_minutes"] as? Int == 1)
        #expect(empty.object["burn"] == nil, "no probe reports")
        _ = try report(gateway, minute(2))
        let measured = try gateway.admin("GET", path)
        let burn = try #require(measured.object["burn"] as? [String: Any], "\(measured)")
        #expect((burn["windows"] as? [[String: Any]])?.count == 7 && burn["urgency"] == nil)
        let past = CivilMonth(at: SystemClock.wallClock(), in: .utc).previous.previous
        let other = try gateway.admin("GET", "/v1/availability?month=\(past.text)")
        #expect(other.object["burn"] == nil, "only the current month's budget burns now")
        for (query, status) in [
            ("?month=2026-13", 422), ("?month=1970-01", 422), ("?client=none", 404),
            ("?month=2026-11&more=1", 422),
        ] {
            let answer = try gateway.admin("GET", "/v1/availability" + query)
            #expect(answer.status == status, "\(query): \(answer)")
        }
    }

    @Test("metrics have the month, the budget, and when a probe reported last")
    func metrics() throws {
        let gateway = try TestGateway()
        for outcome in ["accessible", "not", "unmeasured"] {
            let value = try gateway.metric(
                "portillon_availability_seconds", "outcome=\"\(outcome)\"")
            #expect(value == 0)
        }
        _ = try report(gateway, minute(2))
        let time = try gateway.metric(
            "portillon_probe_last_report_timestamp_seconds", "probe=\"paris\"")
        #expect(abs(time - Date().timeIntervalSince1970) < 120)
        #expect(try gateway.metric("portillon_error_budget_seconds") >= 0)
        #expect(try gateway.metric("portillon_error_budget_allowed_seconds") >= 0)
        for window in ["5m", "30m", "1h", "2h", "6h", "1d", "3d"] {
            #expect(try gateway.metric("portillon_budget_burn", "window=\"\(window)\"") == 0)
        }
        for urgency in ["page", "ticket"] {
            let count = try gateway.metric(
                "portillon_clients_burning", "urgency=\"\(urgency)\"")
            #expect(count == 0)
        }
    }

    @Test("the status says how urgent it is that the budget burns")
    func burning() throws {
        let catalogue = Catalogue()
        let now = SystemClock.wallClock()
        let localTime = catalogue.calendar.localTime
        let month = MonthAvailability(
            CivilMonth(at: now, in: localTime), of: catalogue.serviceFacts(of: nil, until: now),
            in: localTime, until: now)
        for urgency in [nil, .page, .ticket] as [BurnRateRule.Urgency?] {
            let measured = ServiceStandingView.Measured(
                state: .unmeasured, measuredAt: nil, silentProbes: [], month: month.month.text,
                minutes: ReadingView(month.byA, month.budgetByA, month.commitment),
                burning: urgency, waves: [], robots: [])
            let incidents = ServiceStandingView.Incidents(catalogue.service.records, at: now)
            let bytes = try JSONEncoder().encode(ServiceStandingView(incidents, measured))
            let view = try #require(
                try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
            #expect(view["burning"] as? String == urgency?.rawValue)
            #expect(ServiceStandingView.shape.violations(in: view, at: "").isEmpty, "\(view)")
        }
    }

    @Test("a probe that measures no more is removed, and leaves the metrics")
    func removed() throws {
        let gateway = try TestGateway()
        let unknown = try gateway.admin("DELETE", "/v1/probes/paris")
        #expect(unknown.status == 404, "\(unknown)")
        _ = try report(gateway, minute(2))
        let removed = try gateway.admin("DELETE", "/v1/probes/paris")
        #expect(removed.status == 200, "\(removed)")
        #expect(removed.object["probe"] as? String == "paris")
        let metrics = try gateway.admin("GET", "/metrics")
        #expect(!metrics.text.contains("probe=\"paris\""))
        #expect(try gateway.admin("DELETE", "/v1/probes/paris").status == 404)
    }

    @Test("a client whose entries find no room loses the minute for itself alone")
    func lostMinute() throws {
        let bench = try Bench(
            [
                .contract(.putClient(id: "acme", name: "A")),
                .contract(.putClient(id: "bolt", name: "B")),
                .operation(.put(id: "ete", settings: .of("acme"), dataKeyID: "d")),
                .operation(.put(id: "hiver", settings: .of("bolt"), dataKeyID: "e")),
            ]) { _ in }
        let shared = bench.shared
        // The minute begins now, so that none passes by itself.
        let wall = SystemClock.wallClock().milliseconds
        shared.health.clockLeapMilliseconds = wall % 60_000
        let minute = Minute(containing: shared.ledgerTime)
        var reporter = LostMinuteReporter(shared)
        func recorded() -> [LostMinute] {
            var found: [LostMinute] = []
            while let request = shared.administration.next() {
                if case .fact(.lostMinute(let lost)) = request.record.command {
                    found.append(lost)
                }
            }
            return found
        }
        reporter.turn()
        for _ in 0..<94 { shared.instruments.count(.accepted, of: 0, lane: 0) }
        for _ in 0..<6 { shared.instruments.count(.full, of: 0, lane: 0) }
        for _ in 0..<95 { shared.instruments.count(.accepted, of: 1, lane: 0) }
        for _ in 0..<5 { shared.instruments.count(.full, of: 1, lane: 0) }
        reporter.turn()
        #expect(recorded().isEmpty, "the minute goes on")
        shared.health.clockLeapMilliseconds -= 60_000
        reporter.turn()
        #expect(
            recorded() == [
                LostMinute(client: "acme", minute: minute, refused: 6, attempts: 100)
            ])
        shared.health.clockLeapMilliseconds -= 60_000
        reporter.turn()
        #expect(recorded().isEmpty, "nothing came since")
    }

    @Test("a leader judges a minute by what all nodes have answered; one that follows does not")
    func lostMinuteOfACluster() throws {
        let status = ClusterStatus(node: "a")
        let bench = try Bench(
            [
                .contract(.putClient(id: "acme", name: "A")),
                .operation(.put(id: "ete", settings: .of("acme"), dataKeyID: "d")),
            ], cluster: status)
        let shared = bench.shared
        let wall = SystemClock.wallClock().milliseconds
        shared.health.clockLeapMilliseconds = wall % 60_000
        let minute = Minute(containing: shared.ledgerTime)
        var reporter = LostMinuteReporter(shared)
        /// Ends a minute in which this node let in 90 entries and refused so many.
        func endMinute(refusing count: Int) {
            for _ in 0..<90 { shared.instruments.count(.accepted, of: 0, lane: 0) }
            for _ in 0..<count { shared.instruments.count(.full, of: 0, lane: 0) }
            shared.health.clockLeapMilliseconds -= 60_000
        }
        func recorded(mayRecord: Bool) -> [LostMinute] {
            reporter.turn(mayRecord: mayRecord)
            var found: [LostMinute] = []
            while let request = shared.administration.next() {
                if case .fact(.lostMinute(let lost)) = request.record.command {
                    found.append(lost)
                }
            }
            return found
        }
        #expect(recorded(mayRecord: false) == [])
        status.state = .following
        endMinute(refusing: 60)
        #expect(recorded(mayRecord: false) == [], "its leader has judged it")
        status.state = .noLeader
        endMinute(refusing: 30)
        #expect(recorded(mayRecord: false) == [], "there is nobody to record it")
        // In office it has that minute still, and what came in this one before.
        for _ in 0..<4 { shared.instruments.count(.full, of: 0, lane: 0) }
        status.state = .leading
        var sample = NodeSample(windowMilliseconds: 1_000)
        sample.add([
            NodeSample.Demand(
                operation: 0, attempts: 6, accepted: 0, queueMicroseconds: 0,
                answers: RoomCount(attempts: 6, refused: 6))
        ])
        shared.nodes.note(sample, of: "b", at: shared.clock.monotonicNanoseconds())
        endMinute(refusing: 0)
        #expect(
            recorded(mayRecord: true) == [
                LostMinute(
                    client: "acme", minute: minute.advanced(by: 1), refused: 30, attempts: 120),
                LostMinute(
                    client: "acme", minute: minute.advanced(by: 2), refused: 10, attempts: 100),
            ])
    }

    @Test(
        "no minute is lost by a full queue, by robots that use up challenges, by changed settings",
        arguments: [EntryVerdict.crowded, .challengesUsedUp, .settingsMoved])
    func fullQueue(_ excused: EntryVerdict) throws {
        let bench = try Bench([
            .contract(.putClient(id: "acme", name: "A")),
            .operation(.put(id: "ete", settings: .of("acme"), dataKeyID: "d")),
        ])
        let shared = bench.shared
        let wall = SystemClock.wallClock().milliseconds
        shared.health.clockLeapMilliseconds = wall % 60_000
        let minute = Minute(containing: shared.ledgerTime)
        var reporter = LostMinuteReporter(shared)
        func enter(_ verdict: EntryVerdict, times: Int) {
            for _ in 0..<times {
                if let cause = RefusalCause(verdict) {
                    shared.instruments.operations.count(cause, of: 0, lane: 0)
                }
                shared.instruments.count(verdict, of: 0, lane: 0)
            }
        }
        func endMinute() -> [LostMinute] {
            shared.health.clockLeapMilliseconds -= 60_000
            reporter.turn()
            var found: [LostMinute] = []
            while let request = shared.administration.next() {
                if case .fact(.lostMinute(let lost)) = request.record.command {
                    found.append(lost)
                }
            }
            return found
        }
        reporter.turn()
        enter(.accepted, times: 1)
        enter(excused, times: 3_600)
        #expect(endMinute() == [])
        // What else finds no room counts beside it, as ever.
        enter(.accepted, times: 84)
        enter(excused, times: 10)
        enter(.noMemory, times: 6)
        #expect(
            endMinute() == [
                LostMinute(
                    client: "acme", minute: minute.advanced(by: 1), refused: 6, attempts: 100)
            ])
    }
}

extension OperationSettings {
    fileprivate static func of(_ client: String) -> OperationSettings {
        OperationSettings(
            client: client, title: "T", rule: .once, robots: .off, policy: .advise)
    }
}
