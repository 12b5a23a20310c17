import Bytes
import Testing

@testable import Ledger

@Suite("What speaks for a robot, in an entry's record")
struct RobotEvidenceTests {
    /// An item with two findings: a tool's name, and a rhythm.
    private func item() -> ByteBuffer {
        var item = ByteBuffer(capacity: 256)
        RobotEvidenceRecord.append(
            rulesetVersion: 7, rulesetDigest: 0x0807_0605_0403_0201, headWeight: 9_200,
            behaviourWeight: -450, omitted: 3, to: &item)
        let isAppended = "load-tool".withBytes { rule in
            "hey".withBytes {
                RobotFindings.append(layer: 1, weight: 9_200, rule: rule, tool: $0, to: &item)
            }
        }
        #expect(isAppended)
        RobotFindings.append(
            layer: 3, weight: -450, observed: 38, rule: "rhythm_pace", to: &item)
        return item
    }

    @Test("is read as it was written")
    func roundTrip() throws {
        let item = item()
        let read = try RobotEvidenceRecord(reading: item.bytes)
        #expect(read.rulesetVersion == 7 && read.digestText == "0102030405060708")
        #expect(read.headWeight == 9_200 && read.behaviourWeight == -450 && read.omitted == 3)
        #expect(
            read.findings == [
                .init(layer: 1, weight: 9_200, observed: 0, rule: "load-tool", tool: "hey"),
                .init(layer: 3, weight: -450, observed: 38, rule: "rhythm_pace", tool: nil),
            ])
        var extensions = ByteBuffer(capacity: 512)
        extensions.append(EntryExtensions.evidenceTag)
        extensions.append(littleEndian: UInt16(item.count))
        extensions.append(item.bytes)
        EntryExtensions.append(secondKey: .person(1), to: &extensions)
        let found = try EntryExtensions.evidence(in: extensions.bytes)
        #expect(found == read)
        var command = EntryCommand(operation: 0, key: 0, participant: .person(1))
        try EntryExtensions.read(extensions.bytes, into: &command)
        #expect(command.secondKey == .person(1))
        let none = try EntryExtensions.evidence(in: RawSpan())
        #expect(none == nil)
    }

    @Test("no part of it alone, and no byte more, is one")
    func malformed() throws {
        let whole = item().bytes.array
        let first = RobotEvidenceRecord.headBytes + 11 + 9 + 3
        for length in 0..<whole.count {
            let isItem = length == RobotEvidenceRecord.headBytes || length == first
            #expect(Self.isItem(Array(whole[..<length])) == isItem, "\(length)")
        }
        #expect(Self.isItem(whole))
        #expect(!Self.isItem(whole + [0]))
        #expect(!Self.isItem(whole + [5] + whole.suffix(20)))
    }

    private static func isItem(_ bytes: [UInt8]) -> Bool {
        bytes.withBytes { item in
            do throws(EntryRecordError) {
                try RobotEvidenceRecord.check(item)
                return true
            } catch {
                return false
            }
        }
    }

    @Test("findings end where their room does")
    func room() {
        var findings = ByteBuffer(capacity: 2_048)
        let name = [UInt8](repeating: 0x61, count: RobotFindings.nameBytes)
        var count = 0
        while name.withBytes({
            RobotFindings.append(layer: 2, weight: 1, rule: $0, tool: $0, to: &findings)
        }) { count += 1 }
        #expect(count == 7)
        #expect(findings.count + RobotEvidenceRecord.headBytes <= LedgerLimits.evidenceBytes)
    }
}
