internal import Cluster
internal import Glibc
internal import LockFree
internal import Logging
internal import Sockets
internal import Synchronization
internal import Time

/// A leader that ends gives its office to the node that is closest to taking it.
extension ClusterNode {
    /// What came of a hand-over.
    enum HandOver: Equatable {
        case taken(by: LogOwner)
        /// This process leads no more, or not yet, or hands over already.
        case notLeading
        /// No node, or not the one that was named, is heard and near enough.
        case noSuccessor
        /// The node that was to take over did not; this one goes on.
        case notTaken(by: String)
    }

    /// A successor that lives claims within some milliseconds.
    private static var claimNanoseconds: UInt64 { 1_000_000_000 }
    private static var lookMicroseconds: UInt32 { 2_000 }

    /// Has the sequencer decide nothing more, and another node take over. What comes meanwhile is
    /// refused, and may be sent to the other node at once; what was decided is stored and answered.
    /// Outcomes of webhooks' deliveries are on record before, and nothing is sent any more: the new
    /// leader sends what is left.
    /// - Parameter wanted: the node that is to take over; nil for the furthest.
    func handOver(to wanted: String? = nil) -> HandOver {
        let succession = status.succession
        guard status.state == .leading, !succession.isBegun else { return .notLeading }
        guard successor(wanted) != nil else { return .noSuccessor }
        pauseSending()
        let end = handOverPaused(to: wanted)
        if case .taken = end {} else { resumeSending() }
        return end
    }

    private func handOverPaused(to wanted: String?) -> HandOver {
        let succession = status.succession
        recordCounts()
        // What is read now need not be read while nobody decides.
        links.tell()
        usleep(Self.readingMicroseconds)
        // Another one may be further, or gone, by now.
        guard let successor = successor(wanted) else { return .noSuccessor }
        let began = SystemClock.monotonicNanoseconds()
        // Said before the successor can know: one that is under way says the same.
        status.state = .handingOver
        guard succession.begin(to: successor.node, onSettled: { [links] in links.tell() })
        else { return .notLeading }
        shared.sequencerBell.ring()
        // A batch that gathers is the last one: it goes at once.
        shared.endGathering()
        let taken = waitForClaim(since: began)
        let seconds = Double(SystemClock.monotonicNanoseconds() - began) / 1e9
        guard let taken else {
            succession.cancel()
            status.state = .leading
            shared.sequencerBell.ring()
            links.tell()
            shared.logger.warning(
                "no node took over; going on",
                metadata: [
                    "node": "\(successor.node)", "seconds": .stringConvertible(seconds),
                ])
            return .notTaken(by: successor.node)
        }
        status.office = 0
        status.owner = taken
        links.tell()
        shared.logger.notice(
            "another node has taken over",
            metadata: [
                "node": "\(taken.node)", "term": .stringConvertible(taken.term),
                "seconds": .stringConvertible(seconds),
            ])
        return .taken(by: taken)
    }

    /// Puts on record what was counted and would be lost with this process, as its end does.
    private func recordCounts() {
        shared.areCountsDue.store(true, ordering: .releasing)
        let began = SystemClock.monotonicNanoseconds()
        while shared.areCountsDue.load(ordering: .acquiring) || shared.administration.hasWork,
            SystemClock.monotonicNanoseconds() - began < Self.countsNanoseconds
        {
            shared.sequencerBell.ring()
            usleep(Self.lookMicroseconds)
        }
    }

    /// The pulse beats ten times a second; what it records is decided with the next batch.
    private static var countsNanoseconds: UInt64 { 300_000_000 }

    /// Followers read what they are told of at once.
    private static var readingMicroseconds: UInt32 { 20_000 }

    /// The node that can take over now; nil for none.
    func successor(_ wanted: String? = nil) -> ClusterMember? {
        status.members.successor(of: status.node, at: status.position, wanted: wanted)
    }

    /// - Returns: the new owner; nil where there is none in time.
    private func waitForClaim(since began: UInt64) -> LogOwner? {
        var engine = configuration.makeEngine()
        let office = status.office
        while SystemClock.monotonicNanoseconds() - began < Self.claimNanoseconds {
            // The successor is told by the thread that decides, when all is stored.
            usleep(Self.lookMicroseconds)
            guard status.succession.isSettled else { continue }
            do throws(ReplicatedLogError) {
                if let found = try engine.owner(), found.term > office { return found }
            } catch {
                // Asked again: the engine may elect a leader.
                status.countUnknown()
            }
        }
        return nil
    }
}
