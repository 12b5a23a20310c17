package import Vault

/// The keys of a vault beside the log of a cluster: each change is compared with the log's owner
/// and with the turn that this process saw last, so that a deposed leader's fails, and a copy that
/// comes late does nothing.
package final class ClusterKeys<Engine: ReplicatedValues & ~Copyable>: KeySpace {
    /// What a process may do.
    package enum Office: Equatable, Sendable {
        case reader
        /// Before the log's first claim: an import.
        case founder
        case owner(LogOwner)
    }

    /// A change that is known to be the last one so far.
    private struct Last {
        var turn: [UInt8]?
        /// Its revision, where this process made it and it removed nothing.
        var revision: Int64?
    }

    private var engine: Engine
    private let office: Office
    private let patienceSeconds: Double
    /// Nil where it is not known what became of a change.
    private var last: Last?

    private static var turnKey: String { "turn" }

    /// - Parameters:
    ///   - engine: of this vault alone.
    ///   - patienceSeconds: how long one call is tried again while there is no answer.
    package init(
        _ engine: consuming Engine, as office: Office, patienceSeconds: Double = 10
    ) {
        self.engine = engine
        self.office = office
        self.patienceSeconds = patienceSeconds
    }

    package var mayChange: Bool { office != .reader }

    // MARK: Reading

    package func begin() throws(KeySpaceError) {
        guard mayChange, last == nil else { return }
        last = Last(turn: try value(Self.turnKey))
    }

    package func value(_ key: String) throws(KeySpaceError) -> [UInt8]? {
        let limit = Waiting(seconds: patienceSeconds)
        while true {
            do throws(ReplicatedLogError) {
                return try engine.get(key)
            } catch {
                try mayRetry(after: error, limit)
            }
        }
    }

    package func keys(_ prefix: String) throws(KeySpaceError) -> [String] {
        var found: [String] = []
        try list(prefix, withValues: false) { key, _ in found.append(key) }
        return found
    }

    package func values(
        _ prefix: String, _ body: (_ key: String, _ value: RawSpan) -> Void
    ) throws(KeySpaceError) {
        try list(prefix, withValues: true, body)
    }

    private func list(
        _ prefix: String, withValues: Bool, _ body: (_ key: String, _ value: RawSpan) -> Void
    ) throws(KeySpaceError) {
        var after: String?
        var hasMore = true
        var limit = Waiting(seconds: patienceSeconds)
        while hasMore {
            do throws(ReplicatedLogError) {
                hasMore = try engine.list(prefix, after: after, withValues: withValues) {
                    after = $0
                    body($0, $1)
                }
                limit = Waiting(seconds: patienceSeconds)
            } catch {
                try mayRetry(after: error, limit)
            }
        }
    }

    private func mayRetry(
        after error: ReplicatedLogError, _ limit: Waiting
    ) throws(KeySpaceError) {
        switch error {
        case .unknown where !limit.isOver: return
        case .noSpace: throw .noSpace
        case .unknown, .refused, .malformed: throw .unavailable("\(error)")
        }
    }

    // MARK: Changing

    package func change(
        _ changes: [(key: String, value: [UInt8]?)]
    ) throws(KeySpaceError) {
        let me: LogOwner?
        switch office {
        case .reader: throw .notOwner("it follows")
        case .founder: me = nil
        case .owner(let owner): me = owner
        }
        guard let last else { throw .overtaken }
        let turn = ValueTurn(key: Self.turnKey, from: last.turn, to: Self.next(last.turn))
        // Until the outcome is known.
        self.last = nil
        switch try outcome(of: changes, turn, as: me) {
        case .made(let revision):
            let removes = changes.contains { $0.value == nil }
            self.last = Last(turn: turn.to, revision: removes ? nil : revision)
        case .fenced(let other):
            throw .notOwner(other.map { "\($0.node) leads since term \($0.term)" } ?? "none leads")
        case .overtaken: throw .overtaken
        }
    }

    private func outcome(
        of changes: [(key: String, value: [UInt8]?)], _ turn: ValueTurn, as me: LogOwner?
    ) throws(KeySpaceError) -> ChangeOutcome {
        let limit = Waiting(seconds: patienceSeconds)
        while true {
            do throws(ReplicatedLogError) {
                return try engine.change(changes, turn: turn, as: me)
            } catch {
                try mayRetry(after: error, limit)
            }
        }
    }

    /// Counts, so that a person can see the order, and is like no other: two changes that begin at
    /// one turn, of which the first was given up, are told apart.
    private static func next(_ turn: [UInt8]?) -> [UInt8] {
        let digits = turn?.prefix { $0 != UInt8(ascii: "/") } ?? []
        let count = UInt64(String(decoding: digits, as: UTF8.self))
        let word = String(UInt64.random(in: .min ... .max), radix: 16)
        return Array("\((count ?? 0) &+ 1)/\(word)".utf8)
    }

    package func compact(waits: Bool) throws(KeySpaceError) {
        let limit = Waiting(seconds: patienceSeconds)
        while true {
            if last?.revision == nil { try change([]) }
            guard let revision = last?.revision else {
                preconditionFailure("a change that removes nothing has a revision")
            }
            do throws(ReplicatedLogError) {
                return try engine.compact(to: revision, waits: waits)
            } catch {
                try mayRetry(after: error, limit)
                // A member that has begun it says of the same one only that it has: one behind it
                // is waited for, and etcd carries them out one after the other.
                if waits { last?.revision = nil }
            }
        }
    }
}
