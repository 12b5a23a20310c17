import AdminClient
import Cluster
import ClusterTesting
import Testing
import Wire

@testable import portillon

@Suite("What is wrong with an etcd")
struct ClusterFindingTests {
    /// `StatusResponse`, with what the tests look at.
    private static func status(_ member: UInt8, leader: UInt8 = 1) throws -> EtcdStatus {
        // Header (cluster 9, member), version.
        var bytes: [UInt8] = [0x0A, 4, 0x08, 9, 0x10, member, 0x12, 6]
        bytes.append(contentsOf: "3.4.23".utf8)
        // Bytes of the database, leader, bytes in use.
        bytes.append(contentsOf: [0x18, 0x80, 0x20, 0x20, leader, 0x48, 0x80, 0x20])
        return try unsafe EtcdStatus(bytes.span.bytes)
    }

    /// `MemberListResponse` of so many members.
    private static func list(_ count: UInt8, learner: UInt8? = nil) throws -> [EtcdMember] {
        var bytes: [UInt8] = []
        for id in 1...count {
            let url = "http://127.0.0.1:\(id)"
            var member: [UInt8] = [0x08, id, 0x12, 2]
            member.append(contentsOf: "m\(id)".utf8)
            member.append(contentsOf: [0x22, UInt8(url.utf8.count)])
            member.append(contentsOf: url.utf8)
            if learner == id { member.append(contentsOf: [0x28, 1]) }
            bytes.append(contentsOf: [0x12, UInt8(member.count)])
            bytes.append(contentsOf: member)
        }
        return try unsafe EtcdMember.list(bytes.span.bytes)
    }

    private static let metrics = """
        # TYPE etcd_server_quota_backend_bytes gauge
        etcd_server_quota_backend_bytes 8.589934592e+09
        etcd_disk_wal_fsync_duration_seconds_count 12
        """

