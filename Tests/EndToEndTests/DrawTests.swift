import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The manual's draws, as they stand there, with a real export")
    struct DrawTests {
        private static let hasTools = ["bash", "jq", "openssl", "shuf"].allSatisfy {
            FileManager.default.isExecutableFile(atPath: "/usr/bin/" + $0)
        }

        /// The blocks of shell under the heading, without the export itself.
        private static func blocks() throws -> [String] {
            let page = URL(filePath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
                .appending(path: "ops/manual/export.md")
            let text = try String(contentsOf: page, encoding: .utf8)
            let section = try #require(
                text.components(separatedBy: "\n## Drawing a winner\n").last?
                    .components(separatedBy: "\n## ").first)
            return section.components(separatedBy: "```").filter { $0.hasPrefix("sh\n") }
                .map { block in
                    block.split(separator: "\n").dropFirst()
                        .filter { !$0.hasPrefix("portillon ") }.joined(separator: "\n")
                }
        }

        /// Whom a block draws, by the lines that it prints.
        private func draw(_ block: String, in gateway: Gateway) throws -> [String] {
            let output = UUID().uuidString
            let process = try ChildProcess(
                ["/usr/bin/bash", "-c", "cd '\(gateway.directory.path("."))'\n" + block],
                environment: ["PATH": "/usr/bin:/bin", "SEED": "1"],
                output: gateway.directory.path(output),
                errors: gateway.directory.path("draw.errors"))
            #expect(process.wait(atMostSeconds: 60) == .exit(0))
            #expect(gateway.directory.text("draw.errors").isEmpty)
            return try gateway.directory.text(output).split(separator: "\n")
                .filter { $0.hasPrefix("{") }.map { line in
                    let entry = try JSONDecoder().decode(JSON.self, from: Data(line.utf8))
                    return try #require(entry["participant"]?.string)
                }
        }

        @Test(
            "people are drawn, and no robot's entry",
            .enabled(if: hasTools, "needs bash, jq, openssl and shuf"))
        func draws() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation(
                    "ete-2026", rule: "unlimited", settings: #""robots":"observe""#)
                let tool = [(name: "X-Vegeta-Seq", value: "1")]
                for entry in [
                    operation.entry("anna"), operation.entry("robot", fields: tool),
                    operation.entry("anna"), operation.entry("bert"),
                ] {
                    #expect(try gateway.post(entry).status == 201)
                }
                let file = gateway.directory.path("ete-2026.ndjson")
                let told = try gateway.say("export", "ete-2026", "--out", file)
                #expect(told.ending == .exit(0), "\(told)")
                #expect(gateway.directory.text("ete-2026.ndjson").contains(#""robots":true"#))
                let blocks = try Self.blocks()
                try #require(blocks.count == 2, "each participant once, and every entry")
                // Three are drawn: all that there are.
                #expect(try draw(blocks[0], in: gateway).sorted() == ["anna", "anna", "bert"])
                #expect(try draw(blocks[1], in: gateway).sorted() == ["anna", "anna", "bert"])
            }
        }
    }
}
