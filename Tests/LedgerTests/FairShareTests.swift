import Bytes
import Contract
import Testing
import Time

@testable import Ledger

/// A platform that takes 1,000 entries a second, on which entries wait.
@Suite("An operation is held to its fair share, and no further (C3b)")
struct FairShareTests {
    private let world = World()

    private static let enforced = OperationSettings.sample().with { $0.policy = .enforce }

    /// Strain with these attempts a second.
    private func strain(
        _ attempts: [(operation: String, perSecond: Int)], wait: Int = 60_000,
        level: PressureLevel = .strained
    ) throws {
        let total = attempts.reduce(0) { $0 + $1.perSecond }
        var figures = PressureFigures()
        figures.queueWait = wait
        let report = PressureReport(
            level: level, figures: figures, windowMilliseconds: 500, attemptsPerSecond: total,
            acceptedPerSecond: min(total, 1_000), capacityPerSecond: 1_000, stage: .sequencer,
            operations: attempts.map { operation, perSecond in
                PressureReport.Demand(
                    operation: operation, attemptsPerSecond: perSecond,
                    acceptedPerSecond: perSecond, queuePermille: perSecond * 1_000 / total,
                    attemptsPermille: perSecond * 1_000 / total)
            })
        try world.apply(.fact(.measured(report)))
    }

    private func state(_ operation: String) -> OperationState? {
        world.ledger.catalogue.operation(operation)?.state
    }

    private func pace(_ operation: String) -> UInt32? {
        world.ledger.catalogue.operation(operation)?.perSecond
    }

    private func steps() -> [LadderStep] {
        world.ledger.drainEvents().compactMap {
            if case .step(let step) = $0 { step } else { nil }
        }
    }

    @Test("strain must remain for a second; then what is above its share is held to it")
    func holds() throws {
        for name in ["big", "small"] { try world.open(name, Self.enforced) }
        for _ in 0..<2 {
            try strain([("big", 2_000), ("small", 100)])
            #expect(state("big") == .open)
            world.pass(milliseconds: 500)
        }
        try strain([("big", 2_000), ("small", 100)])
        #expect(state("big") == .smoothed && state("small") == .open)
        let step = try #require(steps().last)
        #expect(step.rule == "C3b, C4" && step.ground == "degradation")
        #expect(step.report?.stage == .sequencer && step.capacityPerSecond == 1_000)
        // Four fifths of the capacity are divided at first; the small one has what it wants of
        // them.
        #expect(pace("big") == 700)
        // Without waits the pace grows to what is left, and the hold goes on.
        for _ in 0..<40 {
            world.pass(milliseconds: 500)
            try strain([("big", 2_000), ("small", 100)], wait: 1_000, level: .calm)
            #expect(state("small") == .open)
        }
        #expect((pace("big") ?? 0) >= 800)
        #expect(state("big") == .smoothed)
    }

    @Test("software never suspends it, however long it lasts and however little helps")
    func neverSuspended() throws {
        for name in ["big", "small"] { try world.open(name, Self.enforced) }
        for _ in 0..<240 {
            try strain([("big", 9_000), ("small", 100)])
            world.pass(milliseconds: 500)
        }
        #expect(state("big") == .smoothed && state("small") == .open)
        #expect((pace("big") ?? 0) >= 400, "not below the share of half the capacity")
        #expect(steps().allSatisfy { $0.kind == .smooth && $0.ground == "degradation" })
    }

    @Test("shares are by what was declared, and nobody within a share is touched")
    func weights() throws {
        for name in ["announced", "plain", "modest"] { try world.open(name, Self.enforced) }
        try world.apply(
            .contract(
                .giveNotice(operation: "announced", expectedParticipants: 150_000, note: nil)))
        for _ in 0..<3 {
            try strain([("announced", 700), ("plain", 700), ("modest", 150)])
            world.pass(milliseconds: 500)
        }
        // Of the 800 that fit: 150 as wished, and three parts of four of the rest: 487 and 162.
        #expect(state("modest") == .open)
        #expect(state("announced") == .smoothed && state("plain") == .smoothed)
        let (large, small) = (pace("announced") ?? 0, pace("plain") ?? 0)
        #expect(large > 2 * small && large <= 3 * small + 3, "\(large), \(small)")
    }

    @Test("those that lack a notice go first; the others only if that is not enough")
    func order() throws {
        try world.cross(policy: .enforce)
        try world.open("declared", Self.enforced)
        for _ in 0..<6 {
            try strain([("summer", 2_000), ("declared", 1_500)])
            world.pass(milliseconds: 500)
        }
        let all = steps()
        #expect(all.first?.operation == "summer" && all.first?.ground == "undeclared_traffic")
        let second = try #require(all.first { $0.operation == "declared" })
        #expect(second.ground == "degradation")
        #expect(state("summer") == .smoothed && state("declared") == .smoothed)
    }

    @Test("beside one that lacks a notice an operation within its share is never touched")
    func neighbour() throws {
        try world.cross(policy: .enforce)
        try world.open("declared", Self.enforced)
        for _ in 0..<60 {
            try strain([("summer", 5_000), ("declared", 200)])
            world.pass(milliseconds: 500)
            #expect(state("declared") == .open)
        }
        #expect(state("summer") == .suspended, "refusing it strained the platform")
    }

    @Test("four entries a second are no cause, and strain that nobody brings holds nobody")
    func tiny() throws {
        try world.cross(policy: .enforce)
        for _ in 0..<120 {
            try strain([("summer", 4)])
            world.pass(milliseconds: 500)
        }
        #expect(state("summer") == .open)
        #expect(steps().isEmpty)
    }

    @Test("one that is alone degrades nobody's service")
    func alone() throws {
        try world.open("big", Self.enforced)
        for _ in 0..<60 {
            try strain([("big", 5_000)])
            world.pass(milliseconds: 500)
        }
        #expect(state("big") == .open)
    }

    @Test("where all that comes is served, though late, the one that takes most is above its share")
    func served() throws {
        for name in ["big", "small"] { try world.open(name, Self.enforced) }
        for _ in 0..<3 {
            try strain([("big", 950), ("small", 50)])
            world.pass(milliseconds: 500)
        }
        #expect(state("big") == .smoothed && state("small") == .open)
    }

    @Test("where the measure holds nothing back any more it ends after calm")
    func ends() throws {
        for name in ["big", "small"] { try world.open(name, Self.enforced) }
        for _ in 0..<3 {
            try strain([("big", 2_000), ("small", 100)])
            world.pass(milliseconds: 500)
        }
        #expect(state("big") == .smoothed)
        for _ in 0..<21 {
            try strain([("big", 300), ("small", 100)], wait: 0, level: .calm)
            world.pass(milliseconds: 500)
        }
        #expect(state("big") == .open)
        #expect(steps().last?.kind == .resume)
    }
}
