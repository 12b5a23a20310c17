import Availability
import Bytes
import Cluster
import Cryptography
import Ledger
import LockFree
import Projections
import Sockets
import Synchronization
import TestSupport
import Testing
import Time
import Vault
import Wire

@testable import Gateway

/// Changes that a node which follows is asked for: a real sequencer decides them at the leader, a
/// real one follows it, with real sockets on loopback between the nodes.
@Suite("Changes over links between nodes", .onOwnThread)
struct CommandLinkTests {
    /// A leader, and a node that follows it.
    private struct Pair {
        let copies = CopiedLog()
        let leader: LinkLeader
        let follower: LinkFollower

        init(_ change: (inout Limits) -> Void = { _ in }) throws {
            leader = try LinkLeader(copies: copies)
            follower = try LinkFollower(following: copies, vault: leader.bench.vault, change)
            try leader.bench.start()
            try follower.bench.start()
            follower.status.owner = leader.owner
        }

        func end() {
            follower.end()
            follower.bench.stop()
            leader.end()
        }
    }

    /// A change that a node is asked for meanwhile.
    private final class Asked: Sendable {
        private let result = Mutex<Result<Change, Problem>?>(nil)

        init(
            _ command: AdministrativeCommand, at follower: LinkFollower, by author: Author = .admin,
            token: SHA256Digest? = nil, expecting expected: ExpectedOperation? = nil
        ) {
            let control = follower.bench.control
            Task {
                await RequestToken.$digest.withValue(token) {
                    do throws(Problem) {
                        let decision = try await control.decide(
                            command, by: author, expecting: expected)
                        self.result.withLock { $0 = .success(decision.change) }
                    } catch {
                        self.result.withLock { $0 = .failure(error) }
                    }
                }
            }
        }

        var isAnswered: Bool { result.withLock { $0 != nil } }

        /// Nil where it is not answered in time, or refused.
        var change: Change? {
            _ = eventually(withinSeconds: 60) { isAnswered }
            // A refusal is the test's to miss.
            return try? result.withLock { try $0?.get() }
        }

        /// The code of the refusal.
        var refusal: String? {
            _ = eventually(withinSeconds: 60) { isAnswered }
            guard case .failure(let problem) = result.withLock({ $0 }) else { return nil }
            return problem.code
        }
    }

    /// What tasks of a test note.
    private final class Notes: Sendable {
        let numbers = Mutex<[UInt32]>([])
        let isDone = Atomic<Bool>(false)

        func isDone(withinSeconds seconds: Double) -> Bool {
            eventually(withinSeconds: seconds) { isDone.load(ordering: .acquiring) }
        }
    }

    private static let close = AdministrativeCommand.operation(.close(id: "ete", note: nil))

    private func isOpen(_ bench: Bench) -> Bool {
        bench.shared.projected.catalogue.operations[0].phase == .open
    }

    /// Whether a leader shows it closed, soon: what it has decided is told before it is shown.
    private func isSoonClosed(_ bench: Bench) -> Bool {
        eventually(withinSeconds: 30) { !isOpen(bench) }
    }

    @Test("the leader decides, and the node that was asked shows it when it answers")
    func decides() throws {
        let pair = try Pair()
        #expect(Asked(Self.close, at: pair.follower).change == .operationClosed(0))
        #expect(!isOpen(pair.follower.bench))
        #expect(isSoonClosed(pair.leader.bench))
        // Nothing to change: answered, and not recorded.
        let records = pair.leader.bench.shared.durableRecords.load(ordering: .acquiring)
        #expect(Asked(Self.close, at: pair.follower).change == Change.none)
        #expect(pair.leader.bench.shared.durableRecords.load(ordering: .acquiring) == records)
        pair.end()
    }

