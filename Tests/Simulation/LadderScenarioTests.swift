import Contract
import Ledger
import Synchronization
import Testing
import Time

@testable import Gateway

/// The real sequencer, ledger and ladder on machines that take some 980 entries a second: a real
/// one takes ten times as many and more, and so keeps its waits short at a higher load.
@Suite("The ladder judged in virtual time", .serialized)
struct LadderScenarioTests {
    /// What the machine of ``SimulatedMachine/Speed`` takes, with 64 entries in a batch.
    private static let capacity = 64.0 / 0.065
    private static let undeclared = "gala"

    /// Nine entries' time: what a machine that takes a millisecond for an entry keeps its waits at.
    private static var policy: Policy {
        var policy = Policy()
        policy.targetWaitMilliseconds = 9
        return policy
    }

    /// What the ladder did to an operation, in order, looked at ten times a second.
    private struct History {
        var states: [OperationState] = []
        var rules: Set<String> = []
        var firstSmoothedAt: Double?
        var lowestPace = UInt32.max

        mutating func look(_ machine: SimulatedMachine, _ name: String) {
            guard let operation = machine.operation(name) else { return }
            if operation.state != states.last { states.append(operation.state) }
            guard let pace = operation.perSecond else { return }
            firstSmoothedAt = firstSmoothedAt ?? machine.seconds
            lowestPace = min(lowestPace, pace)
        }

        var isUntouched: Bool { states == [.open] }
        var wasSuspended: Bool { states.contains(.suspended) }
    }

    /// Runs a machine and looks at its operations meanwhile.
    private func run(
        _ machine: SimulatedMachine, seconds: Double, _ names: [String]
    ) throws -> [String: History] {
        var histories: [String: History] = [:]
        for name in names { histories[name] = History() }
        try machine.run(seconds: seconds) {
            for name in names { histories[name]?.look(machine, name) }
        }
        return histories
    }

    // MARK: Disks

    @Test("a disk whose every sync takes 30 ms holds nobody: 20 a second, rising to 1,000")
    func slowDisk() throws {
        let speed = SimulatedMachine.Speed(accepted: 100_000, sync: 30_000_000)
        let machine = try SimulatedMachine(speed, seed: 1)
        try machine.cross()
        machine.add(
            SimulatedStream(0, .open { $0 < 5 ? 20 : min(20 + ($0 - 5) * 98, 1_000) }))
        let gala = try run(machine, seconds: 20, [Self.undeclared])[Self.undeclared]
        #expect(gala?.isUntouched == true, "\(String(describing: gala))")
        #expect(machine.highest == .calm)
        #expect(machine.streams[0].acceptedShare(0..<20) == 1)
        #expect(machine.streams[0].rate(16..<19) > 950)
    }

    @Test(
        "a disk that becomes slow at little traffic holds nobody", arguments: [4, 40])
    func suddenlySlowDisk(perSecond: Int) throws {
        let machine = try SimulatedMachine(
            SimulatedMachine.Speed(accepted: 100_000), seed: 2)
        try machine.cross()
        machine.add(SimulatedStream(0, .open { _ in Double(perSecond) }))
        _ = try run(machine, seconds: 5, [])
        machine.speed.sync = 30_000_000
        let gala = try run(machine, seconds: 40, [Self.undeclared])[Self.undeclared]
        #expect(gala?.isUntouched == true, "\(String(describing: gala))")
        #expect(machine.highest == .calm)
    }

    // MARK: Floods

    @Test("an undeclared flood is smoothed within a second, and its neighbour keeps its service")
    func undeclaredFlood() throws {
        let machine = try SimulatedMachine(seed: 3, policy: Self.policy, others: ["ete"])
        try machine.cross()
        machine.add(SimulatedStream(1, .open { _ in 200 }))
        _ = try run(machine, seconds: 5, [])
        machine.add(SimulatedStream(0, .closed(people: 2_000, pause: 0.2)))
        let histories = try run(machine, seconds: 20, ["ete", Self.undeclared])
        let (ete, gala) = (histories["ete"], histories[Self.undeclared])
        #expect(ete?.isUntouched == true)
        #expect((gala?.firstSmoothedAt ?? .infinity) <= 6.5)
        #expect(gala?.wasSuspended == false, "its pace is enough")
        let neighbour = machine.streams[0]
        #expect(neighbour.acceptedShare(7..<25) >= 0.999)
        #expect(neighbour.wait(8..<25, permille: 500) <= 25)
        let total = neighbour.rate(15..<25) + machine.streams[1].rate(15..<25)
        #expect(total >= 0.8 * Self.capacity, "\(total) of \(Self.capacity)")
        // The platform knew what it takes when there was calm.
        let known = try #require(machine.gateway.shared.pressure.withLock { $0.capacities.limit })
        #expect(known.stage == .sequencer)
        #expect(Double(known.perSecond) > 0.75 * Self.capacity)
        #expect(Double(known.perSecond) < 1.3 * Self.capacity)
    }

