import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("README's commands work as they are pasted")
    struct ReadmeTests {
        private static let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()

        @Test("an operation of one's own: installed, served, set up, entered, looked at")
        func ownOperation() throws {
            let blocks = try Self.blocks(below: "## An operation of your own")
            try #require(blocks.count == 2)
            let gateway = try Gateway()
            let home = gateway.directory.path("home")
            try FileManager.default.createDirectory(
                atPath: home, withIntermediateDirectories: true)
            // Everything is as it stands there, but for the build, which these tests are made of,
            // and the ports, which the kernel chose.
            let serve = try Self.replacing(
                [
                    ("ops/install ", "ops/install --program '\(Gateway.executable())' "),
                    ("\nportillon serve ", "\nexec portillon serve "),
                ], in: blocks[0])
            let environment = [
                "HOME": home, "PATH": "/usr/local/bin:/usr/bin:/bin",
                "PORTILLON_LISTEN": "127.0.0.1:\(gateway.port)",
                "PORTILLON_ADMIN_LISTEN": "127.0.0.1:\(gateway.adminPort)",
            ]
            let first = try shell(serve, environment, gateway, "serve")
            let isReady = try eventually(withinSeconds: 180) {
                if let ending = first.poll() {
                    throw GatewayFailure("\(ending): \(gateway.directory.text("serve.errors"))")
                }
                return gateway.answersReady()
            }
            #expect(isReady, "\(gateway.directory.text("serve.errors"))")

            let setUp = try Self.replacing(
                [("127.0.0.1:8080", "127.0.0.1:\(gateway.port)")], in: blocks[1])
            let second = try shell(setUp, environment, gateway, "commands")
            #expect(second.wait(atMostSeconds: 180) == .exit(0))
            let output = gateway.directory.text("commands.output")
            let errors = gateway.directory.text("commands.errors")
            #expect(output.contains("\"verdict\":\"accepted\""), "\(output)\(errors)")
            let row = output.split(separator: "\n").last { $0.hasPrefix("ete-2026\t") }
            #expect(row?.contains("\topen\tdaily\t1\t1\t") == true, "\(output)")
            first.send(SIGINT)
            #expect(first.wait(atMostSeconds: 90) == .exit(0))
            for file in [
                "bin/portillon", "share/man/man1/portillon.1",
                "share/bash-completion/completions/portillon",
            ] {
                let path = home + "/.local/" + file
                #expect(FileManager.default.fileExists(atPath: path), "\(file)")
            }
        }

        private func shell(
            _ script: String, _ environment: [String: String], _ gateway: Gateway, _ name: String
        ) throws -> ChildProcess {
            try ChildProcess(
                ["/bin/bash", "-euc", "cd '\(Self.root.path)'\n" + script],
                environment: environment, output: gateway.directory.path(name + ".output"),
                errors: gateway.directory.path(name + ".errors"))
        }

        /// Each text must be there: a README that changed must not be tested for what it was.
        private static func replacing(
            _ changes: [(String, String)], in block: String
        ) throws -> String {
            var text = block
            for (old, new) in changes {
                try #require(text.contains(old), "\(old)")
                text = text.replacing(old, with: new)
            }
            return text
        }

        private static func blocks(below heading: String) throws -> [String] {
            let page = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
            let begin = try #require(page.firstRange(of: heading + "\n"))
            let rest = page[begin.upperBound...]
            let section = rest.firstRange(of: "\n## ").map { rest[..<$0.lowerBound] } ?? rest
            return section.components(separatedBy: "```sh\n").dropFirst().compactMap {
                $0.components(separatedBy: "\n```").first.map { "\n" + $0 + "\n" }
            }
        }
    }
}
