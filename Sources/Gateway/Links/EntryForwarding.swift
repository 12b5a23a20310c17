internal import Bytes
internal import Cluster
internal import Glibc
internal import LockFree
internal import Logging
internal import Sockets
internal import Synchronization
internal import Threads
internal import Time

/// The thread that sends entries to the leader while this node follows. It has the sequencer's side
/// of the workers' lanes; when this node takes office it gives them up at once, with what it keeps.
///
/// It is beside the thread that follows, because that one waits for etcd and for the disk, and an
/// entry's way must not.
final class EntryForwarding: Sendable {
    private let shared: Shared
    private let status: ClusterStatus
    private let trust: LinkTrust
    private let bell: Doorbell
    private let thread = StoppableThread()
    /// Nil once the lanes were given up. Held for a turn, and for nothing that waits.
    private let forwarder: Mutex<EntryForwarder?>
    /// Whether workers need leaves to seal under.
    private let needsLeaves = Atomic<Bool>(true)
    /// Whether a leader has given some.
    private let hasLeaves = Atomic<Bool>(false)
    /// Whether a leader has given credit over the link that is open.
    private let isLinked = Atomic<Bool>(false)

    /// Between two tries to reach a leader.
    private static var retryMilliseconds: Int32 { 10 }
    /// A leader that lives answers within some milliseconds.
    private static var lastAnswersNanoseconds: UInt64 { 30_000_000 }
    private static var lookMicroseconds: UInt32 { 200 }
    /// Between two looks at what has waited for too long.
    private static var tickNanoseconds: UInt64 { 100_000_000 }

    init(_ shared: Shared, _ status: ClusterStatus, _ trust: LinkTrust, _ bell: Doorbell) {
        self.shared = shared
        self.status = status
        self.trust = trust
        self.bell = bell
        forwarder = Mutex(
            EntryForwarder(
                shared.workerLanes, entries: shared.limits.linkEntries,
                bytes: shared.limits.linkEntries * Self.usualEntryBytes,
                patienceSeconds: shared.limits.answerSeconds, shared.links, shared.instruments,
                isRead: { !shared.isStopping }))
    }

    /// So much memory is kept for each entry that may be on its way; larger ones have that of
    /// others.
    private static var usualEntryBytes: Int { 1_024 }

    /// - Parameter opens: called once, by the thread, when a leader takes entries and has given
    ///   leaves to seal them under.
    /// - Throws: `ThreadFailure`.
    func start(_ opens: @escaping @Sendable () -> Void = {}) throws(ThreadFailure) {
        shared.leaves.setRefill { [weak self] in self?.askForLeaves() }
        try thread.start(name: "forwarder") { [self] in run(opens) }
    }

    /// Ends the thread. Of what it keeps the outcome is not known.
    func stop() {
        thread.stop { bell.ring() }
        shared.commands?.stop()
    }

    /// Gives the lanes up: their entries are the caller's from now on, and what was sent and is not
    /// answered comes along.
    /// A leader that handed its office to this node has decided all that it will: its last answers
    /// are waited for a moment.
    /// - Returns: nil where they were given up before.
    func giveUpLanes() -> KeptEntries? {
        let began = SystemClock.monotonicNanoseconds()
        while forwarder.withLock({ $0?.isAwaiting == true }) || shared.commands?.isAwaiting == true,
            SystemClock.monotonicNanoseconds() - began < Self.lastAnswersNanoseconds
        {
            usleep(Self.lookMicroseconds)
        }
        let kept = forwarder.withLock { forwarder -> KeptEntries? in
            guard let taken = forwarder.take() else { return nil }
            return taken.end()
        }
        shared.commands?.takeOffice()
        status.isForwarding = false
        bell.ring()
        return kept
    }

    private func askForLeaves() {
        needsLeaves.store(true, ordering: .relaxed)
        bell.ring()
    }

    // MARK: The thread

    private func run(_ opens: () -> Void) {
        var link = EntryLinkClient(trust, node: status.node)
        var tickedAt: UInt64 = 0
        var hasOpened = false
        var leader = KnownLeader()
        while !thread.isStopping {
            guard let hasEntries = prepare(link) else { break }
            link.wait(or: bell.descriptor, milliseconds: hasEntries ? 0 : timeout(of: link))
            bell.wokeUp()
            let now = SystemClock.monotonicNanoseconds()
            receive(&link, at: now)
            connect(&link, to: &leader, at: now)
            if now - tickedAt >= Self.tickNanoseconds {
                tickedAt = now
                tick(&link, at: now)
            }
            send(&link, at: now)
            guard isLinked.load(ordering: .relaxed) else { continue }
            if !hasOpened, mayOpen {
                hasOpened = true
                opens()
            }
            status.isForwarding = hasOpened
        }
        status.isForwarding = false
        shared.leaves.refillFailed()
    }

    /// Whether front ends may come: before that, this node knows neither all operations nor their
    /// keys.
    private var mayOpen: Bool {
        hasLeaves.load(ordering: .relaxed) && status.state == .following
            && shared.lackingKeys.load(ordering: .acquiring) == 0
    }