    @Test("a flood that lasts: the platform goes on taking entries, the pace stays off its floor")
    func lastingFlood() throws {
        let machine = try SimulatedMachine(seed: 4, policy: Self.policy)
        try machine.cross()
        machine.add(SimulatedStream(0, .closed(people: 2_000, pause: 0.1)))
        let gala = try run(machine, seconds: 40, [Self.undeclared])[Self.undeclared]
        let flood = machine.streams[0]
        #expect(gala?.wasSuspended == false)
        #expect((gala?.lowestPace ?? 0) >= 90, "never at the floor of 10")
        let rate = flood.rate(10..<40)
        print("lastingFlood: figures: \(rate) a second of \(Self.capacity)")
        #expect(rate >= 0.8 * Self.capacity, "\(rate) of \(Self.capacity)")
    }

    @Test("beside a flood that never comes again a declared operation hardly waits longer")
    func shortWaits() throws {
        // A disk that syncs a few entries at once, as in the load runner's `undeclared-flood`.
        let speed = SimulatedMachine.Speed(accepted: 60_000, sync: 6_000_000, batchEntries: 8)
        let machine = try SimulatedMachine(speed, seed: 11, others: ["ete"])
        try machine.cross()
        machine.add(SimulatedStream(1, .open { _ in 200 }))
        _ = try run(machine, seconds: 10, [])
        machine.add(SimulatedStream(0, .open { _ in 3_000 }, isPatient: false))
        let gala = try run(machine, seconds: 20, [Self.undeclared])[Self.undeclared]
        #expect((gala?.firstSmoothedAt ?? .infinity) <= 11.5)
        #expect(gala?.wasSuspended == false)
        let neighbour = machine.streams[0]
        #expect(neighbour.acceptedShare(12..<30) >= 0.999)
        let (alone, beside) = (
            neighbour.wait(2..<10, permille: 990), neighbour.wait(12..<30, permille: 990)
        )
        print("shortWaits: figures: p99 \(beside) ms beside the flood, \(alone) alone")
        // They wait for the batch that is stored and for their own, and for nothing of the flood.
        #expect(beside <= 1.25 * alone, "\(beside) ms, alone \(alone)")
        let capacity = 8 / 0.00648
        let total = neighbour.rate(20..<30) + machine.streams[1].rate(20..<30)
        #expect(total >= 0.8 * capacity, "\(total) of \(capacity)")
    }

    @Test("a declared operation far above its share is held to it, never suspended (C3b)")
    func noisyNeighbour() throws {
        let names = ["ete", "petit", "menu"]
        let machine = try SimulatedMachine(seed: 5, policy: Self.policy, others: names)
        machine.add(SimulatedStream(1, .open { $0 < 2 ? 100 : 3_000 }, isPatient: false))
        machine.add(SimulatedStream(2, .open { _ in 50 }))
        machine.add(SimulatedStream(3, .open { _ in 80 }))
        let histories = try run(machine, seconds: 20, names)
        #expect((histories["ete"]?.firstSmoothedAt ?? .infinity) <= 5)
        #expect(histories["ete"]?.wasSuspended == false)
        for (index, name) in ["petit", "menu"].enumerated() {
            #expect(histories[name]?.isUntouched == true)
            #expect(machine.streams[index + 1].acceptedShare(6..<20) >= 0.999)
            #expect(machine.streams[index + 1].wait(8..<20, permille: 500) <= 25)
        }
        let ete = machine.streams[0].rate(10..<20)
        #expect(ete >= 0.8 * (Self.capacity - 130), "\(ete)")
    }

    @Test("two declared floods share what a small one leaves, and nobody is suspended")
    func twoFloods() throws {
        let names = ["ete", "hiver", "petit"]
        let machine = try SimulatedMachine(seed: 6, policy: Self.policy, others: names)
        machine.add(SimulatedStream(1, .closed(people: 1_200, pause: 0.2)))
        machine.add(SimulatedStream(2, .closed(people: 1_000, pause: 0.1)))
        machine.add(SimulatedStream(3, .open { _ in 50 }))
        let histories = try run(machine, seconds: 25, names)
        let share = (Self.capacity - 50) / 2
        for index in 0..<2 {
            let rate = machine.streams[index].rate(10..<25)
            #expect(rate >= 0.9 * share, "\(names[index]): \(rate) of \(share)")
            #expect(histories[names[index]]?.wasSuspended == false)
        }
        #expect(histories["petit"]?.isUntouched == true)
        #expect(machine.streams[2].acceptedShare(0..<25) >= 0.999)
    }

