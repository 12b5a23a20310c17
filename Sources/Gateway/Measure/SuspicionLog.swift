internal import Ledger
internal import Logging
internal import Projections
internal import Time

/// Uses of suspected front-end keys and tokens, as a line of the log: once a minute at most, with
/// counts since the line before. Owned by the pulse's thread.
struct SuspicionLog {
    private let shared: Shared
    /// Uses as they were logged last, of each and of all.
    private var logged: [SuspectedUses.Subject: UInt64] = [:]
    private var loggedTotal: UInt64 = 0
    /// When that was, in nanoseconds of the monotonic clock; nil before the first line.
    private var loggedAt: UInt64?

    /// Keys and tokens that one line names.
    static var maximumSubjects: Int { 32 }
    private static var pauseNanoseconds: UInt64 { 60_000_000_000 }

    init(_ shared: Shared) {
        self.shared = shared
    }

    /// - Parameter now: the monotonic clock, nanoseconds.
    mutating func turn(at now: UInt64) {
        let total = shared.suspectedUses.total
        guard total != loggedTotal else { return }
        if let loggedAt, now &- loggedAt < Self.pauseNanoseconds { return }
        let subjects = subjects(of: shared.projected.catalogue)
        let used = subjects.compactMap { subject, members -> Logger.MetadataValue? in
            let uses = shared.suspectedUses.uses(of: subject)
            let fresh = uses.count &- logged[subject, default: 0]
            guard fresh > 0 else { return nil }
            logged[subject] = uses.count
            var members = members
            members["count"] = .stringConvertible(fresh)
            members["last_use"] = uses.last.map { .string($0.rfc3339) }
            return .dictionary(members)
        }
        shared.logger.warning(
            "suspected keys or tokens are in use",
            metadata: [
                "count": .stringConvertible(total &- loggedTotal),
                "suspects": .array(Array(used.prefix(Self.maximumSubjects))),
            ])
        loggedTotal = total
        loggedAt = now
    }

    /// What is suspected, with what a line says of it.
    private func subjects(
        of catalogue: Catalogue
    ) -> [(SuspectedUses.Subject, Logger.Metadata)] {
        var subjects: [(SuspectedUses.Subject, Logger.Metadata)] = []
        for (index, key) in catalogue.keys.enumerated() where key.suspectedAt != nil {
            let operation = catalogue.operations[Int(key.operation)].id
            subjects.append(
                (.key(UInt32(index)), ["key_id": "\(key.id)", "operation": "\(operation)"]))
        }
        for (index, token) in catalogue.tokens.enumerated() where token.suspectedAt != nil {
            subjects.append(
                (
                    .token(UInt32(index)),
                    [
                        "token_id": "\(token.id)", "by": "\(token.holder.name)",
                        "role": "\(token.holder.role.rawValue)",
                    ]
                ))
        }
        return subjects
    }
}
