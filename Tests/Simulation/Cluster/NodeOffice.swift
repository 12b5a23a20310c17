import Bytes
import Cluster
import Ledger
import Log

@testable import Gateway

/// What a process's sequencer goes by while its node follows: the real ``Follower``.
final class NodeOffice: FollowedLog, @unchecked Sendable {
    // `@unchecked Sendable`: used by whoever has the world's turn.

    /// Set before the sequencer runs.
    weak var process: NodeProcess?
    private let cluster: SimulatedCluster
    private let life: ProcessLife
    private var follower: Follower<TimedLog, SimulatedLeaderLink>
    /// The end of the own journal.
    private var end: LogPosition

    init(
        _ cluster: SimulatedCluster, _ node: SimulatedNode, _ life: ProcessLife,
        _ thread: VirtualThread, _ status: ClusterStatus, after journal: RecoveryReport
    ) {
        self.cluster = cluster
        self.life = life
        end = journal.end
        follower = Follower(
            TimedLog(cluster, node, life, thread), status, after: journal, address: node.address,
            over: SimulatedLeaderLink(cluster, node, life, thread),
            report: { [judge = cluster.judge] text in judge.note("\(node.name): \(text)") },
            beat: {})
    }

    func turn(
        waking bell: Int32?, _ apply: (RawSpan) throws(LogError) -> LogPosition
    ) throws(FollowerFailure) -> LogOwner? {
        guard !life.hasEnded else { throw .unsuitable(NodeProcess.endedText) }
        let (skipsCheck, start) = (cluster.flaw == .noChainCheck, end)
        var end = start
        defer { self.end = end }
        return try follower.turn(waking: bell) { bytes throws(LogError) in
            if skipsCheck {
                let fitting = Reseal.bytes(of: bytes, after: end)
                end = unsafe try apply(fitting.span.bytes)
            } else {
                end = try apply(bytes)
            }
            return end
        }
    }

    private func required() -> NodeProcess {
        guard let process else { preconditionFailure("its process runs") }
        return process
    }

    func giveUpLanes() -> KeptEntries? { required().giveUpLanes() }

    func prepareOffice(
        _ office: LogOwner, _ log: inout Log, _ ledger: borrowing Ledger
    ) throws(StartError) -> OwnStart {
        required().wrap(&log, as: office)
        return required().prepareOffice(ledger)
    }

    func beginOffice(_ office: LogOwner) throws(StartError) {
        do {
            try required().beginOffice(office)
        } catch {
            throw .thread("\(error)")
        }
    }
}
