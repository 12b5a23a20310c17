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

    /// A sample counts for so long.
    private static var validNanoseconds: UInt64 { 2_000_000_000 }

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
    }

    /// Samples that still count, in the order of their nodes' names.
    /// - Parameter now: nanoseconds of the monotonic clock.
    func current(at now: UInt64) -> [NodeSample] {
        received.withLock { received in
            received = received.filter { now - min($0.value.at, now) < Self.validNanoseconds }
            return received.sorted { $0.key < $1.key }.map(\.value.sample)
        }
    }
}
