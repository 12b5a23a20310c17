import Bytes
import Contract
import Ledger
import Log
import Sockets
import Testing
import Time

@testable import Gateway

@Suite("Costs that grow with what somebody else has", .serialized)
struct ManyOperationsTests {
    private static let beginning = Timestamp(milliseconds: 1_800_000_000_000)

    /// A gateway that starts on a disk with many operations, and with `winter`, an open one that
    /// nothing is done to. Keys 0, 1 and 2 are of `op-0`, of the last of the many, and of `winter`.
    private final class World {
        typealias Posted = (operation: UInt32, key: UInt32, person: UInt64)

        let clock: SimulatedClock
        let disk: SimulatedDisk
        let gateway: SimulatedGateway
        /// Holds every record against the plain model, which looks at all operations each time;
        /// nil for thousands.
        private(set) var judge: Judge?
        /// What the start has stored.
        private(set) var started: [SimulatedDisk.StoredRecord] = []
        private var connection: UInt32 = 0
        let winter: UInt32

        /// - Parameters:
        ///   - command: what is done to each of the many.
        ///   - wait: seconds from then until the gateway starts.
        init(
            _ count: Int, wait: Int64 = 0, isJudged: Bool = false,
            _ command: (String) -> AdministrativeCommand
        ) throws {
            clock = SimulatedClock(beginning.advanced(byMilliseconds: wait * 1_000))
            disk = try SimulatedDisk()
            let random = SeededRandom(seed: 5)
            let vault = SimulatedVault(random)
            try vault.open()
            _ = try vault.create("d")
            vault.close()
            winter = UInt32(count)
            try World.write(try World.commands(count, command), to: disk)
            var judge = isJudged ? Judge() : nil
            gateway = try SimulatedGateway(
                disk: disk, vault: vault, clock: clock, random: random
            ) { records, _ in
                try judge?.endTurn(stored: records)
            }
            self.judge = judge
            started = try endTurn()
        }

        private static func commands(
            _ count: Int, _ command: (String) -> AdministrativeCommand
        ) throws -> [AdministrativeCommand] {
            let settings = OperationSettings(
                client: "acme", title: "T", rule: .once, robots: .off, policy: .enforce)
            var commands: [AdministrativeCommand] = [
                .contract(.putClient(id: "acme", name: "Acme"))
            ]
            let names = (0..<count).map { "op-\($0)" } + ["winter"]
            for (number, name) in names.enumerated() {
                commands.append(
                    .operation(.put(id: name, settings: settings, dataKeyID: "d")))
                commands.append(.operation(.open(id: name, note: nil)))
                if number < count { commands.append(command(name)) }
            }
            for (key, name) in ["op-0", names[count - 1], "winter"].enumerated() {
                let digest = try SimulatedGateway.digest(of: "pk_\(key)")
                commands.append(
                    .access(.addKey(operation: name, keyID: "k-\(key)", digest: digest)))
            }
            return commands
        }

        private static func write(
            _ commands: [AdministrativeCommand], to disk: SimulatedDisk
        ) throws {
            var log = try disk.open(at: beginning) { _ in }
            var ledger = Ledger()
            for command in commands {
                _ = try ledger.apply(command, by: .admin, at: beginning)
                let json = try AdministrativeRecord(command, by: .admin).json()
                if log.batchRoom < json.count { try log.commit(at: beginning) }
                log.append(kind: AdministrativeRecord.kind) { buffer in
                    json.withBytes { buffer.append($0) }
                }
            }
            try log.commit(at: beginning)
            _ = disk.drainStored()
        }

        /// Has entries decided in one turn.
        /// - Returns: the answers, and what was stored.
        func turn(
            _ entries: [Posted] = []
        ) throws -> (verdicts: [EntryVerdict], stored: [SimulatedDisk.StoredRecord]) {
            for entry in entries {
                connection += 1
                let isPosted = gateway.loops[0].post(
                    SimulatedLoop.Entry(
                        operation: entry.operation, key: entry.key, person: entry.person,
                        connection: connection))
                #expect(isPosted)
            }
            try gateway.turn()
            let stored = try endTurn()
            return (gateway.loops[0].drainAnswers().map(\.verdict), stored)
        }

