import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("A load test under a permit, by the command line, and whatever happens meanwhile (C7)")
    struct PermitTests {
        /// A permit's text and its id.
        private func issue(_ gateway: Gateway) throws -> (text: String, id: String) {
            let said = try gateway.say(
                "permit", "issue", "ete", "--per-second", "1000", "--ends",
                Date(timeIntervalSinceNow: 3_600).formatted(.iso8601), "--json")
            try #require(said.ending == .exit(0), "\(said)")
            return (
                try #require(said.json["permit"]?.string),
                try #require(said.json["permit_id"]?.string)
            )
        }

        private func enter(
            _ person: String, _ gateway: Gateway, _ operation: Operation, permit: String
        ) throws -> HTTPAnswer {
            try gateway.post(
                operation.entry(person, fields: [(name: "Portillon-Permit", value: permit)]))
        }

        @Test("what a run brought is on record by its permit, and in the dossier (C6)")
        func attributed() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation(rule: "once")
                let permit = try issue(gateway)
                for person in ["anna", "bert", "anna"] {
                    let answer = try enter(person, gateway, operation, permit: permit.text)
                    #expect([200, 201].contains(answer.status), "\(answer)")
                }
                #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
                let records = try gateway.records("fact.robots")
                let tests = records.reduce(0) { $0 + ($1["details"]?["tests"]?.integer ?? 0) }
                #expect(tests == 3, "\(records)")
                try gateway.start()
                let shown = try gateway.say("robots", "ete")
                #expect(shown.output.contains("permit\t\(permit.id)\t3\n"), "\(shown)")
                let dossier = try gateway.say("evidence", "ete", "--format", "text")
                let words = dossier.output.split(whereSeparator: \.isWhitespace)
                #expect(
                    words.joined(separator: " ").contains("permit \(permit.id): 3"), "\(dossier)")
            }
        }

        @Test("issue, verify, list, revoke and purge; entries on record name their permit")
        func commands() throws {
            let gateway = try Gateway()
            try gateway.start()
            let operation = try gateway.openOperation()
            let permit = try issue(gateway)
            #expect(try enter("anna", gateway, operation, permit: permit.text).status == 201)
            #expect(try gateway.post(operation.entry("bert")).status == 201)
            #expect(try gateway.say("permit", "verify", permit.text).ending == .exit(0))
            let list = try gateway.say("permit", "list")
            #expect(list.output.contains(permit.id) && list.output.contains("active"), "\(list)")
            #expect(try gateway.say("permit", "revoke", permit.id).ending == .exit(0))
            #expect(try gateway.say("permit", "revoke", permit.id).ending == .exit(1))
            let verified = try gateway.say("permit", "verify", permit.text)
            #expect(verified.ending == .exit(1), "\(verified)")
            #expect(verified.errors.contains("permit_revoked"), "\(verified)")
            let purge = try gateway.say(
                "permit", "purge", permit.id, "--confirm", permit.id, "--json")
            #expect(purge.ending == .exit(0) && purge.json["purged"]?.integer == 1, "\(purge)")
            #expect(try gateway.stop() == .exit(0))
            let entries = try gateway.records("entry")
            #expect(entries.map { $0["permit_id"]?.string } == [permit.id, nil])
            #expect(try gateway.records("permit.forgotten").count == 1)
        }

        @Test("a stranger's count of the journal leaves test entries out, purged or not")
        func counted() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation(rule: "daily")
                let first = try issue(gateway)
                let second = try issue(gateway)
                for person in ["anna", "bert", "anna"] {
                    for permit in [first.text, second.text] {
                        let answer = try enter(person, gateway, operation, permit: permit)
                        #expect(answer.status < 300, "\(answer)")
                    }
                }
                #expect(try gateway.post(operation.entry("anna")).status == 201)
                let body = "{\"confirm\":\"\(first.id)\"}"
                let purged = try gateway.admin("POST", "/v1/permits/\(first.id)/purge", body)
                #expect(purged.status == 200 && purged.json["purged"]?.integer == 2, "\(purged)")
                #expect(try gateway.state(of: operation)["participants"]?.integer == 1)
            }
        }

        @Test("killed while the run is forgotten: the next start finishes it, once")
        func killed() throws {
            let gateway = try Gateway()
            let faults = try Faults(for: gateway, below: "/keys")
            try gateway.start(faults: faults)
            let operation = try gateway.openOperation()
            let permit = try issue(gateway)
            for person in 0..<5 {
                #expect(
                    try enter("t\(person)", gateway, operation, permit: permit.text).status == 201)
                #expect(try gateway.post(operation.entry("p\(person)")).status == 201)
            }
            try faults.set("rename:KILL:1")
            let body = "{\"confirm\":\"\(permit.id)\"}"
            // It ends in the middle: nobody answers.
            let answer = try? gateway.admin("POST", "/v1/permits/\(permit.id)/purge", body)
            #expect(answer == nil, "the process is gone: \(String(describing: answer))")
            try faults.set("off")
            try gateway.kill()
            try gateway.start()
            func permitNow() throws -> JSON? {
                try gateway.admin("GET", "/v1/permits").json["permits"]?.elements.first
            }
            #expect(
                try eventually(withinSeconds: 30) {
                    try permitNow()?["forgotten_at"]?.string != nil
                })
            #expect(try permitNow()?["purged"]?.integer == 5)
            #expect(try gateway.state(of: operation)["entries"]?.integer == 5)
            #expect(try gateway.stop() == .exit(0))
            #expect(try gateway.records("permit.forgotten").count == 1)
            let status = try gateway.say("vault", "status", "--data", gateway.data)
            #expect(status.output.contains("5 leaves forgotten"), "\(status)")
            try gateway.start()
            #expect(try gateway.state(of: operation)["participants"]?.integer == 5)
            #expect(try gateway.stop() == .exit(0))
        }
    }
}
