import Cluster
import ClusterTesting
import Testing

/// What every engine does with values that the log's owner alone changes. Each takes an engine of
/// its own, empty, whose calls do not fail.
enum ValuesContract {
    typealias Engine = ReplicatedLog & ReplicatedValues & ~Copyable

    private static func turn(_ from: Int, _ to: Int) -> ValueTurn {
        ValueTurn(key: "turn", from: from == 0 ? nil : [UInt8(from)], to: [UInt8(to)])
    }

    static func changes(_ log: inout some Engine) throws {
        let me = try LogContract.owner("a", 1)
        _ = try log.claim(me, after: nil)
        var outcome = try log.change([("x", [1]), ("y", [2])], turn: turn(0, 1), as: me)
        let revision = try #require(made(outcome))
        outcome = try log.change([("x", [1]), ("y", [2])], turn: turn(0, 1), as: me)
        #expect(outcome == .made(revision: revision), "the retry of a change that was made")
        outcome = try log.change([("x", [9]), ("z", [9])], turn: turn(0, 3), as: me)
        #expect(outcome == .overtaken, "on a state that is no more")
        outcome = try log.change([("x", nil), ("y", [3])], turn: turn(1, 2), as: me)
        #expect(try #require(made(outcome)) > revision)
        // The trap: what was removed comes back with a late copy of its put.
        outcome = try log.change([("x", [1]), ("y", [2])], turn: turn(0, 1), as: me)
        #expect(outcome == .overtaken, "a late copy of the first change")
        #expect(try log.get("x") == nil && log.get("y") == [3] && log.get("z") == nil)
    }

    static func fencesChanges(_ log: inout some Engine) throws {
        let (a, b) = (try LogContract.owner("a", 1), try LogContract.owner("b", 2))
        // Before the first claim: an import.
        var outcome = try log.change([("x", [1])], turn: turn(0, 1), as: nil)
        #expect(made(outcome) != nil)
        outcome = try log.change([("x", [2])], turn: turn(1, 2), as: a)
        #expect(outcome == .fenced(by: nil), "of one who has not claimed")
        _ = try log.claim(a, after: nil)
        outcome = try log.change([("x", [2])], turn: turn(1, 2), as: nil)
        #expect(outcome == .fenced(by: a), "an import beside an owner")
        outcome = try log.change([("x", [3])], turn: turn(1, 3), as: a)
        #expect(made(outcome) != nil)
        _ = try log.claim(b, after: a)
        outcome = try log.change([("x", [3])], turn: turn(1, 3), as: a)
        #expect(made(outcome) != nil, "made just before the other's claim")
        outcome = try log.change([("x", [4])], turn: turn(3, 4), as: a)
        #expect(outcome == .fenced(by: b), "a deposed owner's")
        #expect(try log.get("x") == [3])
        outcome = try log.change([("x", [5])], turn: turn(3, 5), as: b)
        #expect(made(outcome) != nil)
    }

    static func listsValues(_ log: inout some Engine) throws {
        let me = try LogContract.owner("a", 1)
        _ = try log.claim(me, after: nil)
        let names = (0..<60).map { "k/\(10 + $0)" }
        _ = try log.change(names.map { ($0, [UInt8($0.utf8.count)]) }, turn: turn(0, 1), as: me)
        _ = try log.change([("k", [7]), ("k0", [7]), ("l/1", [7])], turn: turn(1, 2), as: me)
        for withValues in [false, true] {
            var found: [String] = []
            var pages = 0
            repeat {
                pages += 1
                let hasMore = try log.list("k/", after: found.last, withValues: withValues) {
                    found.append($0)
                    #expect($1.byteCount == (withValues ? 1 : 0))
                }
                if !hasMore { break }
            } while pages < 100
            #expect(found == names && (pages > 1 || !withValues))
        }
    }

    static func compacts(_ log: inout some Engine) throws {
        let me = try LogContract.owner("a", 1)
        _ = try log.claim(me, after: nil)
        _ = try log.change([("x", [1])], turn: turn(0, 1), as: me)
        _ = try log.change([("x", nil)], turn: turn(1, 2), as: me)
        let last = try log.change([("y", [1])], turn: turn(2, 3), as: me)
        let revision = try #require(made(last))
        try log.compact(to: revision, waits: true)
        try log.compact(to: revision, waits: false)
        try log.compact(to: revision - 1, waits: false)
        #expect(try log.get("y") == [1])
    }

    private static func made(_ outcome: ChangeOutcome) -> Int64? {
        if case .made(let revision) = outcome { revision } else { nil }
    }
}
