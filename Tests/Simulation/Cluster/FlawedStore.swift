import Files

@testable import Log

/// A leader's store with a flaw.
final class FlawedStore: LogStore {
    private let store: any LogStore
    private let flaw: ClusterFlaw
    /// What was said to be stored and is not yet.
    private var held: SimulatedDisk.StoredBatch?

    init(_ store: any LogStore, _ flaw: ClusterFlaw) {
        self.store = store
        self.flaw = flaw
    }

    func ensureSpace() -> Bool { store.ensureSpace() }
    var spaceFailure: FileError? { store.spaceFailure }

    func store(_ batch: borrowing LogBatch) throws(LogError) {
        if flaw == .answerBeforeAppend {
            held = SimulatedDisk.StoredBatch(batch)
        } else {
            try store.store(batch)
        }
    }

    /// Stores what was said to be stored.
    func flush() throws(LogError) {
        defer { held = nil }
        try held?.store(in: store)
    }

    func syncLater(
        behind written: UInt64, _ report: @escaping @Sendable (UInt64) -> Void
    ) throws(LogError) {
        try store.syncLater(behind: written, report)
    }

    func confirm() throws(LogError) {
        if flaw != .noProofOfOffice { try store.confirm() }
    }
}
