internal import Ledger
internal import LockFree
internal import Synchronization
internal import Wire

/// Everything the gateway measures of itself, as tables that each thread writes its own shard of.
/// What decisions depend on is not here, but in ``Health`` and on the board.
///
/// One shard for each loop's lane, and the last for the sequencer. Where a number stands in the
/// tables is said here and nowhere else.
final class Instruments: Sendable {
    private let counters: CounterTable
    private let histograms: HistogramTable
    private let sequencerShard: Int
    private let queueTimesStart: Int
    private let unreadTimesStart: Int
    private let testVerdictsStart: Int
    /// How quickly entries are answered, and why they are refused, by operation.
    let operations: OperationMeter
    /// Open connections of each loop; each written by its loop.
    private let connections: GaugeTable
    /// Bytes that each loop keeps for connections that wait; each written by its loop.
    private let parkedBytes: GaugeTable
    /// What of them OpenSSL keeps.
    private let sessionBytes: GaugeTable
    private let accepted = Atomic<UInt64>(0)
    private let commitBusy = Atomic<UInt64>(0)
    /// Counted by whichever thread of the control side it was: rare, so one word for all.
    private let reportsShed = Atomic<UInt64>(0)
    private let statisticsShed = Atomic<UInt64>(0)
    private let changesRefused = Atomic<UInt64>(0)

    init(lanes: Int, operations: Int) {
        sequencerShard = lanes
        counters = CounterTable(
            shards: lanes + 1,
            counters: Self.verdictsStart + operations * (2 * EntryVerdict.names.count + 3))
        queueTimesStart = Self.verdictsStart + operations * EntryVerdict.names.count
        unreadTimesStart = queueTimesStart + 2 * operations
        testVerdictsStart = unreadTimesStart + operations
        self.operations = OperationMeter(lanes: lanes, operations: operations)
        histograms = HistogramTable(shards: lanes + 1, histograms: Timing.count)
        connections = GaugeTable(gauges: lanes)
        parkedBytes = GaugeTable(gauges: lanes)
        sessionBytes = GaugeTable(gauges: lanes)
    }

    // MARK: Where things stand

    private static let statuses = HTTPStatus.allCases.count
    private static let rejections = HTTPRejection.allCases.count
    private static let kinds = ListenerKind.allCases.count

    private static let requestsStart = 0
    private static let rejectionsStart = kinds * Route.allCases.count * statuses
    private static let refusedConnectionsStart = rejectionsStart + kinds * rejections
    private static let shedStart =
        refusedConnectionsStart + kinds * ConnectionRefusal.allCases.count
    private static let refusedProxiesStart = shedStart + Shedding.allCases.count
    private static let limitsStart = refusedProxiesStart + ProxyRefusal.allCases.count
    private static let handshakesStart = limitsStart + kinds * ConnectionLimit.allCases.count
    private static let missingRoomStart =
        handshakesStart + kinds * HandshakeResult.allCases.count
    private static let verdictsStart = missingRoomStart + MissingRoom.allCases.count

    private static func refusal(_ refusal: ConnectionRefusal, _ kind: ListenerKind) -> Int {
        refusedConnectionsStart + kind.rawValue * ConnectionRefusal.allCases.count
            + refusal.rawValue
    }

    private static func limit(_ limit: ConnectionLimit, _ kind: ListenerKind) -> Int {
        limitsStart + kind.rawValue * ConnectionLimit.allCases.count + limit.rawValue
    }

    private static func request(_ kind: ListenerKind, _ route: Route, _ status: HTTPStatus) -> Int {
        (kind.rawValue * Route.allCases.count + route.rawValue) * statuses + statusIndex(status)
    }

    /// Statuses by their place among all: a table, because an answer is counted each time.
    private static let statusIndices: [UInt8] = {
        var indices = [UInt8](repeating: 0, count: 600)
        for (index, status) in HTTPStatus.allCases.enumerated() {
            indices[Int(status.rawValue)] = UInt8(index)
        }
        return indices
    }()

    private static func statusIndex(_ status: HTTPStatus) -> Int {
        Int(statusIndices[Int(status.rawValue)])
    }

    /// The histograms.
    enum Timing {
        /// From the turn that read a request's last byte to its answer; in nanoseconds.
        static func request(_ kind: ListenerKind, _ route: Route) -> Int {
            kind.rawValue * Route.allCases.count + route.rawValue
        }
        /// From the worker's ring to the sequencer; in nanoseconds.
        static let queueWait = ListenerKind.allCases.count * Route.allCases.count
        /// Writing and syncing one batch; in nanoseconds.
        static let commit = queueWait + 1
        /// Records of one batch.
        static let commitRecords = queueWait + 2
        /// From a message's posting to its reading; in nanoseconds.
        static let loopLag = queueWait + 3
        /// From the arrival of a request's bytes to the turn that read them, on the public
        /// listener; in nanoseconds.
        static let unreadWait = queueWait + 4
        /// What of that is of operations that are held back.
        static let heldUnreadWait = queueWait + 5
        /// Appending one batch to the log that several nodes share; in nanoseconds.
        static let append = queueWait + 6
        static let count = queueWait + 7
    }

