import ClusterTesting
import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite(
        "Operators of several nodes",
        .enabled(if: EtcdServers.isInstalled, "\(EtcdServers.skipReason)"), .onSteadyCluster)
    struct ClusterOfficeTests {
        private func nodes(_ said: JSON?) -> [String: JSON] {
            let pairs = (said?.elements ?? []).map { ($0["node"]?.string ?? "", $0) }
            return Dictionary(pairs) { first, _ in first }
        }

        @Test("status shows nodes and etcd; one that is gone is silent, then forgotten")
        func statusAndForget() throws {
            let cluster = try GatewayCluster(3)
            try cluster.nodes[0].start(options: cluster.options(0))
            for index in 1...2 { try cluster.start(index) }
            let operation = try cluster.nodes[0].openOperation()
            for number in 1...20 {
                _ = try cluster.nodes[0].post(operation.entry("p\(number)"))
            }
            let areLevel = try eventually(withinSeconds: 30) {
                let status = try cluster.nodes[0].admin("GET", "/v1/status")
                return nodes(status.json["nodes"]).values.count { $0["lag"]?.integer == 0 } == 3
            }
            #expect(areLevel)
            // The leader has looked, and all nodes have said what they know.
            let isSurveyed = try eventually(withinSeconds: 60) {
                let shown = try cluster.nodes[0].admin("GET", "/v1/cluster").json
                return shown["level"]?.integer == 1
                    && shown["engine"]?["members"]?.elements.allSatisfy {
                        $0["synced"]?.bool == true
                    } == true
            }
            #expect(isSurveyed, "\(cluster.nodes[0].errors)")
            let voting = try cluster.metric("portillon_log_engine_voting_members", of: 0)
            let unsynced = try cluster.metric("portillon_log_engine_unsynced_members", of: 0)
            #expect(voting == 3 && unsynced == 0)
            #expect(try cluster.metric("portillon_log_engine_quota_bytes", of: 0) ?? 0 > 0)
            let pressures = try cluster.nodes[0].admin("GET", "/v1/status").json["nodes"]
            #expect(nodes(pressures)["a"]?["pressure"]?.string != nil)
            let said = try cluster.nodes[0].say("cluster", "status", "--json")
            #expect(said.ending == .exit(0), "\(said)")
            #expect(said.json["leader"]?["node"]?.string == "a")
            #expect(said.json["leader"]?["term"]?.integer == 1)
            #expect(said.json["state"]?.string == "leading")
            let roles = nodes(said.json["nodes"]).mapValues { $0["role"]?.string }
            #expect(roles == ["a": "leader", "b": "follower", "c": "follower"], "\(said)")
            let levels = nodes(said.json["nodes"]).mapValues { $0["level"]?.integer }
            #expect(levels == ["a": 1, "b": 1, "c": 1], "\(said)")
            let engine = said.json["engine"]
            #expect(engine?["voting_members"]?.integer == 3)
            let members = engine?["members"]?.elements ?? []
            #expect(members.map { $0["synced"] } == [.bool(true), .bool(true), .bool(true)])
            #expect(members.count { $0["role"]?.string == "leader" } == 1)
            #expect(members.allSatisfy { $0["quota_bytes"]?.integer ?? 0 > 0 }, "\(said)")
            let table = try cluster.nodes[0].say("cluster", "status")
            #expect(table.output.contains("node a, leading"), "\(table)")
            // A read writes nothing: it shows what the leader found when it looked last.
            let probed = engine?["probed_at"]?.string
            let later = try cluster.nodes[0].admin("GET", "/v1/cluster").json["engine"]
            #expect(probed != nil && later?["probed_at"]?.string == probed, "\(said)")

            let early = try cluster.nodes[0].say("cluster", "forget", "c", "--confirm", "c")
            #expect(early.ending == .exit(1) && early.errors.contains("was heard"), "\(early)")
            try cluster.nodes[2].kill()
            let isSilent = try eventually(withinSeconds: 60) {
                let status = try cluster.nodes[0].admin("GET", "/v1/status")
                return nodes(status.json["nodes"])["c"]?["silent_seconds"]?.double ?? 0 > 10.2
            }
            #expect(isSilent)
            let wrong = try cluster.nodes[0].say("cluster", "forget", "c", "--confirm", "b")
            #expect(wrong.ending == .exit(1), "\(wrong)")
            let forgotten = try cluster.nodes[0].say("cluster", "forget", "c", "--confirm", "c")
            #expect(forgotten.ending == .exit(0), "\(forgotten)")
            let again = try cluster.nodes[0].say("cluster", "forget", "c", "--confirm", "c")
            #expect(again.ending == .exit(1) && again.errors.contains("nothing was"), "\(again)")
            let left = try cluster.nodes[0].admin("GET", "/v1/status")
            #expect(Set(nodes(left.json["nodes"]).keys) == ["a", "b"])
            // It comes back, and counts again.
            try cluster.start(2)
            let isBack = try eventually(withinSeconds: 30) {
                let status = try cluster.nodes[0].admin("GET", "/v1/status")
                return nodes(status.json["nodes"])["c"]?["role"]?.string == "follower"
            }
            #expect(isBack)
        }

        @Test("step-down: the named node leads, and the old one ends with status 74")
        func stepsDown() throws {
            let cluster = try GatewayCluster(3)
            try cluster.nodes[0].start(options: cluster.options(0))
            let alone = try cluster.nodes[0].say("cluster", "step-down", "--confirm", "a")
            #expect(alone.ending == .exit(1) && alone.errors.contains("No node can"), "\(alone)")
            for index in 1...2 { try cluster.start(index) }
            let operation = try cluster.nodes[0].openOperation()
            let writers = Writers()
            let first = try cluster.nodes[0].post(operation.entry("first"))
            writers.record(first, of: "first")
            let unconfirmed = try cluster.nodes[0].say("cluster", "step-down", "--confirm", "b")
            #expect(unconfirmed.ending == .exit(1), "\(unconfirmed)")
            let elsewhere = try cluster.nodes[1].admin(
                "POST", "/v1/cluster/step-down", #"{"confirm":"b"}"#)
            #expect(elsewhere.status == 503)
            #expect(elsewhere.json["detail"]?.string?.contains("node a at") == true)
            let areHeard = try eventually(withinSeconds: 30) {
                let status = try cluster.nodes[0].admin("GET", "/v1/status")
                return nodes(status.json["nodes"])["c"]?["role"]?.string == "follower"
            }
            #expect(areHeard)
            // A node that stood still for half a second is not given an office: again, then.
            var stepped: Gateway.Said?
            let isDone = try eventually(withinSeconds: 60) {
                stepped = try cluster.nodes[0].say(
                    "cluster", "step-down", "--confirm", "a", "--to", "c", "--json")
                return stepped?.ending == .exit(0)
            }
            let told = String(describing: stepped)
            #expect(isDone, "\(told)")
            #expect(stepped?.json["to"]?.string == "c", "\(told)")
            #expect(stepped?.json["term"]?.integer == 2, "\(told)")
            let ending = cluster.nodes[0].process?.wait(atMostSeconds: 90)
            #expect(ending == .exit(74), "\(cluster.nodes[0].errors)")
            #expect(try cluster.leader(among: [1, 2]) == 2)
            writers.start(
                1, run: "new", port: cluster.nodes[2].port, operation: operation, limit: 20)
            #expect(writers.join())
            #expect(try cluster.nodes[2].faults(in: writers, of: operation) == [])
            // As its supervisor does.
            try cluster.start(0)
        }
    }
}
