internal import Bytes
internal import Cryptography
internal import Log
internal import Sockets
internal import Time

/// Gets the batches that a node's journal lacks and the log has no more from other nodes' journals:
/// the leader's first, then of those whose journals reach furthest.
///
///     round begins ──► a node is asked ──batches──► … ──all is there──► the log goes on
///          ▲                 │ has none, is gone, or sends what does not fit
///          └──────pause──────┴──► the next node
///
/// Nothing that comes is trusted: each batch must continue the chain, is decided again like those
/// of the log, and the log's next batch must continue the last of them.
struct CatchUp: ~Copyable {
    private let source: any BatchSource
    private let status: ClusterStatus
    private let report: (String) -> Void
    private var sha = SHA256()
    /// The node that sends, or was asked.
    private var asked: Asked?
    /// Those that are not asked yet in this round.
    private var waiting: [Candidate] = []
    /// Why the others of this round did not send all.
    private var findings: [Finding] = []
    /// No round begins before.
    private var pausedUntil: UInt64 = 0
    private var sentAt: UInt64 = 0
    /// Whether the node that is asked may hear where this one is: it may be the leader, which then
    /// takes it for the node of this name.
    var tells = true
    /// What was reported last of a round.
    private var said = ""

    private struct Candidate {
        let node: String
        /// Nil where it does not say one.
        let address: SocketAddress?
        let isOwner: Bool
    }

    private struct Finding {
        let node: String
        let text: String
        /// Whether asking again does not change it.
        let isFinal: Bool
    }

    private struct Asked {
        let node: Candidate
        let first: UInt64
        /// Behind the last batch that came.
        var end: LogPosition
        var heardAt: UInt64
        var toldAt: UInt64
    }

    private static var receiveSeconds: Double { 0.1 }
    private static var sendNanoseconds: UInt64 { 90_000_000 }
    /// A node says ten times a second that it lives, or sends; a busy disk may keep it for some
    /// seconds.
    private static var silenceNanoseconds: UInt64 { 5_000_000_000 }
    /// Between two rounds in which nobody had what is lacking.
    private static var pauseNanoseconds: UInt64 { 1_000_000_000 }
    private static var progressNanoseconds: UInt64 { 10_000_000_000 }

    /// - Parameter report: gets what an operator should know.
    init(
        _ source: any BatchSource, _ status: ClusterStatus, report: @escaping (String) -> Void
    ) {
        self.source = source
        self.status = status
        self.report = report
    }

    /// Whether a node was asked, and has not ended its answer.
    var isAsking: Bool { asked != nil }

    /// Batches behind the own journal's end, in order, each continuing the one before; none where
    /// none has come in a tenth of a second, or nobody was asked.
    /// - Parameters:
    ///   - end: of the own journal. Where what was given was not stored, it is asked for again.
    ///   - below: the first record that the log has.
    ///   - owner: of the log, as far as is known.
    /// - Throws: ``FollowerFailure/unsuitable(_:)`` where no node has them, and where the log's
    ///   owner has others in their place.
    mutating func batches(
        behind end: LogPosition, below: UInt64, of owner: LogOwner?
    ) throws(FollowerFailure) -> [[UInt8]] {
        if let asked, asked.end != end { endAsking() }
        if asked == nil { try ask(behind: end, below: below, owner) }
        guard var asked else { return [] }
        let now = status.clock.monotonicNanoseconds()
        if tells { tell(at: now) }
        let received = source.receive(seconds: Self.receiveSeconds)
        let heard = status.clock.monotonicNanoseconds()
        if !received.batches.isEmpty || received.frame != nil { asked.heardAt = heard }
        var fitting: [[UInt8]] = []
        var fits = true
        for bytes in received.batches where fits {
            if let next = try position(behind: bytes, after: asked) {
                asked.end = next
                fitting.append(bytes)
            } else {
                fits = false
            }
        }
        status.countFetched(asked.end.nextSequence - end.nextSequence)
        self.asked = asked
        if !fits {
            leave(
                asked,
                "what it sent for record \(asked.end.nextSequence) does not continue the log")
        } else if let ending = received.ending {
            take(ending, of: asked, below: below)
        } else if let lost = received.lost {
            leave(asked, "the link broke: \(lost)")
        } else if heard - min(asked.heardAt, heard) >= Self.silenceNanoseconds {
            leave(asked, "it is silent")
        } else {
            tellProgress(below: below, at: heard)
        }
        return fitting
    }

    /// All is there: closes the link.
    mutating func end() {
        if let asked { tellOfAll(asked) }
        endAsking()
        waiting = []
        findings = []
        said = ""
    }

    // MARK: Asking