    // MARK: The loops write

    func count(
        _ kind: ListenerKind, _ route: Route, _ status: HTTPStatus, nanoseconds: UInt64, lane: Int
    ) {
        counters.add(1, to: Self.request(kind, route, status), shard: lane)
        histograms.record(nanoseconds, in: Timing.request(kind, route), shard: lane)
    }

    func count(_ verdict: EntryVerdict, of operation: UInt32, lane: Int) {
        guard let name = verdict.nameIndex else { return }
        let place = Int(operation) * EntryVerdict.names.count + name
        counters.add(1, to: Self.verdictsStart + place, shard: lane)
    }

    /// The same for an entry that came with a permit.
    func countTest(_ verdict: EntryVerdict, of operation: UInt32, lane: Int) {
        guard let name = verdict.nameIndex else { return }
        let place = Int(operation) * EntryVerdict.names.count + name
        counters.add(1, to: testVerdictsStart + place, shard: lane)
    }

    func count(_ rejection: HTTPRejection, _ kind: ListenerKind, lane: Int) {
        let place = kind.rawValue * Self.rejections + Int(rejection.rawValue)
        counters.add(1, to: Self.rejectionsStart + place, shard: lane)
    }

    /// A connection is not taken, or not yet.
    func count(_ refusal: ConnectionRefusal, _ kind: ListenerKind, lane: Int) {
        counters.add(1, to: Self.refusal(refusal, kind), shard: lane)
    }

    /// A connection ends because of a limit.
    func count(_ limit: ConnectionLimit, _ kind: ListenerKind, lane: Int) {
        counters.add(1, to: Self.limit(limit, kind), shard: lane)
    }

    /// A connection was closed because it did not begin as a trusted proxy's does.
    func countRefusedProxy(_ refusal: ProxyRefusal, lane: Int) {
        counters.add(1, to: Self.refusedProxiesStart + refusal.rawValue, shard: lane)
    }

    func count(_ result: HandshakeResult, _ kind: ListenerKind, lane: Int) {
        counters.add(1, to: Self.handshake(result, kind), shard: lane)
    }

    private static func handshake(_ result: HandshakeResult, _ kind: ListenerKind) -> Int {
        handshakesStart + kind.rawValue * HandshakeResult.allCases.count + result.rawValue
    }

    /// An entry was refused because a ring was too full for it.
    func countShed(_ shedding: Shedding, lane: Int) {
        counters.add(1, to: Self.shedStart + shedding.rawValue, shard: lane)
    }

    /// A request was refused because this was lacking.
    func count(_ missing: MissingRoom, lane: Int) {
        counters.add(1, to: Self.missingRoomStart + missing.rawValue, shard: lane)
    }

    func setConnections(_ count: Int, lane: Int) {
        connections.set(Int64(count), gauge: lane)
    }

    /// - Parameter sessions: what of them OpenSSL keeps.
    func setParkedBytes(_ bytes: Int, sessions: Int, lane: Int) {
        parkedBytes.set(Int64(bytes), gauge: lane)
        sessionBytes.set(Int64(sessions), gauge: lane)
    }

    func recordLoopLag(nanoseconds: UInt64, lane: Int) {
        histograms.record(nanoseconds, in: Timing.loopLag, shard: lane)
    }

    func recordUnreadWait(nanoseconds: UInt64, isHeldBack: Bool, lane: Int) {
        histograms.record(nanoseconds, in: Timing.unreadWait, shard: lane)
        if isHeldBack { histograms.record(nanoseconds, in: Timing.heldUnreadWait, shard: lane) }
    }

    /// So many requests were read as soon as they came.
    func recordUnwaited(_ requests: UInt64, lane: Int) {
        histograms.record(0, times: requests, in: Timing.unreadWait, shard: lane)
    }

    /// An entry was handed over whose bytes had lain unread for so long.
    func addUnreadTime(_ nanoseconds: UInt64, of operation: UInt32, lane: Int) {
        counters.add(nanoseconds, to: unreadTimesStart &+ Int(operation), shard: lane)
    }

    // MARK: The sequencer writes

    func recordQueueWait(nanoseconds: UInt64, of operation: UInt32) {
        let place = queueTimesStart + 2 * Int(operation)
        counters.add(nanoseconds, to: place, shard: sequencerShard)
        counters.add(1, to: place + 1, shard: sequencerShard)
        histograms.record(nanoseconds, in: Timing.queueWait, shard: sequencerShard)
    }

