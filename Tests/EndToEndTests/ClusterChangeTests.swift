import ClusterTesting
import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite(
        "Changes that any node is asked for",
        .enabled(if: EtcdServers.isInstalled, "\(EtcdServers.skipReason)"), .onSteadyCluster)
    struct ClusterChangeTests {
        private func started() throws -> GatewayCluster {
            let cluster = try GatewayCluster(3)
            try cluster.nodes[0].start(options: cluster.options(0))
            for index in 1...2 { try cluster.start(index) }
            return cluster
        }

        @Test("declared at one node, revoked at another: read there at once, refused everywhere")
        func declaresAndRevokes() throws {
            let cluster = try started()
            // Each step is read, and used, at the node that was asked, as soon as it has answered.
            let operation = try cluster.nodes[1].openOperation()
            #expect(try cluster.nodes[1].state(of: operation)["state"]?.string == "open")
            let first = try cluster.nodes[1].post(operation.entry("p1"))
            #expect(first.status == 201, "\(first)")
            for index in 0..<3 {
                let isKnown = try eventually(withinSeconds: 30) {
                    // 200 where an answer before came too late.
                    [200, 201].contains(
                        try cluster.nodes[index].post(operation.entry("seen \(index)")).status)
                }
                #expect(isKnown, "\(cluster.nodes[index].errors)")
            }
            let revoked = try cluster.nodes[2].admin(
                "POST", "/v1/keys/\(operation.keyIdentifier)/revoke", #"{"reason":"lost"}"#)
            #expect(revoked.status == 200, "\(revoked)")
            for index in 0..<3 {
                for number in 0..<20 {
                    let entry = operation.entry("late \(index) \(number)")
                    let answer = try cluster.nodes[index].post(entry)
                    #expect(answer.status == 401, "node \(index): \(answer)")
                }
            }
            let keys = try cluster.nodes[2].admin("GET", "/v1/operations/\(operation.name)")
            let key = keys.json["keys"]?.elements.first {
                $0["key_id"]?.string == operation.keyIdentifier
            }
            #expect(key?["revoked_at"]?.string != nil, "\(keys)")
            #expect(try cluster.nodes[2].state(of: operation)["participants"]?.integer == 4)
        }

        @Test("settings, webhooks, exports, resets: through a node that follows as at its leader")
        func everything() throws {
            let cluster = try started()
            let operation = try cluster.nodes[1].openOperation()
            for number in 1...5 {
                let answer = try cluster.nodes[1].post(operation.entry("p\(number)"))
                #expect(answer.status == 201, "\(answer)")
            }
            let path = "/v1/operations/\(operation.name)"
            let patched = try cluster.nodes[1].admin("PATCH", path, #"{"title":"Automne"}"#)
            #expect(patched.status == 200, "\(patched)")
            #expect(patched.json["title"]?.string == "Automne")
            let webhook = try cluster.nodes[1].admin(
                "POST", "/v1/webhooks", #"{"url":"http://127.0.0.1:9/"}"#)
            #expect(webhook.status == 201, "\(webhook)")
            #expect(webhook.json["secret"]?.string?.hasPrefix("whsec_") == true, "\(webhook)")
            // An entry that another node has taken is in it.
            let elsewhere = try cluster.nodes[0].post(operation.entry("p6"))
            #expect(elsewhere.status == 201, "\(elsewhere)")
            let export = try cluster.nodes[2].admin("GET", path + "/export")
            #expect(export.status == 200, "\(export)")
            let lines = String(decoding: export.body, as: UTF8.self).split(separator: "\n")
            // Behind the entries a line says how many they are.
            #expect(lines.count == 7, "\(export)")
            #expect(lines.last?.contains(#""entries":6"#) == true, "\(export)")
            let wrong = try cluster.nodes[1].admin("POST", path + "/reset", #"{"confirm":"x"}"#)
            #expect(wrong.status == 409, "\(wrong)")
            let reset = try cluster.nodes[1].admin(
                "POST", path + "/reset", #"{"confirm":"\#(operation.name)"}"#)
            #expect(reset.status == 200, "\(reset)")
            #expect(reset.json["export"]?["entries"]?.integer == 6, "\(reset)")
            #expect(try cluster.nodes[1].state(of: operation)["participants"]?.integer == 0)
            let again = try cluster.nodes[1].post(operation.entry("p1"))
            #expect(again.status == 201, "\(again)")
            let deleted = try cluster.nodes[2].admin(
                "DELETE", path, #"{"confirm":"\#(operation.name)"}"#)
            #expect(deleted.status == 200, "\(deleted)")
            #expect(try cluster.nodes[2].admin("GET", path).status == 404)
        }

        @Test("the leader is killed while all nodes are asked: what was answered is there, once")
        func leaderIsKilled() throws {
            let cluster = try started()
            _ = try cluster.nodes[1].declareOperation()
            let isKnown = try eventually(withinSeconds: 30) {
                try cluster.nodes[2].admin("GET", "/v1/operations/ete").status == 200
            }
            #expect(isKnown)
            var done: [String] = []
            var unknown: [String] = []
            let killed = ContinuousClock.now + .milliseconds(400)
            var isKilled = false
            for number in 0..<20_000 {
                if !isKilled, .now >= killed {
                    isKilled = true
                    try cluster.nodes[0].kill()
                }
                let text = "note \(number)"
                let answer = try cluster.nodes[1 + number % 2].admin(
                    "POST", "/v1/operations/ete/notes",
                    #"{"text":"\#(text)"}"#)
                if answer.status / 100 == 2 {
                    done.append(text)
                } else if answer.json["code"]?.string == "outcome_unknown" {
                    unknown.append(text)
                } else {
                    #expect(answer.json["code"]?.string == "not_leading", "\(answer)")
                }
                // Long enough for the next leader to answer some, however busy the machine.
                let isLate = number >= 400 || .now >= killed + .seconds(4)
                if isKilled, done.count > 20, isLate { break }
                if .now >= killed + .seconds(120) { break }
            }
            #expect(isKilled && done.count > 20, "\(done.count)")
            let leader = try cluster.leader(among: [1, 2])
            var noted: [String: Int] = [:]
            for text in try notes(at: cluster.nodes[leader]) { noted[text, default: 0] += 1 }
            for text in done { #expect(noted[text] == 1, "\(text)") }
            for text in unknown { #expect(noted[text, default: 0] <= 1, "\(text)") }
            #expect(noted.count <= done.count + unknown.count, "what was refused is not there")
            print("changes: \(done.count) answered, \(unknown.count) unknown")
        }

        private func notes(at node: Gateway) throws -> [String] {
            var texts: [String] = []
            var cursor: String? = ""
            while let from = cursor {
                let answer = try node.admin("GET", "/v1/operations/ete/notes?after=\(from)")
                try #require(answer.status == 200, "\(answer)")
                texts += (answer.json["notes"]?.elements ?? []).compactMap { $0["text"]?.string }
                cursor = answer.json["next"]?.string
            }
            return texts
        }
    }
}
