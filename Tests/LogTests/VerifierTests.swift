import Bytes
import Cryptography
import Glibc
import TestSupport
import Testing

@testable import Log

@Suite("A verifier written from FORMAT.md alone finds the same")
struct VerifierTests {
    /// The verifier's exit status and first word; nil where there is no python3.
    func verify(_ directory: String) -> (status: Int32, words: [String])? {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let command = "python3 /\(root)/loadtests/verify-journal.py \(directory)"
        guard let pipe = unsafe popen(command, "r") else { return nil }
        var line = [CChar](repeating: 0, count: 1024)
        let read = unsafe fgets(&line, 1024, pipe)
        let status = unsafe pclose(pipe)
        guard unsafe read != nil else { return nil }
        let text = String(
            decoding: line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) },
            as: UTF8.self)
        return (status >> 8, text.split(separator: " ").map(String.init))
    }

    @Test("good, torn and damaged journals")
    func sameFindings() throws {
        let small = try SmallLog()
        let directory = small.directory.log
        guard let first = verify(directory) else {
            print("skipped: no python3 to run the independent verifier with")
            return
        }
        let report = try readAll(directory).1
        #expect(first.status == 0)
        #expect(
            first.words == [
                "ok", "3", "\(report.batches)", "16", "17", report.chain.hexadecimal, "0",
            ])
        let words: [Outcome: String] = [
            .clean: "ok", .torn: "torn", .damaged: "damaged",
        ]
        let seed = Random.word()
        print("verifier test: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        var seen: Set = ["ok"]
        for round in 0..<24 {
            let path = small.paths[round % 3 == 0 ? round / 3 % 3 : 2]
            let good = try contents(path)
            if round % 4 == 3 {
                let length = Int.random(in: 0..<4096, using: &random)
                #expect(unsafe truncate(path, off_t(length)) == 0)
            } else {
                let start = Int.random(in: 0..<3584, using: &random)
                let fill: UInt8 = round % 4 == 0 ? 0 : 0x41
                let sector = start / 512 * 512
                try overwrite(path, bytes(round % 4 == 2 ? 1 : 512, fill), at: sector)
            }
            let result = outcome(directory)
            let found = verify(directory)
            #expect(found?.words.first == words[result], "seed \(seed), round \(round)")
            #expect(found?.status == (result == .damaged ? 74 : 0))
            seen.insert(found?.words.first ?? "")
            try replace(path, good)
        }
        #expect(seen.count >= 2)
    }
}
