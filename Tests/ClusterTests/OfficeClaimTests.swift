import ClusterTesting
import Log
import Testing

@testable import Cluster

@Suite("A claim that is no office yet")
struct OfficeClaimTests {
    private let clock = SteppedClock()
    private let status: ClusterStatus
    private let engine = SeededEngine(seed: 1)
    private let claim: OfficeClaim

    init() throws {
        status = ClusterStatus(node: "b", clock: clock)
        let leader = try LogContract.owner("a", 1)
        var way = SeededLog(engine)
        let isBegun = try way.begin(LogBeginning(.beginning), as: leader)
        try #require(isBegun)
        claim = OfficeClaim(
            me: try LogContract.owner("b", 2), seen: leader, reason: "node a has ended")
    }

    private func take() throws -> Bool {
        var way = SeededLog(engine)
        return try claim.take(&way, from: LogPosition.beginning, status)
    }

    private func stands() throws -> Bool {
        var way = SeededLog(engine)
        return try claim.stands(&way, status)
    }

    /// What this node tells the others.
    private var unproven: UInt32? { status.frame(clock: 0).unprovenMilliseconds }

    @Test("it is proved from its beginning: others see how long it has been cut off")
    func isProved() throws {
        #expect(unproven == nil)
        #expect(try take())
        #expect(unproven == 0)
        clock.advance(milliseconds: 150)
        #expect(try stands())
        #expect(unproven == 150, "nobody is asked so soon")
        clock.advance(milliseconds: 2_000)
        #expect(unproven == 2_150)
        #expect(try stands())
        #expect(unproven == 0)
    }

    @Test("it ends where another node has the log, and where this one has given it up")
    func ends() throws {
        #expect(try take())
        status.noteOwnDisk(takesBatches: false)
        #expect(try !stands())
        status.office = 2
        #expect(try stands())
        var way = SeededLog(engine)
        let isTaken = try way.claim(try LogContract.owner("c", 3), after: claim.me)
        try #require(isTaken)
        clock.advance(milliseconds: 250)
        #expect(try !stands())
    }
}
