import Testing

@testable import Robots

@Suite("An operation's window knows what is usual")
struct OperationWindowTests {
    /// Counts new participants one after the other.
    /// - Returns: what the next would find.
    private func pass(
        _ count: Int, everyMilliseconds interval: UInt32, from now: inout UInt32,
        isCalm: Bool = true, in window: inout OperationWindow
    ) -> OperationWindow.Crowd {
        for _ in 0..<count {
            now &+= interval
            _ = window.enter(isCounted: true, isRepeated: false, isSampled: false, at: now)
            if isCalm { window.noteCalm() }
        }
        return window.enter(isCounted: false, isRepeated: false, isSampled: false, at: now)
    }

    @Test(
        "in an even crowd the usual is what came lately, across epochs of any kind",
        arguments: [UInt32(20), 400, 3_000])
    func even(_ interval: UInt32) {
        var window = OperationWindow()
        var now: UInt32 = 123_456_789
        let crowd = pass(18_000, everyMilliseconds: interval, from: &now, in: &window)
        #expect(abs(crowd.usual / crowd.recent - 1) < 0.05)
        #expect(crowd.calm == crowd.recent)
    }

    @Test("in a rush many more come than is usual; those of a burst are not among the calm")
    func rush() {
        var window = OperationWindow()
        var now: UInt32 = 5
        _ = pass(1_000, everyMilliseconds: 2_000, from: &now, in: &window)
        let rush = pass(500, everyMilliseconds: 10, from: &now, in: &window)
        #expect(rush.calm > 4 * rush.usual)
        let burst = pass(2_000, everyMilliseconds: 10, from: &now, isCalm: false, in: &window)
        #expect(burst.calm < rush.calm && burst.recent > 2_000)
    }

    @Test("after days of silence nothing is left of a crowd")
    func silence() {
        var window = OperationWindow()
        var now: UInt32 = 0xFFFF_0000
        let before = pass(4_000, everyMilliseconds: 500, from: &now, in: &window)
        #expect(before.participants > 1_000)
        now &+= 200_000_000
        let after = window.enter(isCounted: true, isRepeated: false, isSampled: false, at: now)
        #expect(after.participants < 1 && after.recent < 1 && after.milliseconds < 1_000)
        #expect(after.epoch &- before.epoch == 20)
    }
}
