import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Snapshots and the archive beside a gateway")
    struct SnapshotTests {
        /// Small segments, and a snapshot after every 300 records.
        static let options = [
            "snapshot_records=300", "journal_segment_bytes=1048576", "journal_batch_bytes=524288",
        ].flatMap { ["--limit", $0] }

        /// Members that make an entry long, so that a few hundred fill a segment.
        static let long = "\"fields\":{\"text\":\"\(String(repeating: "x", count: 4_000))\"}"

        @Test("entries, a snapshot beside them, kill -9, an archive: one chain, and nothing lost")
        func life() throws {
            try withGateway(options: Self.options) { gateway in
                let operation = try gateway.openOperation()
                let writers = Writers()
                writers.start(
                    4, run: "a", port: gateway.port, operation: operation, limit: 250,
                    members: Self.long)
                #expect(writers.join(withinSeconds: 300))
                #expect(eventually(withinSeconds: 120) { !gateway.snapshots.isEmpty })
                // The process ends amid traffic, and the next one begins with the snapshot.
                let before = writers.known.acknowledged.count
                writers.start(4, run: "b", port: gateway.port, operation: operation)
                #expect(
                    eventually(withinSeconds: 60) {
                        writers.known.acknowledged.count > before + 600
                    })
                try gateway.kill()
                #expect(writers.join())
                try gateway.start(options: Self.options)
                #expect(gateway.lastSnapshot > 0, "\(gateway.errors)")
                #expect(try gateway.faults(in: writers, of: operation) == [])
                let dossier = try gateway.admin("GET", "/v1/operations/ete/evidence")
                try dossier.text.write(
                    toFile: gateway.directory.path("dossier.json"), atomically: true,
                    encoding: .utf8)
                try archive(gateway)
                // More entries come, and the gateway starts without what was archived.
                writers.start(2, run: "c", port: gateway.port, operation: operation, limit: 50)
                #expect(writers.join(withinSeconds: 60))
                try gateway.kill()
                try gateway.start(options: Self.options)
                #expect(gateway.lastSnapshot > 0, "\(gateway.errors)")
                #expect(try gateway.faults(in: writers, of: operation) == [])
                _ = try gateway.journalBytes()
                let state = try gateway.state(of: operation)
                try follow(gateway)
                try export(gateway, state)
                #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
                try verify(gateway, state)
            }
        }

        /// Who follows events from before what is left is told what is missing.
        private func follow(_ gateway: Gateway) throws {
            let gone = try gateway.admin("GET", "/v1/events", fields: [("Last-Event-ID", "0")])
            #expect(gone.status == 410 && gone.text.contains("Records 1 to "), "\(gone)")
        }

        /// Archives while the gateway runs.
        private func archive(_ gateway: Gateway) throws {
            let before = try gateway.journalBytes()
            let said = try archiveWhenFree(gateway)
            #expect(said.ending == .exit(0), "\(said)")
            let moved = try FileManager.default.contentsOfDirectory(
                atPath: gateway.data + "/archive")
            // How many depends on when the snapshot was made.
            #expect(!moved.isEmpty, "\(said)")
            let after = try gateway.journalBytes()
            #expect(after < before)
            let scrape = try gateway.admin("GET", "/metrics").text
            #expect(scrape.contains("\nportillon_journal_bytes \(after)\n"))
            // In the end there is nothing to move; a snapshot that came meanwhile may let some go.
            var again = try archiveWhenFree(gateway)
            for _ in 0..<5 where !again.output.contains("segments_moved\t0") {
                again = try archiveWhenFree(gateway)
            }
            #expect(
                again.ending == .exit(0) && again.output.contains("segments_moved\t0"), "\(again)")
        }

        /// Archives, and does as it is told while the gateway is writing a snapshot: tries again.
        private func archiveWhenFree(_ gateway: Gateway) throws -> Gateway.Said {
            for _ in 0..<600 {
                let said = try gateway.say("journal", "archive", gateway.data)
                guard said.errors.contains("try again when it is done") else { return said }
                Thread.sleep(forTimeInterval: 0.1)
            }
            return try gateway.say("journal", "archive", gateway.data)
        }

        /// An export reads what was archived; where that is elsewhere it says so, and a link helps.
        private func export(_ gateway: Gateway, _ state: JSON) throws {
            let (files, path) = (FileManager.default, "/v1/operations/ete/export")
            let (archive, elsewhere) = (gateway.data + "/archive", gateway.data + "/elsewhere")
            try files.moveItem(atPath: archive, toPath: elsewhere)
            let refused = try gateway.admin("GET", path)
            #expect(refused.status == 409, "\(refused)")
            #expect(refused.text.contains("\"archived\"") && refused.text.contains(archive))
            try files.createSymbolicLink(atPath: archive, withDestinationPath: elsewhere)
            let whole = try gateway.admin("GET", path)
            #expect(whole.status == 200, "\(whole.text.prefix(500))")
            let lines = whole.text.split(separator: "\n")
            #expect(lines.count - 1 == state["entries"]?.integer)
            #expect(lines.last?.contains(#""complete":true"#) == true)
            try files.removeItem(atPath: archive)
            try files.moveItem(atPath: elsewhere, toPath: archive)
        }

        /// Archive and journal are one; without the archive, whoever needs it says so.
        private func verify(_ gateway: Gateway, _ state: JSON) throws {
            let archive = gateway.data + "/archive"
            let rest = try gateway.say("journal", "verify", gateway.data)
            #expect(rest.ending == .exit(0), "\(rest)")
            #expect(rest.output.contains("were archived; pass --archive \(archive)"), "\(rest)")
            let whole = try gateway.say(
                "journal", "verify", gateway.data, "--archive", archive, "--json")
            #expect(whole.ending == .exit(0), "\(whole)")
            #expect(whole.json["first_sequence"]?.integer == 1)
            #expect(whole.json["remarks"]?.elements.isEmpty == true)
            let dossier = gateway.directory.path("dossier.json")
            for command in [["replay"], ["evidence", "verify", dossier]] {
                let refused = try gateway.say(command + [gateway.data])
                #expect(refused.ending == .exit(74), "\(refused)")
                #expect(refused.errors.contains("records 1-"), "\(refused)")
                #expect(refused.errors.contains("pass --archive \(archive)"), "\(refused)")
                let nowhere = try gateway.say(
                    command + [gateway.data, "--archive", gateway.directory.path])
                #expect(nowhere.ending == .exit(74), "\(nowhere)")
                #expect(nowhere.errors.contains("are not in"), "\(nowhere)")
                let done = try gateway.say(command + [gateway.data, "--archive", archive])
                #expect(done.ending == .exit(0), "\(done)")
            }
            let printed = try gateway.say("journal", "print", gateway.data)
            #expect(printed.ending == .exit(0) && printed.errors.contains("pass --archive"))
            let all = try gateway.say("journal", "print", gateway.data, "--archive", archive)
            #expect(all.ending == .exit(0) && all.errors.isEmpty)
            #expect(!all.output.contains("\"operation\":\"#0\""))
            let counted = try gateway.count(archive: archive)
            #expect(counted.count == 1)
            for name in ["entries", "participants", "state"] {
                #expect(counted.first?[name] == state[name], "\(name): \(counted), \(state)")
            }
            // The vault's tools know the operations by the snapshot.
            let status = try gateway.say("vault", "status", "--data", gateway.data)
            #expect(status.ending == .exit(0) && status.output.contains("ete"), "\(status)")
        }

        @Test("a damaged snapshot is named with its reason, and an older one or the log is read")
        func damaged() throws {
            let gateway = try Gateway()
            try gateway.start()
            let operation = try gateway.openOperation()
            for number in 0..<2 {
                #expect(try gateway.post(operation.entry("p\(number)")).status == 201)
                let made = try gateway.say("journal", "snapshot", gateway.data)
                #expect(made.ending == .exit(0), "\(made)")
            }
            #expect(try gateway.stop() == .exit(0))
            let snapshots = gateway.snapshots
            try #require(snapshots.count == 2)
            let good = try Data(contentsOf: URL(filePath: snapshots[1]))
            var flipped = good
            flipped[good.count / 2] ^= 1
            let cases: [(Data, String)] = [
                (flipped, "is damaged: its digest does not match its bytes"),
                (good.dropLast(100), "is damaged: its digest does not match its bytes"),
                (Data(), "is damaged: it ends within its header"),
            ]
            for (bytes, reason) in cases {
                try bytes.write(to: URL(filePath: snapshots[1]))
                try gateway.start()
                let line = try #require(gateway.line("cannot use a snapshot"))
                #expect(line.contains(reason) && line.contains(snapshots[1]), "\(line)")
                #expect(line.contains("\"using\":\"\(snapshots[0])\""), "\(line)")
                #expect(gateway.lastSnapshot > 0)
                #expect(try gateway.state(of: operation)["participants"]?.integer == 2)
                #expect(try gateway.stop() == .exit(0))
            }
            // Both: the log has everything.
            try Data().write(to: URL(filePath: snapshots[0]))
            try gateway.start()
            #expect(gateway.lastSnapshot == 0)
            let line = try #require(gateway.line("cannot use a snapshot"))
            #expect(line.contains("\"using\":\"the whole journal\""), "\(line)")
            #expect(try gateway.state(of: operation)["participants"]?.integer == 2)
            #expect(try gateway.stop() == .exit(0))
        }

        @Test(
            "a snapshot's writer killed at any system call: nothing is lost or left behind")
        func writerKilled() throws {
            // What a process leaves that is killed is the same on any file system.
            let gateway = try Gateway(isInMemory: true)
            try gateway.start(options: Self.options)
            let operation = try gateway.openOperation()
            #expect(try gateway.stop() == .exit(0))
            let first = try gateway.say("journal", "snapshot", gateway.data)
            #expect(first.ending == .exit(0), "\(first)")
            var entries = 0
            var kills = 0
            for call in ["open", "pwrite", "fsync", "rename", "unlink"] {
                for number in 1...60 {
                    let rules = "\(call):KILL:\(number)"
                    let said = try gateway.say(
                        ["journal", "snapshot", gateway.data], faults: rules)
                    let wasKilled = said.ending == .signal(SIGKILL)
                    #expect(wasKilled || said.ending == .exit(0), "\(rules): \(said)")
                    kills += wasKilled ? 1 : 0
                    try gateway.start(options: Self.options)
                    #expect(gateway.lastSnapshot > 0, "\(rules): \(gateway.errors)")
                    #expect(
                        !gateway.errorsOfStart.contains("cannot use"), "\(rules): \(gateway.errors)"
                    )
                    #expect(
                        try gateway.state(of: operation)["participants"]?.integer == entries,
                        "\(rules)")
                    #expect(try gateway.post(operation.entry("p\(entries)")).status == 201)
                    entries += 1
                    #expect(try gateway.stop() == .exit(0))
                    let left = try FileManager.default.contentsOfDirectory(
                        atPath: gateway.data + "/snapshots"
                    ).filter { !$0.hasSuffix(".snapshot") }
                    #expect(left == ["lock"], "\(rules)")
                    #expect((1...3).contains(gateway.snapshots.count), "\(rules)")
                    if !wasKilled { break }
                }
            }
            print("a snapshot's writer was killed \(kills) times")
            #expect(kills > 10)
        }

        @Test("a gateway killed by its own snapshot's writer acknowledged nothing that is lost")
        func gatewayKilled() throws {
            let gateway = try Gateway()
            try gateway.start()
            let operation = try gateway.openOperation()
            #expect(try gateway.stop() == .exit(0))
            let writers = Writers()
            for (number, rule) in ["pwrite", "fsync", "rename"].enumerated() {
                let faults = try Faults(for: gateway, below: "/snapshots")
                try faults.set("\(rule):KILL:1")
                try gateway.start(faults: faults, options: ["--limit", "snapshot_records=50"])
                writers.start(
                    2, run: "r\(number)", port: gateway.port, operation: operation)
                let process = try #require(gateway.process)
                #expect(process.wait(atMostSeconds: 120) == .signal(SIGKILL), "\(rule)")
                #expect(writers.join())
                #expect(faults.struck.last?.hasPrefix("\(rule) KILL") == true, "\(faults.struck)")
                try gateway.start()
                #expect(try gateway.faults(in: writers, of: operation) == [])
                #expect(try gateway.stop() == .exit(0))
            }
        }

        @Test(
            "archiving killed at any system call: archive and journal stay one chain"
        )
        func archivingKilled() throws {
            let gateway = try Gateway(isInMemory: true)
            try gateway.start(options: Self.options)
            let operation = try gateway.openOperation()
            let writers = Writers()
            writers.start(
                4, run: "a", port: gateway.port, operation: operation, limit: 200,
                members: Self.long)
            #expect(writers.join(withinSeconds: 300))
            #expect(try gateway.stop() == .exit(0))
            // There may be none yet.
            try? FileManager.default.removeItem(atPath: gateway.data + "/snapshots")
            #expect(try gateway.say("journal", "snapshot", gateway.data).ending == .exit(0))
            let chain = try gateway.say("journal", "verify", gateway.data, "--json").json["chain"]
            let pristine = gateway.directory.path("pristine")
            try FileManager.default.copyItem(atPath: gateway.data, toPath: pristine)
            var kills = 0
            for call in ["open", "fsync", "rename", "unlink"] {
                for number in 1...80 {
                    try FileManager.default.removeItem(atPath: gateway.data)
                    try FileManager.default.copyItem(atPath: pristine, toPath: gateway.data)
                    let rules = "\(call):KILL:\(number)"
                    let said = try gateway.say(
                        ["journal", "archive", gateway.data], faults: rules)
                    let wasKilled = said.ending == .signal(SIGKILL)
                    #expect(wasKilled || said.ending == .exit(0), "\(rules): \(said)")
                    kills += wasKilled ? 1 : 0
                    try checkChain(gateway, chain, rules)
                    let again = try gateway.say("journal", "archive", gateway.data)
                    #expect(again.ending == .exit(0), "\(rules): \(again)")
                    try checkChain(gateway, chain, rules)
                    let archived = try FileManager.default.contentsOfDirectory(
                        atPath: gateway.data + "/archive")
                    #expect(archived.count >= 2 && archived.allSatisfy { $0.hasSuffix(".segment") })
                    if !wasKilled { break }
                }
            }
            print("archiving was killed \(kills) times")
            #expect(kills > 10)
            try gateway.start(options: Self.options)
            #expect(try gateway.faults(in: writers, of: operation) == [])
            #expect(try gateway.stop() == .exit(0))
        }

        private func checkChain(_ gateway: Gateway, _ chain: JSON?, _ rules: String) throws {
            let archive = gateway.data + "/archive"
            let isThere = FileManager.default.fileExists(atPath: archive)
            let verified = try gateway.say(
                ["journal", "verify", gateway.data, "--json"]
                    + (isThere ? ["--archive", archive] : []))
            #expect(verified.ending == .exit(0), "\(rules): \(verified)")
            #expect(verified.json["first_sequence"]?.integer == 1, "\(rules)")
            #expect(verified.json["chain"] == chain, "\(rules)")
        }

        @Test("without a snapshot that can be used, an archived beginning is asked for")
        func archivedBeginning() throws {
            let gateway = try Gateway()
            try gateway.start(options: Self.options)
            let operation = try gateway.openOperation()
            let writers = Writers()
            writers.start(
                4, run: "a", port: gateway.port, operation: operation, limit: 300,
                members: Self.long)
            #expect(writers.join(withinSeconds: 300))
            #expect(try gateway.stop() == .exit(0))
            // There may be none yet.
            try? FileManager.default.removeItem(atPath: gateway.data + "/snapshots")
            #expect(try gateway.say("journal", "snapshot", gateway.data).ending == .exit(0))
            #expect(try gateway.say("journal", "archive", gateway.data).ending == .exit(0))
            try FileManager.default.removeItem(atPath: gateway.data + "/snapshots")
            #expect(try gateway.launch().wait(atMostSeconds: 60) == .exit(74))
            let error = try #require(gateway.line("are needed: they were archived"))
            #expect(error.contains("move their segments back into the folder"), "\(error)")
            // That done, it starts.
            for name in try FileManager.default.contentsOfDirectory(
                atPath: gateway.data + "/archive")
            {
                try FileManager.default.moveItem(
                    atPath: gateway.data + "/archive/" + name,
                    toPath: gateway.data + "/journal/" + name)
            }
            try gateway.start(options: Self.options)
            #expect(try gateway.faults(in: writers, of: operation) == [])
            #expect(try gateway.stop() == .exit(0))
        }
    }
}
