import Bytes
import Cryptography
import Ledger
import Testing

@testable import Gateway

@Suite("Campaign tags are counted in bounded room")
struct SourceMeterTests {
    /// The meter, and what it told.
    private struct Counting: ~Copyable {
        let board = SourceBoard(operations: 4)
        var meter: SourceMeter
        var told: [SourceMeter.Candidate] = []
        var accepted: UInt64 = 0

        init() { meter = SourceMeter(board, random: SystemRandom()) }

        mutating func count(
            _ source: String, times: Int = 1, of operation: UInt32 = 0, at now: UInt64 = 1_000
        ) {
            for _ in 0..<times {
                accepted += 1
                let candidate = source.withBytes {
                    meter.count($0, of: operation, accepted: accepted, minimum: 100, at: now)
                }
                if let candidate { told.append(candidate) }
            }
        }
    }

    @Test("a tag is told when it has brought as many as asked for, and when they have doubled")
    func threshold() {
        var counting = Counting()
        counting.count("tv", times: 99)
        #expect(counting.told.isEmpty)
        counting.count("tv", times: 500)
        #expect(counting.told.map(\.source) == ["tv", "tv", "tv"])
        #expect(counting.told.map(\.entries) == [100, 200, 400])
        #expect(counting.told.first?.acceptedBefore == 0)
    }

    @Test("tags of different operations are different tags")
    func operations() {
        var counting = Counting()
        for _ in 0..<99 {
            counting.count("tv", of: 1)
            counting.count("tv", of: 2)
        }
        #expect(counting.told.isEmpty)
        counting.count("tv", of: 2)
        #expect(counting.told.map(\.operation) == [2])
    }

    @Test("a window begins anew after ten seconds; what was reported is told again after minutes")
    func windows() {
        var counting = Counting()
        counting.count("tv", times: 60, at: 1_000)
        counting.count("tv", times: 60, at: 12_000)
        #expect(counting.told.isEmpty, "120, but not within one window")
        counting.count("tv", times: 40, at: 13_000)
        #expect(counting.told.count == 1)
        for candidate in counting.told {
            counting.meter.recordReport(of: candidate, at: 13_000)
        }
        counting.count("tv", times: 150, at: 30_000)
        #expect(counting.told.count == 1)
        counting.count("tv", times: 150, at: 312_999)
        #expect(counting.told.count == 1)
        counting.count("tv", times: 150, at: 330_000)
        #expect(counting.told.count == 2)
    }

    @Test("what comes around the end of a window counts together, from its first entry on")
    func straddling() {
        var counting = Counting()
        counting.count("tv", at: 1_000)
        counting.count("tv", times: 60, at: 10_900)
        counting.count("tv", times: 60, at: 12_900)
        #expect(counting.told.map(\.entries) == [100])
        #expect(counting.told.first?.acceptedBefore == 1, "the first is out of the window")
        counting.count("tv", times: 99, at: 30_000)
        #expect(counting.told.count == 1)
    }

    @Test("where each entry has a tag of its own, the one in hand is told")
    func tagsOfTheirOwn() {
        var counting = Counting()
        counting.count("a", times: 20)
        for number in 0..<179 { counting.count("own-\(number)") }
        #expect(counting.told.isEmpty, "the one that brought most may come again")
        counting.count("own-last")
        #expect(counting.told.map(\.source) == ["own-last"])
        #expect(counting.told.first?.undeclaredEntries == 200)
    }

    @Test("undeclared tags add up; the one that brought most is told, with the sum")
    func together() {
        var counting = Counting()
        for number in 0..<99 { counting.count(number % 3 == 0 ? "radio" : "tv") }
        #expect(counting.told.isEmpty)
        counting.count("radio")
        #expect(counting.told.isEmpty, "it is not the one that brought most")
        counting.count("tv")
        #expect(counting.told.map(\.source) == ["tv"])
        #expect(counting.told.first?.entries == 67)
        #expect(counting.told.first?.undeclaredEntries == 101)
    }

    @Test("a declared tag is never told, and does not count among the undeclared")
    func declared() {
        var counting = Counting()
        counting.meter.name(["mail"], isDeclared: true, of: 0)
        counting.count("mail", times: 1_000)
        counting.count("tv", times: 99)
        #expect(counting.told.isEmpty)
        counting.count("tv")
        #expect(counting.told.map(\.source) == ["tv"])
        #expect(counting.told.first?.acceptedBefore == 1_000)
    }

    @Test("a withdrawn tag is undeclared again, and told at once")
    func withdrawn() {
        var counting = Counting()
        counting.meter.name(["tv"], isDeclared: true, of: 0)
        counting.count("tv", times: 500)
        counting.meter.name([], isDeclared: true, of: 0)
        counting.count("tv", times: 100)
        #expect(counting.told.map(\.source) == ["tv"])
    }

    @Test("another spelling of a declared tag does not count among the undeclared")
    func spelling() {
        var counting = Counting()
        counting.count("TV", times: 100)
        for candidate in counting.told { counting.meter.recordSpelling(candidate) }
        counting.count("TV", times: 500)
        #expect(counting.told.map(\.source) == ["TV"])
        counting.count("radio", times: 100)
        #expect(counting.told.map(\.source) == ["TV", "radio"])
        #expect(counting.told.last?.undeclaredEntries == 100)
    }

    @Test("an operation whose tags are new each time has its share of the reports, and no more")
    func share() {
        var counting = Counting()
        for number in 0..<40 {
            let window = 1_000 + UInt64(number) * 10_000
            counting.count("tag-\(number)", times: 100, at: window)
            for candidate in counting.told.suffix(1) {
                counting.meter.recordReport(of: candidate, at: window)
            }
        }
        let own = Set(counting.told.map(\.source))
        #expect(own.count == 16)
        counting.count("tv", times: 100, of: 1, at: 500_000)
        #expect(counting.told.last?.operation == 1, "another operation has its own")
        counting.count("late", times: 100, at: 3_700_000)
        #expect(counting.told.last?.source == "late", "an hour later it has a share again")
    }

    @Test("a flood of invented tags hides no real one")
    func flood() {
        var counting = Counting()
        for number in 0..<20_000 {
            counting.count("invented-\(number)")
            if number % 20 == 0 { counting.count("tv") }
        }
        #expect(!counting.told.isEmpty && counting.told.allSatisfy { $0.source == "tv" })
    }
}
