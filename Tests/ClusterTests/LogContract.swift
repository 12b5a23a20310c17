import Cluster
import ClusterTesting
import Testing

/// What every ``ReplicatedLog`` does, whichever engine is behind it. Each takes a log of its own,
/// empty, whose calls do not fail.
enum LogContract {
    static func owner(_ node: String, _ term: UInt64) throws -> LogOwner {
        try #require(LogOwner(node: node, term: term, address: "10.0.0.1:8082"))
    }

    static func claims(_ log: inout some ReplicatedLog & ~Copyable) throws {
        let (a, b) = (try owner("a", 1), try owner("b", 1))
        var seen = try log.owner()
        #expect(seen == nil)
        var isMine = try log.claim(a, after: nil)
        #expect(isMine)
        isMine = try log.claim(b, after: nil)
        #expect(!isMine, "two first claims")
        isMine = try log.claim(a, after: nil)
        #expect(isMine, "the retry of a claim whose answer was lost")
        let next = try owner("b", 2)
        isMine = try log.claim(next, after: a)
        #expect(isMine)
        isMine = try log.claim(try owner("c", 2), after: a)
        #expect(!isMine, "a claim after an owner who is deposed")
        seen = try log.owner()
        #expect(seen == next)
    }

    static func appends(_ log: inout some ReplicatedLog & ~Copyable) throws {
        let me = try owner("a", 1)
        _ = try log.claim(me, after: nil)
        var outcome = try log.append(bytes: [1, 2, 3], first: 1, as: me)
        #expect(outcome == .stored)
        outcome = try log.append(bytes: [1, 2, 3], first: 1, as: me)
        #expect(outcome == .stored, "a retry with the same bytes")
        outcome = try log.append(bytes: [1, 2, 4], first: 1, as: me)
        #expect(outcome == .fenced(by: me), "the same number with other bytes")
        outcome = try log.append(bytes: [7], first: 4, as: me)
        #expect(outcome == .stored)
        let found = try log.readAll(from: 1)
        #expect(found == [.init(first: 1, batch: [1, 2, 3]), .init(first: 4, batch: [7])])
        let rest = try log.readAll(from: 5)
        #expect(rest == [])
    }

    static func fences(_ log: inout some ReplicatedLog & ~Copyable) throws {
        let (a, b) = (try owner("a", 1), try owner("b", 2))
        _ = try log.claim(a, after: nil)
        _ = try log.append(bytes: [1], first: 1, as: a)
        _ = try log.claim(b, after: a)
        var outcome = try log.append(bytes: [1], first: 1, as: a)
        #expect(outcome == .stored, "stored just before the other's claim: it is in the log")
        outcome = try log.append(bytes: [2], first: 2, as: a)
        #expect(outcome == .fenced(by: b))
        outcome = try log.append(bytes: [3], first: 2, as: b)
        #expect(outcome == .stored)
        let found = try log.readAll(from: 1)
        #expect(found?.map(\.batch) == [[1], [3]])
    }

    /// The trap: after a trim a number is free again.
    static func refusesTrimmedNumbers(_ log: inout some ReplicatedLog & ~Copyable) throws {
        let (a, b) = (try owner("a", 1), try owner("b", 2))
        _ = try log.claim(a, after: nil)
        for first in 1...4 {
            _ = try log.append(bytes: [UInt8(first)], first: UInt64(first), as: a)
        }
        try log.trim(below: 4)
        try log.trim(below: 4)
        var end = try log.read(from: 1) { _, _ in }
        #expect(end == .trimmed(oldest: 4))
        end = try log.read(from: 3) { _, _ in }
        #expect(end == .trimmed(oldest: 4))
        var found = try log.readAll(from: 4)
        #expect(found == [.init(first: 4, batch: [4])])
        var outcome = try log.append(bytes: [2], first: 2, as: a)
        #expect(outcome == .fenced(by: a), "the owner's own late copy")
        _ = try log.claim(b, after: a)
        outcome = try log.append(bytes: [2], first: 2, as: a)
        #expect(outcome == .fenced(by: b), "a deposed owner's")
        var refusal: ReplicatedLogError?
        do throws(ReplicatedLogError) { try log.trim(below: 9) } catch { refusal = error }
        #expect(refusal == .refused("no batch in the log begins with record 9"))
        found = try log.readAll(from: 4)
        #expect(found?.count == 1)
    }

    static func readsInPages(_ log: inout some ReplicatedLog & ~Copyable) throws {
        let me = try owner("a", 1)
        _ = try log.claim(me, after: nil)
        for first in 1...20 {
            _ = try log.append(bytes: [UInt8(first)], first: UInt64(first), as: me)
        }
        var count = 0
        let end = try log.read(from: 1) { _, _ in count += 1 }
        #expect(end == .more && count > 0 && count < 20)
        let found = try log.readAll(from: 3)
        #expect(found?.map(\.first) == Array(3...20))
    }

    static func keepsValues(_ log: inout some ReplicatedLog & ~Copyable) throws {
        var value = try log.get("keys/1")
        #expect(value == nil)
        try log.put("keys/1", bytes: [9, 0, 255])
        value = try log.get("keys/1")
        #expect(value == [9, 0, 255])
        try log.delete("keys/1")
        value = try log.get("keys/1")
        #expect(value == nil)
    }
}
