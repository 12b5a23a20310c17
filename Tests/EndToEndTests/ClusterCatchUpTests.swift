import ClusterTesting
import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite(
        "A node whose journal the cluster's log has left behind",
        .enabled(if: EtcdServers.isInstalled, "\(EtcdServers.skipReason)"), .onSteadyCluster)
    struct ClusterCatchUpTests {
        /// Little stays in etcd: some hundred entries come before what is lacking is gone.
        private static let options = ["--limit", "log_kept_bytes=65536"]

        @Test("one that was away while the log was trimmed gets what it lacks from another node")
        func comesBack() throws {
            let cluster = try GatewayCluster(3, options: Self.options)
            try cluster.nodes[0].start(options: cluster.options(0))
            for index in 1...2 { try cluster.start(index) }
            let operation = try cluster.nodes[0].openOperation()
            for number in 1...20 {
                let answer = try cluster.nodes[0].post(operation.entry("before \(number)"))
                #expect(answer.status == 201)
            }
            let isEqual = try eventually(withinSeconds: 60) {
                let position = try cluster.metric("portillon_log_position", of: 2)
                return try position == cluster.metric("portillon_log_position", of: 0)
            }
            #expect(isEqual, "\(cluster.nodes[2].errors)")
            try cluster.nodes[2].stop()
            // Whatever its last record is, it is before what is decided now.
            let position = try #require(try cluster.metric("portillon_log_position", of: 0))
            let entries = try fill(cluster, operation, past: UInt64(position) + 2)
            try cluster.start(2)
            try expectCaughtUp(cluster, operation, entries: entries + 20)
        }

        @Test("a new one with an empty folder gets all from another node, and is like the others")
        func joins() throws {
            let cluster = try GatewayCluster(3, options: Self.options)
            try cluster.nodes[0].start(options: cluster.options(0))
            // Two of three, of which etcd's three members tell: a majority.
            try cluster.start(1)
            let operation = try cluster.nodes[0].openOperation()
            let entries = try fill(cluster, operation, past: 1)
            try cluster.start(2)
            try expectCaughtUp(cluster, operation, entries: entries)
        }

        /// Posts entries until etcd has a record no more.
        /// - Returns: how many.
        private func fill(
            _ cluster: GatewayCluster, _ operation: Operation, past record: UInt64
        ) throws -> Int {
            var count = 0
            let isTrimmed = try eventually(withinSeconds: 120) {
                for _ in 0..<20 {
                    count += 1
                    let answer = try cluster.nodes[0].post(operation.entry("p\(count)"))
                    #expect(answer.status == 201, "\(answer)")
                }
                return try cluster.isTrimmed(past: record)
            }
            try #require(isTrimmed, "\(cluster.nodes[0].errors)")
            return count
        }

        /// The third node has all, by way of another node's journal, and shows it.
        private func expectCaughtUp(
            _ cluster: GatewayCluster, _ operation: Operation, entries: Int
        ) throws {
            let node = cluster.nodes[2]
            #expect(node.says("fetching records"), "\(node.errors)")
            #expect(node.says("came from node"), "\(node.errors)")
            let fetched = try cluster.metric("portillon_log_fetched_records_total", of: 2)
            #expect(try #require(fetched) > 0)
            let isProjected = try eventually(withinSeconds: 60) {
                let answer = try node.admin("GET", "/v1/operations/\(operation.name)")
                return answer.status == 200 && answer.json["participants"]?.integer == entries
            }
            #expect(isProjected, "\(node.errors)")
            // It takes entries like the others, and they count with what it has fetched.
            let again = try node.post(operation.entry("p1"))
            #expect(again.json["verdict"]?.string == "repeated", "\(again)")
            let further = try node.post(operation.entry("further"))
            #expect(further.status == 201, "\(further)")
            try cluster.expectEqualJournals(leader: try cluster.leader(among: [0, 1, 2]))
        }
    }
}
