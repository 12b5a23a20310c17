internal import Bytes
package import Files
internal import Glibc
package import Log
internal import Time

/// A leader's store: a batch goes into the log that all nodes share, and then into this node's own
/// segments. Made when the node has taken office, and used by the thread that owns the ``Log``.
package final class ClusterStore<Engine: ReplicatedLog & ~Copyable>: LogStore {
    private let local: any LogStore
    private var engine: Engine
    private let owner: LogOwner
    private let status: ClusterStatus
    /// Called with each further try.
    private let beat: () -> Void
    /// Gets how long an append took: nanoseconds.
    private let appended: (UInt64) -> Void

    /// - Parameters:
    ///   - local: holds all that the shared log has.
    ///   - owner: this node's office.
    package init(
        _ local: any LogStore, _ engine: consuming Engine, as owner: LogOwner,
        _ status: ClusterStatus, beat: @escaping () -> Void = {},
        appended: @escaping (UInt64) -> Void = { _ in }
    ) {
        self.local = local
        self.engine = engine
        self.owner = owner
        self.status = status
        self.beat = beat
        self.appended = appended
    }

    package func ensureSpace() -> Bool { status.hasEngineRoom && local.ensureSpace() }
    package var spaceFailure: FileError? {
        status.hasEngineRoom
            ? local.spaceFailure
            : FileError(
                "append to", "the cluster's log", ENOSPC,
                found: "etcd's store has \(status.engineBytes) bytes in use, and its quota is "
                    + "\(status.engineQuota)")
    }
    package var unusedBytes: Int { local.unusedBytes }

    /// Returns when the batch is on stable storage at a majority of the engine's members, and
    /// written into this node's segments, which may be synced later.
    /// While nobody knows what became of it, it is asked again with the same bytes, however long
    /// that takes: nothing else may be decided meanwhile.
    package func store(_ batch: borrowing LogBatch) throws(LogError) {
        let first = batch.header.firstSequence
        let began = status.clock.monotonicNanoseconds()
        let asked = status.clock.elapsedNanoseconds()
        let outcome: AppendOutcome
        status.callBegins(at: began)
        do throws(ReplicatedLogError) {
            outcome = try engine.appendUntilKnown(batch.bytes, first: first, as: owner) {
                tryAgain()
                return false
            }
        } catch {
            throw .unusable("record \(first): \(error)")
        }
        let ended = status.clock.monotonicNanoseconds()
        status.callEnds(at: ended)
        appended(ended - began)
        if case .fenced(let other) = outcome { throw fenced(by: other) }
        status.prove(at: asked)
        status.mark(first: first, bytes: batch.bytes.byteCount)
        do throws(LogError) {
            try local.store(batch)
        } catch {
            // It is in the log all the same: it cannot be stored later, or otherwise.
            if case .noSpace(let directory) = error {
                throw .unusable("\(directory) has no room for record \(first), which is in it")
            }
            throw error
        }
        status.position = batch.end.nextSequence
    }

    package func syncLater(
        behind written: UInt64, _ report: @escaping @Sendable (UInt64) -> Void
    ) throws(LogError) {
        try local.syncLater(behind: written, report)
    }

    package func confirm() throws(LogError) {
        let began = status.clock.monotonicNanoseconds()
        if status.isProven(at: status.clock.elapsedNanoseconds()) { return }
        status.callBegins(at: began)
        while true {
            let asked = status.clock.elapsedNanoseconds()
            let found: LogOwner?
            do throws(ReplicatedLogError) {
                found = try engine.owner()
            } catch {
                guard case .unknown = error else { throw .unusable("\(error)") }
                tryAgain()
                continue
            }
            let heard = status.clock.monotonicNanoseconds()
            status.callEnds(at: heard)
            guard found == owner else { throw fenced(by: found) }
            status.prove(at: asked)
            // A proof is as old as its question: who stood still meanwhile asks again.
            if status.isProven(at: status.clock.elapsedNanoseconds()) { return }
            status.callBegins(at: heard)
        }
    }

    private func tryAgain() {
        status.countUnknown()
        beat()
    }

    private func fenced(by other: LogOwner?) -> LogError {
        .fenced(by: other.map { "node \($0.node) (term \($0.term))" } ?? "nobody")
    }
}
