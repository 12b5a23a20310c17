import Bytes
import Cryptography
import Files
import TestSupport
import Testing

@testable import Log

@Suite("A start from a known place, and a reading from any record")
struct StartTests {
    /// The places between the batches of the small log, its end included.
    private func places(_ small: SmallLog) throws -> [LogPosition] {
        var places = [LogPosition.beginning]
        _ = try LogReader.read(directory: small.directory.log) { places.append($0.end) }
        return places
    }

    @Test("from each record on: the batch that it is in, and what follows")
    func anyRecord() throws {
        let small = try SmallLog()
        for sequence in 1...UInt64(17) {
            var read: [UInt64] = []
            let report = try LogReader.read(directory: small.directory.log, from: sequence) {
                read.append($0.header.firstSequence)
            }
            // Batches are of two records.
            let first = (sequence - 1) / 2 * 2 + 1
            #expect(read == Array(stride(from: first, to: 17, by: 2)), "record \(sequence)")
            #expect(report.nextSequence == 17)
        }
    }

    @Test("behind a known place the log opens without the segments before it")
    func knownPlace() throws {
        let all = try places(SmallLog())
        #expect(all.count == 9)
        for place in all {
            let small = try SmallLog()
            let older = try small.paths.filter { path in
                let name = path.split(separator: "/").last.map(String.init) ?? ""
                return try #require(LogFormat.firstSequence(ofName: name)) <= place.nextSequence
            }
            for path in older.dropLast() { try File.remove(path) }
            var replayed: [UInt64] = []
            let log = try Log.open(
                directory: small.directory.log, options: SmallLog.options, after: place,
                at: time(1)
            ) { replayed.append($0.header.firstSequence) }
            #expect(replayed == Array(stride(from: place.nextSequence, to: 17, by: 2)))
            #expect(log.nextSequence == 17)
            #expect(log.chain == all.last?.chain)
        }
    }

    @Test("a place that is not the log's is refused: another chain, within a batch, behind the end")
    func foreignPlaces() throws {
        let small = try SmallLog()
        let foreign = try places(SmallLog(fill: 0x5A))
        let own = try places(small)
        let within = own.dropLast().map {
            LogPosition(nextSequence: $0.nextSequence + 1, chain: $0.chain)
        }
        let behind = LogPosition(nextSequence: 19, chain: own[8].chain)
        for place in foreign.dropFirst() + within + [behind] {
            do {
                _ = try Log.open(
                    directory: small.directory.log, options: SmallLog.options, after: place,
                    at: time(1)
                ) { _ in }
                Issue.record("opens behind \(place)")
            } catch {
                guard case .positionMissing(let file, let found) = error else {
                    Issue.record("\(error)")
                    continue
                }
                #expect(file.hasPrefix(small.directory.log), "\(found)")
            }
        }
        #expect(outcome(small.directory.log) == .clean)
    }

    /// Sectors of a segment that a version before the first release wrote: its header, and a batch
    /// that says that it has started. What is not here is zero.
    private static let versionOne: [(offset: Int, text: String)] = [
        (
            0,
            "504f52545345474d0100000000020000000000040000000001000000000000000000000000000000"
                + "000000000000000000000000000000000000000000000000a689e724a2010000000010"
        ),
        (480, "23a8806d71aa43bb26a2ea5f86914c596f80b1defe5e19f56d0306c854d5a7f7"),
        (
            512,
            "504f5254424154430100000000000000010000004c000000148be724a20100000000000000000000"
                + "000000000000000000000000000000000000000000000000cd2d8d3bc4fac437024800007b226279"
                + "223a7b226e616d65223a2267617465776179222c22726f6c65223a2267617465776179227d2c2273"
                + "746172746564223a7b2276657273696f6e223a22302e312e30227d7d"
        ),
        (992, "8d22facab6a62d02576503495cf7b2f89c670d334ab245aec965afe186d41b6b"),
    ]

    private func segmentOfVersionOne() -> [UInt8] {
        var segment = bytes(1024, 0)
        for (offset, text) in Self.versionOne {
            let digits = Array(text)
            for place in stride(from: 0, to: digits.count, by: 2) {
                segment[offset + place / 2] =
                    UInt8(String(digits[place...(place + 1)]), radix: 16) ?? 0
            }
        }
        return segment
    }

    @Test("a journal of version 1 is refused with what to do, and not touched")
    func versionOne() throws {
        let directory = TemporaryDirectory()
        let path = directory.log + "/" + LogFormat.segmentName(firstSequence: 1)
        let segment = segmentOfVersionOne()
        try Folder.make(directory.log)
        try replace(path, segment)
        let expected = LogError.unsupportedVersion(file: path, version: 1)
        #expect(throws: expected) { _ = try openLog(directory.log) }
        #expect(throws: expected) { _ = try LogReader.read(directory: directory.log) { _ in } }
        #expect(expected.description.contains("format version 1"))
        #expect(expected.description.contains("new data folder"))
        #expect(!expected.description.contains("damaged"))
        #expect(try contents(path) == segment)
    }

    @Test("a journal of a later version is refused, and so is one whose version was changed")
    func otherVersions() throws {
        let small = try SmallLog()
        var header = Array(try contents(small.paths[0])[..<512])
        header[8] = 3
        try overwrite(small.paths[0], header, at: 0)
        #expect(outcome(small.directory.log) == .damaged)
        var sha = SHA256()
        let checksum = Array(header[..<480]).withBytes { sha.digest($0).bytes.array }
        header.replaceSubrange(480..., with: checksum)
        try overwrite(small.paths[0], header, at: 0)
        do {
            _ = try openLog(small.directory.log, SmallLog.options)
            Issue.record("opens a journal of version 3")
        } catch {
            #expect(error == .unsupportedVersion(file: small.paths[0], version: 3))
            #expect(error.description.contains("or a later one"))
        }
    }
}