    /// - Returns: whether there is something to send; nil where the lanes were given up.
    private func prepare(_ link: borrowing EntryLinkClient) -> Bool? {
        bell.prepareToSleep()
        let isBusy = link.isBusy
        return forwarder.withLock { forwarder in
            guard forwarder != nil else { return nil }
            return !isBusy && (forwarder?.hasEntries == true || hasMessages)
        }
    }

    /// Whether there is something beside entries for a leader that takes it.
    private var hasMessages: Bool {
        isLinked.load(ordering: .relaxed)
            && (shared.commands?.hasCommands == true || shared.nodes.hasSample)
    }

    private func timeout(of link: borrowing EntryLinkClient) -> Int32 {
        link.isOpen && link.term == status.term
            ? Int32(Self.tickNanoseconds / 1_000_000) : Self.retryMilliseconds
    }

    /// Who leads, and since when that is known: nanoseconds of the monotonic clock.
    private struct KnownLeader {
        var term: UInt64 = 0
        var since: UInt64 = 0
    }

    private func connect(
        _ link: inout EntryLinkClient, to known: inout KnownLeader, at now: UInt64
    ) {
        guard let leader = status.owner else { return lose(&link) }
        if known.term != leader.term { known = KnownLeader(term: leader.term, since: now) }
        // The last answers of the leader before may be on their way.
        if leader.node == status.node { return }
        if link.isOpen, link.term == leader.term { return }
        if link.isOpen, now - known.since < Self.lastAnswersNanoseconds,
            forwarder.withLock({ $0?.isAwaiting == true }) || shared.commands?.isAwaiting == true
        {
            return
        }
        lose(&link)
        _ = link.open(to: leader, at: now)
    }

    private func lose(_ link: inout EntryLinkClient) {
        link.close()
        status.isForwarding = false
        guard isLinked.exchange(false, ordering: .relaxed) else { return }
        forwarder.withLock { $0?.close() }
        shared.commands?.close()
    }

    private func receive(_ link: inout EntryLinkClient, at now: UInt64) {
        guard link.isOpen else { return }
        let isThere = link.receive(at: now) { frame, payload throws(LinkFrame.Fault) in
            try take(frame, payload)
        }
        let (isOver, isAwaiting) = forwarder.withLock { forwarder in
            forwarder?.ring()
            return (forwarder?.isOver == true, forwarder?.isAwaiting == true)
        }
        // Entries and changes each wait for what is left of the other ones' answers.
        let commands = shared.commands
        let isUseless =
            isOver && commands?.isAwaiting != true || commands?.isOver == true && !isAwaiting
        if !isThere || isUseless { lose(&link) }
    }

    private func take(_ frame: EntryFrame, _ payload: RawSpan) throws(LinkFrame.Fault) {
        switch frame.kind {
        case .credit:
            let credit = Int(try EntryCredit(payload).entries)
            forwarder.withLock { $0?.open(credit: credit) }
            let other = status.owner.flatMap { SocketAddress($0.address) }
            shared.commands?.open(carriesChanges: other.map(trust.carriesChanges(to:)) ?? false)
            // What was asked for over another link may never come.
            needsLeaves.store(true, ordering: .relaxed)
            isLinked.store(true, ordering: .relaxed)
        case .answers:
            try forwarder.withLock { forwarder throws(LinkFrame.Fault) in
                try forwarder?.take(answers: frame, payload)
            }
        case .leaves:
            shared.leaves.add(try LeafGrant(payload).leaves)
            hasLeaves.store(true, ordering: .relaxed)
        case .outcome: try take(outcome: payload)
        case .hello, .entries, .leavesWanted, .command, .sample, .batchesWanted, .batch,
            .batchesEnd:
            throw .malformed
        }
    }

    /// What came of a change is told by the thread that follows, once it has the change's record.
    private func take(outcome payload: RawSpan) throws(LinkFrame.Fault) {
        guard let told = try shared.commands?.take(outcome: payload) else { return }
        status.logPosition = told.records + 1
        shared.followedOutcomes.enqueue(told)
        shared.sequencerBell.ring()
    }

    private func tick(_ link: inout EntryLinkClient, at now: UInt64) {
        let patience = shared.answerSeconds.load(ordering: .relaxed)
        forwarder.withLock { forwarder in
            forwarder?.patienceSeconds = patience
            forwarder?.expire(at: now)
        }
        shared.commands?.expire(at: now)
        link.greet(at: now)
    }

    private func send(_ link: inout EntryLinkClient, at now: UInt64) {
        guard link.isOpen, isLinked.load(ordering: .relaxed) else { return }
        if !link.isBusy {
            if needsLeaves.load(ordering: .relaxed) {
                let start = link.outbox.bytes.beginFrame(.leavesWanted)
                link.outbox.bytes.endFrame(at: start, count: 0)
                // The leader remembers it until it has some.
                needsLeaves.store(false, ordering: .relaxed)
            }
            // Before entries: few, and somebody waits for each.
            shared.commands?.fill(&link.outbox.bytes)
            shared.nodes.takeSample()?.append(to: &link.outbox.bytes)
            fill(&link, at: now)
        }
        if link.isBusy, !link.flush() { lose(&link) }
    }

    private func fill(_ link: inout EntryLinkClient, at now: UInt64) {
        forwarder.withLock { forwarder in
            guard forwarder != nil else { return }
            _ = forwarder?.fill(&link.outbox.bytes, at: now)
        }
    }
}
