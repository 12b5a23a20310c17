import Bytes
import Cluster
import Time

@testable import Gateway

/// The links that other nodes have made to a process, in virtual time: it tells them where it is,
/// hears where they are, and while it leads takes their entries into the real ``LinkLanes`` and
/// sends the answers back. What ``LinkServer`` does over sockets, and the same frames.
final class SimulatedLinkServer {
    private final class Peer {
        let end: SimulatedLinkEnd
        var inbox = LinkInbox()
        var outbox = ByteBuffer(capacity: 1 << 10)
        var sendsEntries = false
        var wantsLeaves = false
        var lane: Int?
        var heardAt: UInt64

        init(_ end: SimulatedLinkEnd, heardAt: UInt64) {
            self.end = end
            self.heardAt = heardAt
        }
    }

    private let node: SimulatedNode
    private let status: ClusterStatus
    /// Called when entries were taken.
    private let onEntries: () -> Void
    private var peers: [Peer] = []
    private var entries: LinkLanes?
    private var isEnding = false

    private static var silenceNanoseconds: UInt64 { 5_000_000_000 }

    init(_ node: SimulatedNode, _ status: ClusterStatus, _ onEntries: @escaping () -> Void) {
        self.node = node
        self.status = status
        self.onEntries = onEntries
    }

    private var now: UInt64 { node.clock.monotonicNanoseconds() }

    /// Another node has made a link.
    func accept(_ end: SimulatedLinkEnd) {
        let peer = Peer(end, heardAt: now)
        peers.append(peer)
        end.onArrival = { [weak self, weak peer, node] in
            node.perform {
                if let self, let peer { self.receive(from: peer) }
            }
        }
        tell(peer)
    }

    // MARK: Entries

    func lend(_ entries: LinkLanes) {
        self.entries = entries
        for peer in peers { grant(peer) }
    }

    /// Takes no more entries.
    /// - Returns: whether all that were taken are answered.
    func endEntries() -> Bool {
        isEnding = true
        guard let entries else { return true }
        for peer in peers {
            if let lane = peer.lane, entries.isQuiet(lane), peer.outbox.count == 0 { close(peer) }
        }
        return peers.allSatisfy { $0.lane == nil }
    }

    private func grant(_ peer: Peer) {
        guard let entries, !isEnding, status.office > 0, peer.sendsEntries, peer.lane == nil,
            let lane = entries.open()
        else { return }
        peer.lane = lane
        EntryCredit(term: status.office, entries: entries.credit).append(to: &peer.outbox)
    }

    // MARK: Sending

    /// Tells all where this node is; ten times a second, and when there is news.
    func tell() {
        for peer in peers {
            if now - min(peer.heardAt, now) >= Self.silenceNanoseconds {
                close(peer)
            } else {
                grant(peer)
                tell(peer)
            }
        }
        sendAnswers()
    }

    private func tell(_ peer: Peer) {
        status.frame(clock: node.clock.wallClock().milliseconds).append(to: &peer.outbox)
        flush(peer)
    }

    /// Sends what the sequencer has answered.
    func sendAnswers() {
        guard let entries else { return }
        entries.passOn()
        for peer in peers {
            guard let lane = peer.lane else { continue }
            grantLeaves(to: peer, entries)
            let start = peer.outbox.beginFrame(.answers)
            let count = entries.appendAnswers(
                of: lane, limitBytes: EntryFrame.maximumPayloadBytes, to: &peer.outbox)
            if count > 0 {
                peer.outbox.endFrame(at: start, count: count)
            } else {
                peer.outbox.truncate(to: start)
            }
            flush(peer)
        }
    }

    private func grantLeaves(to peer: Peer, _ entries: LinkLanes) {
        guard peer.wantsLeaves else { return }
        let leaves = entries.leaves(atMost: LeafGrant.leavesAtOnce)
        guard !leaves.isEmpty else { return }
        peer.wantsLeaves = false
        LeafGrant(leaves).append(to: &peer.outbox)
    }

    private func flush(_ peer: Peer) {
        peer.end.send(peer.outbox.bytes.array)
        peer.outbox.removeAll()
    }

    private func close(_ peer: Peer) {
        if let lane = peer.lane { entries?.close(lane) }
        peer.lane = nil
        peer.end.close()
        peers.removeAll { $0 === peer }
    }

    // MARK: Receiving

    private func receive(from peer: Peer) {
        if isEnding, peer.lane != nil { return }
        peer.end.drain().withBytes { peer.inbox.append($0) }
        do throws(LinkFrame.Fault) {
            try peer.inbox.drain { message, payload throws(LinkFrame.Fault) in
                peer.heardAt = now
                try take(message, payload, from: peer)
            }
        } catch {
            return close(peer)
        }
        if peer.end.isFinished { return close(peer) }
        grant(peer)
        flush(peer)
        sendAnswers()
    }

    private func take(
        _ message: LinkMessage, _ payload: RawSpan, from peer: Peer
    ) throws(LinkFrame.Fault) {
        switch message {
        case .status(let frame): note(frame)
        case .frame(let frame):
            switch frame.kind {
            case .hello:
                _ = try EntryHello(payload)
                peer.sendsEntries = true
            case .leavesWanted: peer.wantsLeaves = true
            case .entries:
                guard let lane = peer.lane, let entries else { throw .malformed }
                let now = now
                try frame.forEachItem(in: payload) { item throws(LinkFrame.Fault) in
                    guard entries.take(item, into: lane, at: now) else { throw .malformed }
                }
                onEntries()
            case .credit, .answers, .leaves, .command, .outcome, .sample, .batchesWanted, .batch,
                .batchesEnd:
                throw .malformed
            }
        }
    }

    private func note(_ frame: LinkFrame) {
        guard status.office > 0, frame.node != status.node else { return }
        status.note(
            ClusterMember(
                node: frame.node, position: frame.position, durable: frame.durable,
                clockOffset: frame.clock - node.clock.wallClock().milliseconds,
                level: frame.level))
    }
}