    private static func page(
        _ metrics: String = metrics, _ arguments: String = #""--name","a""#
    ) -> EtcdPage {
        EtcdPage(
            metrics: Array(metrics.utf8),
            variables: Array(#"{"cmdline":["etcd",\#(arguments)],"memstats":{}}"#.utf8))
    }

    /// Three members of which nothing bad can be said.
    private static func facts(_ count: UInt8 = 3) throws -> ClusterFacts {
        var facts = ClusterFacts(
            members: try (1...count).map { id in
                var member = ClusterFacts.Member(url: try BaseURL("http://127.0.0.1:\(id)"))
                member.status = try status(id)
                member.page = page()
                member.clock = ClusterFacts.ClockOffset(seconds: 0.4, uncertainty: 0.5)
                member.hasSynced = true
                return member
            })
        facts.list = try list(count)
        facts.probe = ClusterFacts.Probe(failure: nil, milliseconds: 1.5)
        return facts
    }

    private func texts(_ facts: ClusterFacts) -> [String] {
        ClusterFindings(facts).all.map { "\($0.severity.rawValue): \($0.text)" }
    }

    @Test("of a good one nothing is said, and the command succeeds")
    func good() throws {
        let report = ClusterReport(try Self.facts())
        #expect(report.findings == [] && report.status == 0)
        #expect(report.text.hasSuffix("Nothing is wrong.\n"))
        #expect(report.json["status"] == .integer(0))
        #expect(report.json["members"]?.elements.count == 3)
    }

    @Test("too few members, an even number, learners and members that were not named are said")
    func members() throws {
        #expect(texts(try Self.facts(1)).first?.hasPrefix("warning: 1 voting member: ") == true)
        #expect(texts(try Self.facts(2)).first?.hasPrefix("warning: 2 voting members: ") == true)
        #expect(texts(try Self.facts(4)).first?.hasPrefix("warning: 4 voting members bear") == true)
        var facts = try Self.facts()
        facts.list = try Self.list(4, learner: 4)
        let found = texts(facts)
        #expect(found.count == 2)
        #expect(found[0].hasPrefix("warning: member m4 is a learner"))
        #expect(found[1].contains("m4 was not checked: name its URL too (http://127.0.0.1:4)"))
    }

    @Test("a majority that did not sync is an error, one member a warning")
    func syncs() throws {
        var facts = try Self.facts()
        facts.members[2].hasSynced = false
        var report = ClusterReport(facts)
        #expect(report.status == 1 && report.findings.count == 1)
        facts.members[1].hasSynced = false
        report = ClusterReport(facts)
        #expect(report.status == 2)
        #expect(report.findings.last?.text.contains("--unsafe-no-fsync") == true)
        facts = try Self.facts()
        facts.probe = ClusterFacts.Probe(failure: "no space", milliseconds: 0)
        #expect(texts(facts) == ["error: it stored no batch: no space"])
    }

    @Test(
        "flags, the quota and the clock are said",
        arguments: [
            ("unsafe-no-fsync", #""--unsafe-no-fsync""#, "error: runs with --unsafe-no-fsync"),
            ("compaction", #""--auto-compaction-retention=1h""#, "warning: compacts by itself"),
            ("compaction", #""--auto-compaction-retention","5""#, "warning: compacts by itself"),
        ])
    func flags(_ name: String, _ arguments: String, _ text: String) throws {
        var facts = try Self.facts()
        facts.members[0].page = Self.page(Self.metrics, arguments)
        #expect(texts(facts).first?.hasPrefix(text) == true, "\(name)")
        #expect(ClusterFindings(facts).all.first?.member == "http://127.0.0.1:1")
        facts.members[0].page = Self.page(Self.metrics, #""--auto-compaction-retention=0""#)
        #expect(texts(facts) == [])
    }

    @Test("a small quota and a clock that is off are said")
    func quotaAndClock() throws {
        var facts = try Self.facts()
        facts.members[0].page = Self.page("etcd_server_quota_backend_bytes 2.147483648e+09\n")
        #expect(texts(facts).first?.hasPrefix("warning: its database may have 2.0 GiB") == true)
        facts = try Self.facts()
        facts.members[1].clock = ClusterFacts.ClockOffset(seconds: -7.2, uncertainty: 0.6)
        #expect(
            texts(facts) == [
                "warning: its clock is 7 s behind this machine's: set both by NTP"
            ])
        facts.members[1].clock = ClusterFacts.ClockOffset(seconds: 2.4, uncertainty: 0.6)
        #expect(texts(facts) == [])
    }

    @Test("members of two clusters, without a leader, or that do not answer are said")
    func agreement() throws {
        var facts = try Self.facts()
        facts.members[1].status = try Self.status(2, leader: 0)
        #expect(ClusterReport(facts).status == 2)
        facts = try Self.facts()
        facts.members[1].status?.cluster = 10
        #expect(texts(facts).first?.contains("different clusters") == true)
        facts = try Self.facts()
        facts.members[1].status = nil
        facts.members[1].failure = "cannot connect: refused"
        #expect(texts(facts).first == "warning: does not answer: cannot connect: refused")
        facts.list = nil
        facts.probe = nil
        #expect(ClusterReport(facts).status == 2)
    }

    @Test("sizes are said in the greatest unit of which there is one")
    func sizes() {
        #expect(ClusterFindings.bytes(20_480) == "20.0 KiB")
        #expect(ClusterFindings.bytes(1 << 20) == "1.0 MiB")
        #expect(ClusterFindings.bytes(8 << 30) == "8.0 GiB")
    }

    @Test("URLs that are none of a member are refused with the reason")
    func urls() throws {
        let bases = try ClusterCommand.Check.bases("http://a:2379,https://[::1]:2379")
        #expect(bases.map(\.port) == [2_379, 2_379])
        for text in ["", "http://a:1,", "http://a:1/x", "http://a:1,http://a:1", "ftp://a"] {
            let failure = #expect(throws: CommandFailure.self) {
                try ClusterCommand.Check.bases(text)
            }
            #expect(failure?.status == 64, "\(text)")
        }
    }
}

@Suite(
    "An etcd, checked",
    .enabled(if: EtcdServers.isInstalled, "\(EtcdServers.skipReason)"))
struct ClusterCheckTests {
    private func check(_ servers: EtcdServers) throws -> ClusterReport {
        let urls = try servers.urls.map { try BaseURL($0) }
        var check = try ClusterCheck(urls, .none, HTTPClient.Trust(), seconds: 60)
        return ClusterReport(check.run())
    }

    @Test("three good members: nothing is wrong; one of them dead: a warning")
    func good() throws {
        let servers = try EtcdServers(3, options: ["--quota-backend-bytes", "8589934592"])
        try #require(servers.leader() != nil, "etcd does not start: \(servers.log(0))")
        var report = try check(servers)
        #expect(report.findings == [], "\(report.text)")
        #expect(report.json["voting_members"] == .integer(3))
        servers.kill(2)
        _ = servers.leader()
        report = try check(servers)
        #expect(report.status == 1, "\(report.text)")
        #expect(report.findings.first?.text.hasPrefix("does not answer: cannot connect") == true)
    }

    @Test("a member alone that does not sync is found by its figures, not by its flags alone")
    func unsafeMember() throws {
        let servers = try EtcdServers(
            1, options: ["--unsafe-no-fsync", "--auto-compaction-retention", "1"])
        try #require(servers.leader() != nil, "etcd does not start: \(servers.log(0))")
        let report = try check(servers)
        #expect(report.status == 2, "\(report.text)")
        let texts = report.findings.map(\.text)
        for part in [
            "runs with --unsafe-no-fsync", "compacts by itself", "1 voting member:",
            "its database may have 2.0 GiB", "before a majority",
        ] {
            #expect(texts.contains { $0.contains(part) }, "\(part): \(report.text)")
        }
    }
}
