import Cryptography
import Ledger
import Testing
import Time

@testable import Gateway

@Suite("Entries that were stored shortly before midnight")
struct LastOfDayTests {
    private static let kept = LastOfDay.keptMilliseconds(answerSeconds: 5)

    private func command(_ leaf: UInt64) -> EntryCommand {
        EntryCommand(
            operation: 0, key: 0, participant: Fingerprint(high: 1, low: 1), leaf: leaf)
    }

    @Test("an entry is known by its leaf for as long as it may be sent again, and no longer")
    func found() {
        var last = LastOfDay()
        let entry = EntryNumber(rawValue: 9)
        let now = Timestamp(milliseconds: 1_000_000)
        last.note(command(7), entry, 3, keptMilliseconds: Self.kept, at: now)
        let soon = now.advanced(byMilliseconds: Self.kept)
        let found = last.find(command(7), keptMilliseconds: Self.kept, at: soon)
        #expect(found?.entry == entry && found?.participant == 3)
        #expect(last.find(command(8), keptMilliseconds: Self.kept, at: soon) == nil)
        let late = now.advanced(byMilliseconds: 2 * Self.kept + 1)
        #expect(last.find(command(7), keptMilliseconds: Self.kept, at: late) == nil)
        #expect(last.isEmpty)
    }

    @Test("a node that is asked for none of them forgets those of earlier days all the same")
    func forgets() {
        var last = LastOfDay()
        let days = (1...3).map { Timestamp(milliseconds: $0 * 86_400_000) }
        for (leaf, day) in days.enumerated() {
            last.note(
                command(UInt64(leaf)), EntryNumber(rawValue: UInt64(leaf + 1)), 1,
                keptMilliseconds: Self.kept, at: day)
        }
        let found = days.indices.map {
            last.find(command(UInt64($0)), keptMilliseconds: Self.kept, at: days[2]) != nil
        }
        #expect(found == [false, false, true])
    }
}
