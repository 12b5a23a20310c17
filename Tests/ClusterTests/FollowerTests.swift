import Bytes
import Cluster
import ClusterTesting
import Log
import Sockets
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

    /// A leader that has ended; something happens while it is looked for.
    private struct EndedLeader: LeaderLink {
        let meanwhile: () -> Void
        let isOpen = false

        mutating func close() {}
        mutating func open(to address: SocketAddress) throws(LinkFailure) {
            meanwhile()
            throw .refused
        }
        mutating func send(_ frame: LinkFrame) {}
        mutating func receive(seconds: Double, waking bell: Int32?) -> LinkReceived { .nothing }
        mutating func pass(seconds: Double) {}
    }

    @Test("a node whose own disk takes nothing does not stand, though it has all of the log")
    func doesNotStand() throws {
        let first = try led(5)
        var log = try Log.open(try MemoryStore(), at: time(1)) { _ in }
        let status = ClusterStatus(node: "b")
        let notes = Notes()
        // As its sequencer finds with each turn; what it has still fits the last segment.
        var follower = Follower(
            SeededLog(first.engine), status, after: log.recovery, address: Self.deadAddress,
            over: EndedLeader { status.noteOwnDisk(takesBatches: false) },
            report: { notes.texts.append($0) }, beat: {})
        for _ in 0..<20 {
            let office = try follower.turn(waking: -1) { bytes throws(LogError) in
                try log.follow(bytes) { _ in }
                return log.durableEnd
            }
            #expect(office == nil)
        }
        #expect(log.durableEnd == first.log.durableEnd)
        #expect(first.engine.owner?.node == "a")
        #expect(notes.texts.last?.hasSuffix("does not stand: its disk takes nothing") == true)
    }

    @Test("a node that has claimed and cannot store what is behind its journal gives the claim up")
    func givesUp() throws {
        let first = try led(5)
        let memory = try MemoryStore()
        var log = try Log.open(memory, at: time(1)) { _ in }
        let status = ClusterStatus(node: "b")
        let (notes, last) = (Notes(), try batch(behind: first.log.durableEnd))
        let engine = first.engine
        var follower = Follower(
            SeededLog(engine), status, after: log.recovery, address: Self.deadAddress,
            over: EndedLeader {
                guard !memory.isFull else { return }
                // The leader's last batch lands before the claim, and the disk is full.
                memory.isFull = true
                var way = SeededLog(engine)
                // An engine without faults answers; the test sees what it has.
                _ = try? way.append(bytes: last.bytes, first: last.first, as: last.leader)
            },
            report: { notes.texts.append($0) }, beat: {})
        for _ in 0..<20 {
            let office = try follower.turn(waking: -1) { bytes throws(LogError) in
                try log.follow(bytes) { _ in }
                return log.durableEnd
            }
            #expect(office == nil)
        }
        #expect(engine.owner?.node == "b" && engine.owner?.term == 2, "it has claimed")
        #expect(status.office == 0, "and says that it has no office")
        #expect(notes.texts.contains("this node gives up its claim of term 2"), "\(notes.texts)")
        memory.isFull = false
        let office = try follower.takeOffice { bytes throws(LogError) in
            try log.follow(bytes) { _ in }
            return log.durableEnd
        }
        #expect(office.term == 3)
        #expect(log.durableEnd.nextSequence == first.log.durableEnd.nextSequence + 1)
    }

    /// A leader that is out of reach once, and tells that it leads from then on.
    private struct ReturningLeader: LeaderLink {
        let position: UInt64
        private(set) var isOpen = false
        private var hasReturned = false

        init(at position: UInt64) { self.position = position }

        mutating func close() { isOpen = false }
        mutating func open(to address: SocketAddress) throws(LinkFailure) {
            guard hasReturned else {
                hasReturned = true
                throw .refused
            }
            isOpen = true
        }
        mutating func send(_ frame: LinkFrame) {}
        mutating func receive(seconds: Double, waking bell: Int32?) -> LinkReceived {
            .frame(
                LinkFrame(
                    node: "a", office: 1, position: position, durable: position, clock: 0, level: 1,
                    members: []))
        }
        mutating func pass(seconds: Double) {}
    }

    @Test("a claim that a full engine has refused is not made again where the leader leads on")
    func engineIsFull() throws {
        let first = try led(5)
        var log = try Log.open(try MemoryStore(), at: time(1)) { _ in }
        first.engine.quotaBytes = 1
        let notes = Notes()
        var follower = Follower(
            SeededLog(first.engine), ClusterStatus(node: "b"), after: log.recovery,
            address: Self.deadAddress,
            over: ReturningLeader(at: first.log.durableEnd.nextSequence),
            report: { notes.texts.append($0) }, beat: {})
        for turn in 0..<20 {
            if turn == 10 {
                #expect(first.engine.isFull, "it has tried to claim")
                first.engine.quotaBytes = .max
                first.engine.disarm()
            }
            let office = try follower.turn(waking: -1) { bytes throws(LogError) in
                try log.follow(bytes) { _ in }
                return log.durableEnd
            }
            #expect(office == nil)
        }
        #expect(first.engine.owner?.node == "a", "\(notes.texts)")
        #expect(log.durableEnd == first.log.durableEnd)
    }

    private struct LastBatch {
        let bytes: [UInt8]
        let first: UInt64
        let leader: LogOwner
    }

    /// A batch that the first leader has made, and that nobody has.
    private func batch(behind end: LogPosition) throws -> LastBatch {
        // The same batches as the first leader's, by the same clock, and one more.
        let second = try led(6)
        let made = try #require(second.engine.history.last)
        try #require(made.first == end.nextSequence)
        return LastBatch(bytes: made.batch, first: made.first, leader: try owner("a", 1))
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
