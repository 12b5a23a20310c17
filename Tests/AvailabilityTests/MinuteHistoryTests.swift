import Availability
import Foundation
import TestSupport
import Testing
import Time

@Suite("The minutes as they were recorded")
struct MinuteHistoryTests {
    private let first = Minute(containing: utc(2026, 11, 1))

    private func span(_ from: Int64, _ to: Int64) -> Range<Minute> {
        first.advanced(by: from)..<first.advanced(by: to)
    }

    @Test("Minutes that nobody recorded in between are unmeasured")
    func gaps() {
        var history = MinuteHistory()
        #expect(history.record(.accessible, at: first) == true)
        #expect(history.record(.notAccessible, at: first.advanced(by: 5)) == true)
        #expect(history.end == first.advanced(by: 6))
        #expect(history.minutes(.unmeasured, in: span(-10, 10)) == RangeSet(span(1, 5)))
        #expect(history.minutes(.accessible, in: span(-10, 10)) == RangeSet(span(0, 1)))
        #expect(history.minutes(.notAccessible, in: span(0, 5)).isEmpty)
    }

    @Test("A minute is recorded once: a second record changes nothing")
    func once() {
        var history = MinuteHistory.of(.notAccessible, utc(2026, 11, 1)..<utc(2026, 11, 2))
        let before = history
        #expect(history.record(.accessible, at: first.advanced(by: 7)) == false)
        #expect(history.record(.accessible, at: first.advanced(by: 1_439)) == false)
        #expect(history.record(.accessible, at: first.advanced(by: -1)) == false)
        #expect(history == before)
    }

    @Test("A month of one state takes six bytes, the worst month 87 KiB")
    func size() {
        let month = utc(2026, 10, 1)..<utc(2026, 11, 1)
        #expect(MinuteHistory.of(.accessible, month).byteCount == 6)
        var worst = MinuteHistory()
        for number in Int64(0)..<44_640 {
            _ = worst.record(
                number % 2 == 0 ? .accessible : .notAccessible, at: first.advanced(by: number))
        }
        #expect(worst.byteCount == 89_280)
    }

    @Test("What is older than 400 days is forgotten, and a leap of the clock makes no room for it")
    func bounds() {
        var history = MinuteHistory()
        let slack: Int64 = 1_441
        for number in stride(from: 0, to: 2 * MinuteHistory.maximumMinutes, by: 60) {
            _ = history.record(.accessible, at: first.advanced(by: number))
            let kept = history.end.number - history.start.number
            #expect(kept <= MinuteHistory.maximumMinutes + slack)
        }
        let far = Minute(containing: utc(9_000, 1, 1))
        #expect(history.record(.notAccessible, at: far) == true)
        #expect(history.start == far)
        #expect(history.byteCount == 2)
    }

    @Test("It says of each minute what a plain table of minutes says")
    func againstTable() {
        var random = SeededGenerator.printed()
        for _ in 0..<8 {
            var history = MinuteHistory()
            var table: [Int64: MinuteState] = [:]
            var minute = Int64.random(in: 0..<100, using: &random)
            var forgotten = Int64.min
            for _ in 0..<40 {
                minute += [0, 0, 0, 1, 1, 1_000, 20_000].randomElement(using: &random) ?? 0
                let state = MinuteState.allCases.randomElement(using: &random) ?? .unmeasured
                let length = Int64.random(in: 1...600, using: &random)
                for number in minute..<minute + length {
                    #expect(history.record(state, at: first.advanced(by: number)) == true)
                    table[number] = state
                }
                minute += length
                if Int.random(in: 0..<8, using: &random) == 0 {
                    forgotten = max(forgotten, minute - Int64.random(in: 1...2_000, using: &random))
                    history.removeMinutes(before: first.advanced(by: forgotten))
                }
            }
            compare(history, table, forgotten, upTo: minute)
        }
    }

    private func compare(
        _ history: MinuteHistory, _ table: [Int64: MinuteState], _ forgotten: Int64,
        upTo end: Int64
    ) {
        let all = span(-10, end + 10)
        let sets = MinuteState.allCases.map { ($0, history.minutes($0, in: all)) }
        let start = max(table.keys.min() ?? 0, forgotten)
        var differing = 0
        for number in Int64(-10)..<end + 10 {
            let isKept = number >= start && number < end
            let expected = isKept ? table[number] ?? .unmeasured : nil
            let found = sets.filter { $0.1.contains(first.advanced(by: number)) }.map(\.0)
            if found != (expected.map { [$0] } ?? []) { differing += 1 }
        }
        #expect(differing == 0)
    }

    @Test("It comes back from JSON as it was, and words that are none do not")
    func json() throws {
        var history = MinuteHistory.of(.accessible, utc(2026, 11, 1)..<utc(2026, 11, 20))
        _ = history.record(.notAccessible, at: first.advanced(by: 50_000))
        let data = try JSONEncoder().encode(history)
        #expect(try JSONDecoder().decode(MinuteHistory.self, from: data) == history)
        for runs in ["[0]", "[49153]", "[16384]"] {
            let text = #"{"start":5,"runs":\#(runs)}"#
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode(MinuteHistory.self, from: Data(text.utf8))
            }
        }
    }
}
