import Ledger
import Log
import Time

@testable import Gateway

/// What happens, by chance.
extension Simulation {
    /// Some seconds in which something happens, then some minutes in which little does.
    func episode() throws {
        let newcomers = random.element([0, 1, 2, 4, 4, 25])
        let commands = random.element([2, 4, 16])
        let names = random.oneIn(2) ? Operators.names : [random.element(Operators.names)]
        for _ in 0..<(3 + random.below(14)) {
            if random.oneIn(commands) { try withVault { try operators.act(on: try gateway) } }
            try post(newcomers, to: names, isNew: random.oneIn(2))
            if random.oneIn(80) { disk.memory.isFull = true }
            if random.oneIn(6) { disk.memory.isFull = false }
            if random.oneIn(60) { try withVault { try forget() } }
            if random.oneIn(100) { try makeSnapshot() }
            clock.advance(byNanoseconds: 100_000_000)
            try turn()
            try beat()
        }
        try settle()
        try judge.compare(try gateway)
        if random.oneIn(4) { try withVault { try forget() } }
        if random.oneIn(4) { try makeSnapshot() }
        if random.oneIn(10) { try restart() }
        try pause()
    }

    /// More participants than are declared, on a slow disk, with people who do something about it;
    /// then less and less: what the ladder is there for.
    func flood() throws {
        judge.count("flood")
        let names = [Prehistory.operation]
        if !random.oneIn(4) { try operators.drawPolicy(on: try gateway) }
        for _ in 0..<(60 + random.below(80)) {
            slowDown()
            try post(8 + random.below(10), to: names, isNew: true)
            if random.oneIn(60) {
                try withVault { try operators.actInFlood(of: names[0], on: try gateway) }
            }
            if random.oneIn(100) { try makeSnapshot() }
            clock.advance(byNanoseconds: 100_000_000)
            try turn()
            try beat()
        }
        if !random.oneIn(3) { loseInterest() }
        for _ in 0..<(60 + random.below(160)) {
            // Entries are decided as soon as they come: the platform is calm again.
            clock.advance(byNanoseconds: 250_000_000)
            try post(random.below(2), to: names, isNew: true)
            if random.oneIn(80) {
                try withVault { try operators.actInFlood(of: names[0], on: try gateway) }
            }
            try turn()
            try beat()
        }
        try settle()
        try judge.compare(try gateway)
        if random.oneIn(4) {
            try withVault { try operators.reset(names[0], on: try gateway) }
            try settle()
        }
    }

    /// The next calls of the disk take long.
    private func slowDown() {
        let memory = disk.memory
        let delay = UInt64(40 + random.below(260)) * 1_000_000
        for call in memory.calls + 1..<memory.calls + 4 where memory.faults[call] == nil {
            memory.faults[call] = .slow(nanoseconds: delay)
        }
    }

    private func pause() throws {
        let isLeap = random.oneIn(4)
        let leap = random.element(Self.leaps) * 1_000
        if isLeap {
            judge.count("leap of the clock")
            let day = clock.wallClock().milliseconds / 86_400_000
            clock.setWallClock(forwardByMilliseconds: Int64(leap))
            if clock.wallClock().milliseconds / 86_400_000 != day {
                judge.count("leap over midnight")
            }
        }
        for _ in 0..<(1 + random.below(3)) { try pass(seconds: 1 + random.below(300)) }
        // A clock set back would let the ledger's time stand for the rest of the run.
        if isLeap, leap < 0 || random.oneIn(3) {
            clock.setWallClock(forwardByMilliseconds: Int64(-leap))
            try turn()
        }
    }

    /// Seconds.
    private static let leaps = [
        -31_536_000, -86_400, -3_600, -30, -5, 5, 30, 3_600, 86_400, 31_536_000,
    ]

    // MARK: The vault

    /// Forgets some entries of one operation, a range of them, or all; the process may end
    /// meanwhile, and then all of them are forgotten or none.
    /// - Throws: ``SimulatedVault/Crash``.
    func forget() throws {
        let sealed = judge.model.operations.filter {
            $0.end == nil && !judge.sealed.leaves(of: $0.dataKey).isEmpty
        }
        guard !sealed.isEmpty else { return }
        let dataKey = random.element(sealed).dataKey
        let leaves = chooseLeaves(of: dataKey)
        let step = random.oneIn(3) ? random.element(SimulatedVault.Step.allCases) : nil
        judge.count("forgetting")
        do {
            try vault.forget(leaves, of: dataKey, endingAt: step)
        } catch let crash as SimulatedVault.Crash {
            judge.count("crash while forgetting")
            if step?.isInForce == true { judge.forget(leaves, of: dataKey) }
            throw crash
        }
        judge.forget(leaves, of: dataKey)
        let fault = try judge.sealed.fault(of: dataKey, in: vault, sample: 20, random)
        if let fault { throw Judge.Difference(fault) }
    }

    private func chooseLeaves(of dataKey: String) -> [Range<UInt64>] {
        let leaves = judge.sealed.leaves(of: dataKey)
        let (one, other) = (random.element(leaves), random.element(leaves))
        switch random.below(10) {
        case 0: return [0..<vault.nextLeaf]
        case 1: return [min(one, other)..<max(one, other) + 1]
        default:
            return (0...random.below(3)).map { _ in
                let leaf = random.element(leaves)
                return leaf..<leaf + 1
            }
        }
    }

    /// Holds what opens against what was forgotten.
    /// - Parameter sample: how many entries of an operation are tried; nil for all.
    func checkVault(sample: Int?) throws {
        for operation in judge.model.operations where operation.end == nil {
            let fault = try judge.sealed.fault(
                of: operation.dataKey, in: vault, sample: sample, random)
            if let fault { throw Judge.Difference(fault) }
        }
    }

    /// A start has destroyed the secrets of all that is no more.
    func checkRetired() throws {
        for operation in judge.model.operations where operation.end != nil {
            if vault.holds(operation.dataKey) {
                throw Judge.Difference("the secrets of \(operation.id) outlive it")
            }
        }
    }
}