        private func endTurn() throws -> [SimulatedDisk.StoredRecord] {
            let stored = disk.drainStored()
            try judge?.endTurn(stored: stored)
            return stored
        }
    }

    @Test("hundreds of suspensions end together: each turn brings sixty-four, and decides entries")
    func suspensions() throws {
        let until = Self.beginning.advanced(byMilliseconds: 60_000)
        let count = 400
        let world = try World(count, isJudged: true) { name in
            .operation(
                .suspend(
                    id: name, ground: .maintenance, until: until, isDefinitive: false, note: "n"))
        }
        let last = UInt32(count - 1)
        let before = try world.turn([(last, 1, 1), (world.winter, 2, 1)])
        // Entries of operations that are held are decided behind the others'.
        #expect(before.verdicts == [.accepted, .suspended])
        #expect(!world.gateway.hasWork)
        world.clock.advance(byNanoseconds: 60_000_000_000)
        var ends = 0
        func take(_ stored: [SimulatedDisk.StoredRecord]) -> Int {
            let events = stored.count { $0.kind == EventRecord.kind }
            ends += events
            return events
        }
        // Somebody else's entry is in the first batch.
        let first = try world.turn([(world.winter, 2, 2)])
        #expect(first.verdicts == [.accepted])
        #expect(take(first.stored) == 64)
        #expect(world.gateway.hasWork, "the next turn does not wait")
        // An entry that finds its suspension over is decided by the time.
        let second = try world.turn([(last, 1, 2), (last, 1, 3), (0, 0, 1)])
        #expect(second.verdicts == [.accepted, .accepted, .accepted])
        #expect(take(second.stored) == 65)
        var turns = 2
        while world.gateway.hasWork {
            let turn = try world.turn([(world.winter, 2, UInt64(100 + turns))])
            #expect(turn.verdicts == [.accepted])
            #expect(take(turn.stored) <= 64)
            turns += 1
        }
        #expect(ends == count)
        #expect(turns == (count - 1 + 63) / 64)
        try world.judge?.compare(world.gateway)
        #expect(try world.gateway.difference(fromReplayOf: world.disk) == nil)
    }

    @Test("a gateway that starts when a thousand suspensions are over is not held up by them")
    func startLate() throws {
        let world = try World(1_000, wait: 1) { name in
            .operation(
                .suspend(
                    id: name, ground: .maintenance,
                    until: Self.beginning.advanced(byMilliseconds: 500), isDefinitive: false,
                    note: "n"))
        }
        #expect(world.started.count == 65, "the start, and sixty-four before it")
        #expect(world.started.last?.kind == AdministrativeRecord.kind)
        let turn = try world.turn([(world.winter, 2, 1)])
        #expect(turn.verdicts == [.accepted])
        #expect(turn.stored.count == 65)
    }

    @Test("four thousand paced operations cost a turn nothing while nobody comes to them")
    func paces() throws {
        let world = try World(4_000) { name in
            .operation(.setPace(operation: name, perSecond: 5, note: nil))
        }
        var published = world.gateway.publishedTurnstiles
        for person in 1...50 as ClosedRange<UInt64> {
            world.clock.advance(byNanoseconds: 10_000_000)
            #expect(try world.turn([(world.winter, 2, person)]).verdicts == [.accepted])
        }
        #expect(world.gateway.publishedTurnstiles == published)
        // One of them is touched: it alone costs something.
        published = world.gateway.publishedTurnstiles
        let entries: [World.Posted] = (1...40).map { (operation: 0, key: 0, person: $0) }
        let verdicts = try world.turn(entries).verdicts
        #expect(verdicts.contains(.accepted))
        #expect(verdicts.contains(.waiting))
        #expect(world.gateway.publishedTurnstiles == published + 1)
        let waiting = world.gateway.shared.board.waiting(of: 0)
        #expect(waiting == UInt64(verdicts.count { $0 == .waiting }))
        // While somebody waits, what is published follows the time; a few times a second.
        for _ in 0..<100 {
            world.clock.advance(byNanoseconds: 10_000_000)
            _ = try world.turn()
        }
        #expect(world.gateway.shared.board.waiting(of: 0) < waiting)
        #expect(world.gateway.publishedTurnstiles <= published + 1 + 10)
        #expect(!world.gateway.hasWork)
    }
}
