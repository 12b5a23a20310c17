import Bytes
import Cluster
import Exposition
import Testing
import Time

@testable import Gateway

@Suite("What a node of a cluster tells of the cluster")
struct ClusterMetricsTests {
    /// A node that leads, and one that it never heard.
    private func leader() throws -> ClusterStatus {
        let status = ClusterStatus(node: "a")
        status.state = .leading
        status.office = 3
        status.owner = LogOwner(node: "a", term: 3, address: "10.0.0.1:8082")
        status.note(ClusterMember(node: "b", position: 1, clockOffset: 0))
        status.note(ClusterMember(node: "c", position: 0, clockOffset: 0))
        return status
    }

    private func lines(_ status: ClusterStatus) -> [String] {
        var writer = MetricsWriter(format: .prometheus)
        writer.writeCluster(status, at: SystemClock().elapsedNanoseconds())
        return writer.finish().text.split(separator: "\n").map(String.init)
    }

    @Test("a node leads for others to see while etcd confirms it, and not a moment longer")
    func unproven() throws {
        let status = try leader()
        let now = SystemClock().elapsedNanoseconds()
        func role() -> NodeView.Role? {
            NodeView.all(status, at: now).first { $0.node == "a" }?.role
        }
        #expect(lines(status).contains("portillon_cluster_leader 0"))
        #expect(role() == .unproven)
        status.proveForGood()
        #expect(lines(status).contains("portillon_cluster_leader 1"))
        #expect(role() == .leader)
    }

    @Test("members are counted by what they are, and the store's quota is etcd's own")
    func members() throws {
        let status = try leader()
        status.proveForGood()
        status.engineQuota = 4 << 30
        let found = lines(status)
        for (state, count) in [("leader", 1), ("follower", 1), ("silent", 1), ("unproven", 0)] {
            #expect(found.contains("portillon_cluster_members{state=\"\(state)\"} \(count)"))
        }
        #expect(found.contains("portillon_log_engine_quota_bytes 4294967296"))
    }
}
