import Contract
import Testing
import Time

@testable import Ledger

@Suite("A step of the ladder")
struct LadderStepTests {
    private static let time = Timestamp(milliseconds: 1_795_176_000_000)

    private var step: LadderStep {
        LadderStep(
            operation: "x", kind: .suspend, isEnforced: true, rule: "C3", until: Self.time,
            since: Self.time, capacityPerSecond: 400, participants: 50_400, cover: 50_000)
    }

    @Test("a record from before the first release lacks two figures, and no other may differ")
    func older() {
        var recorded = step
        #expect(LedgerEvent.step(step).agrees(with: .step(recorded)))
        recorded.since = nil
        #expect(!LedgerEvent.step(step).agrees(with: .step(recorded)), "one of the two is there")
        recorded.capacityPerSecond = nil
        #expect(LedgerEvent.step(step).agrees(with: .step(recorded)))
        recorded.participants += 1
        #expect(!LedgerEvent.step(step).agrees(with: .step(recorded)))
        var other = step
        other.since = Self.time.advanced(byMilliseconds: 1)
        #expect(!LedgerEvent.step(step).agrees(with: .step(other)))
        #expect(
            !LedgerEvent.step(step).agrees(
                with: .coverNear(operation: "x", participants: 1, cover: 1)))
    }
}
