import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("An export that is ended in the middle leaves no file of what people gave")
    struct InterruptedExportTests {
        /// The first write takes longer than any test does: the command is ended within it.
        private static let standing = "pwrite:SLOW100000:1"

        @Test("by a signal, by kill -9 too: the file has no name before it is whole")
        func unnamed() throws {
            try check([SIGHUP, SIGINT, SIGTERM, SIGKILL], faults: Self.standing, leaves: [])
        }

        @Test("by a signal, where the file system has no files without a name")
        func named() throws {
            try check(
                [SIGHUP, SIGINT, SIGTERM], faults: "open:EOPNOTSUPP:1," + Self.standing,
                leaves: ["ete.ndjson.new"])
        }

        /// - Parameter leaves: what is in the folder while the command runs.
        private func check(_ signals: [Int32], faults: String, leaves: [String]) throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                #expect(try gateway.post(operation.entry("anna")).status == 201)
                let files = FileManager.default
                for signal in signals {
                    let folder = gateway.directory.path("out-\(signal)")
                    try files.createDirectory(
                        atPath: folder, withIntermediateDirectories: false)
                    let log = "faults-\(signal).log"
                    let command = try ChildProcess(
                        [
                            try Gateway.executable(), "export", operation.name, "--out",
                            folder + "/ete.ndjson",
                        ],
                        environment: [
                            "PATH": "/usr/bin:/bin", "PORTILLON_DATA": gateway.data,
                            "PORTILLON_ADMIN": "http://127.0.0.1:\(gateway.adminPort)",
                            "LD_PRELOAD": Gateway.built("libFaultInjection.so"),
                            "FAULT_INJECTION_DIR": folder, "FAULT_INJECTION": faults,
                            "FAULT_INJECTION_LOG": gateway.directory.path(log),
                        ],
                        output: gateway.directory.path("command.out"),
                        errors: gateway.directory.path("command.err"))
                    let isWriting = eventually(withinSeconds: 60) {
                        gateway.directory.text(log).contains("pwrite SLOW")
                    }
                    #expect(isWriting, "\(gateway.directory.text("command.err"))")
                    #expect(try files.contentsOfDirectory(atPath: folder) == leaves)
                    command.send(signal)
                    #expect(command.wait(atMostSeconds: 60) == .signal(signal))
                    #expect(try files.contentsOfDirectory(atPath: folder) == [], "\(signal)")
                }
            }
        }

        @Test("--out - is standard output, and no file of that name")
        func standardOutput() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                #expect(try gateway.post(operation.entry("anna")).status == 201)
                let told = try gateway.say("export", operation.name, "--out", "-")
                #expect(told.ending == .exit(0), "\(told)")
                #expect(told.output.contains(#""complete":true"#), "\(told)")
                #expect(!FileManager.default.fileExists(atPath: "-"))
                let page = try gateway.say("statement", "--page", "-")
                #expect(page.ending == .exit(0) && page.output.contains("</html>"), "\(page)")
            }
        }
    }
}
