/// Which nodes there are, kept beside the log: a leader that has not heard of one yet trims nothing
/// that it lacks. Only the log's owner changes it.
struct MemberList {
    private static var key: String { "members" }
    private static var turnKey: String { "members-turn" }
    /// Another change of the same owner's can come between a look and a change, seldom.
    private static var attempts: Int { 3 }

    /// - Returns: the names; empty where nobody has written any.
    static func read<Engine: ReplicatedLog & ~Copyable>(
        _ engine: inout Engine
    ) throws(ReplicatedLogError) -> [String] {
        let value = try engine.get(key) ?? []
        return String(decoding: value, as: UTF8.self).split(separator: ",").map(String.init)
    }

    /// Writes the names, where others are there.
    /// - Returns: false where another node owns the log.
    static func write<Engine: ReplicatedLog & ReplicatedValues & ~Copyable>(
        _ names: [String], as owner: LogOwner, _ engine: inout Engine
    ) throws(ReplicatedLogError) -> Bool {
        let value = Array(names.sorted().joined(separator: ",").utf8)
        for _ in 0..<attempts {
            let turn = try get(turnKey, &engine)
            guard try get(key, &engine) != value else { return true }
            let next = ValueTurn(key: turnKey, from: turn, to: Self.next(turn))
            switch try engine.change([(key, value)], turn: next, as: owner) {
            case .made: return true
            case .fenced: return false
            case .overtaken: continue
            }
        }
        throw .unknown("the list of nodes changes too often")
    }

    /// Begins another turn with the same names.
    /// - Returns: its revision, which removed nothing; nil where another node owns the log, or
    ///   changes the names.
    static func renew<Engine: ReplicatedLog & ReplicatedValues & ~Copyable>(
        as owner: LogOwner, _ engine: inout Engine
    ) throws(ReplicatedLogError) -> Int64? {
        let turn = try get(turnKey, &engine)
        let next = ValueTurn(key: turnKey, from: turn, to: Self.next(turn))
        guard case .made(let revision) = try engine.change([], turn: next, as: owner) else {
            return nil
        }
        return revision
    }

    /// Both protocols have the call.
    private static func get<Engine: ReplicatedLog & ~Copyable>(
        _ key: String, _ engine: inout Engine
    ) throws(ReplicatedLogError) -> [UInt8]? {
        try engine.get(key)
    }

    /// Like no other one, so that a change that comes late does nothing.
    private static func next(_ turn: [UInt8]?) -> [UInt8] {
        let digits = turn?.prefix { $0 != UInt8(ascii: "/") } ?? []
        let count = UInt64(String(decoding: digits, as: UTF8.self)) ?? 0
        return Array("\(count &+ 1)/\(String(UInt64.random(in: .min ... .max), radix: 16))".utf8)
    }
}
