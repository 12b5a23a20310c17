import Cluster
import Ledger
import LockFree
import Sockets
import Synchronization
import TestSupport
import Testing

@testable import Gateway

/// How long entries wait for a leader, and for its answer.
extension LinkTests {
    @Test("without a leader entries wait for a while, and are then told to come again")
    func patience() throws {
        let follower = try LinkFollower { $0.answerSeconds = 1 }
        let began = ContinuousClock.now
        for person in 1...3 { follower.leave(UInt64(person)) }
        let answers = follower.answers(3)
        #expect(ContinuousClock.now - began >= .seconds(1), "they waited for a leader")
        #expect(answers.map(\.verdict) == [.noLeader, .noLeader, .noLeader])
        #expect(follower.bench.shared.links.read(.expired) == 3)
        follower.end()
    }

    @Test("what waits behind a leader's credit is told to come again, as what waits without one")
    func patienceBehindCredit() throws {
        let leader = try LinkLeader(credit: 16)
        let follower = try LinkFollower { $0.answerSeconds = 300 }
        follower.status.owner = leader.owner
        for person in 0..<40 { follower.leave(UInt64(person)) }
        #expect(leader.hasTaken(16))
        // Their time is not spent on the way to the leader, where a thread may stand still.
        follower.bench.shared.answerSeconds.store(1, ordering: .relaxed)
        let verdicts = follower.answers(40).map(\.verdict)
        #expect(verdicts.count { $0 == .outcomeUnknown } == 16)
        #expect(verdicts.count { $0 == .noLeader } == 24)
        follower.end()
        leader.end()
    }

    @Test("for how long entries wait is what a reload has set")
    func patienceReloaded() throws {
        let follower = try LinkFollower { $0.answerSeconds = 300 }
        for person in 1...3 { follower.leave(UInt64(person)) }
        follower.bench.shared.answerSeconds.store(1, ordering: .relaxed)
        #expect(follower.answers(3).map(\.verdict) == [.noLeader, .noLeader, .noLeader])
        follower.end()
    }

    @Test("a leader that does not decide: nobody knows, and a late answer is nobody's")
    func lateAnswers() throws {
        let leader = try LinkLeader()
        let follower = try LinkFollower { $0.answerSeconds = 300 }
        let shared = follower.bench.shared
        follower.status.owner = leader.owner
        follower.leave(1)
        #expect(leader.hasTaken(1))
        // Its time is not spent on the way to the leader, nor that of the next one.
        shared.answerSeconds.store(1, ordering: .relaxed)
        #expect(follower.answers(1).map(\.verdict) == [.outcomeUnknown])
        shared.answerSeconds.store(300, ordering: .relaxed)
        try leader.bench.start()
        follower.leave(2)
        #expect(follower.answers(1).map(\.connection.place) == [2])
        #expect(leader.bench.shared.board.counts(of: 0).participants == 2)
        #expect(follower.bench.shared.lanes[0].answers.isEmpty)
        follower.end()
        leader.end()
    }
}
