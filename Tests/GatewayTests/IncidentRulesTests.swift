import Availability
import Cluster
import Cryptography
import Evidence
import Ledger
import Projections
import Testing
import Time

@testable import Gateway

@Suite("Incidents that the gateway opens by its own rules")
struct IncidentRulesTests {
    private let now = Timestamp(milliseconds: 1_795_176_000_000)
    private let business = BusinessTime(OperatorCalendar())
    private let anne = IncidentAuthor(.operator, name: "anne")

    private func days(_ count: Int64) -> Timestamp { seconds(count * 86_400) }

    private func seconds(_ count: Int64) -> Timestamp {
        now.advanced(byMilliseconds: count * 1_000)
    }

    /// Opens an incident of a rule.
    private func open(
        _ rule: IncidentRule, at time: Timestamp, in register: inout IncidentRegister
    ) throws {
        _ = try register.open(
            IncidentOrder(.minor, title: "t"), at: time,
            by: IncidentAuthor(.rule, name: rule.rawValue), in: business)
    }

    // MARK: Certificates

    private func order(
        _ end: Timestamp?, _ register: IncidentRegister = IncidentRegister(),
        at time: Timestamp? = nil
    ) -> IncidentSeverity? {
        IncidentRules.order(certificateEnd: end, register, at: time ?? now)?.severity
    }

    @Test("a certificate is reported two weeks before its end, and is critical in the last days")
    func certificate() {
        #expect(order(nil) == nil)
        #expect(order(days(15)) == nil)
        #expect(order(days(14)) == .minor)
        #expect(order(days(4)) == .minor)
        #expect(order(days(3)) == .critical)
        #expect(order(days(-1)) == .critical)
    }

    @Test("there is one incident of it at a time, and none within a day of the last one")
    func once() throws {
        var register = IncidentRegister()
        try open(.certificateExpiry, at: now, in: &register)
        #expect(order(days(9), register, at: days(2)) == nil, "it is in progress")
        try register.apply(.resolve(.confirmed), to: 1, at: now, by: anne, in: business)
        #expect(order(days(9), register) == nil, "a person has just closed it")
        #expect(order(days(9), register, at: days(1)) == .minor, "the cause is still there")
        var other = IncidentRegister()
        _ = try other.open(
            IncidentOrder(.minor, title: "t"), at: now, by: anne, in: business)
        #expect(order(days(9), other) == .minor, "a person's is another one")
    }

    @Test("one that nobody resolved becomes critical in the last days, once")
    func worsens() throws {
        var ledger = Ledger()
        let order = IncidentOrder(.minor, title: "t")
        _ = try ledger.apply(
            .incident(.open(number: 1, order, rule: IncidentRule.certificateExpiry.rawValue)),
            by: .gateway, at: now)
        func worsening(_ end: Timestamp?, at time: Timestamp) -> IncidentCommand? {
            let register = ledger.catalogue.service.records.incidents
            return IncidentRules.worsening(certificateEnd: end, register, at: time)
        }
        #expect(worsening(days(14), at: days(10)) == nil)
        #expect(worsening(nil, at: days(11)) == nil)
        let command = try #require(worsening(days(14), at: days(11)))
        _ = try ledger.apply(.incident(command), by: .gateway, at: days(11))
        #expect(ledger.catalogue.service.records.incidents[1]?.severity == .critical)
        #expect(worsening(days(14), at: days(11)) == nil)
        _ = try ledger.apply(
            .incident(.act(number: 1, .reclassify(.minor), note: nil)), by: .admin, at: days(12))
        #expect(worsening(days(14), at: days(13)) == nil, "a person says otherwise")
        _ = try ledger.apply(
            .incident(.act(number: 1, .resolve(.confirmed), note: nil)), by: .admin, at: days(13))
        #expect(worsening(days(14), at: days(13)) == nil)
    }

    // MARK: Probes

    @Test("three minutes in a row without service are an incident, once for each outage")
    func probes() throws {
        var minutes = MinuteHistory()
        var records = ServiceRecords()
        let first = Minute(containing: now)
        func at(_ minute: Int64) -> Timestamp { first.advanced(by: minute).starts }
        func severity(_ minute: Int64) -> IncidentSeverity? {
            IncidentRules.order(minutes, records, at: at(minute))?.severity
        }
        func record(_ state: MinuteState, _ span: Range<Int64>) {
            for number in span { _ = minutes.record(state, at: first.advanced(by: number)) }
        }
        record(.accessible, 0..<10)
        record(.notAccessible, 10..<12)
        #expect(severity(12) == nil, "two minutes")
        record(.notAccessible, 12..<13)
        #expect(severity(13) == .critical)
        try open(.probesFailing, at: at(13), in: &records.incidents)
        record(.notAccessible, 13..<20)
        #expect(severity(20) == nil, "it is in progress")
        try records.incidents.apply(
            .resolve(.confirmed), to: 1, at: at(20), by: anne, in: business)
        #expect(severity(21) == nil, "the same outage, which a person has closed")
        record(.accessible, 20..<30)
        record(.notAccessible, 30..<33)
        #expect(severity(33) == .critical, "another one")
        #expect(severity(93) == .critical, "a probe may report it behind it")
        #expect(severity(94) == nil, "an hour later it is left to the month")
        let order = MaintenanceOrder(kind: .emergency, starts: at(30), ends: at(40))
        _ = try records.maintenance.announce(order, at: at(30), in: .utc)
        #expect(severity(33) == nil, "in maintenance probes may fail")
    }

