internal import Addresses
internal import Bytes
internal import Ledger
internal import LockFree
internal import Synchronization
internal import Time

/// A few entries of robots, as examples: threads that count leave them, the pulse takes them.
///
/// A thread does not wait and does not allocate: where another one leaves or takes at that moment,
/// or this one has left something within the last 50 ms, there is no sample.
final class RobotSamples: Sendable {
    /// An example, with its findings as they came.
    struct Sample: BitwiseCopyable {
        var sighting: RobotSighting
        var findingsCount: UInt16
        /// A hash of the heaviest finding's rule, to have examples of different rules.
        var heaviest: UInt32
        var findings: InlineArray<512, UInt8>
    }

    private struct State {
        var samples: ContiguousArray<Sample> = []
    }

    private let state = Mutex(State())
    /// When each thread left its last one, in milliseconds.
    private let last: AtomicWords

    /// Examples that wait to be taken.
    private static var maximum: Int { 64 }
    private static var pauseMilliseconds: Int64 { 50 }

    init(shards: Int) {
        last = AtomicWords(count: shards * AtomicWords.apartWords)
        state.withLock { $0.samples.reserveCapacity(Self.maximum) }
    }

    /// Leaves an example. Only the shard's own thread may.
    func leave(_ sighting: RobotSighting, findings: RawSpan, heaviest: UInt32, shard: Int) {
        let word = shard &* AtomicWords.apartWords
        let now = sighting.at.milliseconds
        let before = Int64(bitPattern: last.relaxed(word))
        // A clock that was set back begins anew.
        guard now &- before >= Self.pauseMilliseconds || now < before else { return }
        last.store(relaxed: UInt64(bitPattern: now), at: word)
        var sample = Sample(
            sighting: sighting, findingsCount: 0, heaviest: heaviest,
            findings: InlineArray(repeating: 0))
        let count = min(findings.byteCount, 512)
        sample.findingsCount = UInt16(count)
        for offset in 0..<count { sample.findings[offset] = findings[offset] }
        _ = state.withLockIfAvailable { state in
            if state.samples.count < Self.maximum { state.samples.append(sample) }
        }
    }

    /// Takes what waits. The pulse's call.
    func drain() -> [Sample] {
        state.withLock { state in
            let samples = Array(state.samples)
            state.samples.removeAll(keepingCapacity: true)
            return samples
        }
    }
}
