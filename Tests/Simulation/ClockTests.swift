import Contract
import Ledger
import Sockets
import Testing
import Time

@testable import Gateway

@Suite("Gateways in virtual time, and a clock that is not right")
struct ClockTests {
    /// 2027-01-15T08:00:00Z
    private static let morning = Timestamp(milliseconds: 1_800_000_000_000)
    private static let day: Int64 = 86_400_000
    private static let year: Int64 = 365 * day

    /// A disk, a vault, a clock, and the gateways that follow each other on them.
    private final class World {
        let clock: SimulatedClock
        private let random = SeededRandom(seed: 7)
        private let disk: SimulatedDisk
        private let vault: SimulatedVault
        private var connection: UInt32 = 0
        private(set) var gateway: SimulatedGateway

        /// A gateway with an operation of one entry a day, and one entry of person 1.
        init(at time: Timestamp = morning) throws {
            clock = SimulatedClock(time)
            disk = try SimulatedDisk()
            vault = SimulatedVault(random)
            gateway = try SimulatedGateway(disk: disk, vault: vault, clock: clock, random: random)
            try gateway.open("ete", rule: .daily)
        }

        /// Another process starts on what the last one has left.
        func restart() throws {
            vault.close()
            gateway = try SimulatedGateway(disk: disk, vault: vault, clock: clock, random: random)
        }

        func pass(seconds: UInt64) throws {
            for _ in 0..<seconds { try gateway.step(nanoseconds: 1_000_000_000) }
        }

        /// What an entry of a person is answered.
        func enter(_ person: UInt64) throws -> EntryVerdict? {
            connection += 1
            let entry = SimulatedLoop.Entry(
                operation: 0, key: 0, person: person, connection: connection)
            guard gateway.loops[0].post(entry) else { return nil }
            try gateway.turn()
            return gateway.loops[0].drainAnswers().first?.verdict
        }

        var reasons: [String] { gateway.shared.unreadyReasons }
    }

    @Test(
        "a clock that is wrong at a start by more than a day leaves no trace once it is put right",
        arguments: [Self.year, 100 * Self.year, 2 * Self.day, -2 * Self.day, -Self.year])
    func wrongAtStart(offset: Int64) throws {
        let world = try World()
        #expect(try world.enter(1) == .accepted)
        let records = world.gateway.end.records
        world.clock.setWallClock(forwardByMilliseconds: offset)
        try world.restart()
        try world.pass(seconds: 70)
        #expect(world.reasons == ["clock_unconfirmed"])
        #expect(try world.enter(2) == .noSpace)
        #expect(throws: SimulationError.self) {
            try world.gateway.decide(.operation(.close(id: "ete", note: nil)))
        }
        #expect(world.gateway.end.records == records, "nothing is recorded at a wrong time")
        world.clock.setWallClock(forwardByMilliseconds: -offset)
        try world.pass(seconds: 1)
        #expect(world.reasons == [])
        #expect(world.gateway.latest == world.clock.wallClock())
        #expect(try world.enter(1) == .repeated)
        #expect(try world.enter(2) == .accepted)
        // The next day: everybody may enter again, and next week is in the future.
        world.clock.advance(byNanoseconds: 86_400_000_000_000)
        try world.pass(seconds: 1)
        #expect(try world.enter(1) == .accepted)
        let until = world.clock.wallClock().advanced(byMilliseconds: 7 * Self.day)
        try world.gateway.decide(
            .operation(
                .suspend(
                    id: "ete", ground: .maintenance, until: until, isDefinitive: false, note: "n")))
    }

    @Test("an operator confirms the clock of a gateway that rested for a week")
    func confirmed() throws {
        let world = try World()
        #expect(try world.enter(1) == .accepted)
        world.clock.sleep(nanoseconds: 7 * 86_400_000_000_000)
        try world.restart()
        try world.pass(seconds: 90)
        #expect(world.reasons == ["clock_unconfirmed"])
        world.gateway.shared.confirmClock()
        try world.pass(seconds: 1)
        #expect(world.reasons == [])
        #expect(world.gateway.latest == world.clock.wallClock())
        #expect(try world.enter(1) == .accepted, "it is another day")
    }

    @Test("where a time server keeps the clock, a start after a week goes on after a minute")
    func synchronized() throws {
        let world = try World()
        world.clock.sleep(nanoseconds: 7 * 86_400_000_000_000)
        world.clock.setSynchronized(true)
        try world.restart()
        try world.pass(seconds: 58)
        #expect(world.reasons == ["clock_unconfirmed"])
        try world.pass(seconds: 3)
        #expect(world.reasons == [])
        #expect(try world.enter(1) == .accepted)
    }

    @Test("a leap of a year while it runs, for twenty minutes, leaves no trace")
    func leapWhileRunning() throws {
        let world = try World()
        #expect(try world.enter(1) == .accepted)
        world.clock.setWallClock(forwardByMilliseconds: Self.year)
        try world.pass(seconds: 1_200)
        #expect(world.reasons == [])
        #expect(try world.enter(1) == .repeated, "it is the same day")
        world.clock.setWallClock(forwardByMilliseconds: -Self.year)
        try world.pass(seconds: 1)
        #expect(world.gateway.latest == world.clock.wallClock())
    }

    @Test("after a sleep over midnight the first entry counts for the new day")
    func sleepOverMidnight() throws {
        let world = try World()
        #expect(try world.enter(1) == .accepted)
        world.clock.sleep(nanoseconds: 20 * 3_600_000_000_000)
        #expect(try world.enter(1) == .accepted, "it is another day, at once")
        #expect(world.gateway.latest == world.clock.wallClock())
    }

    @Test("a log that nothing comes to gets a record now and then, so that its end tells the time")
    func silence() throws {
        let world = try World()
        let records = world.gateway.end.records
        for _ in 0..<60 {
            world.clock.advance(byNanoseconds: 3_600_000_000_000)
            try world.pass(seconds: 10)
        }
        let written = world.gateway.end.records - records
        #expect((7...11).contains(written), "\(written) records in 60 hours")
        try world.restart()
        try world.pass(seconds: 1)
        #expect(world.reasons == [])
    }
}
