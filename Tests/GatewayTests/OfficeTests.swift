import Availability
import Bytes
import Cluster
import Contract
import Files
import Glibc
import Ledger
import Log
import Logging
import Snapshots
import Sockets
import Synchronization
import TestSupport
import Testing
import Threads
import Time

@testable import Gateway

@Suite("A node that takes its leader's place", .onOwnThread)
struct OfficeTests {
    private func opened(_ rule: EntryRule) throws -> [AdministrativeCommand] {
        try Bench.opened() + [
            .operation(.put(id: "ete", settings: Bench.settings(rule), dataKeyID: "d-1"))
        ]
    }

    // MARK: Days

    @Test("an entry of yesterday that is sent again today is the same; another one is today's")
    func acrossMidnight() throws {
        let pair = try OfficePair(try opened(.daily))
        // Two seconds before midnight, UTC.
        pair.clock.advance(milliseconds: 12 * 3_600_000 - 2_000)
        pair.leave(1, at: pair.leader, leaf: 7)
        try pair.turn()
        let stored = try #require(pair.answers(of: pair.leader).first)
        #expect(stored.verdict == .accepted)
        // Its leader has ended, and nobody has learned of its answer.
        pair.clock.advance(milliseconds: 3_000)
        try pair.takeOffice()
        pair.leave(1, at: pair.follower, leaf: 7)
        try pair.turnFollower()
        let again = try #require(pair.answers(of: pair.follower).first)
        #expect(again.verdict == .repeated)
        #expect(again.entry == stored.entry && again.participant == 1)
        pair.leave(1, at: pair.follower, leaf: 8)
        try pair.turnFollower()
        let today = try #require(pair.answers(of: pair.follower).first)
        #expect(today.verdict == .accepted && today.entry != stored.entry)
        // The same once more, by the rule.
        pair.leave(1, at: pair.follower, leaf: 9)
        try pair.turnFollower()
        #expect(pair.answers(of: pair.follower).first?.entry == today.entry)
    }

    // MARK: Queues

    /// Somebody before a smoothed operation.
    private struct Waiting {
        let person: UInt64
        var ticket: UInt64 = 0
        var epoch: UInt64 = 0
        var admittedAt: Int64?
    }

    /// What a node answers to each of them who comes now.
    private func come(
        _ people: inout [Waiting], _ pair: OfficePair, at node: Shared, time: Int64,
        _ turn: () throws -> Void
    ) throws {
        for person in people where person.admittedAt == nil {
            pair.leave(
                person.person, at: node, leaf: person.person, ticket: person.ticket,
                epoch: person.epoch)
        }
        try turn()
        for answer in pair.answers(of: node) {
            let place = people.firstIndex { $0.person == UInt64(answer.connection.place) }
            guard let place else { continue }
            switch answer.verdict {
            case .accepted, .repeated: people[place].admittedAt = time
            case .waiting:
                people[place].ticket = answer.entry
                people[place].epoch = answer.epoch
            default: Issue.record("\(answer.verdict)")
            }
        }
    }

    @Test("who waited when the leader ended is called before everybody who came afterwards")
    func keepsTheOrder() throws {
        let pair = try OfficePair(
            try opened(.once) + [
                .operation(.setPace(operation: "ete", perSecond: 2, note: nil))
            ])
        var time: Int64 = 0
        func pass() {
            pair.clock.advance(milliseconds: 500)
            time += 500
        }
        var early = (1...30).map { Waiting(person: UInt64($0)) }
        for _ in 0..<8 {
            try come(&early, pair, at: pair.leader, time: time) { try pair.turn() }
            pass()
        }
        let before = early.count { $0.admittedAt != nil }
        #expect(before > 3 && before < 20)
        let tickets = early.map(\.ticket)
        // Its last answers were heard; it decides nothing more.
        pass()
        try pair.takeOffice()
        var late = (101...110).map { Waiting(person: UInt64($0)) }
        for _ in 0..<120 {
            // Those who are new come first in each turn.
            try come(&late, pair, at: pair.follower, time: time) { try pair.turnFollower() }
            try come(&early, pair, at: pair.follower, time: time) { try pair.turnFollower() }
            pass()
        }
        let admitted = early.compactMap(\.admittedAt)
        #expect(admitted.count == early.count && late.allSatisfy { $0.admittedAt != nil })
        let (lastEarly, firstLate) = (admitted.max() ?? 0, late.compactMap(\.admittedAt).min() ?? 0)
        #expect(lastEarly <= firstLate, "\(lastEarly) ms, \(firstLate) ms")
        #expect(early.map(\.ticket) == tickets, "a ticket stays")
        // In the order of their tickets, to the turn.
        let inOrder = early.sorted { $0.ticket < $1.ticket }.compactMap(\.admittedAt)
        #expect(inOrder == inOrder.sorted())
    }

