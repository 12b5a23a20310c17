import Ledger
import Testing
import Time

@testable import Gateway

@Suite("Uses of suspected keys and tokens")
struct SuspectedUsesTests {
    private let noon = Timestamp(milliseconds: 1_795_176_000_000)

    @Test("are counted by each loop for itself, and read as one; the last of all is the last")
    func count() {
        let uses = SuspectedUses(lanes: 3)
        #expect(uses.uses(of: .key(0)) == SuspectedUses.Uses())
        let last = noon.advanced(byMilliseconds: 5)
        uses.record(.key(7), at: last, lane: 0)
        uses.record(.key(7), at: noon, lane: 1)
        uses.record(.token(7), at: noon, lane: 2)
        #expect(uses.uses(of: .key(7)) == SuspectedUses.Uses(count: 2, last: last))
        #expect(uses.uses(of: .token(7)) == SuspectedUses.Uses(count: 1, last: noon))
        #expect(uses.uses(of: .key(8)) == SuspectedUses.Uses())
        #expect(uses.total == 3)
    }

    @Test("the last key and the last token have words of their own")
    func bounds() {
        let uses = SuspectedUses(lanes: 2)
        let key = SuspectedUses.Subject.key(UInt32(LedgerLimits.keys - 1))
        let token = SuspectedUses.Subject.token(UInt32(LedgerLimits.tokens - 1))
        for lane in 0..<2 {
            uses.record(key, at: noon, lane: lane)
            uses.record(token, at: noon, lane: lane)
        }
        #expect(uses.uses(of: key).count == 2 && uses.uses(of: token).count == 2)
        #expect(uses.uses(of: .token(0)).count == 0 && uses.total == 4)
    }
}
