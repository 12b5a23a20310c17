import Ledger
import Testing
import Time

@testable import Gateway

@Suite("Entries that waited in place of work are let in one at a time")
struct WaitTurnsTests {
    private static let expires: UInt32 = 1_795_176_600

    private static func mark(_ number: UInt64) -> Fingerprint { Fingerprint(high: 1, low: number) }
    private static func time(_ seconds: Int64) -> Timestamp {
        Timestamp(milliseconds: (1_795_176_000 + seconds) * 1_000)
    }

    @Test("a second one is told when its turn may be, and has it then")
    func second() {
        var turns = WaitTurns()
        #expect(turns.take(Self.mark(1), expires: Self.expires, at: Self.time(0)) == nil)
        for second in 1...4 as ClosedRange<Int64> {
            let next = turns.take(Self.mark(2), expires: Self.expires, at: Self.time(second))
            #expect(next == Self.time(5))
        }
        #expect(turns.take(Self.mark(2), expires: Self.expires, at: Self.time(5)) == nil)
    }

    @Test("one challenge has one turn: sent again and again, it keeps nobody else waiting")
    func again() {
        var turns = WaitTurns()
        let first = Self.mark(1)
        var waited = 0
        for second in 0..<300 as Range<Int64> {
            // Each second before anybody else: it may come again, and that moves nothing.
            #expect(turns.take(first, expires: Self.expires, at: Self.time(second)) == nil)
            let other = Self.mark(2 + UInt64(second) / 5)
            if turns.take(other, expires: Self.expires, at: Self.time(second)) != nil {
                waited += 1
            }
        }
        #expect(waited == 5, "the first five seconds alone")
    }

    @Test("what has expired is forgotten")
    func bounded() {
        var turns = WaitTurns()
        for number in 0..<1_000 as Range<Int64> {
            let now = Self.time(number * 5)
            let expires = UInt32(now.milliseconds / 1_000) + 600
            #expect(turns.take(Self.mark(UInt64(number)), expires: expires, at: now) == nil)
            #expect(turns.count <= 121)
        }
    }
}
