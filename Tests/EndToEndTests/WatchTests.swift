import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("A watched status follows a gateway, over its restarts")
    struct WatchTests {
        /// A watch with its output in files; `shell` may start it.
        private func watch(
            _ gateway: Gateway, _ options: [String], shell: String? = nil
        ) throws -> ChildProcess {
            let command = [try Gateway.executable(), "status"] + options
            return try ChildProcess(
                shell.map { ["/bin/bash", "-c", $0, "bash"] + command } ?? command,
                environment: [
                    "PATH": "/usr/bin:/bin", "PORTILLON_DATA": gateway.data, "TERM": "xterm",
                    "PORTILLON_ADMIN": "http://127.0.0.1:\(gateway.adminPort)",
                ],
                output: gateway.directory.path("watch.log"),
                errors: gateway.directory.path("watch.errors"))
        }

        private func text(_ gateway: Gateway) -> String { gateway.directory.text("watch.log") }

        /// How many answers were written to a pipe, and one.
        private func blocks(_ gateway: Gateway) -> Int {
            text(gateway).components(separatedBy: "OPERATION\t").count
        }

        /// How often a terminal was drawn, and one.
        private func screens(_ gateway: Gateway) -> Int {
            text(gateway).components(separatedBy: "\u{1B}[H").count
        }

        @Test(
            "in a pipe each answer is a block; a restart is waited for; Ctrl-C ends it with 0",
            arguments: [SIGINT, SIGTERM])
        func pipe(signal: Int32) throws {
            try withGateway { gateway in
                _ = try gateway.openOperation()
                let process = try watch(gateway, ["--watch", "0.1"])
                let isWatched = eventually(withinSeconds: 30) { blocks(gateway) > 3 }
                #expect(isWatched, "\(text(gateway))")
                try gateway.kill()
                let isMissed = eventually(withinSeconds: 30) {
                    gateway.directory.text("watch.errors").contains("no gateway answered")
                }
                #expect(isMissed)
                #expect(process.poll() == nil, "it waits")
                let before = blocks(gateway)
                try gateway.start()
                let isBack = eventually(withinSeconds: 30) { blocks(gateway) > before + 2 }
                #expect(isBack)
                let errors = gateway.directory.text("watch.errors")
                #expect(errors.contains("answers again"), "\(errors)")
                #expect(errors.split(separator: "\n").count < 8, "once, not each time: \(errors)")
                process.send(signal)
                #expect(process.wait(atMostSeconds: 30) == .exit(0), "\(errors)")
                #expect(!text(gateway).contains("\u{1B}"), "no control sequences in a pipe")
            }
        }

        @Test("as JSON each answer is a line")
        func lines() throws {
            try withGateway { gateway in
                let process = try watch(gateway, ["--watch", "0.1", "--json"])
                let isWatched = eventually(withinSeconds: 30) {
                    text(gateway).split(separator: "\n").count > 3
                }
                #expect(isWatched, "\(text(gateway))")
                process.send(SIGINT)
                #expect(process.wait(atMostSeconds: 30) == .exit(0))
                for line in text(gateway).split(separator: "\n") {
                    let value = try JSONDecoder().decode(JSON.self, from: Data(line.utf8))
                    #expect(value["version"]?.string != nil)
                }
            }
        }

        @Test("a terminal is drawn anew in place, aligned, with what is wrong above")
        func terminal() throws {
            try withGateway { gateway in
                _ = try gateway.openOperation()
                // util-linux's `script` is a terminal around a command.
                let process = try watch(
                    gateway, ["--watch", "0.1"],
                    shell: #"exec script -qefc "$(printf '%q ' "$@")" /dev/null"#)
                let isDrawn = eventually(withinSeconds: 30) { screens(gateway) > 3 }
                #expect(isDrawn, "\(text(gateway))")
                #expect(text(gateway).contains("OPERATION  CLIENT"), "\(text(gateway))")
                try gateway.kill()
                let isMissed = eventually(withinSeconds: 30) {
                    text(gateway).contains("The last answer:")
                }
                #expect(isMissed, "\(text(gateway))")
                try gateway.start()
                process.send(SIGTERM)
                #expect(process.wait(atMostSeconds: 30) != nil)
            }
        }

        @Test("a watch of a gateway that was never there fails as a status does")
        func neverThere() throws {
            let gateway = try Gateway()
            let process = try watch(gateway, ["--watch", "0.1", "--token", "t"])
            #expect(process.wait(atMostSeconds: 30) == .exit(69))
        }
    }
}