    @Test("what a rule found is opened by it as its own, and not found again")
    func recorded() throws {
        var ledger = Ledger()
        let first = Minute(containing: now)
        let tally = try #require(ProbeTally(attempts: 60, failed: 60, slow: 0))
        for number in 0..<3 as Range<Int64> {
            let minute = first.advanced(by: number)
            let report = ProbeMinute(probe: "paris", minute: minute, tally: tally)
            _ = try ledger.apply(
                .fact(.probeMinute(report)), by: .admin, at: minute.advanced(by: 1).starts)
        }
        let time = first.advanced(by: 3).starts
        var rules = IncidentRules()
        let before = ledger.catalogue
        let finding = rules.finding(before, certificateEnd: days(1), at: time)
        let found = try #require(finding)
        #expect(found.rule == .probesFailing && found.order.severity == .critical)
        _ = try ledger.apply(
            .incident(.open(number: 1, found.order, rule: found.rule.rawValue)), by: .gateway,
            at: time)
        let behind = ledger.catalogue
        #expect(behind.service.records.incidents[1]?.rule == "probes-failing")
        let next = rules.finding(behind, certificateEnd: days(1), at: time)
        #expect(next?.rule == .certificateExpiry, "one rule holds up no other")
        let last = rules.finding(behind, certificateEnd: nil, at: time)
        #expect(last == nil)
    }

    // MARK: The journal

    @Test("a stop in which nobody led is the new leader's to report, and no other node's")
    func failover() throws {
        let clock = HandClock()
        let status = ClusterStatus(node: "b")
        let projections = Projections(
            catalogue: Ledger().catalogue, evidence: EvidenceIndex(),
            position: ProjectedPosition(
                sequence: 9, chain: SHA256Digest(), at: clock.wallClock()))
        let shared = try Shared(
            limits: TestGateway.limits, workers: 1, state: projections.state, clock: clock,
            cluster: status, logger: TestGateway.silent)
        /// So long nobody leads, then for a second this node is on its way.
        func fail(seconds: Int64, to state: ClusterStatus.State) -> IncidentRules.Stop? {
            var rules = IncidentRules()
            status.state = .following
            rules.wait(shared)
            status.state = .noLeader
            rules.wait(shared)
            clock.advance(milliseconds: seconds * 1_000)
            rules.wait(shared)
            status.state = .catchingUp
            rules.wait(shared)
            status.state = state
            if state == .leading { rules.turn(shared, isMinute: false) } else { rules.wait(shared) }
            return rules.unreported
        }
        let began = shared.ledgerTime
        #expect(
            fail(seconds: 12, to: .leading)
                == IncidentRules.Stop(
                    since: began, until: began.advanced(byMilliseconds: 12_000),
                    reasons: ["no_leader"]))
        #expect(fail(seconds: 12, to: .following) == nil, "that one says it")
        #expect(fail(seconds: 9, to: .leading) == nil)
    }

    @Test("a stop of under ten seconds is no incident, and several within a minute are one")
    func stops() throws {
        var rules = IncidentRules()
        rules.follow(["disk_full"], at: seconds(0))
        rules.follow([], at: seconds(9))
        #expect(rules.unreported == nil)
        rules.follow(["disk_full"], at: seconds(20))
        rules.follow(["disk_stalled"], at: seconds(25))
        rules.follow([], at: seconds(31))
        rules.follow(["store_lost"], at: seconds(40))
        rules.follow([], at: seconds(52))
        let stop = IncidentRules.Stop(
            since: seconds(20), until: seconds(52), reasons: ["disk_full"])
        #expect(rules.unreported == stop)
        var register = IncidentRegister()
        let order = try #require(IncidentRules.order(stop, register, at: seconds(60)))
        #expect(order.severity == .critical && order.title.contains("32 s"), "\(order.title)")
        #expect(order.note.contains("disk_full"), "\(order.note)")
        try open(.logStopped, at: seconds(60), in: &register)
        try register.apply(
            .resolve(.confirmed), to: 1, at: seconds(70), by: anne, in: business)
        #expect(IncidentRules.order(stop, register, at: seconds(80)) == nil, "on record")
        let next = IncidentRules.Stop(
            since: seconds(90), until: seconds(110), reasons: ["disk_full"])
        #expect(IncidentRules.order(next, register, at: seconds(120)) != nil, "another one")
    }

    @Test("a stop is reported when the journal takes records again, and until it is on record")
    func logStopped() throws {
        let bench = try Bench([.contract(.putClient(id: "acme", name: "A"))]) { _ in }
        let shared = bench.shared
        var rules = IncidentRules()
        func pass(seconds: Int64) { shared.health.clockLeapMilliseconds -= seconds * 1_000 }
        rules.turn(shared, isMinute: true)
        shared.health.isStoreLost = true
        rules.turn(shared, isMinute: false)
        pass(seconds: 30)
        rules.turn(shared, isMinute: true)
        #expect(opened(shared).isEmpty, "nothing can be recorded")
        shared.health.isStoreLost = false
        rules.turn(shared, isMinute: false)
        #expect(opened(shared).isEmpty)
        for _ in 0..<2 {
            rules.turn(shared, isMinute: true)
            #expect(opened(shared) == ["log-stopped"])
            pass(seconds: 60)
        }
    }

    /// The rules by which incidents were to be opened since the last question.
    private func opened(_ shared: Shared) -> [String] {
        var found: [String] = []
        while let request = shared.administration.next() {
            if case .incident(.open(_, _, let rule)) = request.record.command {
                found.append(rule ?? "a person")
            }
        }
        return found
    }
}
