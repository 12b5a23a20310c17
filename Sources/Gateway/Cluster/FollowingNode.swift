internal import Bytes
internal import Cluster
internal import Glibc
internal import Ledger
internal import LockFree
internal import Log
internal import Logging
internal import Projections
internal import Synchronization
internal import Time
internal import Vault

/// A node on its way to an office, and what it does between its claim and its first entry.
final class FollowingNode: FollowedLog, @unchecked Sendable {
    // `@unchecked Sendable`: made before the sequencer's thread starts, and used by that thread
    // alone from then on.
    /// Nil once it has the office.
    private var follower: Follower<EtcdLog, LinkClient>?
    private let node: ClusterNode
    private let configuration: Gateway.Configuration
    private let folder: DataFolder
    private let control: Control
    private let doors: OfficeDoors
    /// The operator's, for a log that has no records yet.
    private let calendar: OperatorCalendar
    /// When the steps of the office began: nanoseconds of the monotonic clock.
    private var steps: [(name: String, at: UInt64)] = []

    init(
        _ node: ClusterNode, _ configuration: Gateway.Configuration, _ folder: DataFolder,
        after journal: RecoveryReport, _ control: Control, _ doors: OfficeDoors,
        _ calendar: OperatorCalendar
    ) {
        follower = node.makeFollower(after: journal)
        self.node = node
        self.configuration = configuration
        self.folder = folder
        self.control = control
        self.doors = doors
        self.calendar = calendar
    }

    private var shared: Shared { control.shared }

    func turn(
        waking bell: Int32?, _ apply: (RawSpan) throws(LogError) -> LogPosition
    ) throws(FollowerFailure) -> LogOwner? {
        let term = node.status.term
        let office = try follower?.turn(waking: bell, apply)
        // Entries go to whoever leads now: the thread that sends them need not look for it.
        if node.status.term != term { shared.forwarderBell?.ring() }
        return office
    }

    // MARK: The office

    func giveUpLanes() -> KeptEntries? {
        beginStep("lanes")
        let kept = node.giveUpLanes()
        control.fillLeaves()
        beginStep("start")
        return kept
    }

    /// Only what the first entry needs: the log, by the way that has just claimed it, leaves, and
    /// keys where another node's operations have none here yet. The keys may be changed from now
    /// on; that they can be is seen to beside the entries (``OfficeUpkeep``).
    func prepareOffice(
        _ office: LogOwner, _ log: inout Log, _ ledger: borrowing Ledger
    ) throws(StartError) -> OwnStart {
        beginStep("prepare")
        guard let ended = follower.take() else { preconditionFailure("an office begins once") }
        node.lead(&log, as: office, by: ended.end())
        control.vault.replace { [configuration, node] () throws(KeyVaultError) in
            try KeyVault(
                space: node.makeKeySpace(as: office), masterKeyPath: configuration.masterKey,
                masterKeyIsGuarded: configuration.masterKeyIsGuarded)
        }
        try waitForProjector(ledger.catalogue, office)
        try folder.sortOrphans(of: control.exports, shared.projected.evidence, shared.logger)
        control.leavesBegin(at: ledger.nextLeaf)
        // What the leader before has given to this node is nobody else's.
        if shared.leaves.isEmpty {
            try node.keepOffice(office)
            try reserveLeaves(from: ledger.nextLeaf)
        }
        return OwnStart(
            version: Gateway.version,
            policy: configuration.startingPolicy(over: ledger, shared.logger),
            calendar: ledger.records == 0 ? calendar : nil)
    }

    private func reserveLeaves(from lowest: UInt64) throws(StartError) {
        let leaves = try withVault { vault throws(StartError) in
            try folder.reserveLeaves(&vault, from: lowest, shared.logger)
        }
        shared.leaves.add(leaves)
    }

    /// Waits until the views are of the log's end, and the loops have the keys of all operations.
    /// - Throws: ``StartError`` where one's keys are gone, and nobody has accepted that.
    private func waitForProjector(
        _ catalogue: Catalogue, _ office: LogOwner
    ) throws(StartError) {
        try wait(office) { shared.projection.isIdle }
        guard shared.lackingKeys.load(ordering: .acquiring) > 0 else { return }
        try node.keepOffice(office)
        if !folder.accepted.contains(.missingKeys) {
            _ = try withVault { vault throws(StartError) in
                try folder.operationKeys(&vault, catalogue, shared.logger).count
            }
        }
        // The projector reads on meanwhile.
        try wait(office) { shared.lackingKeys.load(ordering: .acquiring) == 0 }
    }

    private func withVault<Result: Sendable>(
        _ body: (inout KeyVault) throws(StartError) -> Result
    ) throws(StartError) -> Result {
        var failure = StartError.file("the cluster's keys cannot be read")
        do throws(KeyVaultError) {
            let result = try control.vault.withLock { vault throws(KeyVaultError) -> Result? in
                do throws(StartError) {
                    return try body(&vault)
                } catch {
                    failure = error
                    return nil
                }
            }
            if let result { return result }
        } catch {
            failure = .file("\(error)")
        }
        throw failure
    }

    /// - Throws: ``StartError`` where it takes too long, or the process is told to end: another
    ///   node may lead then.
    private func wait(_ office: LogOwner, until isThere: () -> Bool) throws(StartError) {
        let beat = node.followingBeat
        let began = SystemClock.monotonicNanoseconds()
        while !isThere() {
            let waited = SystemClock.monotonicNanoseconds() - began
            guard waited < Self.keysNanoseconds, !shared.isDraining else {
                // The others need not wait for the end of this process.
                node.status.office = 0
                throw .file("operations' keys could not be read from the cluster's etcd in time")
            }
            // Not before: its calls of etcd would be in the way of the first entries.
            if waited >= Self.unkeptNanoseconds { try node.keepOffice(office) }
            _ = poll(nil, 0, 1)
            beat()
        }
    }

    /// How long an office may wait for keys before it begins: 30 s.
    private static var keysNanoseconds: UInt64 { 30_000_000_000 }

    /// How long an office is not kept while it waits: long before other nodes doubt it.
    private static var unkeptNanoseconds: UInt64 { 500_000_000 }

    func beginOffice(_ office: LogOwner) throws(StartError) {
        beginStep("doors")
        try node.keepOffice(office)
        try node.lead(control, doors)
        try doors.open(configuration, control)
        beginStep("end")
        logSteps(of: office)
        OfficeUpkeep(control).begin(shared.projected.catalogue)
        node.probe.begin(control)
    }

    // MARK: What took how long

    private func beginStep(_ name: String) {
        steps.append((name, SystemClock.monotonicNanoseconds()))
    }

    /// Entries wait from the claim to the doors: an operator may want to know for what.
    private func logSteps(of office: LogOwner) {
        var metadata: Logger.Metadata = ["term": .stringConvertible(office.term)]
        for (step, next) in zip(steps, steps.dropFirst()) {
            metadata["\(step.name)_ms"] = .stringConvertible((next.at - step.at) / 1_000_000)
        }
        shared.logger.info("this node decides entries", metadata: metadata)
    }
}