    @Test("it answers when it has followed to the change, and not before")
    func waitsForItsRecord() throws {
        let pair = try Pair()
        pair.copies.hold(true)
        let asked = Asked(Self.close, at: pair.follower)
        #expect(isSoonClosed(pair.leader.bench))
        #expect(!eventually(withinSeconds: 0.3) { asked.isAnswered })
        pair.copies.hold(false)
        #expect(asked.change == .operationClosed(0))
        #expect(!isOpen(pair.follower.bench))
        pair.end()
    }

    @Test("one that cannot follow in time says that nobody knows: it cannot be read there")
    func cannotFollow() throws {
        // Longer than a thread stands still on a busy machine before the leader has it.
        let pair = try Pair { $0.answerSeconds = 15 }
        pair.copies.hold(true)
        // The link is there before the change: its time is not spent on connecting.
        #expect(eventually(withinSeconds: 30) { pair.follower.status.isForwarding })
        let asked = Asked(Self.close, at: pair.follower)
        #expect(asked.refusal == "outcome_unknown")
        #expect(isSoonClosed(pair.leader.bench))
        pair.copies.hold(false)
        #expect(eventually(withinSeconds: 30) { !isOpen(pair.follower.bench) })
        pair.end()
    }

    @Test("what the ledger refuses there is refused here, with the same words and values")
    func refusals() throws {
        let pair = try Pair()
        let unknown = AdministrativeCommand.operation(.close(id: "hiver", note: nil))
        #expect(Asked(unknown, at: pair.follower).refusal == "unknown_operation")
        // What a change was made from is compared with what the leader has.
        let settings = pair.follower.bench.shared.projected.catalogue.operations[0].settings
        var changed = settings
        changed.title = "Autre"
        let put = AdministrativeCommand.operation(
            .put(id: "ete", settings: changed, dataKeyID: "d-1"))
        let meant = ExpectedOperation(index: 0, settings: settings)
        #expect(Asked(put, at: pair.follower, expecting: meant).change == .operationChanged(0))
        #expect(Asked(put, at: pair.follower, expecting: meant).refusal == "settings_overtaken")
        let other = ExpectedOperation(index: 7)
        #expect(Asked(put, at: pair.follower, expecting: other).refusal == "operation_replaced")
        pair.end()
    }

    @Test("numbers that others took meanwhile are asked for again")
    func numbers() throws {
        let pair = try Pair()
        let control = pair.follower.bench.control
        let notes = Notes()
        for _ in 0..<6 {
            Task {
                // All begin with the same number. One that fails is missing below.
                let number = try? await control.decide(numbered: 1, by: .admin) { number in
                    .incident(.open(number: number, IncidentOrder(.minor, title: "n")))
                }
                if let number { notes.numbers.withLock { $0.append(number) } }
            }
        }
        #expect(eventually(withinSeconds: 60) { notes.numbers.withLock { $0.count } == 6 })
        let numbers = notes.numbers.withLock { $0.sorted() }
        #expect(numbers == [1, 2, 3, 4, 5, 6])
        pair.end()
    }

    @Test("an operation's key is made where it is decided, and known here when that is answered")
    func makesKeys() throws {
        let pair = try Pair()
        func put(_ id: String, client: String, key: String) -> AdministrativeCommand {
            var settings = Bench.settings(.once)
            settings.client = client
            return .operation(.put(id: id, settings: settings, dataKeyID: key))
        }
        func hasKey(_ id: String) throws -> Bool {
            try pair.leader.bench.vault.withLock { vault throws(KeyVaultError) in
                try vault.load(id) != nil
            }
        }
        let shared = pair.follower.bench.shared
        func lacking() -> Int { shared.lackingKeys.load(ordering: .acquiring) }
        #expect(eventually(withinSeconds: 30) { lacking() == 0 })
        let made = Asked(put("hiver", client: "acme", key: "d-2"), at: pair.follower)
        #expect(made.change == .operationAdded(1))
        #expect(lacking() == 0)
        #expect(try hasKey("d-2"))
        // One that comes to nothing leaves no key.
        let refused = Asked(put("autre", client: "nobody", key: "d-3"), at: pair.follower)
        #expect(refused.refusal == "unknown_client")
        #expect(try !hasKey("d-3"))
        pair.end()
    }

