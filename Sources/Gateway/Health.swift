internal import Synchronization
internal import Time

/// What keeps the gateway from accepting entries, and from telling the time. State, not metrics:
/// readiness and refusals depend on it.
///
/// The sequencer's thread writes; anyone reads.
final class Health: Sendable {
    private let storedSpace = Atomic<UInt8>(Space.available.rawValue)
    private let storedCommitBegan = Atomic<UInt64>(0)
    private let storedKeysBegan = Atomic<UInt64>(0)
    private let storedClockLeap = Atomic<Int64>(0)
    private let storedStoreLost = Atomic<Bool>(false)
    private let storedMasterKeyLost = Atomic<Bool>(false)
    private let storedStopNoted = Atomic<Bool>(false)
    private let storedClock = Atomic<UInt8>(Clock.believed.rawValue)

    /// What a commit waits for that takes longer than it should.
    enum Stall: String, Sendable {
        case disk = "disk_stalled"
        /// The log that several nodes share: its engine has no majority, or elects a leader.
        case log = "log_unavailable"
    }

    /// What a commit waits for first.
    let firstWait: Stall

    init(firstWait: Stall = .disk) {
        self.firstWait = firstWait
    }

    /// Whether the disk has room for a further batch.
    enum Space: UInt8, Sendable {
        case available
        /// The disk, or what the process may use of it, is full.
        case full
        /// The system makes no further segment, for another reason; the log has it.
        case failing
        /// The disk does not finish the next segment, and has not failed either.
        case stalled
        /// The log that several nodes share is near its engine's quota; no node can store more.
        case logFull

        /// Whether this machine's disk takes nothing: another node's may.
        var isOwn: Bool { self != .available && self != .logFull }
    }

    /// What the sequencer thinks of the wall clock.
    enum Clock: UInt8, Sendable {
        case believed
        /// At the start it is more than a day away from the log's last record: no entries.
        case unconfirmed
        /// It is more than a day behind the ledger's time, which stands.
        case behind
    }

    var space: Space {
        get { Space(rawValue: storedSpace.load(ordering: .relaxed)) ?? .failing }
        set { storedSpace.store(newValue.rawValue, ordering: .relaxed) }
    }

    /// Whether the data folder is not what the gateway was started on; nothing is stored then. The
    /// thread that watches it writes (``StoreWatch``).
    var isStoreLost: Bool {
        get { storedStoreLost.load(ordering: .relaxed) }
        set { storedStoreLost.store(newValue, ordering: .relaxed) }
    }

    /// Whether a start would not find the master key that this process has. Entries go on: they
    /// need the key in memory only. The same thread writes.
    var isMasterKeyLost: Bool {
        get { storedMasterKeyLost.load(ordering: .relaxed) }
        set { storedMasterKeyLost.store(newValue, ordering: .relaxed) }
    }

    /// Whether a stop of the journal is noted for the next start (``StopNote``), or could not be.
    /// The same thread writes.
    var isStopNoted: Bool {
        get { storedStopNoted.load(ordering: .relaxed) }
        set { storedStopNoted.store(newValue, ordering: .relaxed) }
    }

    // MARK: The disk's time

    /// The disk is waited for from now on, for a commit or for room; or has come back.
    func commitBegins(at nanoseconds: UInt64) {
        storedCommitBegan.store(nanoseconds, ordering: .relaxed)
    }

    func commitEnds() {
        storedCommitBegan.store(0, ordering: .releasing)
    }

    /// A commit that takes so long is no hiccup: the disk stalls.
    private static var stallNanoseconds: UInt64 { 1_000_000_000 }

    /// For how long the disk stalls: the commit in hand has taken a second or more.
    /// - Parameter now: the monotonic clock, nanoseconds.
    /// - Returns: nanoseconds; nil where it does not stall.
    func stall(at now: UInt64) -> UInt64? {
        let age = commitAge(at: now)
        return age >= Self.stallNanoseconds ? age : nil
    }

    /// For how long the commit in hand has taken; 0 where none is.
    /// - Parameter now: the monotonic clock, nanoseconds.
    func commitAge(at now: UInt64) -> UInt64 {
        let began = storedCommitBegan.load(ordering: .acquiring)
        return began > 0 ? now - min(began, now) : 0
    }

    // MARK: The keys' time

    /// Something is done with the operations' secrets from now on, on the disk or in etcd. The
    /// vault's thread writes (``VaultDesk``).
    func keysBegin(at nanoseconds: UInt64) {
        storedKeysBegan.store(nanoseconds, ordering: .relaxed)
    }

    func keysEnd() { storedKeysBegan.store(0, ordering: .relaxed) }

    /// For how long it has taken; 0 where nothing is in hand.
    /// - Parameter now: the monotonic clock, nanoseconds.
    func keysAge(at now: UInt64) -> UInt64 {
        let began = storedKeysBegan.load(ordering: .relaxed)
        return began > 0 ? now - min(began, now) : 0
    }

    // MARK: The clock

    /// The wall clock less the ledger's time, in milliseconds, where they do not go together; else
    /// 0. See ``LedgerClock``.
    var clockLeapMilliseconds: Int64 {
        get { storedClockLeap.load(ordering: .relaxed) }
        set { storedClockLeap.store(newValue, ordering: .relaxed) }
    }

    var clock: Clock {
        get { Clock(rawValue: storedClock.load(ordering: .relaxed)) ?? .unconfirmed }
        set { storedClock.store(newValue.rawValue, ordering: .relaxed) }
    }

    /// The ledger's time.
    /// - Parameter now: the wall clock.
    func ledgerTime(at now: Timestamp) -> Timestamp {
        now.advanced(byMilliseconds: -clockLeapMilliseconds)
    }

    // MARK: Readiness

    /// Why entries cannot be accepted now, or not after the next start, as readiness names it;
    /// empty while they can.
    /// - Parameter now: the monotonic clock, nanoseconds.
    func reasons(at now: UInt64) -> [String] {
        var reasons = storageReasons(at: now)
        switch clock {
        case .believed: break
        case .unconfirmed: reasons.append("clock_unconfirmed")
        case .behind: reasons.append("clock_behind")
        }
        if isMasterKeyLost { reasons.append("master_key_lost") }
        return reasons
    }

    /// Those of them for which the journal takes no records.
    func storageReasons(at now: UInt64) -> [String] {
        var reasons: [String] = []
        if isStoreLost { reasons.append("store_lost") }
        switch space {
        case .available: break
        case .full: reasons.append("disk_full")
        case .failing: reasons.append("disk_failing")
        case .stalled: reasons.append("disk_stalled")
        case .logFull: reasons.append("log_full")
        }
        if space != .stalled, stall(at: now) != nil { reasons.append(firstWait.rawValue) }
        return reasons
    }
}
