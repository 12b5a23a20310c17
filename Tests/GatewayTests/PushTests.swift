import Addresses
import Bytes
import Cryptography
import Ledger
import Testing

@testable import Gateway

@Suite("Who pushes is counted in bounded room")
struct PushTests {
    /// A meter with its board, as the sequencer has them.
    private struct Sources: ~Copyable {
        let board = SourceBoard(operations: 4)
        var meter: SourceMeter

        init() { meter = SourceMeter(board, random: SystemRandom()) }

        mutating func accept(_ source: String, times: Int = 1, of operation: UInt32 = 0) {
            for number in 0..<times {
                source.withBytes {
                    _ = meter.count(
                        $0, of: operation, accepted: UInt64(number) + 1, minimum: .max, at: 1_000)
                }
            }
        }

        func counts(of operation: UInt32 = 0) -> [String: UInt64] {
            let tags = board.tags(of: operation)
            let counts = board.counts(tags.count, of: operation)
            var found = ["": counts[0]]
            for (tag, count) in zip(tags, counts.dropFirst()) { found[tag.source] = count }
            return found
        }
    }

    @Test("declared tags have counts of their own, the rest is counted together")
    func tags() {
        var sources = Sources()
        sources.meter.name(["tv", "mail"], isDeclared: true, of: 0)
        sources.accept("tv", times: 5)
        sources.accept("x", times: 3)
        sources.accept("tv", times: 2, of: 1)
        sources.meter.countUntagged(of: 0)
        #expect(sources.counts() == ["": 4, "tv": 5, "mail": 0])
        #expect(sources.counts(of: 1) == ["": 2], "another operation's tag")
    }

    @Test("a tag that is named while its entries come is counted by itself from then on")
    func namedLater() {
        var sources = Sources()
        sources.accept("tv", times: 10)
        sources.meter.name(["tv"], isDeclared: false, of: 0)
        sources.accept("tv", times: 4)
        #expect(sources.counts() == ["": 10, "tv": 4])
        sources.meter.name(["tv"], isDeclared: true, of: 0)
        sources.accept("tv", times: 1)
        let tag = sources.board.tags(of: 0).first
        #expect(tag?.isDeclared == true && tag?.before == 4, "what it had stays among the others")
        #expect(sources.counts() == ["": 10, "tv": 5])
    }

    @Test("an operation has so many tags; further ones are counted with the rest")
    func bounded() {
        var sources = Sources()
        let names = (0..<100).map { "tag-\($0)" }
        sources.meter.name(names, isDeclared: true, of: 2)
        for name in names { sources.accept(name, of: 2) }
        let counts = sources.counts(of: 2)
        #expect(counts.count == SourceBoard.maximumTags + 1)
        #expect(counts[""] == UInt64(100 - SourceBoard.maximumTags))
        #expect(counts.values.reduce(0, +) == 100)
    }

    @Test("answer times: every bound holds the values up to it")
    func times() {
        let meter = OperationMeter(lanes: 2, operations: 3)
        for bound in EntryTimes.bounds {
            for value in (bound - 1)...(bound + 1) {
                meter.recordAnswer(nanoseconds: value, of: 1, lane: 1)
            }
        }
        meter.recordAnswer(nanoseconds: 0, of: 1, lane: 0)
        let times = meter.times(of: 1)
        #expect(times.count == UInt64(3 * EntryTimes.bounds.count + 1))
        for (index, (bound, count)) in times.cumulative.enumerated() {
            #expect(bound == EntryTimes.bounds[index] && count == UInt64(3 * index + 3))
        }
        #expect(times.nanoseconds == EntryTimes.bounds.reduce(0) { $0 + 3 * $1 })
        #expect(meter.times(of: 0) == EntryTimes() && meter.times(of: 2) == EntryTimes())
        #expect(EntryTimes().quantile(0.5) == nil)
        var few = EntryTimes()
        few.counts[0] = 98
        few.counts[8] = 2
        #expect(few.quantile(0.5).map { $0 < 0.0005 } == true)
        #expect(few.quantile(0.99).map { (0.1...0.25).contains($0) } == true)
    }

