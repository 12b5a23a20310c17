import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("A command line that is mistyped, repeated or piped says what a person needs")
    struct CommandWordsTests {
        // MARK: Mistakes

        @Test(
            "a word that is no subcommand leads to the one that was meant",
            arguments: [
                ("stauts", "status"), ("opertion list", "operation"), ("operation opne x", "open"),
                ("operation lst", "list"), ("tokens", "token"), ("journal verfy /x", "verify"),
                ("key creat x", "create"), ("help opertion", "operation"),
                ("operation opne --help", "open"), ("help operation opne", "open"),
                ("vresion", "version"),
            ])
        func subcommand(line: String, meant: String) throws {
            let said = try Gateway().say(line.split(separator: " ").map(String.init))
            #expect(said.ending == .exit(64), "\(said)")
            #expect(said.output.isEmpty, "\(said)")
            #expect(said.errors.contains("Did you mean '\(meant)'?"), "\(said)")
        }

        @Test(
            "behind a default subcommand's argument, what is wrong is told, and not that word",
            arguments: [
                ("evidence c --language de", "'de'"), ("evidence c --bogus", "'--bogus'"),
                ("evidence show c --bogus", "'--bogus'"),
                ("robots c --language de", "'--language'"),
                ("calendar 2026-13", "'2026-13'"),
                ("evidence verfy dossier.json /x", "Did you mean 'verify'?"),
                ("calendar hors", "Did you mean 'hours'?"),
            ])
        func defaultSubcommand(line: String, found: String) throws {
            let said = try Gateway().say(line.split(separator: " ").map(String.init))
            #expect(said.ending == .exit(64), "\(said)")
            #expect(said.errors.contains(found), "\(said)")
            #expect(
                said.errors.contains("Unknown subcommand") == found.contains("Did you mean"),
                "\(said)")
        }

        @Test("where no subcommand is near, all are named")
        func farAway() throws {
            let said = try Gateway().say("operation", "weather")
            #expect(said.ending == .exit(64), "\(said)")
            #expect(said.errors.contains("Unknown subcommand 'weather'"), "\(said)")
            #expect(said.errors.contains("put, set, list, show"), "\(said)")
        }

        @Test(
            "an option that is mistyped, or before its subcommand, leads to the right call",
            arguments: [
                ("status --jsno", "Did you mean '--json'?"),
                ("status --lmit 3", "Did you mean '--limit'?"),
                ("serve --lisen :8080", "Did you mean '--listen'?"),
                ("--json status", "'portillon status --json'"),
                (
                    "operation --admin http://127.0.0.1:1 list",
                    "'portillon operation list --admin http://127.0.0.1:1'"
                ),
            ])
        func option(line: String, hint: String) throws {
            let said = try Gateway().say(line.split(separator: " ").map(String.init))
            #expect(said.ending == .exit(64), "\(said)")
            #expect(said.errors.contains(hint), "\(said)")
        }

        // MARK: What the program is

        @Test("the version is one line, by both names")
        func version() throws {
            let said = try Gateway().say("version")
            #expect(said.ending == .exit(0), "\(said)")
            #expect(
                said.output.contains(/^\d+\.\d+\.\d+( \(commit [0-9a-f]+\+?\))?\n$/), "\(said)")
            #expect(try Gateway().say("--version").output == said.output)
        }

        @Test("completions are scripts that their shell reads", arguments: ["bash", "zsh", "fish"])
        func completions(shell: String) throws {
            let said = try Gateway().say("--generate-completion-script", shell)
            #expect(said.ending == .exit(0), "\(said.errors)")
            #expect(said.output.contains("operation") && said.output.contains("watch"))
            guard shell == "bash" else { return }
            let script = TemporaryDirectory()
            try Data(said.output.utf8).write(to: URL(filePath: script.path("completions")))
            let read = try ChildProcess(
                ["/bin/bash", "-n", script.path("completions")], environment: [:],
                output: script.path("out"), errors: script.path("err"))
            #expect(read.wait(atMostSeconds: 30) == .exit(0), "\(script.text("err"))")
        }

        // MARK: Steps that there were none to take

        @Test("what is so already is said, with exit status 1, and nothing is recorded")
        func unchanged() throws {
            try withGateway { gateway in
                let operation = try gateway.declareOperation()
                let token = try gateway.say("token", "create", "scrape", "p", "--json")
                let campaign = try gateway.say(
                    "campaign", "add", "ete", "--channel", "email", "--recipients", "1000",
                    "--starts", time(in: 3_600), "--json")
                let name = try #require(campaign.json["campaign"]?.string)
                let tokenID = try #require(token.json["token_id"]?.string)
                /// Takes a step, and takes it again.
                func twice(_ command: [String], _ words: String) throws {
                    let first = try gateway.say(command)
                    #expect(first.ending == .exit(0), "\(command): \(first)")
                    try again(command, words)
                }
                func again(_ command: [String], _ words: String) throws {
                    let before = try recorded()
                    let said = try gateway.say(command)
                    #expect(said.ending == .exit(1), "\(command): \(said)")
                    #expect(said.output.isEmpty, "\(command): \(said)")
                    #expect(said.errors.contains(words), "\(command): \(said)")
                    #expect(said.errors.contains("nothing was changed"), "\(command): \(said)")
                    let json = try gateway.say(command + ["--json"])
                    #expect(json.ending == .exit(1) && json.json["changed"]?.bool == false)
                    #expect(try recorded() == before, "\(command)")
                }
                /// Records of what persons did.
                func recorded() throws -> Int {
                    try gateway.say("journal", "print", gateway.data).output
                        .split(separator: "\n").filter { !$0.contains("\"fact.") }.count
                }
                try again(["operation", "resume", "ete"], "ete is not suspended")
                try again(["operation", "pace", "ete", "--none"], "ete has no pace")
                try again(["notice", "withdraw", "ete"], "ete has no notice")
                try twice(["operation", "open", "ete"], "ete is open already")
                try twice(["campaign", "withdraw", "ete", name], "\(name) is withdrawn already")
                let key = operation.keyIdentifier
                try twice(["key", "revoke", key, "--reason", "lost"], "\(key) is revoked already")
                try twice(
                    ["token", "revoke", tokenID, "--reason", "lost"],
                    "\(tokenID) is revoked already")
                let suspend = [
                    "operation", "suspend", "ete", "--ground", "security", "--note", "n",
                ]
                #expect(try gateway.say(suspend).ending == .exit(0))
                try again(["operation", "open", "ete"], "open already, and suspended")
                try twice(["operation", "resume", "ete"], "ete is not suspended")
                try twice(["operation", "close", "ete"], "ete is closed already")
            }
        }

        @Test("settings that are as asked already are a success, with a remark")
        func sameSettings() throws {
            try withGateway { gateway in
                for (command, words) in [
                    (["client", "put", "acme", "--name", "A"], "acme has this name already"),
                    (
                        ["operation", "put", "ete", "--client", "acme", "--title", "T"],
                        "ete has these settings already"
                    ),
                    (["operation", "set", "ete", "--rule", "daily"], "these settings already"),
                    (["operation", "pace", "ete", "50"], "nothing was changed"),
                    (
                        ["notice", "give", "ete", "--expected-participants", "90000"],
                        "this notice already"
                    ),
                ] {
                    let first = try gateway.say(command)
                    #expect(first.ending == .exit(0), "\(first)")
                    #expect(!first.errors.contains("nothing was changed"), "\(first)")
                    let second = try gateway.say(command)
                    #expect(second.ending == .exit(0), "\(second)")
                    #expect(second.errors.contains(words), "\(second)")
                }
                waitUntilFarFromMidnight()
                let today = String(Date().ISO8601Format().prefix(10))
                let confirmed = try gateway.say("clock", "confirm", today)
                #expect(confirmed.ending == .exit(0), "\(confirmed)")
                #expect(confirmed.errors.contains("follows this clock already"), "\(confirmed)")
            }
        }

        // MARK: Pipes

        @Test("a secret goes alone into a pipe, and what to know of it to standard error")
        func secrets() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                let key = try gateway.say("key", "create", "ete")
                #expect(key.output.contains(/^pk_[A-Za-z0-9_-]+\n$/), "\(key)")
                #expect(key.errors.contains("not shown again"), "\(key)")
                #expect(key.errors.contains("k-"), "its id: \(key)")
                let secret = key.output.trimmingCharacters(in: .newlines)
                let other = Operation(name: "ete", key: secret, keyIdentifier: "")
                #expect(try gateway.post(other.entry("anne")).status == 201)
                #expect(other.name == operation.name)
                let token = try gateway.say("token", "create", "operator", "marie")
                #expect(token.output.contains(/^ot_[A-Za-z0-9_-]+\n$/), "\(token)")
                #expect(token.errors.contains("not shown again"), "\(token)")
                let json = try gateway.say("key", "create", "ete", "--json")
                #expect(json.json["key"]?.string != nil && json.errors.isEmpty, "\(json)")
            }
        }

        @Test("awk reads counts from a pipe, whatever their size and whatever the titles")
        func awk() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                _ = try gateway.admin(
                    "PATCH", "/v1/operations/ete", #"{"title":"Un titre à quatre mots"}"#)
                _ = try gateway.admin(
                    "POST", "/v1/operations/ete/traffic-notice",
                    #"{"expected_participants":1234567}"#)
                #expect(try gateway.post(operation.entry("anne")).status == 201)
                for command in ["status", "operation list"] {
                    let script = #""$@" | awk '$1 == "ete" { print $5 + 0, $6 + 0, $7 + 0 }'"#
                    let said = try gateway.say(
                        command.split(separator: " ").map(String.init),
                        shell: Gateway.Shell(script: script))
                    #expect(said.output == "1 1 1234567\n", "\(command): \(said)")
                }
                let listed = try gateway.say("operation", "list")
                let rows = listed.output.split(separator: "\n").map { $0.split(separator: "\t") }
                #expect(rows.count == 2 && rows[0].first == "OPERATION", "\(listed)")
                #expect(Set(rows.map(\.count)) == [17], "\(listed)")
                let none = try gateway.say("status", "--client", "nobody")
                #expect(none.output.hasSuffix("\tREMARKS\n"), "a header all the same: \(none)")
            }
        }

        @Test("a demonstration names the program as a shell finds it")
        func demonstration() throws {
            let gateway = try Gateway()
            let process = try ChildProcess(
                [try Gateway.executable(), "demo", "--listen", "127.0.0.1:0"]
                    + ["--admin-listen", "127.0.0.1:0", "--data", gateway.data],
                environment: ["PATH": "/usr/bin:/bin"],
                output: gateway.directory.path("output.log"),
                errors: gateway.directory.path("errors.log"))
            let isPrinted = eventually(withinSeconds: 120) {
                gateway.directory.text("output.log").contains("Ctrl-C")
            }
            let text = gateway.directory.text("output.log")
            try #require(isPrinted, "\(text) \(gateway.errors)")
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("Status:") })
            let status = try ChildProcess(
                ["/bin/sh", "-c", String(line.dropFirst("Status:".count))],
                environment: ["PATH": "/usr/bin:/bin"],
                output: gateway.directory.path("status.log"),
                errors: gateway.directory.path("status.errors"))
            #expect(
                status.wait(atMostSeconds: 90) == .exit(0),
                "\(line): \(gateway.directory.text("status.errors"))")
            #expect(gateway.directory.text("status.log").contains("demo"))
            process.send(SIGTERM)
            #expect(process.wait(atMostSeconds: 30) == .exit(0), "\(gateway.errors)")
        }
    }
}
