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
    private var leader: LeaderContact<Link>
    /// Nil where this node has no way to other nodes' journals.
    private var catchUp: CatchUp?
    private var stage = FollowerStage.following
    /// Who owns the log, as of the last look.
    private var owner: LogOwner?
    private var lookedAt: UInt64 = 0
    /// Whether there may be more in the log than was read.
    private var mayLag = true
    /// The end of the own journal.
    private var ownEnd = LogPosition.beginning
    /// Where the log begins, once the own journal is known to be a beginning of it, or to lack what
    /// the log has no more; of a log that nobody has begun it is nil.
    private var beginning: LogBeginning?
    /// The log has what is from this record on: before it, other nodes' journals do.
    private var trimmedBelow: UInt64 = 0
    /// What was said last, so that it is said once.
    private var said = ""

    /// Decides a batch again and stores it; returns the place behind it.
    package typealias Apply = (RawSpan) throws(LogError) -> LogPosition

    private static var frameSeconds: Double { 0.1 }
    private static var silenceNanoseconds: UInt64 { 1_000_000_000 }
    private static var settlingNanoseconds: UInt64 { 300_000_000 }
    private static var lookNanoseconds: UInt64 { 500_000_000 }
    private static var rankSeconds: Double { 0.15 }

    /// - Parameters:
    ///   - journal: this node's own, as it was opened.
    ///   - address: where other nodes reach this one.
    ///   - source: the way to other nodes' journals, for what the log has no more; nil for none.
    ///   - report: gets what an operator should know, once each.
    ///   - beat: called ten times a second while this waits.
    package init(
        _ engine: consuming Engine, _ status: ClusterStatus, after journal: RecoveryReport,
        address: String, over link: consuming Link, fetchingFrom source: (any BatchSource)? = nil,
        report: @escaping (String) -> Void, beat: @escaping () -> Void
    ) {
        self.engine = engine
        self.status = status
        leader = LeaderContact(status, over: link)
        catchUp = source.map { CatchUp($0, status, report: report) }
        self.journal = journal
        self.address = address
        self.report = report
        self.beat = beat
        ownEnd = journal.end
        status.position = journal.nextSequence
    }

    /// One turn.
    /// - Parameter bell: a descriptor that ends the wait for the leader when it can be read; nil
    ///   for no wait at all.
    /// - Returns: this node's office, once it has one and its journal has all of the log. It is not
    ///   turned any more then.
    package mutating func turn(
        waking bell: Int32?, _ apply: Apply
    ) throws(FollowerFailure) -> LogOwner? {
        beat()
        switch stage {
        case .following:
            if beginning == nil { guard try checkJournal() else { return nil } }
            try follow(waking: bell, apply)
            guard case .claiming(let wish) = stage else { return nil }
            return try claim(wish, apply)
        case .claiming(let wish): return try claim(wish, apply)
        case .claimed(let claim): return try finish(claim, apply)
        }
    }

    /// Ends it, with its way to the engine: whoever has the office goes on with that.
    package consuming func end() -> Engine { engine }

    // MARK: The own journal

    /// Checks that the own journal is a beginning of the log.
    /// - Returns: false where the engine does not answer.
    private mutating func checkJournal() throws(FollowerFailure) -> Bool {
        let check: JournalCheck?
        do throws(ReplicatedLogError) {
            check = try JournalCheck(of: journal, in: &engine)
        } catch {
            try unavailable(error)
            return false
        }
        // A log that nobody has begun yet begins where the first owner's journal ends.
        guard let check else { return true }
        if case .lacks(let below, let found) = try check.outcome() {
            try lack(below: below, found)
        }
        beginning = check.beginning
        return true
    }

    /// The log has no more what comes next: other nodes' journals do.
    /// - Throws: where this node has no way to them, and where it has the office: another one takes
    ///   that over, and this one goes on as a follower when it is started again.
    private mutating func lack(below: UInt64, _ found: String) throws(FollowerFailure) {
        guard catchUp != nil, status.office == 0 else {
            throw .notAPart(
                "this node's journal ends before record \(status.position), and the cluster's log "
                    + found)
        }
        trimmedBelow = below
        mayLag = true
    }

    // MARK: Following

    private mutating func follow(waking bell: Int32?, _ apply: Apply) throws(FollowerFailure) {
        do throws(ReplicatedLogError) {
            try look()
        } catch {
            return try unavailable(error)
        }
        if status.position < trimmedBelow { return try fetch(apply) }
        if mayLag || status.isBehind, beginning != nil {
            guard try readPage(apply) else { return }
        }
        guard let owner else { return try stand(after: nil, because: "nobody ever led") }
        // Another node has begun the log meanwhile.
        guard beginning != nil else { return }
        try listen(to: owner, waking: bell, apply)
    }

    /// Asks who owns the log, where the link does not say it.
    private mutating func look() throws(ReplicatedLogError) {
        let now = status.clock.monotonicNanoseconds()
        guard !leader.isOpen || now - lookedAt >= Self.lookNanoseconds else { return }
        let found = try engine.owner()
        lookedAt = now
        leader.noteLook(isAnswered: true)
        if found != owner {
            owner = found
            leader.hear()
            mayLag = true
            leader.close()
            status.owner = found
            if let found {
                say("node \(found.node) owns the cluster's log, in term \(found.term)")
            }
        }
        // Without a link nobody tells how far the log is.
        if !leader.isOpen { mayLag = true }
    }

    /// Gets what the log has no more from other nodes' journals, as much as has come. Then the log
    /// goes on: what was trimmed of it meanwhile is fetched as well.
    private mutating func fetch(_ apply: Apply) throws(FollowerFailure) {
        status.state = .catchingUp
        // The leader hears of this node, and says which others there are.
        if let owner, let frame = leader.keep(owner), frame.office == owner.term {
            try hear(frame, of: owner)
        }
        catchUp?.tells = leader.mayTell
        let page = try catchUp?.batches(behind: ownEnd, below: trimmedBelow, of: owner) ?? []
        for bytes in page { guard try store(bytes, apply) else { return } }
        guard status.position >= trimmedBelow else {
            if catchUp?.isAsking == false { leader.pass(seconds: Self.frameSeconds) }
            return
        }
        catchUp?.end()
        mayLag = true
        guard beginning?.isContradicted(by: ownEnd) == true else { return }
        throw .notAPart("what other nodes have before the cluster's log begins is no part of it")
    }

    private mutating func listen(
        to owner: LogOwner, waking bell: Int32?, _ apply: Apply
    ) throws(FollowerFailure) {
        // Its process was started again, and has no office: so nobody has.
        if owner.node == node, owner.address == address {
            return try stand(after: owner, because: "this node was started again, and led before")
        }
        if !leader.isOpen, let failure = leader.connect(to: owner) {
            if failure.isOfLiving { say(failure.text) }
            guard failure.isFinal || leader.isSilent(for: Self.silenceNanoseconds) else {
                return leader.pass(seconds: Self.frameSeconds)
            }
            if failure.isOfLiving { return try doubt(owner) }
            return try stand(after: owner, because: failure.text)
        }
        leader.tell()
        switch leader.receive(seconds: bell == nil ? 0 : Self.frameSeconds, waking: bell) {
        case .frame(let frame):
            if frame.office == owner.term {
                try hear(frame, of: owner)
                if let reason = leader.cutOff(frame) {
                    return try stand(after: owner, because: reason)
                }
                guard let successor = frame.successor else { return }
                // Nobody waits for the next look: the owner is another one in a moment.
                lookedAt = 0
                guard successor == node else { return }
                return try stand(
                    after: owner, because: "node \(owner.node) yields", isNamed: true)
            }
            lookedAt = 0
            // It may have claimed this very moment.
            guard leader.isSilent(for: Self.settlingNanoseconds) else { return }
            leader.close()
            try stand(after: owner, because: "node \(owner.node) has left office")
        case .nothing:
            guard leader.isSilent(for: Self.silenceNanoseconds) else { return }
            leader.close()
            // A leader that appends lives, whatever the way to it.
            guard try readPage(apply), leader.isSilent(for: Self.silenceNanoseconds) else { return }
            try stand(after: owner, because: "node \(owner.node) is silent")
        case .lost(let reason):
            guard leader.isSilent(for: Self.silenceNanoseconds) else { return }
            say(LeaderContact<Link>.refusal(of: owner, reason))
            try doubt(owner)
        }
    }

    /// The owner's process is there, and gives this node no link. It stands where no answer comes
    /// by the log either.
    private mutating func doubt(_ owner: LogOwner) throws(FollowerFailure) {
        let answer: LeaderKnock.Answer
        do throws(ReplicatedLogError) {
            answer = try leader.ask(owner, &engine)
        } catch {
            return try unavailable(error)
        }
        guard case .missing = answer else { return leader.pass(seconds: Self.frameSeconds) }
        try stand(after: owner, because: "node \(owner.node) takes no link, nor answers by the log")
    }

    private mutating func hear(_ frame: LinkFrame, of owner: LogOwner) throws(FollowerFailure) {
        try leader.hear(frame, of: owner)
        if frame.position > status.position { mayLag = true }
        if !mayLag { status.state = .following }
    }

    /// Applies what the log has behind the own journal, as much as one answer brings.
    /// - Returns: whether that was all; false also where the engine does not answer.
    private mutating func readPage(_ apply: Apply) throws(FollowerFailure) -> Bool {
        var page: [[UInt8]] = []
        let end: LogEnd
        do throws(ReplicatedLogError) {
            end = try engine.read(from: status.position) { page.append($1.array) }
        } catch {
            try unavailable(error)
            return false
        }
        if case .trimmed(let oldest) = end {
            try lack(below: oldest, "was trimmed up to record \(oldest) meanwhile")
            return false
        }
        for bytes in page { guard try store(bytes, apply) else { return false } }
        if let term = owner?.term {
            leader.noteRead(hasBatches: !page.isEmpty, isEnd: end == .end, in: term)
        }
        mayLag = end != .end
        if !mayLag { status.isPartOfLog = true }
        return !mayLag
    }

    /// Has a batch decided again and stored.
    /// - Returns: false where the disk has no room for it: the same batch again, once there is.
    private mutating func store(_ bytes: [UInt8], _ apply: Apply) throws(FollowerFailure) -> Bool {
        let first = status.position
        do throws(LogError) {
            // A span of an array's elements, lent for the call.
            ownEnd = unsafe try apply(bytes.span.bytes)
            status.noteOwnDisk(takesBatches: true)
        } catch {
            guard case .noSpace(let directory) = error else { throw .log(error) }
            waitForRoom(directory)
            return false
        }
        status.position = ownEnd.nextSequence
        status.mark(first: first, bytes: bytes.count)
        beat()
        return true
    }

    /// A node that cannot store what the log has waits, and neither leads nor claims meanwhile.
    private mutating func waitForRoom(_ directory: String) {
        status.noteOwnDisk(takesBatches: false)
        status.state = .catchingUp
        say("the disk \(directory) has no room for what the cluster's log has; waiting for some")
        leader.attend(seconds: Self.frameSeconds)
        beat()
    }

    // MARK: Taking office

    /// - Parameter isNamed: whether the owner has named this node: then nobody else stands.
    private mutating func stand(
        after seen: LogOwner?, because reason: String, isNamed: Bool = false
    ) throws(FollowerFailure) {
        status.state = .noLeader
        guard status.takesBatches else {
            say("\(reason), and this node does not stand: its disk takes nothing")
            return leader.pass(seconds: Self.frameSeconds)
        }
        let error = leader.clockError()
        guard [ClusterMember].isRight(clockError: error) else {
            say(
                "\(reason), and this node does not stand: its clock is \(error) ms off the "
                    + "others'; set it by NTP")
            return leader.pass(seconds: Self.frameSeconds)
        }
        if !isNamed {
            let rank = status.members.rank(
                of: node, at: status.position, without: seen?.node ?? "")
            leader.pass(seconds: Double(rank) * Self.rankSeconds)
        }
        guard let me = LogOwner(node: node, term: (seen?.term ?? 0) + 1, address: address) else {
            throw .unsuitable("--node \(node) or --cluster-listen \(address) is not as it must be")
        }
        stage = .claiming(OfficeClaim(me: me, seen: seen, reason: reason))
    }

    private mutating func claim(
        _ wish: OfficeClaim, _ apply: Apply
    ) throws(FollowerFailure) -> LogOwner? {
        do throws(ReplicatedLogError) {
            guard try wish.take(&engine, from: ownEnd, status) else { return followAgain() }
        } catch {
            try unavailable(error)
            // It was not carried out: who led may lead on until the engine has room.
            if case .noSpace = error { return followAgain() }
            return nil
        }
        say("\(wish.reason); this node takes office in term \(wish.me.term)")
        stage = .claimed(wish)
        return try finish(wish, apply)
    }

    /// Reads what is behind the own journal. Final only now: nobody else's append can land behind
    /// the claim. Where this node cannot store it, or nothing behind it, another one is to lead.
    private mutating func finish(
        _ claim: OfficeClaim, _ apply: Apply
    ) throws(FollowerFailure) -> LogOwner? {
        do throws(ReplicatedLogError) {
            guard try claim.stands(&engine, status) else {
                say("this node gives up its claim of term \(claim.me.term)")
                return followAgain()
            }
        } catch {
            try unavailable(error)
            return nil
        }
        guard try readPage(apply), status.takesBatches else { return nil }
        leader.close()
        status.rebaseClocks()
        return claim.me
    }

    /// Another node has the log, or is to have it.
    private mutating func followAgain() -> LogOwner? {
        status.office = 0
        lookedAt = 0
        owner = nil
        stage = .following
        return nil
    }

    // MARK: What is said

    /// - Throws: where asking again does not help.
    private mutating func unavailable(_ error: ReplicatedLogError) throws(FollowerFailure) {
        guard error.mayPass else { throw .unsuitable("\(error)") }
        leader.noteLook(isAnswered: false)
        status.countUnknown()
        status.state = .logUnavailable
        say("the cluster's log does not answer: \(error)")
        leader.pass(seconds: Self.frameSeconds)
    }

    private mutating func say(_ text: String) {
        guard text != said else { return }
        said = text
        report(text)
    }
}