    @Test("what is no acceptance and no ticket has a reason, and each reason one code")
    func reasons() {
        let codes = RefusalCause.allCases.map { "\($0.code)" }
        #expect(Set(codes).count == codes.count)
        for verdict in EntryVerdict.allCases {
            let isTaken = [
                .accepted, .repeated, .waiting, .waitingPastClosing, .waitingForOpening,
            ].contains(verdict)
            #expect((RefusalCause(verdict) == nil) == (isTaken || verdict == .refused))
        }
        let meter = OperationMeter(lanes: 1, operations: 2)
        for (number, cause) in RefusalCause.allCases.enumerated() {
            for _ in 0...number { meter.count(cause, of: 1, lane: 0) }
        }
        for (number, cause) in RefusalCause.allCases.enumerated() {
            #expect(meter.refusals(cause, of: 1) == UInt64(number) + 1)
            #expect(meter.refusals(cause, of: 0) == 0)
        }
        #expect(meter.times(of: 1) == EntryTimes())
    }

    @Test("refused tokens: once a minute, networks instead of addresses, so many of them")
    func tokens() throws {
        let refused = RefusedTokens()
        for number in 0..<1_000 {
            // 250 networks of four addresses each.
            let address = IPAddress(ipv4: UInt32(0xC000_0200 + number / 4 * 256 + number % 4))
            refused.record(.unknown, from: address)
        }
        let due = try #require(refused.due(at: 1))
        let maximum = RefusalTally<RefusedTokens.Knock>.maximumRows
        #expect(due.rows.count == maximum)
        #expect(due.rows.allSatisfy { $0.count == 4 })
        #expect(due.others == 1_000 - 4 * UInt64(maximum))
        #expect(due.rows.first?.key.network.networkText == "192.0.2.0/24")
        #expect(refused.count(of: .unknown) == 1_000 && refused.count(of: .missing) == 0)
        let address = IPAddress(high: 0x2001_0DB8_0001_0002, low: 3)
        refused.record(.role, from: address, name: "marie")
        #expect(refused.due(at: 59_000_000_000) == nil, "the last line is less than a minute old")
        let later = try #require(refused.due(at: 61_000_000_000))
        #expect(later.rows.first?.key.network.networkText == "2001:db8:1::/48")
        #expect(later.rows.first?.key.name == "marie" && later.others == 0)
        #expect(refused.due(at: 200_000_000_000) == nil, "nothing since")
    }

    @Test("foreign origins: once a minute, by operation, so many bytes of each, printable ones")
    func origins() throws {
        let refused = ForeignOrigins()
        let long = "https://" + String(repeating: "x", count: 300)
        for (origin, operation) in [("a b", 0), ("a b", 0), ("a b", 1), (long, 0), (long + "y", 0)]
        {
            origin.withBytes { refused.record($0, of: UInt32(operation)) }
        }
        let due = try #require(refused.due(at: 1))
        // A text that is not printable is another one than what is kept of it.
        #expect(due.rows.map(\.key.operation) == [0, 0, 1, 0])
        #expect(due.rows.last?.count == 2 && due.others == 0)
        #expect(due.rows.last?.key.origin.utf8.count == ForeignOrigins.originBytes)
        #expect(due.rows.first?.key.origin == "a?b")
    }

    @Test("the journal's rate is what was written over the last ten minutes")
    func journal() {
        let second: UInt64 = 1_000_000_000
        let use = JournalUse(at: 0)
        #expect(use.bytesPerSecond(at: 10 * second) == 0)
        use.record(batchBytes: 100, unused: 5_000)
        #expect(use.writtenBytes == 512 && use.unusedBytes == 5_000, "whole sectors")
        #expect(use.bytesPerSecond(at: second) == 512)
        for beat in 1...200 {
            use.record(batchBytes: 5_120, unused: 0)
            use.note(at: UInt64(beat) * 10 * second)
        }
        #expect(use.bytesPerSecond(at: 2_000 * second) == 512, "5,120 in ten seconds")
        #expect(use.bytesPerSecond(at: 4_000 * second) < 200, "it is over")
    }
}
