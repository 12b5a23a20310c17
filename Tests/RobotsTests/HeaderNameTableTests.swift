import Bytes
import Testing

@testable import Robots

@Suite("Header names are recognised in either case")
struct HeaderNameTableTests {
    private let ruleset = Ruleset.shipped

    private func find(
        _ name: String, _ table: HeaderNameTable
    ) -> HeaderNameTable.Found {
        // Once at the end of the bytes, once with more behind.
        let alone = name.withBytes { table.find($0, start: 0, count: $0.byteCount) }
        let padded = ("x" + name + ": something").withBytes {
            table.find($0, start: 1, count: name.utf8.count)
        }
        #expect(alone.number == padded.number && alone.isSpelled == padded.isSpelled)
        return alone
    }

    @Test("each name has its own number, and nothing near it has")
    func all() {
        let names = ruleset.headerNames
        let table = HeaderNameTable(names, spellings: ruleset.spellings)
        for (number, name) in names.enumerated() {
            #expect(find(name, table).number == UInt8(number))
            #expect(find(name.uppercased(), table).number == UInt8(number))
            for other in [name + "s", String(name.dropLast()), "x" + name, name + "-"]
            where !names.contains(other) {
                #expect(find(other, table).number == HeaderNameTable.unknown)
            }
            for index in name.indices {
                var other = name
                other.replaceSubrange(index...index, with: "~")
                #expect(find(other, table).number == HeaderNameTable.unknown)
            }
        }
        #expect(find("", table).number == HeaderNameTable.unknown)
    }

    @Test("a spelling is the browsers' or is not; names without one may be spelled as one likes")
    func spellings() {
        let table = HeaderNameTable(
            ["user-agent", "sec-ch-ua", "accept"], spellings: ["User-Agent", "sec-ch-ua"])
        #expect(find("User-Agent", table).isSpelled)
        #expect(!find("user-agent", table).isSpelled)
        #expect(!find("User-agent", table).isSpelled)
        #expect(find("sec-ch-ua", table).isSpelled)
        #expect(!find("Sec-CH-UA", table).isSpelled)
        #expect(find("ACCEPT", table).isSpelled)
        #expect(find("Unknown", table).isSpelled)
    }

    @Test("the checks' headers come first, by their numbers")
    func numbers() {
        let names = ruleset.headerNames
        for name in HeaderName.allCases { #expect(names[Int(name.rawValue)] == name.name) }
        #expect(names.count <= RulesetLimits.headers)
    }
}
