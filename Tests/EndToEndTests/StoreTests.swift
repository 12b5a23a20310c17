import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The data folder is the gateway's own, and stays what it was")
    struct StoreTests {
        @Test("the file lock removed: no second gateway, and the first one takes nothing more")
        func lockRemoved() throws {
            let gateway = try Gateway()
            try gateway.start()
            let operation = try gateway.openOperation()
            #expect(try gateway.post(operation.entry("anna")).status == 201)
            try FileManager.default.removeItem(atPath: gateway.data + "/journal/lock")
            let second = try gateway.say(
                "serve", "--data", gateway.data, "--listen", "127.0.0.1:0", "--admin-listen",
                "127.0.0.1:0", "--limit", "lock_seconds=0")
            #expect(second.ending == .exit(74), "\(second)")
            #expect(second.errors.contains("in use by another process"), "\(second)")
            #expect(second.errors.contains("lock does not help"), "\(second)")
            let isUnready = try eventually(withinSeconds: 30) { try gateway.lost() }
            #expect(isUnready)
            #expect(try gateway.post(operation.entry("bert")).status == 503)
            #expect(gateway.says("journal/lock was removed"), "\(gateway.errors)")
            try gateway.kill()
            try gateway.start()
            #expect(try gateway.state(of: operation)["entries"]?.integer == 1)
            #expect(try gateway.stop() == .exit(0))
        }

        @Test(
            "a folder that is renamed under the gateway: unready until it is back as it was",
            arguments: ["data", "data/journal", "data/keys"])
        func renamed(name: String) throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                #expect(try gateway.post(operation.entry("anna")).status == 201)
                let (path, away) = (gateway.directory.path(name), gateway.directory.path("away"))
                let token = gateway.token
                try FileManager.default.moveItem(atPath: path, toPath: away)
                #expect(try eventually(withinSeconds: 30) { try gateway.lost() })
                #expect(try gateway.post(operation.entry("bert")).status == 503)
                let closed = try gateway.admin(
                    "POST", "/v1/operations/ete/close", "{}", token: token)
                #expect(closed.status == 503, "\(closed)")
                // A copy in its place is another folder, whatever is in it.
                try FileManager.default.copyItem(atPath: away, toPath: path)
                pause(milliseconds: 600)
                #expect(try gateway.lost())
                try FileManager.default.removeItem(atPath: path)
                try FileManager.default.moveItem(atPath: away, toPath: path)
                #expect(eventually(withinSeconds: 30) { gateway.answersReady() })
                #expect(try gateway.post(operation.entry("bert")).status == 201)
                #expect(gateway.says("the data folder is back"), "\(gateway.errors)")
            }
        }

        @Test(
            "files that are removed under the gateway are noticed, and never acknowledged into",
            arguments: ["journal/*.segment", "keys/*.key", "keys/leaves", "journal", "keys"])
        func removed(names: String) throws {
            let gateway = try Gateway()
            try gateway.start()
            let operation = try gateway.openOperation()
            #expect(try gateway.post(operation.entry("anna")).status == 201)
            try gateway.shell("cd '\(gateway.data)'; rm -r \(names)")
            #expect(try eventually(withinSeconds: 30) { try gateway.lost() })
            #expect(try gateway.post(operation.entry("bert")).status == 503)
            try gateway.kill()
        }

        @Test(
            "a segment that is cut under the gateway: nothing more is acknowledged",
            arguments: [0, 4096])
        func cutSegment(length: Int) throws {
            let gateway = try Gateway()
            try gateway.start()
            let operation = try gateway.openOperation()
            #expect(try gateway.post(operation.entry("anna")).status == 201)
            try gateway.shell("cd '\(gateway.data)'; truncate -s \(length) journal/*.segment")
            #expect(try gateway.post(operation.entry("bert")).status == 503)
            #expect(eventually(withinSeconds: 30) { !gateway.answersReady() })
            #expect(try gateway.post(operation.entry("carl")).status == 503)
            let isSaid = eventually(withinSeconds: 30) {
                let said = gateway.errors
                return said.contains("cut it to \(length) of") || said.contains("was cut")
            }
            #expect(isSaid, "\(gateway.errors)")
            try gateway.kill()
        }

        @Test(
            "keys and leaves that are emptied under the gateway are a store that is lost",
            arguments: ["*.key", "leaves"])
        func cutKeys(names: String) throws {
            let gateway = try Gateway()
            try gateway.start()
            let operation = try gateway.openOperation()
            #expect(try gateway.post(operation.entry("anna")).status == 201)
            try gateway.shell("cd '\(gateway.data)/keys'; truncate -s 0 \(names)")
            #expect(try eventually(withinSeconds: 30) { try gateway.lost() })
            #expect(try gateway.post(operation.entry("bert")).status == 503)
            #expect(gateway.says("was cut"), "\(gateway.errors)")
            try gateway.kill()
        }

        @Test("a master key that a start would not find is reported; entries go on")
        func masterKey() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                try gateway.shell("cd '\(gateway.data)'; cp -p master.key ../keep")
                let losses = [
                    "rm master.key", "truncate -s 0 master.key",
                    "umask 077; printf '%064d\\n' 7 > other; mv other master.key",
                ]
                for (number, loss) in losses.enumerated() {
                    try gateway.shell("cd '\(gateway.data)'; \(loss)")
                    let isUnready = try eventually(withinSeconds: 30) {
                        try gateway.readiness().contains("master_key_lost")
                    }
                    #expect(isUnready, "\(loss)")
                    #expect(try gateway.post(operation.entry("p\(number)")).status == 201)
                    try gateway.shell("cd '\(gateway.data)'; cp -p ../keep master.key")
                    #expect(eventually(withinSeconds: 30) { gateway.answersReady() }, "\(loss)")
                }
                #expect(gateway.says("the master key is no longer where"), "\(gateway.errors)")
                #expect(gateway.says("the master key is back"), "\(gateway.errors)")
            }
        }

        @Test("a copy put in place of the journal lets no second gateway in, and no vault command")
        func copiedJournal() throws {
            let gateway = try Gateway()
            try gateway.start()
            let operation = try gateway.openOperation()
            #expect(try gateway.post(operation.entry("anna")).status == 201)
            try gateway.shell("cd '\(gateway.data)'; mv journal ../away; cp -a ../away journal")
            let second = try Gateway()
            let process = try second.launch(
                options: ["--data", gateway.data, "--limit", "lock_seconds=0"])
            let ending = process.wait(atMostSeconds: 60)
            #expect(ending == .exit(74), "\(second.errors)")
            if ending == nil { try second.kill() }
            #expect(second.says("in use by another process"), "\(second.errors)")
            let vault = try gateway.say("vault", "status", "--data", gateway.data)
            #expect(vault.ending == .exit(74), "\(vault)")
            #expect(vault.errors.contains("a gateway is running"), "\(vault)")
            try gateway.kill()
        }

        // MARK: What belongs together

        @Test("an admin token without a journal is no first start; a master key alone is one")
        func tokenAlone() throws {
            let gateway = try stopped()
            try gateway.shell(
                "cd '\(gateway.data)'; find . -mindepth 1 -maxdepth 1 ! -name master.key "
                    + "! -name admin.token -exec rm -r {} +")
            for _ in 0..<2 {
                try gateway.launch()
                let ending = gateway.process?.wait(atMostSeconds: 60)
                #expect(ending == .exit(74), "\(gateway.errors)")
            }
            #expect(gateway.says("--accept missing-journal"), "\(gateway.errors)")
            try gateway.shell("cd '\(gateway.data)'; mkdir ../old; mv admin.token ../old")
            try gateway.start()
            #expect(try gateway.stop() == .exit(0))
            try gateway.shell(
                "cd '\(gateway.data)'; rm -r journal keys; find . -name '*.snapshot' -delete")
            try gateway.start(options: ["--accept", "missing-journal"])
            #expect(try gateway.stop() == .exit(0))
        }

        /// A gateway that took an entry, reset the operation, and was stopped.
        private func stopped() throws -> Gateway {
            let gateway = try Gateway()
            try gateway.start()
            let operation = try gateway.openOperation()
            #expect(try gateway.post(operation.entry("anna")).status == 201)
            let reset = try gateway.say("operation", "reset", "ete", "--confirm", "ete")
            #expect(reset.ending == .exit(0), "\(reset)")
            #expect(try gateway.post(operation.entry("bert")).status == 201)
            #expect(try gateway.stop() == .exit(0))
            return gateway
        }

        private func exports(_ gateway: Gateway) throws -> [String] {
            try FileManager.default.subpathsOfDirectory(atPath: gateway.data + "/exports")
                .filter { $0.hasSuffix(".jsonl") }
        }

        @Test(
            "keys without a journal are no first start: refused, nothing destroyed, and a flag",
            arguments: [
                "mv journal away", "mv journal away; mkdir journal",
                "mkdir away; mv journal/*.segment away", "mv journal away; rm -r keys",
            ])
        func journalMissing(how: String) throws {
            let gateway = try stopped()
            let before = try exports(gateway)
            #expect(before.count == 1)
            try gateway.shell("cd '\(gateway.data)'; \(how)")
            for _ in 0..<2 {
                try gateway.launch()
                #expect(gateway.process?.wait(atMostSeconds: 30) == .exit(74), "\(gateway.errors)")
            }
            #expect(gateway.says("the journal is missing"), "\(gateway.errors)")
            #expect(gateway.says("--accept missing-journal"), "\(gateway.errors)")
            #expect(try exports(gateway) == before)
            try gateway.start(options: ["--accept", "missing-journal"])
            // What people gave in the operation of before is still there, and is said where.
            #expect(try exports(gateway) == before.map { "orphaned/" + $0 })
            #expect(gateway.says("set an export aside"), "\(gateway.errors)")
            #expect(try gateway.stop() == .exit(0))
            try gateway.start()
            #expect(try gateway.stop() == .exit(0))
        }

        @Test("an older copy of the journal destroys no export")
        func olderJournal() throws {
            let gateway = try Gateway()
            try gateway.start()
            let operation = try gateway.openOperation()
            #expect(try gateway.post(operation.entry("anna")).status == 201)
            #expect(try gateway.stop() == .exit(0))
            try gateway.shell("cd '\(gateway.data)'; cp -a journal night; cp -a keys keys.night")
            try gateway.start()
            let reset = try gateway.say("operation", "reset", "ete", "--confirm", "ete")
            #expect(reset.ending == .exit(0), "\(reset)")
            #expect(try gateway.stop() == .exit(0))
            let before = try exports(gateway)
            try gateway.shell(
                "cd '\(gateway.data)'; mv journal new; mv night journal; mv keys k; mv "
                    + "keys.night keys"
            )
            try gateway.start()
            #expect(try exports(gateway) == before.map { "orphaned/" + $0 })
            #expect(try gateway.stop() == .exit(0))
            try gateway.shell(
                "cd '\(gateway.data)'; rm -r journal keys; mv new journal; mv k keys")
            try gateway.start()
            #expect(try exports(gateway) == before, "the journal names it: it is back")
            #expect(try gateway.stop() == .exit(0))
        }

        @Test("a journal without keys, and one of another store, are refused; a flag goes on")
        func mixed() throws {
            let (gateway, other) = (try stopped(), try stopped())
            try gateway.shell("cd '\(gateway.data)'; mv keys away")
            try gateway.launch()
            #expect(gateway.process?.wait(atMostSeconds: 30) == .exit(74), "\(gateway.errors)")
            #expect(gateway.says("--accept missing-keys"), "\(gateway.errors)")
            try gateway.start(options: ["--accept", "missing-keys"])
            let state = try gateway.admin("GET", "/v1/operations/ete")
            #expect(state.json["entries"]?.integer == 1, "\(state)")
            #expect(try gateway.stop() == .exit(0))
            try gateway.shell("cd '\(gateway.data)'; rm -r keys; mv away keys")
            try gateway.start()
            #expect(try gateway.stop() == .exit(0))

            try gateway.shell(
                "cd '\(gateway.data)'; mv journal away; cp -a '\(other.data)/journal' journal")
            try gateway.launch()
            #expect(gateway.process?.wait(atMostSeconds: 30) == .exit(74), "\(gateway.errors)")
            #expect(gateway.says("--accept other-store"), "\(gateway.errors)")
            // The ids by themselves open nothing: the operation's key is still missing.
            try gateway.launch(options: ["--accept", "other-store"])
            #expect(gateway.process?.wait(atMostSeconds: 30) == .exit(74), "\(gateway.errors)")
        }

        @Test("a store of a version without ids gets them, and a part without one is taken in")
        func adopted() throws {
            let gateway = try stopped()
            for names in ["journal/store keys/store journal/place", "journal/store", "keys/store"] {
                try gateway.shell("cd '\(gateway.data)'; rm \(names)")
                try gateway.start()
                #expect(try gateway.stop() == .exit(0))
                let ids = ["journal/store", "keys/store"].map {
                    gateway.directory.text("data/" + $0)
                }
                #expect(ids[0] == ids[1] && ids[0].utf8.count == 33, "\(ids)")
            }
        }

        @Test("with store=existing nothing is begun where a volume is not mounted")
        func existing() throws {
            let gateway = try Gateway()
            for isThere in [false, true] {
                if isThere { try gateway.shell("mkdir '\(gateway.data)'") }
                try gateway.launch(options: ["--store", "existing"])
                #expect(gateway.process?.wait(atMostSeconds: 30) == .exit(74), "\(gateway.errors)")
                #expect(gateway.says("is mounted"), "\(gateway.errors)")
                // A folder that was not made has nothing in it.
                let found = try? FileManager.default.contentsOfDirectory(atPath: gateway.data)
                #expect(found ?? [] == [])
            }
            try gateway.start()
            #expect(try gateway.stop() == .exit(0))
            try gateway.start(options: ["--store", "existing"])
            #expect(try gateway.stop() == .exit(0))
        }

        @Test("tools that are given nothing to verify say so, and do not succeed")
        func nothing() throws {
            let gateway = try Gateway()
            let folder = gateway.directory.path("empty")
            try gateway.shell(
                "mkdir -p '\(folder)/journal'; printf '{}' > '\(folder)/dossier.json'")
            let commands = [
                ["journal", "verify", folder], ["journal", "print", folder], ["replay", folder],
                ["journal", "snapshot", folder], ["journal", "archive", folder],
                ["backup", folder, folder + "-2"],
                ["evidence", "verify", folder + "/dossier.json", folder],
            ]
            for command in commands {
                let said = try gateway.say(command)
                #expect(said.ending != .exit(0), "\(command): \(said)")
                #expect(!said.errors.isEmpty && said.output.isEmpty, "\(command): \(said)")
            }
        }
    }
}

extension Gateway {
    /// Whether readiness says that the data folder is not what it was.
    func lost() throws -> Bool {
        let answer = try adminConnection().exchange(HTTPRequest("GET", "/readyz").text)
        return answer.status == 503 && answer.text.contains("store_lost")
    }

    /// What readiness says.
    func readiness() throws -> String {
        try adminConnection().exchange(HTTPRequest("GET", "/readyz").text).text
    }

    /// Runs a shell command to its end; it must succeed.
    func shell(_ command: String) throws {
        let process = try ChildProcess(
            ["/bin/sh", "-c", command], environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"],
            output: directory.path("shell.out"), errors: directory.path("shell.err"))
        let ending = process.wait(atMostSeconds: 120)
        #expect(ending == .exit(0), "\(command): \(directory.text("shell.err"))")
    }
}
