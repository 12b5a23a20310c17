package import Cluster
internal import Synchronization
internal import TestSupport

/// An engine in memory that behaves as badly as a real one may: calls are lost, answers are lost,
/// calls are late and come in another order, all drawn from a seed. Several nodes' logs share it,
/// on one thread where a run is to be repeated by its seed.
package final class SeededEngine: @unchecked Sendable {
    // `@unchecked Sendable`: calls are carried out one at a time, under `turn`; a test looks at the
    // rest when no other thread calls.
    private let turn = Mutex<Void>(())

    /// How often, in per cent of all calls.
    package struct Faults: Sendable {
        /// The call never arrives.
        package var lost = 0
        /// The call is carried out some calls later, in any order with others that are late.
        package var delayed = 0
        /// The call is carried out, and its answer is lost.
        package var unanswered = 0
        /// Of trims: a member stops in the middle of the compaction, and comes back.
        package var stopped = 0

        package init(lost: Int = 0, delayed: Int = 0, unanswered: Int = 0, stopped: Int = 0) {
            self.lost = lost
            self.delayed = delayed
            self.unanswered = unanswered
            self.stopped = stopped
        }

        package static let none = Faults()
        package static let many = Faults(lost: 5, delayed: 15, unanswered: 10)
    }

    /// What is left out on purpose, of an append unless said otherwise, so that it can be seen that
    /// its lack is found.
    package struct Flaws: OptionSet, Sendable {
        package let rawValue: Int

        package init(rawValue: Int) {
            self.rawValue = rawValue
        }

        package static let noOwnerCompare = Flaws(rawValue: 1)
        package static let noNumberCompare = Flaws(rawValue: 2)
        package static let noTrimCompare = Flaws(rawValue: 4)
        /// Of a change of values.
        package static let noTurnCompare = Flaws(rawValue: 8)
        /// A compaction does nothing.
        package static let noCompaction = Flaws(rawValue: 16)
        /// A trim compacts to the revision of its own removal, and not to that of a batch that
        /// stays.
        package static let compactionAtRemoval = Flaws(rawValue: 32)
    }

    /// One batch that an append put into the log.
    package struct Stored: Equatable, Sendable {
        package let first: UInt64
        package let batch: [UInt8]

        package init(first: UInt64, batch: [UInt8]) {
            self.first = first
            self.batch = batch
        }
    }

    enum Call {
        case owner
        case claim(LogOwner, after: LogOwner?)
        case begin(LogBeginning, as: LogOwner)
        case beginning
        case append(first: UInt64, [UInt8], as: LogOwner)
        case read(from: UInt64)
        case numbers(from: UInt64)
        case trim(below: UInt64)
        case put(String, [UInt8])
        case get(String)
        case delete(String)
        case change([(key: String, value: [UInt8]?)], turn: ValueTurn, as: LogOwner?)
        case list(String, after: String?)
        case compact(to: Int64)

        /// Bytes that it may put into the store; nil where it puts nothing there, whatever comes of
        /// its compares.
        var writtenBytes: UInt64? {
            switch self {
            case .claim(let me, _), .begin(_, let me): UInt64(me.text.utf8.count)
            case .append(_, let batch, _): UInt64(batch.count)
            // The number of the oldest record.
            case .trim: 20
            case .put(_, let value): UInt64(value.count)
            case .change(let changes, let turn, _):
                changes.reduce(UInt64(turn.to.count)) { $0 + UInt64($1.value?.count ?? 0) }
            case .owner, .beginning, .read, .numbers, .get, .delete, .list, .compact: nil
            }
        }
    }

    enum Answer {
        case done
        case owner(LogOwner?)
        case claimed(Bool)
        case beginning(LogBeginning?)
        case appended(AppendOutcome)
        case batches([Stored], LogEnd)
        case numbers([UInt64], hasMore: Bool)
        case value([UInt8]?)
        case changed(ChangeOutcome)
        case listed([(key: String, value: [UInt8])], hasMore: Bool)
        case noSuchBatch
    }

    private var generator: SeededGenerator
    private let faults: Faults
    private let flaws: Flaws
    private var late: [Call] = []

    package private(set) var owner: LogOwner?
    private var beginning: LogBeginning?
    private var trimmed: UInt64 = 0
    private var batches: [UInt64: [UInt8]] = [:]
    private var values = SeededValues()
    private var members = SeededMembers()
    package private(set) var trims = 0
    /// Every batch that was ever put into the log, in the order in which that happened.
    package private(set) var history: [Stored] = []

    /// Bytes that the store may have. A call that would write more raises the alarm, and from then
    /// on nothing is written until ``disarm()``; reads, deletes and compactions go on.
    package var quotaBytes = UInt64.max
    /// Bytes of another program's keys.
    package var otherBytes: UInt64 = 0
    /// Whether the alarm is raised: etcd's `NOSPACE`.
    package private(set) var isFull = false

    private static let pageBatches = 8
    private static let pageKeys = 5

    package init(seed: UInt64, faults: Faults = .none, flaws: Flaws = []) {
        generator = SeededGenerator(seed: seed)
        self.faults = faults
        self.flaws = flaws
    }

    // MARK: Calls

    /// Of the batches that are in the log.
    var storedBytes: UInt64 { batches.values.reduce(0) { $0 + UInt64($1.count) } }

    func perform(_ call: Call) throws(ReplicatedLogError) -> Answer {
        try turn.withLock { _ throws(ReplicatedLogError) in try performAlone(call) }
    }

    private func performAlone(_ call: Call) throws(ReplicatedLogError) -> Answer {
        while !late.isEmpty, chance(20) { carryOutOneLate() }
        if chance(faults.lost) { throw .unknown("the call was lost") }
        if chance(faults.delayed) {
            late.append(call)
            throw .unknown("the call is late")
        }
        if refuses(call) { throw .noSpace("etcdserver: mvcc: database space exceeded") }
        let answer = carryOut(call)
        if chance(faults.unanswered) { throw .unknown("the answer was lost") }
        return answer
    }

    /// Carries out everything that is late, in any order.
    package func settle() {
        while !late.isEmpty { carryOutOneLate() }
    }

    private func carryOutOneLate() {
        let call = late.remove(at: Int.random(in: 0..<late.count, using: &generator))
        if !refuses(call) { _ = carryOut(call) }
    }

    // MARK: The quota

    /// Whether there is no room for what a call may write.
    private func refuses(_ call: Call) -> Bool {
        guard let bytes = call.writtenBytes else { return false }
        if !hasRoom(for: bytes) { isFull = true }
        return isFull
    }

    private func hasRoom(for bytes: UInt64) -> Bool {
        guard quotaBytes < .max else { return true }
        let kept = values.readable.reduce(0) { $0 + UInt64($1.value.count) }
        return storedBytes + kept + otherBytes + bytes <= quotaBytes
    }

    /// Ends the alarm, as a person does who has made room; else the next call raises it again.
    package func disarm() { isFull = false }

    private func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &generator) < percent
    }

    // MARK: What etcd's transactions do

    private func carryOut(_ call: Call) -> Answer {
        switch call {
        case .owner: return .owner(owner)
        case .claim(let me, let seen):
            let isTaken = owner == seen
            if isTaken {
                owner = me
                members.write()
            }
            return .claimed(isTaken || owner == me)
        case .begin(let beginning, let me):
            if owner == nil {
                owner = me
                members.write()
                trimmed = beginning.first - 1
                self.beginning = beginning
            }
            return .claimed(owner == me)
        case .beginning: return .beginning(beginning)
        case .append(let first, let batch, let me):
            return .appended(append(batch, first: first, as: me))
        case .read(let first): return read(from: first)
        case .numbers(let record):
            let found = batches.keys.filter { $0 >= record }.sorted()
            return .numbers(
                Array(found.prefix(Self.pageKeys)), hasMore: found.count > Self.pageKeys)
        case .trim(let first):
            guard batches[first] != nil else { return .noSuchBatch }
            trim(below: first)
            return .done
        case .put(let key, let value):
            change([(key, value)])
            return .done
        case .get(let key): return .value(values[key])
        case .delete(let key):
            change([(key, nil)])
            return .done
        case .change(let changes, let turn, let me):
            return .changed(change(changes, turn, as: me))
        case .list(let prefix, let key):
            let found = values.list(prefix, after: key)
            return .listed(
                Array(found.prefix(Self.pageKeys)), hasMore: found.count > Self.pageKeys)
        case .compact(let revision):
            if !flaws.contains(.noCompaction) { values.compact(to: revision) }
            return .done
        }
    }

    private func trim(below first: UInt64) {
        trimmed = max(trimmed, first)
        batches = batches.filter { $0.key >= trimmed }
        members.write()
        trims += 1
        guard faults.stopped > 0, chance(faults.stopped) else { return }
        members.stop(
            Int.random(in: 0..<SeededMembers.count, using: &generator),
            compactingToNewestRemoval: flaws.contains(.compactionAtRemoval))
    }

    @discardableResult
    private func change(_ changes: [(key: String, value: [UInt8]?)]) -> Int64 {
        members.write()
        return values.change(changes)
    }

    /// Whether the members' stores are at the same revision.
    package var areMembersEqual: Bool { members.areEqual }

    private func append(_ batch: [UInt8], first: UInt64, as me: LogOwner) -> AppendOutcome {
        let isFree = batches[first] == nil || flaws.contains(.noNumberCompare)
        let isMine = owner == me || flaws.contains(.noOwnerCompare)
        let isNew = trimmed < first || flaws.contains(.noTrimCompare)
        if isFree, isMine, isNew {
            batches[first] = batch
            history.append(Stored(first: first, batch: batch))
            members.write()
            return .stored
        }
        return batches[first] == batch ? .stored : .fenced(by: owner)
    }

    private func change(
        _ changes: [(key: String, value: [UInt8]?)], _ turn: ValueTurn, as me: LogOwner?
    ) -> ChangeOutcome {
        let isMine = owner == me || flaws.contains(.noOwnerCompare)
        let isMyTurn = values[turn.key] == turn.from || flaws.contains(.noTurnCompare)
        if isMine, isMyTurn {
            return .made(revision: change(changes + [(turn.key, turn.to)]))
        }
        if values[turn.key] == turn.to { return .made(revision: values.revision(of: turn.key)) }
        return owner == me ? .overtaken : .fenced(by: owner)
    }

    /// All values that can still be asked for, also by an earlier revision.
    package var readable: [(key: String, value: [UInt8])] { values.readable }

    /// Keys that exist, in order.
    package var keys: [String] { values.list("", after: nil).map(\.key) }

    /// Changes a value without being asked by any node: what a fault, or a person, may do.
    package subscript(key: String) -> [UInt8]? {
        get { values[key] }
        set { change([(key, newValue)]) }
    }

    private func read(from first: UInt64) -> Answer {
        if first < trimmed { return .batches([], .trimmed(oldest: trimmed)) }
        let found = batches.keys.filter { $0 >= first }.sorted()
        let page = found.prefix(Self.pageBatches).map {
            Stored(first: $0, batch: batches[$0] ?? [])
        }
        return .batches(page, found.count > page.count ? .more : .end)
    }
}
