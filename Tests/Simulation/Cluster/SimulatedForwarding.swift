import Bytes
import Cluster

@testable import Gateway

/// The forwarding of a process's entries while its node follows, in virtual time: the real
/// ``EntryForwarder`` over a simulated link. What ``EntryForwarding`` does over a socket.
final class SimulatedForwarding: @unchecked Sendable {
    // `@unchecked Sendable`: used by whoever has the world's turn.

    private let cluster: SimulatedCluster
    private let node: SimulatedNode
    private let process: ProcessLife
    private let shared: Shared
    private let status: ClusterStatus
    /// Called when answers may have come.
    private let onAnswers: () -> Void
    /// Nil once the lanes were given up.
    private var forwarder: EntryForwarder?
    private var end: SimulatedLinkEnd?
    private var inbox = LinkInbox()
    private var outbox = ByteBuffer(capacity: 1 << 10)
    /// Of the leader that the link was made to.
    private var term: UInt64 = 0
    private var isConnecting = false
    private var isLinked = false
    private var needsLeaves = true
    private var hasLeaves = false
    private var heardAt: UInt64 = 0
    private var greetedAt: UInt64 = 0
    private var tickedAt: UInt64 = 0
    /// Whether front ends may come.
    private(set) var hasOpened = false

    private static var silenceNanoseconds: UInt64 { 1_000_000_000 }
    private static var tickNanoseconds: UInt64 { 100_000_000 }

    init(
        _ cluster: SimulatedCluster, _ node: SimulatedNode, _ process: ProcessLife,
        _ shared: Shared, _ status: ClusterStatus, _ onAnswers: @escaping () -> Void
    ) {
        self.cluster = cluster
        self.node = node
        self.process = process
        self.shared = shared
        self.status = status
        self.onAnswers = onAnswers
        forwarder = EntryForwarder(
            shared.workerLanes, entries: shared.limits.linkEntries,
            bytes: shared.limits.linkEntries * 1_024,
            patienceSeconds: shared.limits.answerSeconds, shared.links, shared.instruments)
        shared.leaves.setRefill { [weak self] in self?.needsLeaves = true }
    }

    private var now: UInt64 { cluster.world.now }

    /// A turn: to be called when entries or frames have come, and every some milliseconds.
    func turn() {
        guard forwarder != nil, !process.hasEnded else { return }
        receive()
        connect()
        if now - tickedAt >= Self.tickNanoseconds {
            tickedAt = now
            forwarder?.expire(at: now)
            greet()
        }
        send()
        if isLinked, hasLeaves, status.state == .following { hasOpened = true }
        status.isForwarding = isLinked && hasOpened
        onAnswers()
    }

    /// Gives the lanes up, with what is kept. The last answers of a leader that handed over are
    /// waited for a moment.
    func giveUpLanes(_ thread: VirtualThread) -> KeptEntries? {
        let limit = now + 30_000_000
        while forwarder?.isAwaiting == true, now < limit, !process.hasEnded {
            thread.wait(seconds: 0.002)
        }
        guard let taken = forwarder.take() else { return nil }
        end?.close()
        status.isForwarding = false
        return taken.end()
    }

    // MARK: The link

    private func connect() {
        guard let leader = status.owner else { return lose() }
        if leader.node == status.node || isConnecting { return }
        if end != nil, term == leader.term { return }
        lose()
        isConnecting = true
        cluster.world.at(now + 2 * cluster.network.delay()) { [weak self, node] in
            node.perform { self?.finishConnecting(to: leader) }
        }
    }

    private func finishConnecting(to leader: LogOwner) {
        guard forwarder != nil, !process.hasEnded else { return }
        switch cluster.connect(node, process, to: leader.address) {
        case .connected(let end):
            isConnecting = false
            self.end = end
            (heardAt, greetedAt, term) = (now, now, leader.term)
            end.onArrival = { [weak self, node] in node.perform { self?.turn() } }
            EntryHello(node: status.node, term: term).append(to: &outbox)
            flush()
        case .refused: isConnecting = false
        case .silent:
            cluster.world.after(milliseconds: 300) { [weak self] in self?.isConnecting = false }
        }
    }

    private func lose() {
        end?.close()
        end = nil
        inbox = LinkInbox()
        outbox.removeAll()
        guard isLinked else { return }
        isLinked = false
        forwarder?.close()
    }

    private func receive() {
        guard let end else { return }
        let arrived = end.drain()
        if !arrived.isEmpty { heardAt = now }
        arrived.withBytes { inbox.append($0) }
        do throws(LinkFrame.Fault) {
            try inbox.drain { message, payload throws(LinkFrame.Fault) in
                if case .frame(let frame) = message { try take(frame, payload) }
            }
        } catch {
            return lose()
        }
        forwarder?.ring()
        let isSilent = now - heardAt >= Self.silenceNanoseconds
        if end.isFinished || isSilent || forwarder?.isOver == true { lose() }
    }

    private func take(_ frame: EntryFrame, _ payload: RawSpan) throws(LinkFrame.Fault) {
        switch frame.kind {
        case .credit:
            forwarder?.open(credit: Int(try EntryCredit(payload).entries))
            needsLeaves = true
            isLinked = true
        case .answers: try forwarder?.take(answers: frame, payload)
        case .leaves:
            shared.leaves.add(try LeafGrant(payload).leaves)
            hasLeaves = true
        case .hello, .entries, .leavesWanted, .command, .outcome, .sample, .batchesWanted, .batch,
            .batchesEnd:
            throw .malformed
        }
    }

    private func greet() {
        guard end != nil, now - greetedAt >= Self.silenceNanoseconds else { return }
        greetedAt = now
        EntryHello(node: status.node, term: term).append(to: &outbox)
        flush()
    }

    private func send() {
        guard end != nil, isLinked else { return }
        if needsLeaves {
            needsLeaves = false
            let start = outbox.beginFrame(.leavesWanted)
            outbox.endFrame(at: start, count: 0)
        }
        forwarder?.fill(&outbox, at: now)
        flush()
    }

    private func flush() {
        end?.send(outbox.bytes.array)
        outbox.removeAll()
    }
}