    // MARK: Disks

    @Test("a node that can store nothing says so before it stands, and gives up what it claimed")
    func ownDisk() throws {
        let pair = try OfficePair(try opened(.once))
        let status = try #require(pair.follower.cluster)
        func turn(isFull: Bool = false, isLost: Bool = false) throws -> Bool {
            status.office = 2
            pair.followerDisk.isFull = isFull
            pair.follower.health.isStoreLost = isLost
            try pair.turn()
            #expect(status.office == (status.takesBatches ? 2 : 0))
            return status.takesBatches
        }
        #expect(try turn())
        #expect(try !turn(isFull: true))
        #expect(try turn())
        #expect(try !turn(isLost: true))
        #expect(try turn())
    }

    // MARK: Levels

    @Test("a node follows up to a format level that it does not know, and says what to do")
    func refusesHigherLevels() throws {
        let pair = try OfficePair(try opened(.once), level: 2)
        pair.leader.administration.enqueue(.own(.fact(.level(1))))
        try pair.turn()
        pair.leader.administration.enqueue(.own(.fact(.level(2))))
        do {
            try pair.turn()
            Issue.record("a level that is not known was followed")
        } catch let error as StartError {
            let text = "\(error)"
            #expect(text.contains("it begins format level 2, and this version knows level 1"))
            #expect(text.contains("use the version that wrote it, or a later one"), "\(text)")
        }
    }

    @Test("nor does it start behind one, whatever is in its folder")
    func refusesToStart() throws {
        let folder = try TestFolder()
        let data = try DataFolder(folder.path)
        try write([.fact(.level(1)), .fact(.level(2))], into: data)
        var state = Snapshot()
        var end: UInt64 = 0
        do {
            _ = try data.recover(
                &state, snapshotEnd: &end, limits: TestGateway.limits, logger: TestGateway.silent)
            Issue.record("it starts")
        } catch {
            #expect("\(error)".contains("it begins format level 2"), "\(error)")
        }
    }

    /// Writes a batch for each command.
    private func write(_ commands: [AdministrativeCommand], into data: DataFolder) throws {
        var state = Snapshot()
        var end: UInt64 = 0
        var log = try data.recover(
            &state, snapshotEnd: &end, limits: TestGateway.limits, logger: TestGateway.silent)
        for command in commands {
            let json = try AdministrativeRecord(command, by: .gateway).json()
            let hasSpace = log.ensureSpace()
            try #require(hasSpace)
            log.append(kind: AdministrativeRecord.kind) { buffer in
                json.withBytes { buffer.append($0) }
            }
            try log.commit(at: Timestamp(milliseconds: 1_000))
        }
    }

    // MARK: A journal with a hole

    @Test("a journal with a hole is cut where others have the rest, and is left alone where not")
    func cutsWhatOthersHave() throws {
        let folder = try TestFolder()
        let data = try DataFolder(folder.path)
        try write(
            (0..<4).map { .contract(.putClient(id: "c\($0)", name: "C")) }, into: data)
        let names = try File.names(in: folder.path + "/journal")
        let name = try #require(names.first { $0.hasPrefix("0") })
        let path = folder.path + "/journal/" + name
        // The second batch did not come to the disk; those behind it did.
        try overwrite(path, [UInt8](repeating: 0, count: 512), at: 1_024)
        let before = try contents(path)
        try expectRefusal(data, othersHave: nil)
        try expectRefusal(data, othersHave: Self.othersLack)
        #expect(try contents(path) == before, "nothing is cut")
        var state = Snapshot()
        var end: UInt64 = 0
        var asked: [UInt64] = []
        let log = try data.recover(
            &state, snapshotEnd: &end, limits: TestGateway.limits,
            othersHave: { damage throws(StartError) in
                asked.append(damage.sequence)
                return true
            }, logger: TestGateway.silent)
        #expect(asked == [2])
        #expect(log.recovery.nextSequence == 2 && log.recovery.missing?.setAside != nil)
        #expect(state.ledger.records == 1)
    }

