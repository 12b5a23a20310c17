internal import Logging
internal import Synchronization
internal import Time

/// Tells the operator how full the tables are before they are: in the log here, in `/metrics` and
/// `status` by what it publishes. Owned by the pulse's thread.
struct TableWatch {
    private let shared: Shared
    private var memory = TableMemory()

    init(_ shared: Shared) {
        self.shared = shared
    }

    mutating func turn() {
        let bytes = shared.tableBytes.load(ordering: .relaxed)
        let limit = shared.tableLimit.load(ordering: .relaxed)
        let seconds = shared.clock.monotonicNanoseconds() / 1_000_000_000
        let level = memory.sample(bytes, of: limit, at: seconds)
        let left = memory.secondsUntilFull(bytes, of: limit, at: seconds)
        let fullAt = left.map {
            shared.clock.wallClock().advanced(byMilliseconds: Int64($0) * 1_000)
        }
        shared.tablesFullAt.store(fullAt?.milliseconds ?? .max, ordering: .relaxed)
        if let level { log(level, bytes, limit, fullAt) }
    }

    private func log(
        _ level: TableMemory.Level, _ bytes: Int, _ limit: Int, _ fullAt: Timestamp?
    ) {
        var metadata: Logger.Metadata = [
            "bytes": .stringConvertible(bytes), "limit_bytes": .stringConvertible(limit),
        ]
        if let fullAt { metadata["full_at"] = "\(fullAt.rfc3339)" }
        switch level {
        case .ample:
            shared.logger.notice("the tables have room again", metadata: metadata)
        case .high, .short:
            let share = level == .high ? 80 : 90
            shared.logger.warning(
                "the tables take \(share) % of limits.table_bytes; raise it, or reset operations",
                metadata: metadata)
        case .full:
            shared.logger.error(
                "the tables are full; refusing new participants until limits.table_bytes is raised",
                metadata: metadata)
        }
    }
}
