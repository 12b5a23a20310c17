internal import Synchronization
package import Time

/// What a node's threads know of the cluster: what it is, how far it is, and whether the log that
/// all share answers. Times are nanoseconds of the monotonic clock.
package final class ClusterStatus: Sendable {
    /// What a node does, and what keeps it from being ready.
    package enum State: UInt8, Sendable, CaseIterable {
        /// It reads what the log has and its journal lacks.
        case catchingUp
        /// It has all there is, and its leader lives.
        case following
        /// It looks for a leader, or is about to become it.
        case noLeader
        /// Too few members of the engine answer.
        case logUnavailable
        /// It decides, and takes entries.
        case leading
        /// It decides nothing more: another node takes over, or has.
        case handingOver

        /// As readiness and metrics name it.
        package var name: String {
            switch self {
            case .catchingUp: "catching_up"
            case .following: "following"
            case .noLeader: "no_leader"
            case .logUnavailable: "log_unavailable"
            case .leading: "leading"
            case .handingOver: "handing_over"
            }
        }
    }

    package let node: String
    /// Where other nodes reach it; empty where they do not.
    package let address: String
    /// What time it is for what this node knows of others, and they of it.
    package let clock: any MachineClock
    package let trimming: LogTrimming
    /// The format level that this build knows.
    package let level: UInt16
    /// Its end as a leader, where it hands its office over.
    package let succession = Succession()
    private let storedState = Atomic<UInt8>(State.catchingUp.rawValue)
    private let storedTerm = Atomic<UInt64>(0)
    private let storedOffice = Atomic<UInt64>(0)
    private let storedPosition = Atomic<UInt64>(1)
    private let storedDurable = Atomic<UInt64>(.max)
    private let storedLogPosition = Atomic<UInt64>(1)
    private let callBegan = Atomic<UInt64>(0)
    private let callEnded = Atomic<UInt64>(0)
    private let waitEnded = Atomic<UInt64>(0)
    private let provenAt = Atomic<UInt64>(0)
    private let unknownCount = Atomic<UInt64>(0)
    private let clockError = Atomic<Int64>(0)
    private let storedEngineBytes = Atomic<UInt64>(0)
    private let storedEngineQuota = Atomic<UInt64>(ClusterStatus.usualQuota)
    private let forwards = Atomic<Bool>(false)
    private let holdsBeginning = Atomic<Bool>(false)
    private let storesBatches = Atomic<Bool>(true)
    private let storedFetched = Atomic<UInt64>(0)
    private let storedExpected = Atomic<Int>(0)
    private let storedOwner = Mutex<LogOwner?>(nil)
    private let known = Mutex<[Known]>([])
    private let notices = Mutex<MemberNotices>(MemberNotices())
    private let marks: Mutex<LogMarks>

    /// A node, and when it was heard; 0 for never.
    private struct Known {
        var member: ClusterMember
        var heardAt: UInt64

        /// - Parameter now: the monotonic clock.
        func told(at now: UInt64) -> ClusterMember {
            var told = member
            told.silentMilliseconds =
                heardAt == 0
                ? ClusterMember.never
                : UInt32(clamping: min((now - min(heardAt, now)) / 1_000_000, 0xFFFF_FFFE))
            return told
        }
    }

    /// Answers that rest on no append leave only if the office was proved so lately.
    package static var proofNanoseconds: UInt64 { 500_000_000 }
    /// An append that takes so long is waited for: no measure of the clients' pressure.
    private static var waitNanoseconds: UInt64 { 100_000_000 }
    /// For so long after a wait nothing is measured: what had gathered is still being worked off.
    private static var settlingNanoseconds: UInt64 { 1_000_000_000 }
    /// Without a proof for so long, the log does not answer.
    private static var unprovenNanoseconds: UInt64 { 1_500_000_000 }

    /// - Parameters:
    ///   - level: another build's than the first one's.
    ///   - trimming: how the log is trimmed while this node leads.
    ///   - address: where other nodes reach this one.
    package init(
        node: String, level: UInt16 = 1, clock: any MachineClock = SystemClock(),
        trimming: LogTrimming = LogTrimming(), address: String = ""
    ) {
        self.node = node
        self.address = address
        self.clock = clock
        self.trimming = trimming
        marks = Mutex(LogMarks(spacingBytes: trimming.spacingBytes))
        self.level = level
    }

    // MARK: What it is

    package var state: State {
        get { State(rawValue: storedState.load(ordering: .relaxed)) ?? .logUnavailable }
        set { storedState.store(newValue.rawValue, ordering: .relaxed) }
    }

    /// The term of the log's owner, as far as this node knows.
    package var term: UInt64 {
        get { storedTerm.load(ordering: .relaxed) }
        set { storedTerm.store(newValue, ordering: .relaxed) }
    }

    /// The term in which this process owns the log; 0 for none.
    package var office: UInt64 {
        get { storedOffice.load(ordering: .acquiring) }
        set { storedOffice.store(newValue, ordering: .releasing) }
    }

    /// Whether the thread that decides has the workers' lanes: with the office, and behind it.
    package var decides: Bool { office > 0 || state == .handingOver }

    /// Who owns the log, as far as this node knows.
    package var owner: LogOwner? {
        get { storedOwner.withLock { $0 } }
        set {
            storedOwner.withLock { $0 = newValue }
            term = newValue?.term ?? 0
        }
    }

    /// Whether a leader takes the entries that this node forwards.
    package var isForwarding: Bool {
        get { forwards.load(ordering: .relaxed) }
        set { forwards.store(newValue, ordering: .relaxed) }
    }

    /// The number of the record that this node's journal gets next.
    package var position: UInt64 {
        get { storedPosition.load(ordering: .relaxed) }
        set { storedPosition.store(newValue, ordering: .relaxed) }
    }

    /// The number behind the last record that is on stable storage in this node's journal: what it
    /// has stored, as long as nothing else is said.
    package var durable: UInt64 {
        get { min(storedDurable.load(ordering: .relaxed), position) }
        set { storedDurable.store(newValue, ordering: .relaxed) }
    }

    /// The number of the record that the log that all share gets next, as far as it has heard.
    package var logPosition: UInt64 {
        get { max(storedLogPosition.load(ordering: .relaxed), position) }
        // Two threads hear of it, and it never goes back.
        set { _ = storedLogPosition.max(newValue, ordering: .relaxed) }
    }

    /// Whether the log that all share has records that this node's journal lacks.
    package var isBehind: Bool { storedLogPosition.load(ordering: .relaxed) > position }

    /// Whether this node's journal is known to be a beginning of the log that all share, up to
    /// where it ends: other nodes may have its batches. It was read to the log's end once.
    package var isPartOfLog: Bool {
        get { holdsBeginning.load(ordering: .acquiring) }
        set { holdsBeginning.store(newValue, ordering: .releasing) }
    }

    /// Whether this node can store what it would decide. One that cannot does not stand.
    package var takesBatches: Bool { storesBatches.load(ordering: .relaxed) }

    /// What a node that follows finds of its own disk. Where that takes nothing, the node gives up
    /// what it has claimed: it would hold the office and serve nobody.
    package func noteOwnDisk(takesBatches: Bool) {
        storesBatches.store(takesBatches, ordering: .relaxed)
        if !takesBatches { office = 0 }
    }

    /// Records that came from other nodes' journals, because the log had them no more.
    package var fetchedRecords: UInt64 { storedFetched.load(ordering: .relaxed) }

    package func countFetched(_ records: UInt64) { storedFetched.add(records, ordering: .relaxed) }

    /// Bytes in use of the engine's store, as a leader was told last; 0 where it was not.
    package var engineBytes: UInt64 {
        get { storedEngineBytes.load(ordering: .relaxed) }
        set { storedEngineBytes.store(newValue, ordering: .relaxed) }
    }

    /// Bytes that the engine's store may have: beyond that it takes nothing.
    package var engineQuota: UInt64 {
        get { storedEngineQuota.load(ordering: .relaxed) }
        set { storedEngineQuota.store(newValue, ordering: .relaxed) }
    }

    /// etcd's own quota, where nobody has set another, and its metrics are not to be had.
    package static var usualQuota: UInt64 { 2 << 30 }

    /// Whether the engine's store takes further batches: up to four fifths of its quota. The rest
    /// is for claims, keys and trims, without which it would never have room again.
    package var hasEngineRoom: Bool { engineBytes < engineQuota / 5 * 4 }

    /// By how much the clock is off the other nodes', in milliseconds.
    package var clockErrorMilliseconds: Int64 {
        get { clockError.load(ordering: .relaxed) }
        set { clockError.store(newValue, ordering: .relaxed) }
    }

    // MARK: The engine's time

    /// The engine is asked, and nothing else is decided until it has answered.
    package func callBegins(at now: UInt64) { callBegan.store(now, ordering: .relaxed) }

    package func callEnds(at now: UInt64) {
        callEnded.store(now, ordering: .relaxed)
        let began = callBegan.exchange(0, ordering: .relaxed)
        if isLong(began, at: now) { waitEnded.store(now, ordering: .relaxed) }
    }

    /// For how long the thread that appends has waited for this node's own disk; 0 while it waits
    /// for the engine, or for nothing.
    /// - Parameter age: of the commit in hand, nanoseconds; 0 for none.
    package func ownWait(ofLast age: UInt64, at now: UInt64) -> UInt64 {
        guard callBegan.load(ordering: .relaxed) == 0 else { return 0 }
        let ended = callEnded.load(ordering: .relaxed)
        return min(age, now - min(ended, now))
    }

    private func isLong(_ began: UInt64, at now: UInt64) -> Bool {
        began > 0 && now - min(began, now) >= Self.waitNanoseconds
    }

    /// Whether what is measured now tells of the engine and not of clients.
    package func isUncertain(at now: UInt64) -> Bool {
        if isLong(callBegan.load(ordering: .relaxed), at: now) { return true }
        let ended = waitEnded.load(ordering: .relaxed)
        return ended > 0 && now - min(ended, now) < Self.settlingNanoseconds
    }

    /// Calls whose outcome had to be asked for again.
    package var unknownCalls: UInt64 { unknownCount.load(ordering: .relaxed) }

    package func countUnknown() { unknownCount.add(1, ordering: .relaxed) }

    /// The log was this node's at that moment: nanoseconds of the clock that goes on while the
    /// machine sleeps, as for all that asks for the proof. Another node may lead when it wakes.
    package func prove(at began: UInt64) {
        // Two threads prove it; the later moment stays.
        _ = provenAt.max(began, ordering: .releasing)
    }

    /// Whether the log was this node's half a second ago or later.
    package func isProven(
        at now: UInt64, within nanoseconds: UInt64 = ClusterStatus.proofNanoseconds
    ) -> Bool {
        let proven = provenAt.load(ordering: .acquiring)
        return now - min(proven, now) < nanoseconds
    }

    /// For how long the log was not proved to be this node's; nil where it is not. The claim is the
    /// first proof.
    /// - Parameter now: as of ``prove(at:)``.
    package func unprovenMilliseconds(at now: UInt64) -> UInt32? {
        let proven = provenAt.load(ordering: .acquiring)
        guard office > 0, proven > 0 else { return nil }
        return UInt32(clamping: (now - min(proven, now)) / 1_000_000)
    }

    /// Why this node takes no entries; nil where it does.
    /// - Parameter now: as of ``prove(at:)``.
    package func unreadyReason(at now: UInt64) -> String? {
        let state = state
        if state == .following, isForwarding { return nil }
        guard state == .leading else { return state.name }
        let proven = provenAt.load(ordering: .acquiring)
        return now - min(proven, now) < Self.unprovenNanoseconds
            ? nil : State.logUnavailable.name
    }

    // MARK: Members

    /// All nodes that this one knows of, itself too.
    package var members: [ClusterMember] {
        let now = clock.monotonicNanoseconds()
        var members = known.withLock { $0.map { $0.told(at: now) } }
        let place = members.firstIndex { $0.node == node }
        let own = ClusterMember(
            node: node, position: position, durable: durable,
            clockOffset: place.map { members[$0].clockOffset } ?? 0, silentMilliseconds: 0,
            level: level, address: address)
        if let place { members[place] = own } else { members.append(own) }
        return members
    }

    /// The format level that all nodes know that count: 0 where one was never heard.
    package var commonLevel: UInt16 { members.map(\.level).min() ?? level }

    /// What a leader told of all.
    package func set(_ members: [ClusterMember]) {
        let now = clock.monotonicNanoseconds()
        known.withLock { known in
            known = members.map { member in
                let silent = UInt64(member.silentMilliseconds) * 1_000_000
                let isKnown = member.silentMilliseconds != ClusterMember.never
                return Known(member: member, heardAt: isKnown ? now - min(silent, now) : 0)
            }
        }
    }

    /// What one of them told; where it is at record 0, it has told nothing yet.
    package func note(_ member: ClusterMember) {
        let now = clock.monotonicNanoseconds()
        let heardAt = member.position > 0 ? now : 0
        known.withLock { known in
            if let place = known.firstIndex(where: { $0.member.node == member.node }) {
                let earlier = known[place].told(at: now)
                known[place] = Known(member: member, heardAt: heardAt)
                notices.withLock { $0.compare(member, with: earlier) }
            } else if known.count < LinkFrame.maximumMembers {
                known.append(Known(member: member, heardAt: heardAt))
            } else {
                notices.withLock { $0.leaveOut(member.node) }
            }
        }
    }

    /// What an operator should know of the nodes that were heard, once each.
    package func takeNotices() -> [String] { notices.withLock { $0.take() } }

    /// A node that will not come back counts no more.
    package func forget(_ node: String) {
        known.withLock { known in known.removeAll { $0.member.node == node } }
    }

    /// Begins an office: offsets count from this node's clock from now on.
    package func rebaseClocks() {
        known.withLock { known in
            let own = known.first { $0.member.node == node }?.member.clockOffset
            guard let own else { return }
            for place in known.indices {
                let offset = known[place].member.clockOffset
                known[place].member.clockOffset = offset.subtractingSaturating(own)
            }
        }
    }

    // MARK: What may be trimmed

    /// A batch is in the log.
    package func mark(first: UInt64, bytes: Int) {
        marks.withLock { $0.add(first: first, bytes: bytes) }
    }

    /// How many nodes there are at least, known or not: a majority of them must have what leaves
    /// the log. 0 for as many as are known.
    package var expectedNodes: Int {
        get { storedExpected.load(ordering: .relaxed) }
        set { storedExpected.store(newValue, ordering: .relaxed) }
    }

    /// Below which batch the log may be trimmed; nil for none. The same until that is noted.
    /// See ``LogMarks``.
    package func trimPoint(keeping bytes: Int) -> UInt64? {
        let durable = majorityPosition
        return marks.withLock { $0.trimPoint(below: durable, keeping: bytes) }
    }

    /// The record that a majority's journals reach on stable storage.
    package var majorityPosition: UInt64 { members.majorityPosition(of: expectedNodes) }

    /// The log was trimmed below a batch, or can never be trimmed there.
    package func noteTrim(below first: UInt64) { marks.withLock { $0.remove(before: first) } }

    /// How many nodes are known, where that is too few for a majority of those that there are, and
    /// something would be trimmed otherwise; else nil.
    package func nodesTooFewToTrim(keeping bytes: Int) -> Int? {
        let known = members
        guard known.count <= expectedNodes / 2 else { return nil }
        let durable = known.majorityPosition(of: 0)
        return marks.withLock { $0.trimPoint(below: durable, keeping: bytes) } != nil
            ? known.count : nil
    }
}
