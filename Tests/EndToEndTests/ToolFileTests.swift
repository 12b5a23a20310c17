import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Commands read whatever file they are given in bounded memory, and wait for none")
    struct ToolFileTests {
        /// Commands with a file in place of `FILE`, and how they end where it cannot be read.
        private static let commands: [(arguments: [String], status: Int32)] = [
            (["serve", "--print-config", "--config", "FILE"], 78),
            (
                [
                    "plan", "--recipients", "1000", "--channel", "email", "--capacity", "100",
                    "--curve", "FILE",
                ], 78
            ),
            (["replay", "DATA", "--policy", "FILE"], 78),
            (["evidence", "verify", "FILE", "DATA"], 74),
        ]

        private func say(
            _ gateway: Gateway, _ arguments: [String], file: String
        ) throws -> Gateway.Said {
            try gateway.say(
                arguments.map {
                    $0 == "FILE" ? file : $0 == "DATA" ? gateway.data : $0
                },
                // No more memory than any of them needs for a short file.
                shell: Gateway.Shell(script: #"ulimit -v 3000000; exec "$@""#))
        }

        @Test("a pipe, a device, a folder, a file larger than memory: an error, at once")
        func namedFiles() throws {
            try withGateway { gateway in
                let pipe = gateway.directory.path("pipe")
                try #require(unsafe mkfifo(pipe, 0o600) == 0)
                let huge = gateway.directory.path("huge")
                _ = FileManager.default.createFile(atPath: huge, contents: nil)
                try #require(unsafe truncate(huge, 1 << 34) == 0)
                for (arguments, status) in Self.commands {
                    for file in [pipe, "/dev/zero", gateway.directory.path, huge] {
                        let said = try say(gateway, arguments, file: file)
                        #expect(said.ending == .exit(status), "\(arguments) \(file): \(said)")
                        #expect(said.errors.contains(file), "\(arguments): \(said)")
                    }
                }
            }
        }

        @Test("a journal with a pipe or a huge file for a segment is refused")
        func segments() throws {
            let gateway = try Gateway()
            try gateway.start()
            _ = try gateway.openOperation()
            #expect(try gateway.stop() == .exit(0))
            let journal = gateway.data + "/journal"
            let next = journal + "/00000000000000009999.segment"
            func check() throws {
                for arguments in [
                    ["journal", "verify", gateway.data], ["journal", "print", gateway.data],
                    ["replay", gateway.data],
                    ["backup", gateway.data, gateway.directory.path("copy")],
                ] {
                    let said = try say(gateway, arguments, file: "")
                    #expect(said.ending == .exit(74), "\(arguments): \(said)")
                }
                let program = URL(filePath: #filePath).deletingLastPathComponent()
                    .appending(path: "../../loadtests/verify-journal.py").standardized.path
                let process = try ChildProcess(
                    [
                        "/bin/bash", "-c", "ulimit -v 3000000; exec /usr/bin/env python3 \"$@\"",
                        "bash", program, journal,
                    ],
                    environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"],
                    output: gateway.directory.path("verified.out"),
                    errors: gateway.directory.path("verified.err"))
                #expect(
                    process.wait(atMostSeconds: 120) == .exit(74),
                    "\(gateway.directory.text("verified.err"))")
            }
            try #require(unsafe mkfifo(next, 0o600) == 0)
            try check()
            try FileManager.default.removeItem(atPath: next)
            _ = FileManager.default.createFile(atPath: next, contents: nil)
            try #require(unsafe truncate(next, 1 << 34) == 0)
            try check()
        }
    }
}