    /// - Parameter busyNanoseconds: for which the sequencer's thread had a processor meanwhile.
    func recordCommit(nanoseconds: UInt64, busyNanoseconds: UInt64, records: Int) {
        commitBusy.store(
            commitBusy.load(ordering: .relaxed) &+ busyNanoseconds, ordering: .relaxed)
        histograms.record(nanoseconds, in: Timing.commit, shard: sequencerShard)
        histograms.record(UInt64(records), in: Timing.commitRecords, shard: sequencerShard)
    }

    func recordAppend(nanoseconds: UInt64) {
        histograms.record(nanoseconds, in: Timing.append, shard: sequencerShard)
    }

    /// Nanoseconds of all commits in which the sequencer worked rather than waited for the disk.
    var commitBusyNanoseconds: UInt64 { commitBusy.load(ordering: .relaxed) }

    /// Entries accepted since the process started; written by the sequencer alone.
    var entriesAccepted: UInt64 {
        get { accepted.load(ordering: .relaxed) }
        set { accepted.store(newValue, ordering: .relaxed) }
    }

    // MARK: The control side writes

    /// A report, or statistics, were refused.
    func countShed(_ shedding: Shedding) {
        if shedding == .reports {
            reportsShed.add(1, ordering: .relaxed)
        } else {
            statisticsShed.add(1, ordering: .relaxed)
        }
    }

    /// An operator's change found no room.
    func countRefusedChange() { changesRefused.add(1, ordering: .relaxed) }

    // MARK: Anyone reads

    func requests(_ kind: ListenerKind, _ route: Route, _ status: HTTPStatus) -> UInt64 {
        counters.total(of: Self.request(kind, route, status))
    }

    func rejections(_ rejection: HTTPRejection, _ kind: ListenerKind) -> UInt64 {
        counters.total(
            of: Self.rejectionsStart + kind.rawValue * Self.rejections + Int(rejection.rawValue))
    }

    func refusedConnections(_ refusal: ConnectionRefusal, _ kind: ListenerKind) -> UInt64 {
        counters.total(of: Self.refusal(refusal, kind))
    }

    func ended(by limit: ConnectionLimit, _ kind: ListenerKind) -> UInt64 {
        counters.total(of: Self.limit(limit, kind))
    }

    func refusedProxies(_ refusal: ProxyRefusal) -> UInt64 {
        counters.total(of: Self.refusedProxiesStart + refusal.rawValue)
    }

    func handshakes(_ result: HandshakeResult, _ kind: ListenerKind) -> UInt64 {
        counters.total(of: Self.handshake(result, kind))
    }

    /// Requests refused before overload hurt.
    func shed(_ shedding: Shedding) -> UInt64 {
        switch shedding {
        case .reports: reportsShed.load(ordering: .relaxed)
        case .statistics: statisticsShed.load(ordering: .relaxed)
        default: counters.total(of: Self.shedStart + shedding.rawValue)
        }
    }

    /// Requests refused because this was lacking.
    func refusals(for missing: MissingRoom) -> UInt64 {
        missing == .change
            ? changesRefused.load(ordering: .relaxed)
            : counters.total(of: Self.missingRoomStart + missing.rawValue)
    }

    /// Entries refused because a ring was too full for them.
    var entriesShed: UInt64 {
        Shedding.allCases.reduce(0) { $0 + counters.total(of: Self.shedStart + $1.rawValue) }
    }

    /// Answers with a verdict since the process started.
    func verdicts(_ nameIndex: Int, of operation: UInt32) -> UInt64 {
        counters.total(
            of: Self.verdictsStart + Int(operation) * EntryVerdict.names.count + nameIndex)
    }

    /// The same for entries that came with a permit.
    func testVerdicts(_ nameIndex: Int, of operation: UInt32) -> UInt64 {
        counters.total(
            of: testVerdictsStart + Int(operation) * EntryVerdict.names.count + nameIndex)
    }

    /// Nanoseconds that the operation's entries have waited to be decided: unread in the kernel,
    /// then for the sequencer.
    func waitTime(of operation: UInt32) -> UInt64 {
        counters.total(of: queueTimesStart + 2 * Int(operation))
            &+ counters.total(of: unreadTimesStart + Int(operation))
    }

    /// How many entries of the operation ``waitTime(of:)`` is the sum over.
    func queued(of operation: UInt32) -> UInt64 {
        counters.total(of: queueTimesStart + 2 * Int(operation) + 1)
    }

    func timing(_ histogram: Int) -> HistogramSnapshot {
        histograms.snapshot(of: histogram)
    }

    /// How many values ``timing(_:)`` has.
    func count(ofTiming histogram: Int) -> UInt64 { histograms.count(of: histogram) }

    func parkedBytes(lane: Int) -> Int {
        Int(parkedBytes.value(of: lane))
    }

    func sessionBytes(lane: Int) -> Int {
        Int(sessionBytes.value(of: lane))
    }

    func connections(lane: Int) -> Int {
        Int(connections.value(of: lane))
    }
}
