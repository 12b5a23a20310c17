import Cluster
import Testing

@testable import Gateway

@Suite("A leader whose clock is set while it leads")
struct LeaderClockTests {
    /// Looks each five seconds.
    /// - Parameter error: milliseconds at that second.
    /// - Returns: the findings that are no `fit`, by their second.
    private func found(_ seconds: Int, _ error: (Int) -> Int64) -> [Int: LeaderClock.Finding] {
        var clock = LeaderClock()
        var found: [Int: LeaderClock.Finding] = [:]
        for second in stride(from: 0, to: seconds, by: 5) {
            let finding = clock.look(
                error: error(second), at: 7_000_000_000 + UInt64(second) * 1_000_000_000)
            if finding != .fit { found[second] = finding }
        }
        return found
    }

    @Test("another node is to lead after 15 s, before the log believes it; then each minute")
    func isUnfit() {
        let ahead: Int64 = 5 * 3_600_000
        #expect(
            found(100) { $0 < 10 ? 0 : ahead }
                == [10: .isOff, 25: .isUnfit, 85: .isUnfit])
        #expect(found(30) { _ in -2_001 } == [0: .isOff, 15: .isUnfit])
    }

    @Test("what passes is said, and nothing is handed over; up to two seconds is right")
    func passes() {
        #expect(
            found(60) { (10...15).contains($0) ? 3_000 : 0 } == [10: .isOff, 20: .isRightAgain])
        #expect(found(60) { _ in 2_000 }.isEmpty)
    }

    @Test("the others' clocks tell: the leader's own is off where both others are, by as much")
    func median() {
        func member(_ node: String, _ offset: Int64) -> ClusterMember {
            ClusterMember(node: node, position: 9, clockOffset: offset, silentMilliseconds: 0)
        }
        let off = [member("a", 0), member("b", -18_000_000), member("c", -18_000_020)]
        #expect(off.clockError(of: "a") == 18_000_000)
        #expect(off.successor(of: "a", at: 9)?.node == "b")
    }
}
