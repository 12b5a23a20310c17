internal import Evidence
internal import Synchronization

/// What dossiers are made from. The sequencer's thread adds, after the batch is durable and while
/// it holds the readers' catalogue; whoever wants both to be of one moment holds it too.
final class Register: Sendable {
    private let files: Mutex<CaseFiles>

    init(_ recovered: CaseFiles) {
        files = Mutex(recovered)
    }

    func add(_ record: NotedRecord) {
        files.withLock { $0.add(record) }
    }

    /// All of it, as it is now.
    var snapshot: CaseFiles { files.withLock { $0 } }
}
