import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("A command line does what it says, however it was given")
    struct CommandLineTests {
        @Test("values may begin with a dash")
        func dashes() throws {
            try withGateway { gateway in
                #expect(
                    try gateway.say("client", "put", "acme", "--name", "-A-").ending == .exit(0))
                for title in ["-50 % sur tout", "-50", "-h", "--help", "-", "--titles"] {
                    let said = try gateway.say(
                        "operation", "put", "ete", "--client", "acme", "--title", title, "--json")
                    #expect(said.ending == .exit(0), "\(title): \(said)")
                    #expect(said.json["title"]?.string == title, "\(said)")
                }
            }
        }

        @Test("an option where a value was forgotten is no value; behind = it may be one")
        func forgottenValue() throws {
            try withGateway { gateway in
                _ = try gateway.openOperation()
                let client = try gateway.say("client", "put", "acme", "--name", "--json")
                #expect(client.ending == .exit(64), "\(client)")
                #expect(
                    client.errors.contains("--name needs a value; write --name=--json if"),
                    "\(client)")
                let pace = try gateway.say("operation", "pace", "ete", "5", "--note", "--none")
                #expect(pace.ending == .exit(64), "\(pace)")
                #expect(pace.errors.contains("--note needs a value"), "\(pace)")
                let meant = try gateway.say("client", "put", "acme", "--name=--json", "--json")
                #expect(meant.ending == .exit(0), "\(meant)")
                #expect(meant.json["name"]?.string == "--json", "\(meant)")
            }
        }

        @Test("a text that begins with a dash: the hint leads to a call that works")
        func dashedText() throws {
            try withGateway { gateway in
                _ = try gateway.openOperation()
                let said = try gateway.say("note", "add", "ete", "-50 % demain")
                #expect(said.ending == .exit(64), "\(said)")
                #expect(said.errors.contains("behind '--': -- '-50 % demain'"), "\(said)")
                let meant = try gateway.say("note", "add", "ete", "--json", "--", "-50 % demain")
                #expect(meant.ending == .exit(0), "\(meant)")
                #expect(meant.json["text"]?.string == "-50 % demain", "\(meant)")
                let mistyped = try gateway.say("note", "add", "ete", "--jsno", "text")
                #expect(!mistyped.errors.contains("behind '--'"), "\(mistyped)")
            }
        }

        @Test("an option without its value is still an error")
        func missingValue() throws {
            let gateway = try Gateway()
            let said = try gateway.say("client", "put", "acme", "--name")
            #expect(said.ending == .exit(64), "\(said)")
        }

        @Test("arguments and variables that are not UTF-8 are refused, and named")
        func notUTF8() throws {
            let gateway = try Gateway()
            let script = #"exec "$@" "$(printf '%s/caf\351' "$PORTILLON_DATA")""#
            let said = try gateway.say(
                ["journal", "verify"], shell: Gateway.Shell(script: script))
            #expect(said.ending == .exit(64), "\(said)")
            #expect(said.errors.contains(#"argument 3 is not UTF-8"#), "\(said)")
            #expect(said.errors.contains(#"caf\xE9"#), "\(said)")
            let variable = try gateway.say(
                ["status"],
                shell: Gateway.Shell(
                    script: #"PORTILLON_TOKEN="$(printf '\377')" exec "$@""#))
            #expect(variable.ending == .exit(64), "\(variable)")
            #expect(variable.errors.contains("PORTILLON_TOKEN"), "\(variable)")
        }

        @Test("a preloaded library that hides the arguments does not make help of a command")
        func hiddenArguments() throws {
            let gateway = try Gateway()
            let library = Gateway.built("libFaultInjection.so")
            try #require(FileManager.default.fileExists(atPath: library))
            let hidden = ["LD_PRELOAD": library, "FAULT_INJECTION_HIDE_ARGUMENTS": "1"]
            let version = try gateway.say(["--version"], variables: hidden)
            #expect(version.ending == .exit(0), "\(version)")
            #expect(version.output.contains(/^\d+\.\d+\.\d+\n$/), "\(version)")
            let verify = try gateway.say(["journal", "verify", "/nowhere"], variables: hidden)
            #expect(verify.ending == .exit(74), "\(verify)")
        }

        @Test(
            "a command without its subcommand is a mistake, and says what there is",
            arguments: [[], ["operation"], ["key"], ["journal"]])
        func noSubcommand(arguments: [String]) throws {
            let said = try Gateway().say(arguments)
            #expect(said.ending == .exit(64), "\(said)")
            #expect(said.output.isEmpty)
            #expect(said.errors.contains("SUBCOMMANDS"), "\(said)")
            let help = try Gateway().say(arguments + ["--help"])
            #expect(help.ending == .exit(0))
            #expect(help.output.contains("SUBCOMMANDS"))
        }

        @Test("a pipe that does not block gets all of a long output")
        func nonBlockingPipe() throws {
            let pipe = try FullPipe(blocking: false)
            let gateway = try Gateway()
            let process = try ChildProcess(
                [
                    "/bin/bash", "-c", "exec \"$@\" >&3 3>&-", "bash", try Gateway.executable(),
                    "serve", "--print-config", "--data", gateway.data,
                ],
                environment: ["PATH": "/usr/bin:/bin"], output: "/dev/null",
                errors: gateway.directory.path("errors.log"), passing: [pipe.writing])
            pause(milliseconds: 200)
            var text = ""
            let hasEnded = eventually(withinSeconds: 30) {
                text += pipe.drain()
                return process.poll() != nil
            }
            text += pipe.drain()
            #expect(hasEnded)
            #expect(process.poll() == .exit(0), "\(gateway.errors)")
            #expect(text.contains("SETTING") && text.contains("policy."), "\(text.suffix(2_000))")
        }

        @Test("what people typed reaches no output with its control characters")
        func controlCharacters() throws {
            try withGateway { gateway in
                #expect(try gateway.say("client", "put", "acme", "--name", "A").ending == .exit(0))
                // Controls are refused by the gateway itself; these are letters to it.
                let title = "a\u{202E}b\u{2028}c\u{2066}d"
                let put = try gateway.say(
                    "operation", "put", "ete", "--client", "acme", "--title", title)
                #expect(put.ending == .exit(0), "\(put)")
                let control = try gateway.say(
                    "operation", "put", "ete", "--client", "acme", "--title", "a\u{1B}[31m\u{9B}b")
                #expect(control.ending == .exit(1), "\(control)")
                for command in [
                    ["operation", "show", "ete"], ["operation", "show", "ete", "--json"],
                    ["operation", "list"], ["status"], ["status", "--json"],
                    ["journal", "print", gateway.data],
                ] {
                    let said = try gateway.say(command)
                    #expect(said.ending == .exit(0), "\(said)")
                    let steering = said.output.unicodeScalars.filter { scalar in
                        "\u{202E}\u{2028}\u{2066}\u{1B}\u{9B}".unicodeScalars.contains(scalar)
                    }
                    #expect(steering.isEmpty, "\(command): \(Array(steering))")
                }
                let shown = try gateway.say("operation", "show", "ete", "--json")
                #expect(shown.json["title"]?.string == title, "the same for a program")
            }
        }
    }
}
