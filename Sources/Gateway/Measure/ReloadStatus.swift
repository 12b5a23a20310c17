internal import Synchronization
internal import Time

/// What came of the last reload of the configuration. The main thread writes, anyone reads.
final class ReloadStatus: Sendable {
    struct Last: Equatable, Sendable {
        var isSuccessful = true
        /// When what is in force was read.
        var succeededAt: Timestamp
    }

    private let state: Mutex<Last>

    /// A start reads the configuration, too.
    init(startedAt time: Timestamp) {
        state = Mutex(Last(succeededAt: time))
    }

    var last: Last { state.withLock { $0 } }

    func record(isSuccessful: Bool, at time: Timestamp) {
        state.withLock { last in
            last.isSuccessful = isSuccessful
            if isSuccessful { last.succeededAt = time }
        }
    }
}
