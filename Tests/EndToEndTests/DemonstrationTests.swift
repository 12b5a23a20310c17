import Foundation
import TLSClient
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The first thing that a newcomer tries works")
    struct DemonstrationTests {
        @Test(
            "the demonstration prints a curl line, and the line enters someone, over TLS too",
            arguments: [false, true])
        func curl(isSecure: Bool) throws {
            let gateway = try Gateway()
            var flags: [String] = []
            if isSecure {
                let own = try TestCertificate(
                    at: gateway.directory.path("own"), names: ["127.0.0.1"])
                flags = ["--tls-certificate", own.certificate, "--tls-key", own.key]
            }
            let process = try ChildProcess(
                [
                    try Gateway.executable(), "demo", "--data", gateway.data, "--listen",
                    "127.0.0.1:\(gateway.port)", "--admin-listen", "127.0.0.1:\(gateway.adminPort)",
                ] + flags,
                environment: ["PATH": "/usr/bin:/bin"],
                output: gateway.directory.path("output.log"),
                errors: gateway.directory.path("errors.log"))
            var line: String?
            let isPrinted = eventually(withinSeconds: 120) {
                line = curlLine(in: gateway.directory.text("output.log"))
                return line != nil
            }
            #expect(line?.contains("https://") == isSecure)
            try #require(isPrinted, "\(gateway.directory.text("output.log")) \(gateway.errors)")
            let shell = try ChildProcess(
                ["/bin/sh", "-c", try #require(line)], environment: ["PATH": "/usr/bin:/bin"],
                output: gateway.directory.path("curl.log"),
                errors: gateway.directory.path("curl.errors"))
            #expect(shell.wait(atMostSeconds: 30) == .exit(0))
            let answer = gateway.directory.text("curl.log")
            #expect(answer.contains("\"verdict\":\"accepted\""), "\(answer)")
            process.send(SIGTERM)
            #expect(process.wait(atMostSeconds: 30) == .exit(0), "\(gateway.errors)")
        }

        /// The first command that begins with curl, with the lines that it goes on in.
        private func curlLine(in output: String) -> String? {
            var command = ""
            // Only whole lines: the last one may still be written.
            for line in output.components(separatedBy: "\n").dropLast() {
                let text = line.trimmingCharacters(in: .whitespaces).trimmingPrefix("$ ")
                guard !command.isEmpty || text.hasPrefix("curl ") else { continue }
                command += text + "\n"
                if !text.hasSuffix("\\") { return command }
            }
            return nil
        }
    }
}