    @Test("twelve declared operations that bring as much have as much, and nobody is suspended")
    func twelveEqual() throws {
        let names = (1...12).map { "jeu-\($0)" }
        let machine = try SimulatedMachine(seed: 12, policy: Self.policy, others: names)
        for index in UInt32(1)...12 {
            machine.add(SimulatedStream(index, .open { _ in 150 }, isPatient: false))
        }
        let histories = try run(machine, seconds: 25, names)
        let rates = machine.streams.map { $0.rate(10..<25) }
        print("twelveEqual: figures: \(rates.map { Int($0) }) a second of \(Self.capacity)")
        #expect(rates.allSatisfy { $0 >= 0.7 * Self.capacity / 12 }, "\(rates)")
        #expect((rates.max() ?? 0) <= 1.5 * (rates.min() ?? 0), "\(rates)")
        #expect(histories.values.allSatisfy { !$0.wasSuspended })
    }

    // MARK: Other weather

    @Test("a tide that rises above the capacity and falls again: held meanwhile, then free")
    func tide() throws {
        let names = ["ete", "petit"]
        let machine = try SimulatedMachine(seed: 7, policy: Self.policy, others: names)
        machine.add(
            SimulatedStream(1, .open { second in max(1_300 - abs(second - 15) * 100, 50) }))
        machine.add(SimulatedStream(2, .open { _ in 60 }))
        let histories = try run(machine, seconds: 60, names)
        #expect(histories["ete"]?.wasSuspended == false)
        #expect(histories["petit"]?.isUntouched == true)
        #expect(machine.operation("ete")?.state == .open)
        #expect(machine.streams[1].acceptedShare(0..<60) >= 0.999)
        let (sent, accepted) = (
            machine.streams[0].sum(0..<60) { $0.attempts - $0.waiting },
            machine.streams[0].sum(0..<60, \.accepted)
        )
        #expect(Double(accepted) >= 0.95 * Double(sent), "whoever waited came in later")
    }

    @Test("a flash crowd of three seconds is over soon after it, for everybody")
    func flashCrowd() throws {
        let names = ["ete", "petit"]
        let machine = try SimulatedMachine(seed: 8, policy: Self.policy, others: names)
        machine.add(SimulatedStream(1, .open { $0 >= 5 && $0 < 8 ? 2_500 : 100 }))
        machine.add(SimulatedStream(2, .open { _ in 60 }))
        let histories = try run(machine, seconds: 45, names)
        #expect(histories["ete"]?.wasSuspended == false)
        #expect(histories["petit"]?.isUntouched == true)
        #expect(machine.streams[1].acceptedShare(0..<45) >= 0.999)
        #expect(machine.operation("ete")?.state == .open)
    }

    @Test("a tiny machine: nobody is held who fits, and a flood leaves the others their service")
    func tinyMachine() throws {
        let speed = SimulatedMachine.Speed(accepted: 10_000_000, refused: 100_000, isOneCore: true)
        let machine = try SimulatedMachine(speed, seed: 9, policy: Self.policy, others: ["petit"])
        try machine.cross()
        machine.add(SimulatedStream(0, .open { $0 < 20 ? 4 : 300 }, isPatient: false))
        machine.add(SimulatedStream(1, .open { _ in 20 }))
        let before = try run(machine, seconds: 20, [Self.undeclared, "petit"])
        #expect(before[Self.undeclared]?.isUntouched == true)
        let histories = try run(machine, seconds: 25, [Self.undeclared, "petit"])
        #expect((histories[Self.undeclared]?.firstSmoothedAt ?? .infinity) <= 22)
        #expect(histories["petit"]?.isUntouched == true)
        #expect(machine.streams[1].acceptedShare(23..<45) >= 0.999)
    }

    @Test("at the edge of what the machine takes states change a few times, not again and again")
    func flapping() throws {
        let machine = try SimulatedMachine(seed: 10, policy: Self.policy, others: ["ete"])
        try machine.cross()
        // Four seconds above the capacity, four below, over and over.
        machine.add(
            SimulatedStream(
                0, .open { Int($0) / 4 % 2 == 0 ? 1_050 : 700 }, isPatient: false))
        let gala = try run(machine, seconds: 60, [Self.undeclared])[Self.undeclared]
        #expect((gala?.states.count ?? .max) <= 6, "\(String(describing: gala?.states))")
        #expect(gala?.wasSuspended == false)
    }
}
