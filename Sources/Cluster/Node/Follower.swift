internal import Bytes
package import Log
internal import Sockets
internal import Time

/// A node on its way to an office: it brings its journal to the end of the log that all share, goes
/// on with it while a leader lives, and takes over when none does. Used by one thread, in turns: a
/// turn reads one page of the log at most, and waits for a tenth of a second, or a little longer
/// where the engine does not answer.
///
/// Safety rests on the engine's compares alone: a claim is won by one, and the log is read to its
/// end behind it. Clocks, links and ranks only decide how soon somebody claims.
package struct Follower<Engine: ReplicatedLog & ~Copyable, Link: LeaderLink & ~Copyable>: ~Copyable
{
    private var engine: Engine
    private let status: ClusterStatus
    private var node: String { status.node }
    private let address: String
    private let report: (String) -> Void
    private let beat: () -> Void
    private let journal: RecoveryReport
    private var link: Link
    private var stage = Stage.following
    /// Who owns the log, as of the last look.
    private var owner: LogOwner?
    private var lookedAt: UInt64 = 0
    private var sentAt: UInt64 = 0
    private var life: LeaderLife
    /// Nil before a leader has compared it.
    private var clockVerdict: ClockVerdict?
    /// Whether there may be more in the log than was read.
    private var mayLag = true
    /// The end of the own journal.
    private var ownEnd = LogPosition.beginning
    /// Whether the own journal is known to be a beginning of the log; of a log that nobody has
    /// begun it is not.
    private var isChecked = false
    /// Why this node claims the log.
    private var standingReason = ""
    /// Whether the own disk has no room for what the log has.
    private var isFull = false
    /// What was said last, so that it is said once.
    private var said = ""

    private enum Stage {
        case following
        /// The same call, until it is known who has won.
        case claiming(LogOwner, after: LogOwner?)
        /// The log is this node's: what is behind the own journal is final, and is read.
        case claimed(LogOwner)
    }

    private static var frameSeconds: Double { 0.1 }
    private static var silenceNanoseconds: UInt64 { 1_000_000_000 }
    private static var settlingNanoseconds: UInt64 { 300_000_000 }
    private static var lookNanoseconds: UInt64 { 500_000_000 }
    private static var sendNanoseconds: UInt64 { 90_000_000 }
    private static var rankSeconds: Double { 0.15 }

    /// - Parameters:
    ///   - journal: this node's own, as it was opened.
    ///   - address: where other nodes reach this one.
    ///   - report: gets what an operator should know, once each.
    ///   - beat: called ten times a second while this waits.
    package init(
        _ engine: consuming Engine, _ status: ClusterStatus, after journal: RecoveryReport,
        address: String, over link: consuming Link,
        report: @escaping (String) -> Void, beat: @escaping () -> Void
    ) {
        self.engine = engine
        self.status = status
        life = LeaderLife(status.clock)
        self.journal = journal
        self.address = address
        self.report = report
        self.beat = beat
        self.link = link
        ownEnd = journal.end
        status.position = journal.nextSequence
    }

    /// One turn.
    /// - Parameters:
    ///   - bell: a descriptor that ends the wait for the leader when it can be read; nil for no
    ///     wait at all.
    ///   - apply: decides a batch again and stores it; returns the place behind it.
    /// - Returns: this node's office, once it has one and its journal has all of the log. It is not
    ///   turned any more then.
    package mutating func turn(
        waking bell: Int32?, _ apply: (RawSpan) throws(LogError) -> LogPosition
    ) throws(FollowerFailure) -> LogOwner? {
        beat()
        switch stage {
        case .following:
            if !isChecked { guard try checkJournal() else { return nil } }
            try follow(waking: bell, apply)
            guard case .claiming(let me, let seen) = stage else { return nil }
            return try claim(me, after: seen, apply)
        case .claiming(let me, let seen): return try claim(me, after: seen, apply)
        case .claimed(let me): return try finish(me, apply)
        }
    }

    /// Ends it, with its way to the engine: whoever has the office goes on with that.
    package consuming func end() -> Engine { engine }

    // MARK: The own journal

    /// Checks that the own journal is a beginning of the log.
    /// - Returns: false where the engine does not answer.
    private mutating func checkJournal() throws(FollowerFailure) -> Bool {
        let beginning: LogBeginning?
        let last: JournalCheck.LastBatch
        do throws(ReplicatedLogError) {
            beginning = try engine.beginning()
            last = try JournalCheck.lastBatch(of: journal, in: &engine)
        } catch {
            guard case .unknown = error else { throw .unsuitable("\(error)") }
            unavailable(error)
            return false
        }
        // A log that nobody has begun yet begins where the first owner's journal ends.
        guard let beginning else { return true }
        try JournalCheck(journal, logBeginning: beginning, lastBatch: last).pass()
        isChecked = true
        return true
    }

    // MARK: Following

    private mutating func follow(
        waking bell: Int32?, _ apply: (RawSpan) throws(LogError) -> LogPosition
    ) throws(FollowerFailure) {
        do throws(ReplicatedLogError) {
            try look()
        } catch {
            guard case .unknown = error else { throw .unsuitable("\(error)") }
            return unavailable(error)
        }
        if mayLag || status.isBehind, isChecked { guard try readPage(apply) else { return } }
        guard let owner else { return try stand(after: nil, because: "nobody ever led") }
        // Another node has begun the log meanwhile.
        guard isChecked else { return }
        try listen(to: owner, waking: bell, apply)
    }

    /// Asks who owns the log, where the link does not say it.
    private mutating func look() throws(ReplicatedLogError) {
        let now = status.clock.monotonicNanoseconds()
        guard !link.isOpen || now - lookedAt >= Self.lookNanoseconds else { return }
        let found = try engine.owner()
        lookedAt = now
        if found != owner {
            owner = found
            life.hear()
            mayLag = true
            link.close()
            status.owner = found
            if let found {
                say("node \(found.node) owns the cluster's log, in term \(found.term)")
            }
        }
        // Without a link nobody tells how far the log is.
        if !link.isOpen { mayLag = true }
    }

    private mutating func listen(
        to owner: LogOwner, waking bell: Int32?,
        _ apply: (RawSpan) throws(LogError) -> LogPosition
    ) throws(FollowerFailure) {
        if !link.isOpen, let reason = connect(to: owner) {
            guard reason.isFinal || life.isSilent(for: Self.silenceNanoseconds) else {
                return link.pass(seconds: Self.frameSeconds)
            }
            return try stand(after: owner, because: reason.text)
        }
        sendStatus()
        switch link.receive(seconds: bell == nil ? 0 : Self.frameSeconds, waking: bell) {
        case .frame(let frame):
            if frame.office == owner.term {
                try hear(frame, of: owner)
                guard let successor = frame.successor else { return }
                // Nobody waits for the next look: the owner is another one in a moment.
                lookedAt = 0
                guard successor == node else { return }
                return try stand(
                    after: owner, because: "node \(owner.node) yields", isNamed: true)
            }
            lookedAt = 0
            // It may have claimed this very moment.
            guard life.isSilent(for: Self.settlingNanoseconds) else { return }
            link.close()
            try stand(after: owner, because: "node \(owner.node) has left office")
        case .nothing:
            guard life.isSilent(for: Self.silenceNanoseconds) else { return }
            link.close()
            // A leader that appends lives, whatever the way to it.
            guard try readPage(apply), life.isSilent(for: Self.silenceNanoseconds) else { return }
            try stand(after: owner, because: "node \(owner.node) is silent")
        case .lost: return
        }
    }

    /// Tells the leader where this node is, ten times a second however often it turns.
    private mutating func sendStatus() {
        let now = status.clock.monotonicNanoseconds()
        guard now - sentAt >= Self.sendNanoseconds else { return }
        sentAt = now
        link.send(status.frame(clock: status.clock.wallClock().milliseconds))
    }

    /// - Returns: why there is no link, and whether that says that the owner has ended.
    private mutating func connect(to owner: LogOwner) -> (text: String, isFinal: Bool)? {
        guard let address = SocketAddress(owner.address) else {
            return ("node \(owner.node) says no address: \(owner.address)", true)
        }
        do throws(LinkFailure) {
            try link.open(to: address)
            // It takes links, so it lives.
            sentAt = 0
            life.hear()
            return nil
        } catch {
            switch error {
            case .refused: return ("node \(owner.node) has ended", true)
            case .handshake(let reason):
                // Only this way to it is broken, and other nodes may have theirs.
                life.hear()
                let text = "node \(owner.node) lives, and takes no link of this node: \(reason)"
                say(text)
                return (text, false)
            case .other(let reason): return ("node \(owner.node) is out of reach: \(reason)", false)
            }
        }
    }

    private mutating func hear(_ frame: LinkFrame, of owner: LogOwner) throws(FollowerFailure) {
        guard frame.node != node else {
            throw .unsuitable(
                "another process is node \(node) of this cluster, at \(owner.address): give each "
                    + "node a name of its own with --node")
        }
        life.hear()
        status.set(frame.members)
        let clockError = frame.members.clockError(of: node)
        clockVerdict = ClockVerdict(clockError, at: status.clock)
        status.clockErrorMilliseconds = clockError
        status.logPosition = frame.position
        if frame.position > status.position { mayLag = true }
        if !mayLag { status.state = .following }
    }

    /// Applies what the log has behind the own journal, as much as one answer brings.
    /// - Returns: whether that was all; false also where the engine does not answer.
    private mutating func readPage(
        _ apply: (RawSpan) throws(LogError) -> LogPosition
    ) throws(FollowerFailure) -> Bool {
        var page: [[UInt8]] = []
        let end: LogEnd
        do throws(ReplicatedLogError) {
            end = try engine.read(from: status.position) { _, batch in
                page.append(batch.array)
            }
        } catch {
            guard case .unknown = error else { throw .unsuitable("\(error)") }
            unavailable(error)
            return false
        }
        if case .trimmed(let oldest) = end {
            throw .notAPart(
                "this node's journal ends before record \(status.position), and the cluster's "
                    + "log was trimmed up to record \(oldest) meanwhile")
        }
        for bytes in page {
            let first = status.position
            do throws(LogError) {
                // A span of an array's elements, lent for the call.
                ownEnd = unsafe try apply(bytes.span.bytes)
                isFull = false
            } catch {
                // Nothing has changed: the same batch again, once there is room.
                guard case .noSpace(let directory) = error else { throw .log(error) }
                waitForRoom(directory)
                return false
            }
            status.position = ownEnd.nextSequence
            status.mark(first: first, bytes: bytes.count)
            beat()
        }
        if let term = owner?.term {
            life.noteRead(hasBatches: !page.isEmpty, isEnd: end == .end, in: term)
        }
        mayLag = end != .end
        return !mayLag
    }

    /// A node that cannot store what the log has waits, and does not lead meanwhile.
    private mutating func waitForRoom(_ directory: String) {
        isFull = true
        if status.office == 0 { status.state = .catchingUp }
        say("the disk \(directory) has no room for what the cluster's log has; waiting for some")
        guard link.isOpen else {
            return link.pass(seconds: Self.frameSeconds)
        }
        // The leader goes on to hear where this node is.
        link.send(status.frame(clock: status.clock.wallClock().milliseconds))
        if case .frame(let frame) = link.receive(seconds: Self.frameSeconds, waking: nil) {
            status.set(frame.members)
        }
        beat()
    }

    // MARK: Taking office

    /// - Parameter isNamed: whether the owner has named this node: then nobody else stands.
    private mutating func stand(
        after seen: LogOwner?, because reason: String, isNamed: Bool = false
    ) throws(FollowerFailure) {
        status.state = .noLeader
        guard !isFull else {
            say("\(reason), and this node does not stand: its disk has no room")
            return link.pass(seconds: Self.frameSeconds)
        }
        let error = clockVerdict?.error(at: status.clock) ?? 0
        status.clockErrorMilliseconds = error
        guard [ClusterMember].isRight(clockError: error) else {
            say(
                "\(reason), and this node does not stand: its clock is \(error) ms off the "
                    + "others'; set it by NTP")
            return link.pass(seconds: Self.frameSeconds)
        }
        if !isNamed {
            let rank = status.members.rank(
                of: node, at: status.position, without: seen?.node ?? "")
            link.pass(seconds: Double(rank) * Self.rankSeconds)
        }
        guard let me = LogOwner(node: node, term: (seen?.term ?? 0) + 1, address: address) else {
            throw .unsuitable("--node \(node) or --cluster-listen \(address) is not as it must be")
        }
        standingReason = reason
        stage = .claiming(me, after: seen)
    }

    private mutating func claim(
        _ me: LogOwner, after seen: LogOwner?,
        _ apply: (RawSpan) throws(LogError) -> LogPosition
    ) throws(FollowerFailure) -> LogOwner? {
        let isMine: Bool
        do throws(ReplicatedLogError) {
            isMine =
                seen == nil
                ? try engine.begin(LogBeginning(ownEnd), as: me)
                : try engine.claim(me, after: seen)
        } catch {
            guard error.mayPass else { throw .unsuitable("\(error)") }
            unavailable(error)
            return nil
        }
        guard isMine else {
            lookedAt = 0
            owner = nil
            stage = .following
            return nil
        }
        say("\(standingReason); this node takes office in term \(me.term)")
        // The others see it at once, and do not stand.
        status.owner = me
        status.office = me.term
        status.state = .catchingUp
        stage = .claimed(me)
        return try finish(me, apply)
    }

    /// Reads what is behind the own journal. Final only now: nobody else's append can land behind
    /// the claim.
    private mutating func finish(
        _ me: LogOwner, _ apply: (RawSpan) throws(LogError) -> LogPosition
    ) throws(FollowerFailure) -> LogOwner? {
        guard try readPage(apply) else { return nil }
        link.close()
        status.rebaseClocks()
        return me
    }

    // MARK: What is said

    private mutating func unavailable(_ error: ReplicatedLogError) {
        status.countUnknown()
        status.state = .logUnavailable
        say("the cluster's log does not answer: \(error)")
        link.pass(seconds: Self.frameSeconds)
    }

    private mutating func say(_ text: String) {
        guard text != said else { return }
        said = text
        report(text)
    }
}