    @Test("a leader hands over: what it did not decide is sent to the next one")
    func handsOver() throws {
        let copies = CopiedLog()
        let first = try LinkLeader()
        let status = try #require(first.bench.shared.cluster)
        #expect(status.succession.begin(to: "c"))
        try first.bench.start()
        let follower = try LinkFollower(following: copies, vault: first.bench.vault)
        try follower.bench.start()
        follower.status.owner = first.owner
        let asked = Asked(Self.close, at: follower)
        #expect(!eventually(withinSeconds: 0.5) { asked.isAnswered })
        let second = try LinkLeader(term: 2, copies: copies)
        try second.bench.start()
        follower.status.owner = second.owner
        #expect(asked.change == .operationClosed(0))
        #expect(isOpen(first.bench))
        #expect(isSoonClosed(second.bench))
        follower.end()
        follower.bench.stop()
        first.end()
        second.end()
    }

    @Test("a leader ends with a change in hand: nobody knows, and no other leader gets it")
    func leaderEnds() throws {
        let copies = CopiedLog()
        // Its sequencer does not run.
        let first = try LinkLeader()
        let follower = try LinkFollower(following: copies, vault: first.bench.vault)
        try follower.bench.start()
        follower.status.owner = first.owner
        let asked = Asked(Self.close, at: follower)
        #expect(eventually(withinSeconds: 30) { first.bench.shared.administration.hasWork })
        first.end()
        #expect(asked.refusal == "outcome_unknown")
        let second = try LinkLeader(term: 2, copies: copies)
        try second.bench.start()
        follower.status.owner = second.owner
        #expect(eventually(withinSeconds: 30) { follower.status.isForwarding })
        let pace = AdministrativeCommand.operation(
            .setPace(operation: "ete", perSecond: 7, note: nil))
        #expect(Asked(pace, at: follower).change == .standingChanged(0))
        #expect(isOpen(second.bench))
        follower.end()
        follower.bench.stop()
        second.end()
    }

    @Test("without a leader a change waits for a while, and is then refused: nothing has changed")
    func noLeader() throws {
        let follower = try LinkFollower { $0.answerSeconds = 1 }
        #expect(Asked(Self.close, at: follower).refusal == "not_leading")
        follower.end()
    }

    @Test("a node that takes office decides itself what it has not sent")
    func takesOffice() throws {
        let follower = try LinkFollower()
        let asked = Asked(Self.close, at: follower)
        #expect(!eventually(withinSeconds: 0.2) { asked.isAnswered })
        let kept = follower.forwarding.giveUpLanes() != nil
        #expect(kept)
        // Its own sequencer, which follows nobody here.
        try follower.bench.start()
        #expect(asked.change == .operationClosed(0))
        #expect(!isOpen(follower.bench))
        follower.bench.stop()
        follower.end()
    }

    @Test("a token that its leader knows to be revoked changes nothing, whatever this node knows")
    func revokedToken() throws {
        let pair = try Pair()
        let digest = Token.digest(of: "pt_operator")
        let stored = KeyDigest(digest.bytes)
        let holder = Author(.operator, name: "Marie")
        let add = AdministrativeCommand.access(
            .addToken(
                tokenID: "t-1", holder: holder, digest: try #require(stored),
                expires: Timestamp(milliseconds: 1_900_000_000_000)))
        #expect(Asked(add, at: pair.follower).change == .tokenAdded(0))
        let pace = AdministrativeCommand.operation(
            .setPace(operation: "ete", perSecond: 7, note: nil))
        let held = Asked(pace, at: pair.follower, by: holder, token: digest)
        #expect(held.change == .standingChanged(0))
        pair.copies.hold(true)
        let revoke = AdministrativeCommand.access(
            .revokeToken(tokenID: "t-1", reason: .stolen, declared: nil))
        let notes = Notes()
        let leader = pair.leader.bench.control
        Task {
            _ = try await leader.decide(revoke, by: .admin)
            notes.isDone.store(true, ordering: .releasing)
        }
        #expect(notes.isDone(withinSeconds: 30))
        let late = Asked(Self.close, at: pair.follower, by: holder, token: digest)
        #expect(!eventually(withinSeconds: 0.2) { late.isAnswered })
        pair.copies.hold(false)
        #expect(late.refusal == "unauthorized")
        #expect(isOpen(pair.leader.bench))
        pair.end()
    }

