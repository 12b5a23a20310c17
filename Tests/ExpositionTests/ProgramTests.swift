import Bytes
import Exposition
import Foundation
import Testing

@Suite("Other programs", .serialized)
struct ProgramTests {
    @Test("gzip reads what was compressed, one answer after another with one compressor")
    func gzipReads() throws {
        var seed = UInt64.random(in: .min ... .max)
        print("gzipReads: seed \(seed)")
        var noise: [UInt8] = []
        for _ in 0..<200_000 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            noise.append(UInt8(seed >> 56))
        }
        let texts = [
            [], [0x41], [UInt8](Sample.text(.openMetrics).utf8), noise,
            [UInt8](repeating: 0x61, count: 3_000_000),
        ]
        for level in [1, 6, 9] {
            var gzip = try Gzip(level: level)
            for text in texts {
                var output = ByteBuffer(capacity: 16)
                output.append("before")
                try unsafe gzip.compress(text.span.bytes, into: &output)
                #expect(output.bytes.extracting(0..<6).text == "before")
                let member = output.bytes.extracting(6..<output.count).array
                let (status, read) = try run("/usr/bin/env", ["gzip", "-dc"], member)
                #expect(status == 0)
                #expect(read == text)
            }
        }
    }

    @Test("promtool, where it is installed, finds nothing to say about Prometheus' text")
    func promtoolReads() throws {
        let candidates = ["/usr/bin/promtool", "/usr/local/bin/promtool", "/bin/promtool"]
        guard let promtool = candidates.first(where: FileManager.default.isExecutableFile) else {
            print("promtoolReads: skipped, promtool is not installed (Debian package prometheus)")
            return
        }
        let text = [UInt8](Sample.text(.prometheus).utf8)
        let (status, said) = try run(promtool, ["check", "metrics"], text)
        #expect(status == 0)
        #expect(String(decoding: said, as: UTF8.self) == "")
        let broken = [UInt8]("a{b=\"c} 1\n".utf8)
        #expect(try run(promtool, ["check", "metrics"], broken).status != 0)
    }

    /// Runs a program on some input: its status, and what it wrote to either output.
    private func run(
        _ path: String, _ arguments: [String], _ input: [UInt8]
    ) throws -> (status: Int32, output: [UInt8]) {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("portillon-exposition-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // Temporary in any case.
        let source = folder.appendingPathComponent("input")
        let target = folder.appendingPathComponent("output")
        try Data(input).write(to: source)
        try Data().write(to: target)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardInput = try FileHandle(forReadingFrom: source)
        let output = try FileHandle(forWritingTo: target)
        process.standardOutput = output
        process.standardError = output
        try process.run()
        process.waitUntilExit()
        return (process.terminationStatus, [UInt8](try Data(contentsOf: target)))
    }
}
