import ClusterTesting
import Testing

@testable import Cluster

@Suite(
    "A log in one etcd",
    .enabled(if: EtcdServers.isInstalled, "\(EtcdServers.skipReason)"))
struct EtcdLogTests {
    private let servers: EtcdServers

    init() throws {
        servers = try EtcdServers(1)
        try #require(servers.leader() != nil, "etcd does not start: \(servers.log(0))")
    }

    /// Logs do not fail here for lack of time: the machine may be slow.
    private func log(_ prefix: String) -> EtcdLog {
        var options = EtcdLog.Options()
        options.prefix = prefix
        options.trySeconds = 60
        return EtcdLog(servers.endpoints, .none, options)
    }

    @Test("it does what every log does")
    func keepsTheContract() throws {
        var log = log("claims/")
        try LogContract.claims(&log)
        log = self.log("appends/")
        try LogContract.appends(&log)
        log = self.log("fences/")
        try LogContract.fences(&log)
        log = self.log("trims/")
        try LogContract.refusesTrimmedNumbers(&log)
        log = self.log("pages/")
        try LogContract.readsInPages(&log)
        log = self.log("values/")
        try LogContract.keepsValues(&log)
        log = self.log("changes/")
        try ValuesContract.changes(&log)
        log = self.log("fenced-changes/")
        try ValuesContract.fencesChanges(&log)
        log = self.log("lists/")
        try ValuesContract.listsValues(&log)
        log = self.log("compacts/")
        try ValuesContract.compacts(&log)
        try log.put("kept", bytes: [1])
        try log.deleteAll()
        let kept = try log.get("kept")
        #expect(kept == nil)
    }

    @Test("batches of the greatest length go there and come back")
    func longBatches() throws {
        var log = log("long/")
        let me = try LogContract.owner("a", 1)
        _ = try log.claim(me, after: nil)
        for first in 1...9 {
            let batch = [UInt8](repeating: UInt8(first), count: EtcdLimits.batchBytes)
            let outcome = try log.append(bytes: batch, first: UInt64(first), as: me)
            #expect(outcome == .stored)
        }
        let found = try log.readAll(from: 1)
        #expect(found?.map(\.first) == Array(1...9))
        #expect(
            found?.allSatisfy { stored in
                stored.batch.count == EtcdLimits.batchBytes
                    && stored.batch.allSatisfy { $0 == UInt8(stored.first) }
            } == true)
    }

    @Test("what was trimmed leaves the store though nothing is appended any more")
    func reclaims() throws {
        var log = log("trimmed/")
        let me = try LogContract.owner("a", 1)
        _ = try log.claim(me, after: nil)
        for first in 1...12 {
            let batch = [UInt8](repeating: 1, count: EtcdLimits.batchBytes)
            _ = try log.append(bytes: batch, first: UInt64(first), as: me)
        }
        try log.trim(below: 12)
        #expect(try log.storedBytes() > 12 << 20)
        let keeper = OfficeKeeper(me, ClusterStatus(node: "a"))
        let limit = Waiting(seconds: 180)
        // The member removes it some time after it has said so, and its pages are free behind what
        // is written next: a leader without room reclaims again and again.
        while try log.storedBytes() > 4 << 20, !limit.isOver {
            try keeper.reclaim(&log)
            Waiting(seconds: 0.2).pass()
        }
        #expect(try log.storedBytes() <= 4 << 20)
    }

    @Test("a member says what it is, and who the others are")
    func status() throws {
        var client = EtcdClient(servers.endpoints[0], .none)
        let status = try client.status(Waiting(seconds: 60))
        #expect(status.version.hasPrefix("3."))
        #expect(status.member != 0 && status.member == status.leader)
        #expect(status.databaseBytes > 0 && !status.isLearner && status.alarms.isEmpty)
        let members = try client.members(Waiting(seconds: 60))
        #expect(members.map(\.name) == ["m0"])
        #expect(members.first?.clientURLs == servers.urls)
        #expect(members.first?.identifier == status.member)
    }

    @Test("a server that is none of gRPC, and one that is not there, are told apart")
    func otherServers() throws {
        let none = EtcdEndpoint(isSecure: false, host: "127.0.0.1", port: 1)
        var client = EtcdClient(none, .none)
        do throws(GRPCError) {
            _ = try client.status(Waiting(seconds: 60))
            Issue.record("nobody listens there")
        } catch {
            #expect("\(error)".hasPrefix("cannot connect: 127.0.0.1:1: Connection refused"))
        }
    }
}
