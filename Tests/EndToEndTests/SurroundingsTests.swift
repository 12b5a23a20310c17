import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Whatever a shell or a supervisor gives the process, it is heard and loses nothing")
    struct SurroundingsTests {
        // MARK: Standard descriptors

        @Test(
            "without standard descriptors no file of the gateway gets their numbers",
            arguments: ["<&- >&- 2>&-", "<&-", ">&-", "2>&-", ">&- 2>&-"])
        func closedDescriptors(redirections: String) throws {
            let gateway = try Gateway()
            try gateway.start(shell: Gateway.Shell(script: "exec \"$@\" \(redirections)"))
            let operation = try gateway.openOperation()
            #expect(try gateway.post(operation.entry("anne")).status == 201)
            // More lines, which would go over the head of a file.
            gateway.process?.send(SIGHUP)
            let process = try #require(gateway.process)
            for number in 0...2 {
                let path = try FileManager.default.destinationOfSymbolicLink(
                    atPath: "/proc/\(process.identifier)/fd/\(number)")
                #expect(!path.hasPrefix(gateway.data), "\(number) is \(path)")
            }
            #expect(try gateway.stop() == .exit(0))
            try gateway.start()
            #expect(try gateway.post(operation.entry("anne")).status == 200)
            #expect(try gateway.stop() == .exit(0))
        }

        @Test("a command whose result nobody can read fails")
        func closedOutput() throws {
            try withGateway { gateway in
                for command in [
                    ["status"], ["journal", "verify", gateway.data], ["--version"], ["--help"],
                ] {
                    for redirections in [">&-", "<&- >&-", ">/dev/full"] {
                        let said = try gateway.say(
                            command, shell: Gateway.Shell(script: "exec \"$@\" \(redirections)"))
                        #expect(said.ending == .exit(74), "\(command) \(redirections): \(said)")
                        #expect(said.errors.contains("standard output"), "\(said)")
                    }
                }
            }
        }

        @Test("a secret that cannot be written: what has it is named, and how it is taken back")
        func lostSecrets() throws {
            try withGateway { gateway in
                _ = try gateway.openOperation()
                let token = try gateway.say("token", "create", "auditor", "kpmg", "--json")
                let tokenID = try #require(token.json["token_id"]?.string, "\(token)")
                let ends = time(in: 3_600)
                let makers: [(arguments: [String], found: Regex<Substring>)] = [
                    (
                        ["key", "create", "ete"],
                        /key k-\w+ was .*: portillon key revoke k-\w+ --reason lost/
                    ),
                    (
                        ["token", "create", "operator", "bob"],
                        /token t-\w+ was .*: portillon token revoke t-\w+ --reason lost/
                    ),
                    (
                        ["token", "renew", tokenID],
                        /token t-\w+ was .*: portillon token revoke t-\w+ --reason lost/
                    ),
                    (
                        ["permit", "issue", "ete", "--per-second", "5", "--ends", ends],
                        /permit pt-\w+ was .*: portillon permit revoke pt-\w+/
                    ),
                    (
                        ["webhook", "add", "http://127.0.0.1:9/"],
                        /webhook wh-\w+ was .*: portillon webhook remove wh-\w+/
                    ),
                    (
                        ["probe", "setup", "--out", gateway.directory.path("none/probe.json")],
                        /key k-\w+ was .*: portillon key revoke k-\w+ --reason lost/
                    ),
                    (
                        ["probe", "setup", "--out", gateway.directory.path("none/probe.json")],
                        /permit pt-\w+ was .*: portillon permit revoke pt-\w+/
                    ),
                ]
                for (arguments, wanted) in makers {
                    // A token is renewed once, and a file is no output.
                    let isOnce = arguments.contains("renew") || arguments.contains("--out")
                    let forms: [[String]] = isOnce ? [[]] : [[], ["--json"]]
                    for form in forms {
                        let said = try gateway.say(
                            arguments + form,
                            shell: Gateway.Shell(script: #"exec "$@" > /dev/full"#))
                        #expect(said.ending == .exit(74), "\(arguments): \(said)")
                        let line = try #require(said.errors.firstMatch(of: wanted), "\(said)")
                        // What is told is what helps.
                        let remedy = line.output.split(separator: ": portillon ")[1]
                        let undone = try gateway.say(
                            remedy.split(separator: " ").map(String.init))
                        #expect(undone.ending == .exit(0), "\(remedy): \(undone)")
                    }
                }
            }
        }

        // MARK: The log

        @Test(
            "a log that nobody reads holds up neither entries nor the end",
            arguments: [true, false])
        func unreadLog(blocking: Bool) throws {
            let pipe = try FullPipe(blocking: blocking)
            let gateway = try Gateway()
            let shell = Gateway.Shell(
                script: "exec \"$@\" 2>&3 3>&-", descriptors: [pipe.writing])
            try gateway.start(shell: shell)
            let operation = try gateway.openOperation()
            for _ in 0..<20 { gateway.process?.send(SIGHUP) }
            #expect(try gateway.post(operation.entry("anne")).status == 201)
            // When somebody reads again, the lines of before are there, in their order.
            var text = ""
            let isThere = eventually(withinSeconds: 30) {
                text += pipe.drain()
                return text.contains("reload: nothing has changed")
            }
            #expect(isThere, "\(text)")
            #expect(text.contains("\"message\":\"listening\""))
            #expect(try gateway.stop() == .exit(0))
        }

        @Test("a gateway whose log nobody reads from the start on ends by one SIGTERM")
        func unreadEnd() throws {
            let pipe = try FullPipe()
            let gateway = try Gateway()
            try gateway.start(
                shell: Gateway.Shell(
                    script: "exec \"$@\" 2>&3 3>&-", descriptors: [pipe.writing]))
            #expect(try gateway.stop() == .exit(0))
        }

        @Test("a full disk and a log that nobody reads: entries are refused, and come back")
        func fullDiskAndPipe() throws {
            let pipe = try FullPipe()
            let gateway = try Gateway()
            let faults = try Faults(for: gateway)
            try gateway.start(
                faults: faults,
                shell: Gateway.Shell(
                    script: "exec \"$@\" 2>&3 3>&-", descriptors: [pipe.writing]))
            let operation = try gateway.openOperation()
            // Room that is reserved stays usable; no more is to be had.
            try faults.set("fallocate:ENOSPC:1+,ftruncate:ENOSPC:1+,open:ENOSPC:1+")
            let filler = String(repeating: "x", count: 8000)
            let members = "\"fields\":{\"filler\":\"\(filler)\"}"
            var number = 0
            let isRefused = try eventually(withinSeconds: 120) {
                number += 1
                let entry = operation.entry("a\(number)", members: members)
                return try gateway.post(entry).status == 503
            }
            #expect(isRefused)
            #expect(try gateway.post(operation.entry("b", members: members)).status == 503)
            try faults.set("off")
            let isBack = try eventually(withinSeconds: 120) {
                number += 1
                return try gateway.post(operation.entry("c\(number)")).status == 201
            }
            #expect(isBack)
            #expect(try gateway.stop() == .exit(0))
        }

        @Test("lines that standard error does not take are counted, and the next ones say so")
        func droppedLines() throws {
            let gateway = try Gateway()
            try gateway.start(shell: Gateway.Shell(script: "exec \"$@\" 2>/dev/full"))
            let operation = try gateway.openOperation()
            #expect(try gateway.post(operation.entry("anne")).status == 201)
            let isCounted = try eventually(withinSeconds: 30) {
                try HTTPConnection(port: gateway.adminPort)
                    .exchange(HTTPRequest("GET", "/metrics").text).text
                    .contains(/portillon_log_lines_dropped_total [1-9]/)
            }
            #expect(isCounted)
            #expect(try gateway.stop() == .exit(0))
        }

        // MARK: Signals

        @Test("SIGTERM and SIGINT end a start at once", arguments: [SIGTERM, SIGINT])
        func signalDuringStart(signal: Int32) throws {
            try withGateway { gateway in
                let second = try Gateway()
                let process = try second.launch(
                    options: ["--data", gateway.data, "--limit", "lock_seconds=300"])
                #expect(
                    eventually(withinSeconds: 30) { second.errors.contains("waiting for it") })
                process.send(signal)
                #expect(process.wait(atMostSeconds: 30) == .signal(signal), "\(second.errors)")
                #expect(second.errors.contains("stopped before the start was complete"))
                #expect(try gateway.openOperation().key.isEmpty == false, "the first goes on")
            }
        }

        @Test("two signals within milliseconds are one wish", arguments: [SIGTERM, SIGINT])
        func oneWish(signal: Int32) throws {
            // A test that stands still between the two sends two wishes, and a gateway that does
            // hears two: it tries again.
            for _ in 0..<20 {
                let gateway = try Gateway()
                try gateway.start()
                let connection = try gateway.connect()
                let process = try #require(gateway.process)
                let began = ContinuousClock.now
                process.send(SIGTERM)
                pause(milliseconds: 2)
                process.send(signal)
                if ContinuousClock.now - began > .milliseconds(100) { continue }
                let ending = process.wait(atMostSeconds: 90)
                _ = connection
                let isOne = ending == .exit(0) && !gateway.errors.contains("stopped at once")
                if isOne { return }
                #expect(ending == .exit(0) || ending == .exit(128 + signal), "\(gateway.errors)")
            }
            Issue.record("two signals within 100 ms were never one wish")
        }

        @Test("a second signal, later, is a wish of its own")
        func secondWish() throws {
            let gateway = try Gateway()
            try gateway.start(options: [
                // Longer than this test stands still: the second signal is to find it draining.
                "--limit", "drain_notice_milliseconds=45000", "--limit", "drain_seconds=60",
            ])
            // Somebody is connected: the drain goes on serving.
            let connection = try gateway.connect()
            _ = try connection.exchange(HTTPRequest("GET", "/healthz").text)
            gateway.process?.send(SIGTERM)
            #expect(gateway.says("draining"), "\(gateway.errors)")
            pause(milliseconds: 700)
            #expect(try gateway.stop(with: SIGTERM) == .exit(128 + SIGTERM), "\(gateway.errors)")
            _ = connection
        }

        @Test("signals that end other processes without a word do not end this one")
        func otherSignals() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                let signals = [
                    SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGIO, SIGPIPE, SIGXFSZ, 16, 36,
                    64,
                ]
                for signal in signals { gateway.process?.send(signal) }
                #expect(gateway.says("SIGUSR2"), "\(gateway.errors)")
                #expect(try gateway.post(operation.entry("anne")).status == 201)
                #expect(gateway.says("signal ignored"))
            }
        }

        @Test("SIGQUIT and SIGPWR drain too", arguments: [SIGQUIT, SIGPWR])
        func otherStops(signal: Int32) throws {
            let gateway = try Gateway()
            try gateway.start()
            #expect(try gateway.stop(with: signal) == .exit(0), "\(gateway.errors)")
        }

        @Test("a file-size limit is an error like others")
        func fileSizeLimit() throws {
            let gateway = try Gateway()
            let process = try gateway.launch(
                shell: Gateway.Shell(script: "ulimit -f 64; exec \"$@\""))
            #expect(process.wait(atMostSeconds: 30) == .exit(74), "\(gateway.errors)")
            #expect(gateway.says("file-size limit"), "\(gateway.errors)")
        }

        @Test("the demonstration ends with the terminal, and takes its data with it")
        func demonstration() throws {
            let gateway = try Gateway()
            let pipe = try FullPipe()
            let process = try ChildProcess(
                [
                    "/bin/bash", "-c", "exec \"$@\" >&3 3>&-", "bash", try Gateway.executable(),
                    "demo", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
                ],
                environment: ["PATH": "/usr/bin:/bin", "TMPDIR": gateway.directory.path],
                output: gateway.directory.path("output.log"),
                errors: gateway.directory.path("errors.log"), passing: [pipe.writing])
            let isThere = eventually(withinSeconds: 120) {
                // There may be none yet.
                let names = try? FileManager.default.contentsOfDirectory(
                    atPath: gateway.directory.path)
                return names?.contains { $0.hasPrefix("portillon-demo-") } ?? false
            }
            #expect(isThere)
            process.send(SIGHUP)
            #expect(process.wait(atMostSeconds: 30) != nil, "\(gateway.errors)")
            let left = try FileManager.default.contentsOfDirectory(atPath: gateway.directory.path)
            #expect(!left.contains { $0.hasPrefix("portillon-demo-") }, "\(left)")
        }
    }
}
