import Bytes
import Cluster
import ClusterTesting
import Log
import Testing
import Time

@Suite("A node that follows, and takes over")
struct FollowerTests {
    private func time(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

    /// Nobody listens there: its process has ended.
    private static let deadAddress = "127.0.0.1:1"

    private func owner(_ node: String, _ term: UInt64) throws -> LogOwner {
        try #require(LogOwner(node: node, term: term, address: Self.deadAddress))
    }

    private func commit(_ text: String, to log: inout Log) throws(LogError) {
        log.append(kind: 1) { buffer in text.withBytes { buffer.append($0) } }
        try log.commit(at: time(5))
    }

    /// A log that a leader has written, and the engine that has it.
    private struct Led: ~Copyable {
        let engine: SeededEngine
        var log: Log
    }

    /// Makes one.
    private func led(
        _ count: Int, seed: UInt64 = 1, faults: SeededEngine.Faults = .none, after own: Int = 0
    ) throws -> Led {
        let engine = SeededEngine(seed: seed, faults: faults)
        var log = try Log.open(try MemoryStore(), at: time(1)) { _ in }
        for number in 0..<own { try commit("alone \(number)", to: &log) }
        let leader = try owner("a", 1)
        var begun = false
        while !begun {
            var way = SeededLog(engine)
            // Lost or late: again.
            begun = (try? way.begin(LogBeginning(log.durableEnd), as: leader)) ?? false
        }
        log.wrapStore {
            ClusterStore($0, SeededLog(engine), as: leader, ClusterStatus(node: "a"))
        }
        for number in 0..<count { try commit("entry \(number)", to: &log) }
        return Led(engine: engine, log: log)
    }

    private func take(
        _ log: inout Log, _ engine: SeededEngine, as node: String = "b",
        said: inout [String]
    ) throws(FollowerFailure) -> LogOwner {
        let notes = Notes()
        defer { said += notes.texts }
        var follower = Follower(
            SeededLog(engine), ClusterStatus(node: node), after: log.recovery,
            address: Self.deadAddress, over: LinkClient(.none, meanwhile: {}),
            report: { notes.texts.append($0) }, beat: {})
        return try follower.takeOffice { bytes throws(LogError) in
            try log.follow(bytes) { _ in }
            return log.durableEnd
        }
    }

    private final class Notes {
        var texts: [String] = []
    }

    @Test("it copies the log of a leader that has ended, takes over, and fences it")
    func takesOver() throws {
        for seed in 0..<10 {
            var first = try led(
                30, seed: UInt64(seed), faults: SeededEngine.Faults(lost: 2, unanswered: 2))
            var said: [String] = []
            var log = try Log.open(try MemoryStore(), at: time(1)) { _ in }
            let office = try take(&log, first.engine, said: &said)
            #expect(office.node == "b" && office.term == 2, "seed \(seed)")
            #expect(log.durableEnd == first.log.durableEnd, "seed \(seed)")
            #expect(said.contains("node a has ended; this node takes office in term 2"))
            var failure: LogError?
            do throws(LogError) { try commit("late", to: &first.log) } catch { failure = error }
            #expect(failure == .fenced(by: "node b (term 2)"), "seed \(seed)")
        }
    }

    @Test("a follower whose disk is full waits, says so, and goes on when there is room")
    func waitsForRoom() throws {
        let first = try led(5)
        let memory = try MemoryStore()
        var log = try Log.open(memory, at: time(1)) { _ in }
        memory.isFull = true
        let notes = Notes()
        var beats = 0
        var follower = Follower(
            SeededLog(first.engine), ClusterStatus(node: "b"), after: log.recovery,
            address: Self.deadAddress, over: LinkClient(.none, meanwhile: {}),
            report: { notes.texts.append($0) },
            beat: {
                beats += 1
                if beats == 8 { memory.isFull = false }
            })
        let office = try follower.takeOffice { bytes throws(LogError) in
            try log.follow(bytes) { _ in }
            return log.durableEnd
        }
        #expect(office.term == 2)
        #expect(log.durableEnd == first.log.durableEnd)
        let full = notes.texts.firstIndex { $0.contains("has no room for what the cluster's log") }
        let taken = notes.texts.firstIndex { $0.contains("takes office") }
        #expect(try #require(full) < #require(taken), "\(notes.texts)")
    }

    @Test("the first node makes the log, behind what it had alone")
    func begins() throws {
        let engine = SeededEngine(seed: 1)
        let memory = try MemoryStore()
        var alone = try Log.open(memory, at: time(1)) { _ in }
        for number in 0..<5 { try commit("alone \(number)", to: &alone) }
        var log = try Log.open(memory, at: time(2)) { _ in }
        var said: [String] = []
        let office = try take(&log, engine, as: "a", said: &said)
        #expect(office.term == 1)
        var way = SeededLog(engine)
        let beginning = try way.beginning()
        #expect(beginning == LogBeginning(log.durableEnd))
    }

    @Test("a new node cannot follow a log that began behind a single node's records")
    func refusesWithoutSegments() throws {
        let engine = try led(3, after: 4).engine
        var log = try Log.open(try MemoryStore(), at: time(1)) { _ in }
        #expect(
            refusal(&log, engine)
                == "this node's journal ends before record 1, and the cluster's log begins with "
                + "record 5" + Self.advice)
    }

    @Test("a node that was away while the log was trimmed is told where to get segments")
    func refusesTrimmed() throws {
        let engine = try led(20).engine
        var way = SeededLog(engine)
        try way.trim(below: 10)
        var log = try Log.open(try MemoryStore(), at: time(1)) { _ in }
        #expect(
            refusal(&log, engine)
                == "this node's journal ends before record 1, and the cluster's log was trimmed up "
                + "to record 10 meanwhile" + Self.advice)
    }

    @Test("another store's journal is refused, longer or shorter than the log")
    func refusesForeignJournals() throws {
        for count in [2, 5, 9] {
            let engine = try led(5).engine
            let memory = try MemoryStore()
            var other = try Log.open(memory, at: time(1)) { _ in }
            for number in 0..<count { try commit("other \(number)", to: &other) }
            var log = try Log.open(memory, at: time(2)) { _ in }
            #expect(
                refusal(&log, engine)
                    == "this node's journal is not a part of the cluster's log: at record "
                    + "\(count) they differ" + Self.advice)
        }
    }

    @Test("a batch that was altered in the engine stops the node before it is stored")
    func refusesAltered() throws {
        let engine = try led(1).engine
        var own = try Log.open(try MemoryStore(), at: time(1)) { _ in }
        var bytes = try #require(engine.history.first).batch
        bytes[80] ^= 1
        var failure: LogError?
        do throws(LogError) {
            try bytes.withFollowed { bytes throws(LogError) in try own.follow(bytes) { _ in } }
        } catch {
            failure = error
        }
        #expect(failure == .diverges(sequence: 1, found: "does not match its hash"))
        #expect(own.durableEnd == .beginning)
    }

    private static let advice =
        "; stop this node, move its journal/ and snapshots/ away, and copy those of another member "
        + "that follows or leads in their place"

    private func refusal(_ log: inout Log, _ engine: SeededEngine) -> String? {
        var said: [String] = []
        do throws(FollowerFailure) {
            _ = try take(&log, engine, said: &said)
            return nil
        } catch {
            return error.description
        }
    }
}

extension [UInt8] {
    /// Lends the bytes to what may throw.
    fileprivate func withFollowed(
        _ body: (RawSpan) throws(LogError) -> Void
    ) throws(LogError) {
        unsafe try body(span.bytes)
    }
}
