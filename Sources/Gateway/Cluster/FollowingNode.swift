internal import Bytes
internal import Cluster
internal import Glibc
internal import Ledger
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
    private var follower: Follower<EtcdLog, LinkClient>
    private let node: ClusterNode
    private let configuration: Gateway.Configuration
    private let folder: DataFolder
    private let control: Control
    private let doors: OfficeDoors
    /// The operator's, for a log that has no records yet.
    private let calendar: OperatorCalendar

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
        try follower.turn(waking: bell, apply)
    }

    // MARK: The office

    func giveUpLanes() -> KeptEntries? {
        let kept = node.giveUpLanes()
        control.fillLeaves()
        return kept
    }

    func prepareOffice(
        _ office: LogOwner, _ log: inout Log, _ ledger: borrowing Ledger
    ) throws(StartError) -> OwnStart {
        node.lead(&log, as: office)
        var vault = try folder.openVault(
            masterKey: configuration.masterKey, isGuarded: configuration.masterKeyIsGuarded,
            space: node.makeKeySpace(as: office))
        try folder.finishErasures(&vault, ledger.catalogue)
        try waitForProjector(&vault, ledger.catalogue)
        try folder.sortOrphans(of: control.exports, shared.projected.evidence, shared.logger)
        shared.leaves.add(
            try folder.reserveLeaves(&vault, from: ledger.nextLeaf, shared.logger))
        control.vault.replace(with: vault)
        return OwnStart(
            version: Gateway.version,
            policy: configuration.startingPolicy(over: ledger, shared.logger),
            calendar: ledger.records == 0 ? calendar : nil)
    }

    /// Waits until the views are of the log's end, and the loops have the keys of all operations.
    /// - Throws: ``StartError`` where one's keys are gone, and nobody has accepted that.
    private func waitForProjector(
        _ vault: inout KeyVault, _ catalogue: Catalogue
    ) throws(StartError) {
        try wait { shared.projection.isIdle }
        guard shared.lackingKeys.load(ordering: .acquiring) > 0 else { return }
        let found = try folder.operationKeys(&vault, catalogue, shared.logger)
        let absent = catalogue.standing.count - found.count
        // The projector reads on meanwhile.
        try wait { shared.lackingKeys.load(ordering: .acquiring) <= absent }
    }

    /// - Throws: ``StartError`` where it takes too long, or the process is told to end: another
    ///   node may lead then.
    private func wait(until isThere: () -> Bool) throws(StartError) {
        let beat = node.followingBeat
        let began = SystemClock.monotonicNanoseconds()
        while !isThere() {
            let waited = SystemClock.monotonicNanoseconds() - began
            guard waited < Self.keysNanoseconds, !shared.isDraining else {
                throw .file("operations' keys could not be read from the cluster's etcd in time")
            }
            _ = poll(nil, 0, 1)
            beat()
        }
    }

    /// How long an office may wait for keys before it begins: 30 s.
    private static var keysNanoseconds: UInt64 { 30_000_000_000 }

    func beginOffice(_ office: LogOwner) throws(StartError) {
        try node.keepOffice(office)
        try doors.open(configuration, control)
    }
}
