internal import Contract
internal import LockFree
internal import Synchronization

/// What nodes of a cluster tell each other of their pressure: at a node that follows the sample
/// that goes to its leader next, at a leader the last one of each other node.
final class NodeSamples: Sendable {
    private struct Received {
        let sample: NodeSample
        /// Nanoseconds of the monotonic clock.
        let at: UInt64
    }

    private let offered = Mutex<NodeSample?>(nil)
    private let isOffered = Atomic<Bool>(false)
    private let received = Mutex<[String: Received]>([:])
    /// By the operation's index, what samples have brought since the office began.
    private let answered = Mutex<[UInt32: RoomCount]>([:])
    private let own = Atomic<Int>(PressureLevel.calm.rawValue)

    /// A sample counts for so long.
    private static var validNanoseconds: UInt64 { 2_000_000_000 }

    /// How this node alone is pushed, as it measured last.
    var ownLevel: PressureLevel {
        get { PressureLevel(rawValue: own.load(ordering: .relaxed)) ?? .calm }
        set { own.store(newValue.rawValue, ordering: .relaxed) }
    }

    // MARK: A node that follows

    /// Leaves a sample for whoever sends it, in place of one that was not sent.
    func offer(_ sample: NodeSample) {
        offered.withLock { $0 = sample }
        isOffered.store(true, ordering: .releasing)
    }

    var hasSample: Bool { isOffered.load(ordering: .acquiring) }

    /// The sample that is to be sent; nil for none.
    func takeSample() -> NodeSample? {
        guard isOffered.exchange(false, ordering: .acquiring) else { return nil }
        return offered.withLock { $0.take() }
    }

    // MARK: A leader

    func note(_ sample: NodeSample, of node: String, at now: UInt64) {
        received.withLock { received in
            received[node] = Received(sample: sample, at: now)
        }
        answered.withLock { answered in
            for demand in sample.demands {
                answered[demand.operation, default: RoomCount()] += demand.answers
            }
        }
    }

    /// Samples that still count, in the order of their nodes' names.
    /// - Parameter now: nanoseconds of the monotonic clock.
    func current(at now: UInt64) -> [NodeSample] {
        received.withLock { received in
            received = received.filter { now - min($0.value.at, now) < Self.validNanoseconds }
            return received.sorted { $0.key < $1.key }.map(\.value.sample)
        }
    }

    /// What other nodes have answered of an operation, as far as they have told this one.
    func answered(of operation: UInt32) -> RoomCount {
        answered.withLock { $0[operation] ?? RoomCount() }
    }

    /// How other nodes are pushed, by name: those whose samples still count.
    func levels(at now: UInt64) -> [String: PressureLevel] {
        received.withLock { received in
            received.filter { now - min($0.value.at, now) < Self.validNanoseconds }
                .mapValues(\.sample.level)
        }
    }
}
