import ClusterTesting
import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite(
        "Several nodes that share one log",
        .enabled(if: EtcdServers.isInstalled, "\(EtcdServers.skipReason)"), .onSteadyCluster)
    struct ClusterTests {
        /// A leader whose process has ended is replaced within so long, however busy the machine.
        /// How soon it is on one at leisure, the printed times tell.
        private static let failoverSeconds = 30.0

        @Test("one leads, the others follow record by record, and say so")
        func follows() throws {
            let cluster = try GatewayCluster(2)
            try cluster.nodes[0].start(options: cluster.options(0))
            try cluster.start(1)
            let operation = try cluster.nodes[0].openOperation()
            for number in 1...20 {
                let answer = try cluster.nodes[0].post(operation.entry("p\(number)"))
                #expect(answer.status == 201)
            }
            let isEqual = try eventually(withinSeconds: 30) {
                let position = try cluster.metric("portillon_log_position", of: 1)
                return try position == cluster.metric("portillon_log_position", of: 0)
            }
            #expect(isEqual, "\(cluster.nodes[1].errors)")
            #expect(try cluster.metric("portillon_cluster_leader", of: 0) == 1)
            #expect(try cluster.metric("portillon_cluster_leader", of: 1) == 0)
            #expect(try cluster.metric("portillon_cluster_term", of: 1) == 1)
            try expectReads(of: operation, entries: 20, at: cluster.nodes[1])
            try expectRefusal(at: cluster.nodes[1], leader: cluster.linkAddress(0))
        }

        /// A node that follows shows operators what its leader would.
        private func expectReads(of operation: Operation, entries: Int, at node: Gateway) throws {
            let isProjected = try eventually(withinSeconds: 30) {
                let answer = try node.admin("GET", "/v1/operations/\(operation.name)")
                return answer.status == 200 && answer.json["participants"]?.integer == entries
            }
            #expect(isProjected, "\(node.errors)")
            for path in [
                "/healthz", "/v1/status", "/v1/operations", "/v1/token", "/openapi.json",
                "/v1/operations/\(operation.name)/evidence", "/v1/statement", "/v1/availability",
                "/v1/incidents", "/v1/webhooks",
            ] {
                let answer = try node.admin("GET", path)
                #expect(answer.status == 200, "\(path): \(answer)")
            }
            let metrics = try node.admin("GET", "/metrics")
            let text = String(decoding: metrics.body, as: UTF8.self)
            #expect(text.contains("portillon_participants{"), "\(text.prefix(2_000))")
            let events = try node.admin("GET", "/v1/events?follow=false")
            #expect(events.status == 200, "\(events)")
            let streamed = String(decoding: events.body, as: UTF8.self)
            #expect(streamed.contains("\"type\":\"process.started\""), "\(streamed.prefix(2_000))")
        }

        /// What is of the leader's own machine is asked for there, and it says where that is.
        private func expectRefusal(at node: Gateway, leader: String) throws {
            let refused = try node.admin("POST", "/v1/clock/confirm", #"{"date":"2026-01-01"}"#)
            #expect(refused.status == 503, "\(refused)")
            #expect(refused.json["code"]?.string == "not_leading")
            let detail = refused.json["detail"]?.string ?? ""
            #expect(detail.contains("node a at \(leader) leads"), "\(detail)")
            #expect(refused["retry-after"] == "1", "\(refused)")
        }

        @Test("the process that followed leads when its leader is killed, with what it learned")
        func takesOver() throws {
            let cluster = try GatewayCluster(2)
            try cluster.nodes[0].start(options: cluster.options(0))
            try cluster.start(1)
            // Made while the other one follows: its keys are in etcd.
            let operation = try cluster.nodes[0].openOperation()
            #expect(try cluster.nodes[0].post(operation.entry("p1")).status == 201)
            let follower = try #require(cluster.nodes[1].process)
            try cluster.nodes[0].kill()
            #expect(try cluster.leader(among: [1]) == 1)
            #expect(cluster.nodes[1].process === follower)
            #expect(follower.poll() == nil)
            let second = try cluster.nodes[1].post(operation.entry("p2"))
            #expect(second.status == 201, "\(second)")
            let again = try cluster.nodes[1].post(operation.entry("p1"))
            #expect(again.json["verdict"]?.string == "repeated", "\(again)")
            let closed = try cluster.nodes[1].admin(
                "POST", "/v1/operations/\(operation.name)/close", "{}")
            #expect(closed.status == 200, "\(closed)")
            #expect(try cluster.nodes[1].state(of: operation)["participants"]?.integer == 2)
        }

        @Test("kill -9 of the leader: another takes over, nothing is lost, nothing counted twice")
        func survivesKills() throws {
            let cluster = try GatewayCluster(3)
            try cluster.nodes[0].start(options: cluster.options(0))
            for index in 1...2 { try cluster.start(index) }
            let operation = try cluster.nodes[0].openOperation()
            let writers = Writers()
            let lateWakes = LateWakes()
            defer { lateWakes.stop() }
            var leader = 0
            for round in 1...4 {
                writers.start(
                    4, run: "r\(round)", port: cluster.nodes[leader].port, operation: operation)
                let before = writers.known.acknowledged.count
                let isBusy = eventually(withinSeconds: 30) {
                    writers.known.acknowledged.count > before + 100
                }
                #expect(isBusy)
                let (killedAt, lateBefore) = (ContinuousClock.now, lateWakes.total)
                try cluster.nodes[leader].kill()
                let fallen = leader
                leader = try cluster.leader(among: (0..<3).filter { $0 != fallen })
                let took = ContinuousClock.now - killedAt
                // The time in which the machine let nobody run is not the cluster's.
                let late = lateWakes.total - lateBefore
                let told = "\(took / .milliseconds(1)) ms, \(late / .milliseconds(1)) of them late"
                print("failover \(round): \(told)")
                #expect(took - late < .seconds(Self.failoverSeconds), "round \(round): \(told)")
                #expect(writers.join())
                let faults = try cluster.nodes[leader].faults(in: writers, of: operation)
                try #require(faults == [], "round \(round)")
                try cluster.start(fallen)
            }
            try cluster.expectEqualJournals(leader: leader)
        }

        @Test("a leader that ends hands over: nobody is cut off, nothing is lost")
        func handsOver() throws {
            let cluster = try GatewayCluster(3)
            try cluster.nodes[0].start(options: cluster.options(0))
            for index in 1...2 { try cluster.start(index) }
            let operation = try cluster.nodes[0].openOperation()
            let writers = Writers()
            var leader = 0
            var handOvers = 0
            var refusedBefore = 0
            for round in 1...3 {
                writers.start(
                    4, run: "r\(round)", port: cluster.nodes[leader].port, operation: operation,
                    pauseMilliseconds: 1)
                let before = writers.known.acknowledged.count
                let isBusy = eventually(withinSeconds: 30) {
                    writers.known.acknowledged.count > before + 100
                }
                #expect(isBusy)
                let fallen = leader
                let old = try #require(cluster.nodes[fallen].process)
                let began = ContinuousClock.now
                old.send(SIGTERM)
                leader = try cluster.leader(among: (0..<3).filter { $0 != fallen })
                print("hand-over \(round): \((ContinuousClock.now - began) / .milliseconds(1)) ms")
                #expect(old.wait(atMostSeconds: 90) == .exit(0))
                #expect(writers.join())
                let yields = "node \(GatewayCluster.names[fallen]) yields"
                handOvers += cluster.nodes[leader].says(yields) ? 1 : 0
                // Each request had an answer: 2xx, or 503.
                let known = writers.known
                let refused = known.refused[503, default: 0]
                #expect(known.refused.keys.allSatisfy { $0 == 503 }, "\(known.refused)")
                #expect(known.unanswered.count <= refused - refusedBefore, "round \(round)")
                refusedBefore = refused
                let faults = try cluster.nodes[leader].faults(in: writers, of: operation)
                try #require(faults == [], "round \(round)")
                try cluster.start(fallen)
            }
            // Nodes that stood still for half a second just then are not given the office.
            #expect(handOvers > 0, "none of the three was named")
            try cluster.expectEqualJournals(leader: leader)
        }

        @Test("every node takes entries; the leader is killed, nothing is lost or counted twice")
        func takesEntriesEverywhere() throws {
            let cluster = try GatewayCluster(3)
            try cluster.nodes[0].start(options: cluster.options(0))
            for index in 1...2 { try cluster.start(index) }
            let operation = try cluster.nodes[0].openOperation()
            let writers = Writers()
            for index in 0..<3 {
                // A node knows an operation when it has followed to it.
                let isKnown = try eventually(withinSeconds: 30) {
                    let answer = try cluster.nodes[index].post(operation.entry("seen \(index)"))
                    // 200 where an answer before came too late.
                    let isStored = [200, 201].contains(answer.status)
                    if isStored { writers.record(answer, of: "seen \(index)") }
                    return isStored
                }
                #expect(isKnown, "\(cluster.nodes[index].errors)")
            }
            for index in 0..<3 {
                writers.start(
                    3, run: "n\(index)", port: cluster.nodes[index].port, operation: operation)
            }
            let isBusy = eventually(withinSeconds: 30) {
                (0..<3).allSatisfy { index in
                    writers.known.acknowledged.keys.count { $0.hasPrefix("n\(index)-") } > 50
                }
            }
            #expect(isBusy, "\(writers.known.refused)")
            let forwarded = try cluster.nodes[1].adminConnection().exchange(
                HTTPRequest("GET", "/metrics").text)
            #expect(forwarded.text.contains("portillon_link_entries_total{result=\"answered\"} "))
            try cluster.nodes[0].kill()
            let leader = try cluster.leader(among: [1, 2])
            let before = writers.known.acknowledged.count
            let goesOn = eventually(withinSeconds: 30) {
                writers.known.acknowledged.count > before + 100
            }
            #expect(goesOn, "\(writers.known.refused)")
            writers.stop()
            #expect(writers.join())
            let faults = try cluster.nodes[leader].faults(in: writers, of: operation)
            #expect(faults == [])
        }

        @Test("a leader that stood still is fenced when it goes on, and ends")
        func fencesZombies() throws {
            let cluster = try GatewayCluster(2)
            try cluster.nodes[0].start(options: cluster.options(0))
            try cluster.start(1)
            let operation = try cluster.nodes[0].openOperation()
            let writers = Writers()
            let first = try cluster.nodes[0].post(operation.entry("first"))
            #expect(first.status == 201)
            writers.record(first, of: "first")
            let zombie = try #require(cluster.nodes[0].process)
            zombie.send(SIGSTOP)
            let leader = try cluster.leader(among: [1])
            writers.start(
                1, run: "new", port: cluster.nodes[leader].port, operation: operation, limit: 20)
            #expect(writers.join())
            let pending = try cluster.nodes[0].connect()
            try pending.send(operation.entry("late").text)
            zombie.send(SIGCONT)
            #expect(zombie.wait(atMostSeconds: 90) == .exit(74), "\(cluster.nodes[0].errors)")
            #expect(cluster.nodes[0].says("belongs to node b"))
            // Closed without an answer, as a rule; never told that it is stored.
            let late = try? pending.receive()
            #expect(late.map { $0.status >= 500 } ?? true, "\(String(describing: late))")
            #expect(try cluster.nodes[1].faults(in: writers, of: operation) == [])
        }

        @Test("a node whose journal is another's refuses to start, and says what to do")
        func refusesForeignJournals() throws {
            let cluster = try GatewayCluster(2)
            try cluster.nodes[1].start()
            _ = try cluster.nodes[1].openOperation("other")
            try cluster.nodes[1].stop()
            try cluster.nodes[0].start(options: cluster.options(0))
            try cluster.launch(1)
            let ending = cluster.nodes[1].process?.wait(atMostSeconds: 120)
            #expect(ending == .exit(74))
            #expect(cluster.nodes[1].says("is not a part of the cluster's log"))
            #expect(cluster.nodes[1].says("copy those of another member"))
        }
    }
}