    private static func othersLack(_ damage: LogDamage) throws(StartError) -> Bool { false }

    private func expectRefusal(
        _ data: borrowing DataFolder, othersHave: ((LogDamage) throws(StartError) -> Bool)?
    ) throws {
        var state = Snapshot()
        var end: UInt64 = 0
        do {
            _ = try data.recover(
                &state, snapshotEnd: &end, limits: TestGateway.limits, othersHave: othersHave,
                logger: TestGateway.silent)
            Issue.record("opened")
        } catch {
            #expect("\(error)".contains("--accept missing-records"), "\(error)")
        }
    }

    // MARK: Told to end

    @Test("a node that is told to end while it takes office ends, and does not fail")
    func endsOnTheWay() throws {
        let bench = try Bench(try Bench.opened(), cluster: ClusterStatus(node: "b"))
        let shared = bench.shared
        let feed = OfficePair.Feed()
        feed.office = LogOwner(node: "b", term: 2, address: "-")
        feed.prepare = { () throws(StartError) in
            shared.drain()
            throw .file("not in time")
        }
        var sequencer = Sequencer(
            shared: shared, ledger: Ledger(),
            log: try Log.open(try MemoryStore(), at: Timestamp(milliseconds: 1)) { _ in },
            following: feed)
        let ending = try SystemThread(name: "ending") {
            while !shared.isDraining { usleep(1_000) }
            shared.stop()
        }
        // Where it fails, this process ends with 74.
        try sequencer.run()
        ending.join()
        #expect(!feed.hasBegun)
    }

    // MARK: Answers on record

    @Test("what a node answered while it followed goes on record with its office")
    func recordsItsAnswers() throws {
        let clock = HandClock()
        let bench = try Bench(try Bench.opened(), clock: clock, cluster: ClusterStatus(node: "b"))
        let shared = bench.shared
        var reporter = NotAcceptedReporter(shared)
        reporter.turn(mayRecord: false)
        let since = shared.ledgerTime
        for _ in 0..<3 { shared.instruments.count(.noLeader, of: 0, lane: 0) }
        clock.advance(milliseconds: NotAcceptedReporter.quarterMilliseconds)
        reporter.turn(mayRecord: false)
        let until = shared.ledgerTime
        #expect(bench.drainNotAccepted().isEmpty)
        clock.advance(milliseconds: 1_000)
        reporter.turn(mayRecord: true)
        let found = bench.drainNotAccepted()
        #expect(found.map(\.counts.overloaded) == [3])
        #expect(found.first?.since == since && found.first?.until == until, "its own quarter")
    }

    @Test("a leader that is about to hand over puts on record what it has counted")
    func recordsBeforeItHandsOver() throws {
        let clock = HandClock()
        let status = ClusterStatus(node: "a")
        status.state = .leading
        let shared = try Bench(try Bench.opened(), clock: clock, cluster: status).shared
        var pulse = PulseLoop(shared, kernelPressure: { _ in 0 })
        pulse.turn()
        while shared.administration.next() != nil {}
        shared.instruments.count(.full, of: 0, lane: 0)
        pulse.turn()
        #expect(!shared.administration.hasWork, "the quarter goes on")
        shared.areCountsDue.store(true, ordering: .relaxed)
        pulse.turn()
        let areStillDue = shared.areCountsDue.load(ordering: .relaxed)
        #expect(!areStillDue)
        let request = try #require(shared.administration.next())
        guard case .fact(.notAccepted(let entries)) = request.record.command else {
            Issue.record("\(request.record.command)")
            return
        }
        #expect(entries.counts.overloaded == 1)
    }
}
