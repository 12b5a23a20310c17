import Contract
import Ledger
import Projections
import Testing

@testable import Gateway

@Suite("A disk that stands still, in virtual time", .serialized)
struct StallScenarioTests {
    /// A machine of which the load is just below what ends a strain: sixteen people who come
    /// again at once, at 900 entries a second.
    private func machine(seed: UInt64) throws -> SimulatedMachine {
        let machine = try SimulatedMachine(
            SimulatedMachine.Speed(batchEntries: 8), seed: seed, others: ["ete"])
        machine.add(SimulatedStream(1, .closed(people: 16, pause: 0)))
        try machine.run(seconds: 10)
        return machine
    }

    /// Two syncs that take so long, one after the other, and then some seconds as before.
    private func stall(
        _ machine: SimulatedMachine, milliseconds: UInt64, then seconds: Double
    ) throws {
        let sync = machine.speed.sync
        machine.speed.sync = milliseconds * 1_000_000
        try machine.run(seconds: 1.9 * Double(milliseconds) / 1_000)
        machine.speed.sync = sync
        try machine.run(seconds: seconds)
    }

    @Test(
        "standing still for most of a second now and then is no strain",
        arguments: [150, 300, 400] as [UInt64])
    func rareStalls(milliseconds: UInt64) throws {
        let machine = try machine(seed: 30)
        #expect(machine.highest == .calm)
        for _ in 0..<8 { try stall(machine, milliseconds: milliseconds, then: 10.03) }
        #expect(machine.highest == .calm, "what waits for the disk alone is no sign of load")
        #expect(machine.operation("ete")?.state == .open)
        #expect(machine.streams[0].rate(80..<90) > 500, "they come all the time")
    }

    @Test("standing still again and again is strain, and so is standing still for seconds")
    func frequentStalls() throws {
        let frequent = try machine(seed: 31)
        for _ in 0..<6 { try stall(frequent, milliseconds: 400, then: 0.3) }
        #expect(frequent.highest >= .strained)
        let long = try machine(seed: 32)
        try stall(long, milliseconds: 1_500, then: 1)
        #expect(long.highest == .critical)
    }
}
