import Bytes
import Contract
import Ledger
import Robots
import Sockets
import Testing
import Time

@testable import Gateway

@Suite("Rhythm and likeness beside the fold, in virtual time")
struct RobotTests {
    /// One operation that observes robots, and those who enter it.
    private final class World {
        let clock = SimulatedClock(Timestamp(milliseconds: 1_800_000_000_000))
        private let random: SeededRandom
        private let vault: SimulatedVault
        let disk: SimulatedDisk
        private(set) var gateway: SimulatedGateway
        private var connection: UInt32 = 0

        private static var limits: Limits {
            var limits = SimulatedGateway.limits
            limits.behaviourBytes = 8 << 20
            return limits
        }

        init(seed: UInt64) throws {
            random = SeededRandom(seed: seed)
            vault = SimulatedVault(random)
            disk = try SimulatedDisk()
            gateway = try SimulatedGateway(
                disk: disk, vault: vault, clock: clock, random: random, limits: Self.limits)
            try gateway.open("ete", rule: .unlimited)
            let settings = OperationSettings(
                client: "acme", title: "T", rule: .unlimited, robots: .observe, policy: .advise)
            try gateway.decide(
                .operation(.put(id: "ete", settings: settings, dataKeyID: "d-ete")))
        }

        func restart() throws {
            vault.close()
            gateway = try SimulatedGateway(
                disk: disk, vault: vault, clock: clock, random: random, limits: Self.limits)
        }

        /// A program enters numbered participants from one connection, as regularly as a clock.
        func program(_ range: Range<Int>, everyMilliseconds pause: UInt64) throws {
            for number in range {
                let name = "player\(1_000 + number)@example.org"
                try enter(name, UInt64(number), session: 7, head: 9)
                try gateway.step(nanoseconds: pause * 1_000_000)
            }
        }

        /// People enter as they please, each from a browser and a connection of their own.
        func people(_ range: Range<Int>) throws {
            for number in range {
                let domain = "mail\(random.below(9)).example"
                try enter(
                    "\(name()).\(name())\(random.below(90))@\(domain)", UInt64(100_000 + number),
                    session: UInt64(1_000 + number), head: UInt32(1 + random.below(400)),
                    address: UInt64(random.below(1 << 30)))
                // As many strangers come: nobody waits for the one before.
                var pause: UInt64 = 1
                while !random.oneIn(20) { pause += 100 }
                try gateway.step(nanoseconds: pause * 1_000_000)
            }
        }

        private func name() -> String {
            (0..<(2 + random.below(2))).map { _ in
                Self.syllables[random.below(Self.syllables.count)]
            }.joined()
        }

        private static let syllables = [
            "zo", "ka", "rim", "le", "pau", "la", "nai", "hu", "go", "ines", "mar", "ju", "li",
            "tom", "na", "di", "lu", "sa", "rah", "yan", "eva", "re", "ne", "bo",
        ]

        private func enter(
            _ text: String, _ person: UInt64, session: UInt64, head: UInt32, address: UInt64 = 77
        ) throws {
            var traits = EntryTraits(
                operation: 0, key: 0, address: address, participant: person &* 0x9E37_79B9)
            traits.session = session
            traits.head = head
            traits.network = UInt32(truncatingIfNeeded: address >> 8) | 1
            text.withBytes { traits.shape = ParticipantShape($0) }
            connection += 1
            var entry = SimulatedLoop.Entry(
                operation: 0, key: 0, person: person, connection: connection)
            entry.traits = traits
            #expect(gateway.loops[0].post(entry))
            try gateway.turn()
            _ = gateway.loops[0].drainAnswers()
        }

        /// What was counted: all entries, robots, suspects.
        func counted() throws -> [Int] {
            // Until the minute that goes on is shown.
            for _ in 0..<12 { try gateway.step(nanoseconds: 100_000_000) }
            let minutes = gateway.shared.robots.board.minutes(of: 0)
            return [
                minutes.reduce(0) { $0 + $1.attempts }, minutes.reduce(0) { $0 + $1.robots },
                minutes.reduce(0) { $0 + $1.suspects },
            ]
        }
    }

    @Test("a program with perfect headers is found by how it comes; a run is repeated by its seed")
    func program() throws {
        var runs: [[Int]] = []
        for _ in 0..<2 {
            let world = try World(seed: 11)
            try world.people(0..<60)
            try world.program(0..<200, everyMilliseconds: 1_000)
            runs.append(try world.counted())
        }
        #expect(runs[0] == runs[1])
        #expect(runs[0][0] == 260)
        #expect(runs[0][1] + runs[0][2] >= 150, "\(runs[0])")
    }

    @Test("people are not suspected, and a start begins anew")
    func people() throws {
        let world = try World(seed: 12)
        try world.people(0..<300)
        let counted = try world.counted()
        #expect(counted[0] == 300 && counted[1] == 0 && counted[2] <= 3, "\(counted)")
        try world.program(0..<100, everyMilliseconds: 1_000)
        let before = try world.counted()
        #expect(before[1] + before[2] > 50)
        try world.restart()
        try world.program(100..<103, everyMilliseconds: 1_000)
        #expect(try world.counted() == [3, 0, 0], "nothing is remembered")
    }
}
