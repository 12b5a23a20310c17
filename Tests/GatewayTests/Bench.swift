import Bytes
import Cluster
import Cryptography
import Evidence
import Ledger
import LockFree
import Log
import Projections
import Snapshots
import Sockets
import Testing
import Threads
import Time
import Webhooks

@testable import Gateway

/// Everything that a sequencer needs, before it runs: what is left in its lanes is then one
/// batch's worth of work, or more, whatever the machine's speed.
final class Bench {
    let folder: TestFolder
    let shared: Shared
    let control: Control
    let vault: SharedVault
    private let sequencer: ThreadHandover<Sequencer>
    private let projector: ThreadHandover<Projector>
    private var sequencerThread: SystemThread?
    private var projectorThread: SystemThread?

    /// - Parameters:
    ///   - commands: applied before anything is left.
    ///   - copies: gets each batch that is stored.
    ///   - followed: of a node that follows.
    ///   - vault: another bench's, where keys are those of one cluster.
    init(
        _ commands: [AdministrativeCommand], clock: any MachineClock = SystemClock(),
        proxies: TrustedProxies = TrustedProxies(), cluster: ClusterStatus? = nil,
        copies: CopiedLog? = nil,
        following followed: (any FollowedLog)? = nil, vault: SharedVault? = nil,
        _ change: (inout Limits) -> Void = { _ in }
    ) throws {
        folder = try TestFolder()
        var limits = TestGateway.limits
        change(&limits)
        let data = try DataFolder(folder.path)
        var ledger = Ledger()
        for command in commands {
            _ = try ledger.apply(command, by: .admin, at: Timestamp(milliseconds: 0))
        }
        var empty = Snapshot()
        var snapshotEnd: UInt64 = 0
        var log = try data.recover(
            &empty, snapshotEnd: &snapshotEnd, limits: limits, logger: TestGateway.silent)
        if let copies { log.wrapStore { CopyingStore($0, copies) } }
        let projections = Projections(catalogue: ledger.catalogue, evidence: empty.evidence)
        shared = try Shared(
            limits: limits, proxies: proxies, workers: 1, state: projections.state, clock: clock,
            cluster: cluster, logger: TestGateway.silent)
        self.vault =
            try vault ?? SharedVault(try data.openVault(masterKey: folder.path + "/master.key"))
        control = try Control(
            shared: shared, vault: self.vault,
            tokens: try AdminTokens(data: folder.path),
            exports: OperationExport(data: folder.path), startedAt: Timestamp(milliseconds: 0))
        sequencer = ThreadHandover(
            Sequencer(shared: shared, ledger: ledger, log: log, following: followed))
        projector = ThreadHandover(
            Projector(
                shared: shared, projections: projections, keys: [:],
                reading: followed == nil ? nil : self.vault))
    }

    /// The sequencer, for a test that turns it by itself; it is given once, and not started.
    func takeSequencer() -> Sequencer { sequencer.receive() }

    func start() throws {
        let (sequencer, projector, shared) = (sequencer, projector, shared)
        sequencerThread = try SystemThread(name: "sequencer") {
            var sequencer = sequencer.receive()
            do {
                try sequencer.run()
            } catch {
                shared.giveUp("\(error)")
            }
        }
        projectorThread = try SystemThread(name: "projector") {
            var projector = projector.receive()
            projector.run()
        }
    }

    func stop() {
        shared.stop()
        sequencerThread?.join()
        sequencerThread = nil
        shared.projection.close()
        projectorThread?.join()
        projectorThread = nil
    }

    /// Leaves an entry of an operation, with the key of the same index.
    /// - Parameters:
    ///   - behind: see ``EntryEnvelope``.
    ///   - isHeld: whether it goes into the ring of operations that are held.
    func leave(
        _ person: UInt64, of operation: UInt32 = 0, sealedBytes: Int = 32, behind: UInt64 = 0,
        isHeld: Bool = false
    ) {
        var record = ByteBuffer(capacity: 1 << 14)
        let command = EntryCommand(
            operation: operation, key: operation, participant: Fingerprint(high: 1, low: person),
            ageConfirmed: false, consentsGiven: true)
        record.append(
            EntryEnvelope(
                connection: EventToken(place: UInt32(person), generation: 0), handedOver: 0,
                command: command, behind: behind, sourceBytes: 0))
        record.append(zeros: sealedBytes)
        let lane = shared.lanes[0]
        let isTaken = (isHeld ? lane.heldCommands : lane.commands).push(record.bytes)
        #expect(isTaken)
    }

    /// The answers in the worker's ring, once there are so many.
    func answers(_ count: Int) -> [AnswerEnvelope] {
        var answers: [AnswerEnvelope] = []
        let bell = shared.lanes[0].bell
        while answers.count < count {
            bell.prepareToSleep()
            if shared.lanes[0].answers.isEmpty,
                !bell.wait(timeoutNanoseconds: 30_000_000_000)
            {
                return answers
            }
            bell.wokeUp()
            while shared.lanes[0].answers.pop({
                answers.append($0.envelope(as: AnswerEnvelope.self))
            }) {}
        }
        return answers
    }

    /// Takes out what is to go on record of answers that accepted nothing.
    func drainNotAccepted() -> [NotAcceptedEntries] {
        var found: [NotAcceptedEntries] = []
        while let request = shared.administration.next() {
            if case .fact(.notAccepted(let entries)) = request.record.command {
                found.append(entries)
            }
        }
        return found
    }

    static func settings(
        _ rule: EntryRule, title: String = "T", robots: RobotPolicy = .off
    ) -> OperationSettings {
        OperationSettings(
            client: "acme", title: title, rule: rule, robots: robots, policy: .advise)
    }

    /// An operation `ete` that is open, with the key `pk_test`.
    static func opened(robots: RobotPolicy = .off) throws -> [AdministrativeCommand] {
        let digest = Token.digest(of: "pk_test")
        let stored = KeyDigest(digest.bytes)
        return [
            .contract(.putClient(id: "acme", name: "Acme")),
            .operation(
                .put(id: "ete", settings: settings(.once, robots: robots), dataKeyID: "d-1")),
            .access(.addKey(operation: "ete", keyID: "k-1", digest: try #require(stored))),
            .operation(.open(id: "ete", note: nil)),
        ]
    }
}
