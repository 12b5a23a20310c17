internal import Evidence
internal import Synchronization

/// What dossiers are made from. The sequencer's thread adds, after the batch is durable and while
/// it holds the readers' catalogue; whoever wants both to be of one moment holds it too.
final class EvidenceRegister: Sendable {
    private let index: Mutex<EvidenceIndex>

    init(_ recovered: EvidenceIndex) {
        index = Mutex(recovered)
    }

    func add(_ record: EvidenceRecord) {
        index.withLock { $0.add(record) }
    }

    /// All of it, as it is now.
    var snapshot: EvidenceIndex { index.withLock { $0 } }
}
