import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Webhooks outlive the process, and have commands")
    struct WebhookTests {
        private static let options = ["--limit", "webhook_backoff_seconds=1"]

        /// Events that the operation brings, one for each pace.
        private func bring(_ gateway: Gateway, _ paces: ClosedRange<Int>) throws {
            for pace in paces {
                let answer = try gateway.admin(
                    "POST", "/v1/operations/ete/pace", "{\"per_second\":\(pace)}")
                try #require(answer.status == 200, "\(answer)")
            }
        }

        private func webhook(_ gateway: Gateway) throws -> JSON? {
            try gateway.admin("GET", "/v1/webhooks").json["webhooks"]?.elements.first
        }

        @Test("kill -9 in the middle: each event comes, in order, under one id, and is on record")
        func killed() throws {
            let receiver = try WebhookReceiver()
            try withGateway(options: Self.options) { gateway in
                _ = try gateway.openOperation()
                let added = try gateway.admin(
                    "POST", "/v1/webhooks", "{\"url\":\"\(receiver.url)\"}")
                try #require(added.status == 201, "\(added)")
                for round in 0..<4 {
                    try bring(gateway, round * 100 + 1...round * 100 + 15)
                    try gateway.kill()
                    try gateway.start(options: Self.options)
                }
                let isRecorded = try eventually(withinSeconds: 180) {
                    try webhook(gateway)?["deliveries"]?.integer == 60
                }
                #expect(isRecorded)
                let messages = receiver.messages
                var firsts: [Int] = []
                for message in messages where !firsts.contains(message.record) {
                    firsts.append(message.record)
                }
                #expect(firsts.count == 60)
                #expect(firsts == firsts.sorted())
                #expect(Set(messages.map(\.id)).count == 60)
                let id = try #require(added.json["webhook_id"]?.string)
                let page = try gateway.admin("GET", "/v1/webhooks/\(id)/deliveries?limit=50").json
                #expect(page["deliveries"]?.elements.count == 50)
                #expect(
                    page["deliveries"]?.elements.compactMap { $0["record"]?.integer }
                        == Array(firsts.prefix(50)))
            }
            receiver.stop()
        }

        @Test("a snapshot has what is to be sent, and the copy that a backup is sends it too")
        func snapshot() throws {
            let absent = try LoopbackPorts.take()
            try withGateway(options: Self.options + ["--limit", "snapshot_records=10"]) { gateway in
                _ = try gateway.openOperation()
                let url = "http://127.0.0.1:\(absent)/"
                let added = try gateway.admin("POST", "/v1/webhooks", "{\"url\":\"\(url)\"}")
                try #require(added.status == 201, "\(added)")
                try bring(gateway, 1...30)
                let folder = gateway.data + "/snapshots"
                let isWritten = eventually(withinSeconds: 30) {
                    // No folder yet: no snapshot yet.
                    let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
                    return names?.contains { $0.hasSuffix(".snapshot") } ?? false
                }
                #expect(isWritten, "\(gateway.errors)")
                try gateway.kill()
                try gateway.start(options: Self.options)
                #expect(try webhook(gateway)?["pending"]?.integer == 30)
                let backup = gateway.directory.path("backup")
                let said = try gateway.say("backup", gateway.data, backup)
                #expect(said.ending == .exit(0), "\(said)")
                let id = try #require(added.json["webhook_id"]?.string)
                #expect(
                    FileManager.default.fileExists(atPath: backup + "/keys/\(id).webhook"))
                let receiver = try WebhookReceiver(port: absent)
                #expect(receiver.wait(for: 30).map(\.number) == Array(0..<30))
                receiver.stop()
            }
        }

        @Test("added, tested, listed and removed by commands; only an admin may")
        func commands() throws {
            let receiver = try WebhookReceiver()
            try withGateway { gateway in
                _ = try gateway.openOperation()
                let added = try gateway.say(
                    "webhook", "add", receiver.url, "--client", "acme", "--event",
                    "operation.smoothed", "--event", "key.revoked", "--json")
                #expect(added.ending == .exit(0), "\(added)")
                let id = try #require(added.json["webhook_id"]?.string)
                let tested = try gateway.say("webhook", "test", id)
                #expect(tested.ending == .exit(0), "\(tested)")
                #expect(receiver.messages.map(\.type) == ["webhook.test"])
                let list = try gateway.say("webhook", "list", "--json")
                let listed = list.json["webhooks"]?.elements.first
                #expect(
                    listed?["events"]?.elements.map { $0.string }
                        == ["operation.smoothed", "key.revoked"], "\(list)")
                let isRecorded = try eventually(withinSeconds: 30) {
                    try gateway.say("webhook", "deliveries", id).output.contains("delivered")
                }
                #expect(isRecorded)
                let refused = try gateway.say("webhook", "add", "http://example.org/")
                #expect(refused.ending == .exit(1), "\(refused)")
                #expect(refused.errors.contains("/url"), "\(refused)")
                #expect(try gateway.say("webhook", "remove", id).ending == .exit(0))
                #expect(try gateway.say("webhook", "remove", id).ending == .exit(1))
                let marie = try gateway.admin(
                    "POST", "/v1/tokens", #"{"role":"operator","name":"marie"}"#)
                let client = try gateway.admin(
                    "POST", "/v1/tokens", #"{"role":"client","client":"acme"}"#)
                for answer in [marie, client] {
                    let token = try #require(answer.json["token"]?.string)
                    let list = try gateway.admin("GET", "/v1/webhooks", token: token)
                    #expect(list.status == 403, "\(list)")
                }
            }
            receiver.stop()
        }
    }
}