    @Test("what a gateway records by itself is taken from no other node")
    func refusesGateways() throws {
        let pair = try Pair()
        #expect(Asked(Self.close, at: pair.follower, by: .gateway).refusal == "not_leading")
        #expect(isOpen(pair.leader.bench))
        pair.end()
    }

    @Test("how far the leader is can be asked for without a change")
    func catchesUp() throws {
        let pair = try Pair()
        pair.copies.hold(true)
        #expect(
            eventually(withinSeconds: 30) { pair.follower.status.isForwarding })
        let leader = pair.leader.bench
        leader.leave(1)
        leader.shared.sequencerBell.ring()
        #expect(leader.answers(1).map(\.verdict) == [.accepted])
        let notes = Notes()
        let control = pair.follower.bench.control
        Task {
            try await control.catchUp()
            notes.isDone.store(true, ordering: .releasing)
        }
        #expect(!notes.isDone(withinSeconds: 0.3))
        pair.copies.hold(false)
        #expect(notes.isDone(withinSeconds: 30))
        #expect(pair.follower.bench.shared.durableRecords.load(ordering: .acquiring) == 1)
        pair.end()
    }

    @Test("what is no change, or one too many, ends its link and no other", arguments: 0..<3)
    func malformed(_ kind: Int) throws {
        let pair = try Pair()
        #expect(eventually(withinSeconds: 30) { pair.follower.status.isForwarding })
        var link = EntryLinkClient(.none, node: "c")
        let began = SystemClock.monotonicNanoseconds()
        let isOpen = link.open(to: pair.leader.owner, at: began)
        try #require(isOpen)
        var hasSent = false
        var isThere = true
        while isThere, SystemClock.monotonicNanoseconds() - began < 30_000_000_000 {
            var hasCredit = false
            isThere = link.receive(at: SystemClock.monotonicNanoseconds()) { frame, _ in
                hasCredit = hasCredit || frame.kind == .credit
            }
            if hasCredit, !hasSent {
                hasSent = true
                try Self.append(kind, to: &link)
                _ = link.flush()
            }
            // A thread of the leader's that stood still for a second is taken for silent.
            if !isThere, !hasSent {
                isThere = link.open(
                    to: pair.leader.owner, at: SystemClock.monotonicNanoseconds())
            }
            if isThere { link.wait(or: -1, milliseconds: 20) }
        }
        #expect(hasSent && !isThere)
        #expect(Asked(Self.close, at: pair.follower).change == .operationClosed(0))
        pair.end()
    }

    private static func append(_ kind: Int, to link: inout EntryLinkClient) throws {
        switch kind {
        case 0:
            let start = link.outbox.bytes.beginFrame(.command)
            link.outbox.bytes.append(zeros: 12)
            link.outbox.bytes.endFrame(at: start, count: 0)
        case 1:
            let start = link.outbox.bytes.beginFrame(.outcome)
            link.outbox.bytes.endFrame(at: start, count: 0)
        default:
            // No record at all: nothing that would be decided, and all of them at once.
            for number in 0...UInt64(EntryFrame.commandsAtOnce) {
                let start = link.outbox.bytes.beginFrame(.command)
                try ForwardedCommand(number: number, record: []).append(to: &link.outbox.bytes)
                link.outbox.bytes.endFrame(at: start, count: 0)
            }
        }
    }
}