    /// Asks the next node that may have what is lacking.
    private mutating func ask(
        behind end: LogPosition, below: UInt64, _ owner: LogOwner?
    ) throws(FollowerFailure) {
        let now = status.clock.monotonicNanoseconds()
        guard now >= pausedUntil else { return }
        if waiting.isEmpty {
            if !findings.isEmpty {
                pausedUntil = now + Self.pauseNanoseconds
                return try endRound(at: end.nextSequence, owner)
            }
            waiting = candidates(owner)
        }
        guard !waiting.isEmpty else {
            pausedUntil = now + Self.pauseNanoseconds
            return say("no other node is known that has record \(end.nextSequence); waiting")
        }
        let node = waiting.removeFirst()
        guard let address = node.address else {
            return note(node, "it does not say where it is reached", isFinal: false)
        }
        guard source.mayAsk(address) else {
            return note(
                node, "between machines batches go over links with certificates only",
                isFinal: true)
        }
        do throws(LinkFailure) {
            try source.open(to: address, BatchRequest(first: end.nextSequence, below: below))
        } catch {
            return note(node, "it takes no link: \(error)", isFinal: false)
        }
        let opened = status.clock.monotonicNanoseconds()
        asked = Asked(
            node: node, first: end.nextSequence, end: end, heardAt: opened, toldAt: opened)
        report(
            "fetching records \(end.nextSequence) to \(below - 1) from node \(node.node), at "
                + "\(address): etcd has them no more")
    }

    private func candidates(_ owner: LogOwner?) -> [Candidate] {
        var found: [Candidate] = []
        if let owner, owner.node != status.node {
            found.append(
                Candidate(
                    node: owner.node, address: SocketAddress(owner.address), isOwner: true))
        }
        let others = status.members.filter { $0.node != status.node && $0.node != owner?.node }
            .sorted { ($1.position, $0.node) < ($0.position, $1.node) }
        return found
            + others.map {
                Candidate(node: $0.node, address: SocketAddress($0.address), isOwner: false)
            }
    }

    /// No node of a round had it.
    private mutating func endRound(
        at next: UInt64, _ owner: LogOwner?
    ) throws(FollowerFailure) {
        let found = findings.map { "node \($0.node): \($0.text)" }.joined(separator: "; ")
        // Which nodes there are, only the leader says.
        let knowsAll = owner.map { owner in status.members.contains { $0.node == owner.node } }
        let isFinal = findings.allSatisfy(\.isFinal) && knowsAll == true
        findings = []
        let text =
            "this node's journal ends before record \(next), the cluster's log was trimmed, and no "
            + "node sends what is between: \(found)"
        if isFinal { throw .notAPart(text) }
        say(text + "; trying again")
    }

    // MARK: What comes

    /// - Returns: the place behind a batch; nil where it is not the next one.
    /// - Throws: where the log's owner has another log than this node's journal is of.
    private mutating func position(
        behind bytes: [UInt8], after asked: Asked
    ) throws(FollowerFailure) -> LogPosition? {
        // Spans of an array's elements, lent for the calls.
        do throws(LogError) {
            return unsafe try LogBatch(verifying: bytes.span.bytes, after: asked.end, &sha).end
        } catch {
            let isFirst = asked.end.nextSequence == asked.first
            guard asked.node.isOwner, isFirst,
                let header = unsafe BatchHeader.decode(bytes.span.bytes, &sha),
                header.firstSequence != asked.first || header.previousChain != asked.end.chain
            else { return nil }
            throw .notAPart(
                "this node's journal is not a part of the cluster's log: the batch with record "
                    + "\(asked.first), of node \(asked.node.node), does not continue it")
        }
    }

    private mutating func take(_ ending: BatchesEnd, of asked: Asked, below: UInt64) {
        let node = asked.node
        endAsking()
        switch ending.reason {
        case .sent where asked.end.nextSequence > asked.first:
            // It is asked again, should it have more by now; and the others are.
            if asked.end.nextSequence < below { waiting.append(node) }
            tellOfAll(asked)
        case .sent: note(node, "it has not got there itself", isFinal: false)
        case .archived:
            note(node, "its journal begins with record \(ending.record)", isFinal: true)
        case .tooLong:
            note(
                node,
                "the batch at record \(ending.record) was written by a gateway alone, and is "
                    + "longer than batches of a cluster are", isFinal: true)
        case .busy: note(node, "it sends to another node", isFinal: false)
        case .unfit: note(node, "it cannot read its journal, or checks it", isFinal: false)
        }
    }

    private mutating func leave(_ asked: Asked, _ text: String) {
        endAsking()
        note(asked.node, text, isFinal: false)
    }

    private mutating func endAsking() {
        source.close()
        asked = nil
    }

    private mutating func note(_ node: Candidate, _ text: String, isFinal: Bool) {
        findings.append(Finding(node: node.node, text: text, isFinal: isFinal))
    }

    // MARK: Telling

    private mutating func tell(at now: UInt64) {
        guard now - min(sentAt, now) >= Self.sendNanoseconds else { return }
        sentAt = now
        source.tell(status.frame(clock: status.clock.wallClock().milliseconds))
    }

    private mutating func tellProgress(below: UInt64, at now: UInt64) {
        guard let asked, now - min(asked.toldAt, now) >= Self.progressNanoseconds else { return }
        self.asked?.toldAt = now
        report(
            "fetching from node \(asked.node.node): \(below - asked.end.nextSequence) records "
                + "are left, of which it has sent \(asked.end.nextSequence - asked.first)")
    }

    private func tellOfAll(_ asked: Asked) {
        report(
            "records \(asked.first) to \(asked.end.nextSequence - 1) came from node "
                + "\(asked.node.node)")
    }

    private mutating func say(_ text: String) {
        guard text != said else { return }
        said = text
        report(text)
    }
}
