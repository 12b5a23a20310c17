import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Reset and deletion: confirmed, exported, recorded (C18)")
    struct RetirementTests {
        @Test("a reset asks for the name, exports, and starts at one again; so it is after a kill")
        func reset() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation()
                for person in ["anna", "bert"] {
                    let members = #""fields":{"size":"M"},"source":"tv""#
                    let entry = operation.entry(person, members: members)
                    #expect(try gateway.post(entry).status == 201)
                }
                let wrong = try gateway.admin(
                    "POST", "/v1/operations/ete/reset", #"{"confirm":"x"}"#)
                #expect(wrong.status == 409 && wrong.json["code"]?.string == "not_confirmed")
                let none = try gateway.admin("POST", "/v1/operations/ete/reset", "{}")
                #expect(none.status == 422, "\(none)")
                #expect(try gateway.state(of: operation)["entries"]?.integer == 2)
                let told = try gateway.say(
                    "operation", "reset", "ete", "--confirm", "ete", "--json")
                #expect(told.ending == .exit(0), "\(told)")
                #expect(told.json["export"]?["entries"]?.integer == 2, "\(told)")
                let file = try #require(told.json["export"]?["file"]?.string)
                let lines = gateway.directory.text("data/exports/" + file).split(separator: "\n")
                #expect(lines.count == 3, "\(lines)")
                #expect(lines[0].contains(#""operation":"ete""#), "\(lines)")
                let given = #""participant":"anna","fields":{"size":"M"},"source":"tv""#
                #expect(lines[1].contains(given), "\(lines)")
                let state = try gateway.state(of: operation)
                #expect(state["entries"]?.integer == 0 && state["participants"]?.integer == 0)
                #expect(state["state"]?.string == "open", "\(state)")
                let again = try gateway.post(operation.entry("bert"))
                #expect(again.status == 201, "\(again)")
                #expect(again.json["participant_number"]?.integer == 1, "\(again)")
                let noted = try gateway.records("operation.reset")
                #expect(noted.count == 1 && noted[0]["details"]?["export"]?["file"]?.string == file)
                #expect(try gateway.keyFiles() == 1, "the key of before is destroyed")
                try gateway.kill()
                try gateway.start()
                #expect(try gateway.state(of: operation)["entries"]?.integer == 1)
                #expect(try gateway.post(operation.entry("bert")).status == 200)
            }
        }

        @Test("a deleted operation is gone, its evidence is not, and its name may be given again")
        func deletion() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation()
                #expect(try gateway.post(operation.entry("anna")).status == 201)
                let wrong = try gateway.admin(
                    "DELETE", "/v1/operations/ete", #"{"confirm":"eté"}"#)
                #expect(wrong.status == 409, "\(wrong)")
                let told = try gateway.say("operation", "delete", "ete", "--confirm", "ete")
                #expect(told.ending == .exit(0), "\(told)")
                #expect(told.output.contains("exports"), "\(told)")
                #expect(try gateway.admin("GET", "/v1/operations/ete").status == 404)
                #expect(try gateway.post(operation.entry("bert")).status == 401)
                let evidence = try gateway.admin("GET", "/v1/operations/ete/evidence")
                #expect(evidence.status == 200 && evidence.json["state"]?.string == "deleted")
                let metrics = try gateway.admin("GET", "/metrics").text
                #expect(!metrics.contains(#"operation="ete""#))
                #expect(try gateway.keyFiles() == 0)
                let next = try gateway.openOperation()
                #expect(try gateway.post(next.entry("anna")).status == 201)
                try gateway.kill()
                try gateway.start()
                #expect(try gateway.state(of: next)["entries"]?.integer == 1)
                let dossier = try gateway.admin("GET", "/v1/operations/ete/evidence").text
                let path = gateway.directory.path("dossier.json")
                try dossier.write(toFile: path, atomically: true, encoding: .utf8)
                #expect(try gateway.run(["evidence", "verify", path, gateway.data]) == .exit(0))
            }
        }

        @Test("while entries come, each is in the export or counts after it, and none in both")
        func underLoad() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation()
                let writers = Writers()
                writers.start(3, run: "a", port: gateway.port, operation: operation, limit: 60)
                defer { writers.stop() }
                var exported = 0
                var counts = (done: 0, overtaken: 0)
                repeat {
                    let answer = try gateway.admin(
                        "POST", "/v1/operations/ete/reset", #"{"confirm":"ete"}"#)
                    if answer.status == 409 {
                        #expect(answer.json["code"]?.string == "export_overtaken", "\(answer)")
                        counts.overtaken += 1
                    } else {
                        try #require(answer.status == 200, "\(answer)")
                        exported += answer.json["export"]?["entries"]?.integer ?? 0
                        counts.done += 1
                    }
                } while counts.done + counts.overtaken < 10 || !writers.join(withinSeconds: 0)
                print("resets under load: \(counts)")
                let known = writers.known
                #expect(known.faults.isEmpty, "\(known.faults)")
                #expect(known.refused.keys.allSatisfy { $0 == 503 }, "\(known.refused)")
                let left = try gateway.state(of: operation)["entries"]?.integer ?? -1
                #expect(known.acknowledged.count == exported + left && exported > 0)
                let files = try FileManager.default.contentsOfDirectory(
                    atPath: gateway.data + "/exports")
                #expect(files.count == counts.done, "one that is not all is not kept: \(files)")
            }
        }

        @Test(
            "two resets at once, entries coming: each entry is in an export or counts, none is lost"
        )
        func twoAtOnce() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation()
                var exported = 0
                var posted = 0
                for round in 0..<8 {
                    #expect(try enter("r\(round)", gateway, operation))
                    posted += 1
                    let connections = try (0..<3).map { _ in try gateway.adminConnection() }
                    let reset = HTTPRequest(
                        "POST", "/v1/operations/ete/reset",
                        [(name: "Authorization", value: "Bearer \(gateway.token)")],
                        body: #"{"confirm":"ete"}"#)
                    for connection in connections { try connection.send(reset.text) }
                    var answered = 0
                    for connection in connections {
                        // In between, one more entry: as many as the first export has.
                        let answer = try connection.receive()
                        if answered == 0 {
                            #expect(try enter("b\(round)", gateway, operation))
                            posted += 1
                        }
                        answered += 1
                        if answer.status == 200 {
                            exported += answer.json["export"]?["entries"]?.integer ?? 0
                        } else {
                            let code = answer.json["code"]?.string
                            #expect(answer.status == 409, "\(answer)")
                            #expect(code == "operation_replaced" || code == "export_overtaken")
                        }
                    }
                }
                let left = try gateway.state(of: operation)["entries"]?.integer ?? -1
                #expect(exported + left == posted)
            }
        }

        /// Posts an entry until it is accepted: one on its way during a reset is to come again.
        private func enter(
            _ participant: String, _ gateway: Gateway, _ operation: Operation
        ) throws -> Bool {
            try eventually(withinSeconds: 30) {
                try gateway.post(operation.entry(participant)).status == 201
            }
        }

        @Test("neither an operator nor another client resets or deletes")
        func roles() throws {
            try withReplayedGateway { gateway in
                _ = try gateway.openOperation()
                _ = try gateway.admin("PUT", "/v1/clients/bolt", #"{"name":"Bolt"}"#)
                let roles = [
                    (#"{"role":"operator","name":"Ann"}"#, 403),
                    (#"{"role":"auditor","name":"Ben"}"#, 403),
                    (#"{"role":"client","client":"bolt"}"#, 404),
                ]
                for (role, status) in roles {
                    let token = try gateway.admin("POST", "/v1/tokens", role).json["token"]?.string
                    let confirm = #"{"confirm":"ete"}"#
                    let reset = try gateway.admin(
                        "POST", "/v1/operations/ete/reset", confirm, token: token)
                    #expect(reset.status == status, "\(reset)")
                    let deletion = try gateway.admin(
                        "DELETE", "/v1/operations/ete", confirm, token: token)
                    #expect(deletion.status == status, "\(deletion)")
                }
            }
        }
    }
}

extension Gateway {
    /// Operations' key files in the gateway's folder.
    fileprivate func keyFiles() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: data + "/keys")
            .filter { $0.hasSuffix(".key") }.count
    }
}
