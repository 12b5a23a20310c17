internal import Addresses
internal import Ledger
internal import Logging
internal import Projections
internal import Wire

/// What was refused at the doors, as lines of the log: each kind once a minute at most, with
/// counts. Owned by the pulse's thread.
struct RefusalLog {
    private let shared: Shared
    /// Entries with an unknown or revoked key, as they were logged last, and when that was.
    private var keys: (count: UInt64, at: UInt64?) = (0, nil)
    /// Connections refused, as they were logged last.
    private var connections: [UInt64]

    private static var pauseNanoseconds: UInt64 { 60_000_000_000 }

    init(_ shared: Shared) {
        self.shared = shared
        connections = Self.kinds.map { _ in 0 }
    }

    /// - Parameter now: the monotonic clock, nanoseconds.
    mutating func turn(at now: UInt64) {
        logForeignOrigins(now)
        logTokens(now)
        logKeys(now)
    }

    /// Tells the operator which pages send entries that their operation does not allow: a page that
    /// was forgotten in `allowed_origins`, or somebody else's.
    private func logForeignOrigins(_ now: UInt64) {
        guard let due = shared.foreignOrigins.due(at: now) else { return }
        let operations = shared.projected.catalogue.operations
        let origins = due.rows.map { row -> Logger.MetadataValue in
            let index = Int(row.key.operation)
            let operation = index < operations.count ? operations[index].id : "#\(index)"
            return [
                "operation": "\(operation)", "origin": "\(row.key.origin)",
                "count": .stringConvertible(row.count),
            ]
        }
        shared.logger.warning(
            "refused entries: allowed_origins does not name the page's origin",
            metadata: ["origins": .array(origins), "others": .stringConvertible(due.others)])
    }

    /// Tells who knocks at the admin listener without a token that permits it.
    private func logTokens(_ now: UInt64) {
        guard let due = shared.refusedTokens.due(at: now) else { return }
        let refusals = due.rows.map { row -> Logger.MetadataValue in
            var members: Logger.Metadata = [
                "reason": "\(row.key.reason.label)",
                "address": "\(row.key.network.networkText)",
                "count": .stringConvertible(row.count),
            ]
            if let name = row.key.name { members["by"] = "\(name)" }
            return .dictionary(members)
        }
        let count = due.rows.reduce(due.others) { $0 + $1.count }
        shared.logger.warning(
            "refused requests of the admin listener for their tokens",
            metadata: [
                "count": .stringConvertible(count), "refusals": .array(refusals),
                "others": .stringConvertible(due.others),
            ])
    }

    /// Tells that a front end uses a key that does not work, or works no more.
    private mutating func logKeys(_ now: UInt64) {
        let count = shared.instruments.requests(.public, .entries, .unauthorized)
        guard count > keys.count else { return }
        if let last = keys.at, now &- last < Self.pauseNanoseconds { return }
        shared.logger.warning(
            "refused entries: no front-end key, or one that is unknown or revoked",
            metadata: ["count": .stringConvertible(count - keys.count)])
        keys = (count, now)
    }

    // MARK: Debugging

    private static let kinds = ListenerKind.allCases.flatMap { kind in
        ConnectionRefusal.allCases.map { (kind, $0) }
    }

    /// Tells of connections that were refused within the last second; called once a second.
    mutating func logConnections() {
        for (index, (kind, refusal)) in Self.kinds.enumerated() {
            let count = shared.instruments.refusedConnections(refusal, kind)
            let fresh = count - connections[index]
            connections[index] = count
            guard fresh > 0 else { continue }
            shared.logger.debug(
                "connections refused",
                metadata: [
                    "listener": "\(kind.label)", "limit": "\(refusal.label)",
                    "count": .stringConvertible(fresh),
                ])
        }
    }
}
