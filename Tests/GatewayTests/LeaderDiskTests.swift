import Cluster
import Testing

@testable import Gateway

@Suite("A leader whose own disk takes nothing")
struct LeaderDiskTests {
    /// Looks four times a second.
    /// - Returns: the findings that are no `fit`, by when they were made, in quarters of a second.
    private func found(
        _ quarters: Int, takesNothing: (Int) -> Bool = { _ in false },
        waitSeconds: (Int) -> Double = { _ in 0 }
    ) -> [Int: LeaderDisk.Finding] {
        var disk = LeaderDisk()
        var found: [Int: LeaderDisk.Finding] = [:]
        for quarter in 0..<quarters {
            let finding = disk.look(
                takesNothing: takesNothing(quarter), wait: UInt64(waitSeconds(quarter) * 1e9),
                at: 7_000_000_000 + UInt64(quarter) * 250_000_000)
            if finding != .fit { found[quarter] = finding }
        }
        return found
    }

    @Test("after a second and a half another node is to lead; where none does, ten seconds later")
    func isUnfit() {
        #expect(found(100) { $0 >= 8 } == [14: .isUnfit, 54: .isUnfit, 94: .isUnfit])
    }

    @Test("a disk that takes something within that time is fit, and is judged anew")
    func isFitAgain() {
        #expect(found(400) { $0 % 7 != 0 }.isEmpty)
        #expect(found(40) { $0 < 7 || $0 >= 20 } == [6: .isUnfit, 26: .isUnfit])
    }

    @Test("a write that hangs for five seconds ends the process, and no shorter one")
    func hangs() {
        #expect(found(20, waitSeconds: { Double($0) / 4 }).isEmpty)
        #expect(found(21, waitSeconds: { Double($0) / 4 }) == [20: .hangs])
    }

    @Test("what the shared log takes is no wait for the own disk")
    func waits() {
        let status = ClusterStatus(node: "a")
        status.callBegins(at: 10)
        #expect(status.ownWait(ofLast: 900, at: 1_000) == 0)
        status.callEnds(at: 700)
        #expect(status.ownWait(ofLast: 900, at: 1_000) == 300)
        #expect(status.ownWait(ofLast: 200, at: 1_000) == 200)
        #expect(status.ownWait(ofLast: 0, at: 1_000) == 0)
    }

    @Test("the disk of the engine is no reason to have another node lead")
    func spaces() {
        #expect(Health.Space.full.isOwn && Health.Space.failing.isOwn && Health.Space.stalled.isOwn)
        #expect(!Health.Space.available.isOwn && !Health.Space.logFull.isOwn)
    }
}
