import Bytes
import Contract
import Testing
import Time

@testable import Ledger

@Suite("Suspensions and the ladder")
struct LadderTests {
    private let world = World()

    // MARK: Suspensions

    @Test("a suspension with an end ends by itself, before anything else is decided")
    func expiry() throws {
        try world.open("summer")
        let until = world.now.advanced(byMilliseconds: 60_000)
        try world.apply(
            .operation(
                .suspend(
                    id: "summer", ground: .maintenance, until: until, isDefinitive: false, note: "n"
                )))
        #expect(world.enter(1, in: "summer") == .suspended(isDefinitive: false))
        world.pass(milliseconds: 59_999)
        #expect(!world.isDue)
        world.pass(milliseconds: 1)
        #expect(world.isDue)
        world.ledger.expire(at: world.now)
        #expect(!world.isDue)
        #expect(
            world.ledger.drainEvents() == [
                .suspensionEnded(operation: "summer", ground: .maintenance, until: until)
            ])
        #expect(world.enter(1, in: "summer").isAccepted)
    }

    @Test("one for good stays, whoever asks but for an admin who confirms and says why")
    func definitive() throws {
        try world.open("summer")
        try world.apply(
            .operation(
                .suspend(
                    id: "summer", ground: .contractEnded, until: nil, isDefinitive: true,
                    note: "n")))
        #expect(world.enter(1, in: "summer") == .suspended(isDefinitive: true))
        for (note, confirm, role) in [
            (nil, nil, .admin), ("n", nil, .admin), (nil, "summer", .admin),
            ("", "summer", .admin), ("n", "winter", .admin), ("n", "summer", .operator),
            ("n", "summer", .gateway),
        ] as [(String?, String?, Author.Role)] {
            world.author = Author(role, name: "n")
            #expect(throws: CommandRefusal.definitive("summer"), "\(role) \(note ?? "")") {
                try world.apply(
                    .operation(.resume(id: "summer", note: note, confirm: confirm)))
            }
        }
        world.author = .admin
        try world.apply(.operation(.resume(id: "summer", note: "n", confirm: "summer")))
        #expect(world.enter(1, in: "summer").isAccepted)
    }

    @Test("a person's suspension outlives the calm, and the ladder's time")
    func precedence() throws {
        try world.cross(policy: .enforce)
        try measure(.strained, summer: 900)
        #expect(state == .smoothed)
        try world.apply(
            .operation(
                .suspend(
                    id: "summer", ground: .authority, until: nil, isDefinitive: false, note: "n")))
        for _ in 0..<30 {
            world.pass(milliseconds: 1_000)
            try measure(.calm, summer: 0)
        }
        #expect(state == .suspended)
        #expect(world.ledger.catalogue.operation("summer")?.rung == .open)
    }

    // MARK: The ladder

    @Test("both halves of C3 are needed: strain, and an operation beyond its cover that causes it")
    func halves() throws {
        try world.open("small", .sample().with { $0.policy = .enforce })
        try world.cross(policy: .enforce)
        try measure(.calm, summer: 1_000)
        #expect(state == .open, "big on a calm platform")
        try measure(.strained, summer: 249)
        #expect(state == .open, "not the cause")
        try measure(.critical, ("small", 1_000))
        #expect(world.ledger.catalogue.operation("small")?.state == .open, "within its cover")
        #expect(world.ledger.drainEvents().isEmpty)
        try measure(.strained, summer: 250)
        #expect(state == .smoothed)
    }

    @Test("a report of what cannot be measured is refused: nothing is worked out from it")
    func absurdReports() throws {
        try world.cross(policy: .enforce)
        let demand = PressureReport.Demand(
            operation: "summer", attemptsPerSecond: 9, acceptedPerSecond: 9, queuePermille: 900,
            attemptsPermille: 900)
        var report = PressureReport(
            level: .strained, windowMilliseconds: 1_000, attemptsPerSecond: 9,
            acceptedPerSecond: 9, operations: [demand])
        #expect(throws: Never.self) { try world.apply(.fact(.measured(report))) }
        for absurd in [Int.max, Int.min, -1] {
            for path in [\PressureReport.attemptsPerSecond, \.acceptedPerSecond, \.figures.shed] {
                var other = report
                other[keyPath: path] = absurd
                #expect(throws: CommandRefusal.self) { try world.apply(.fact(.measured(other))) }
            }
            report.operations = [demand]
            report.operations[0].attemptsPerSecond = absurd
            #expect(throws: CommandRefusal.self) { try world.apply(.fact(.measured(report))) }
            report.operations = [demand]
            report.operations[0].queuePermille = absurd
            #expect(throws: CommandRefusal.self) { try world.apply(.fact(.measured(report))) }
        }
    }

    @Test("strain that lasts: smoothed, squeezed, suspended, let in again; then twice as long")
    func climbing() throws {
        try world.cross(policy: .enforce)
        var kinds: [LadderStep.Kind] = []
        func go(_ seconds: Int, _ level: PressureLevel, _ share: Int) throws {
            for _ in 0..<seconds {
                world.pass(milliseconds: 1_000)
                while world.isDue { world.ledger.expire(at: world.now) }
                try measure(level, summer: share)
                for case .step(let step) in world.ledger.drainEvents() {
                    kinds.append(step.kind)
                    #expect(step.isEnforced)
                }
            }
        }
        try go(1, .strained, 900)
        let first = try #require(world.ledger.catalogue.operation("summer")?.perSecond)
        // It begins at 60 % of the 1,000 a second that were accepted, less the others' 100.
        #expect(first == 500)
        try go(16, .strained, 900)
        let last = try #require(world.ledger.catalogue.operation("summer")?.perSecond)
        #expect(last == 10, "down to a tenth of the capacity, which the others have")
        try go(4, .strained, 900)
        #expect(state == .smoothed)
        try go(1, .strained, 900)
        #expect(state == .suspended, "refusing it strains the platform for five seconds")
        #expect(until == world.now.advanced(byMilliseconds: 900_000))
        #expect(world.enter(99_999, in: "summer") == .suspended(isDefinitive: false))
        // Those who try are more than would fit: it stays suspended though the platform is calm.
        try go(60, .calm, 900)
        #expect(state == .suspended)
        try go(11, .calm, 0)
        #expect(state == .open)
        try go(22, .strained, 900)
        #expect(state == .suspended)
        #expect((until?.milliseconds ?? 0) - world.now.milliseconds > 1_780_000)
        #expect(kinds.filter { $0 == .suspend }.count == 2)
        #expect(kinds.filter { $0 == .resume }.count == 1)
        // Its time comes while it is strained no more.
        try go(1_800, .calm, 900)
        #expect(state == .open)
    }

    @Test("strain that its pace does not end, though more could be let in: suspended after 30 s")
    func lastingStrain() throws {
        try world.cross(policy: .enforce)
        var report = PressureReport.sample(.strained, "summer", permille: 900)
        report.figures.queueWait = 20_000
        for second in 0..<30 {
            try world.apply(.fact(.measured(report)))
            #expect(state == .smoothed, "second \(second)")
            world.pass(milliseconds: 1_000)
        }
        #expect((world.ledger.catalogue.operation("summer")?.perSecond ?? 0) >= 400)
        try world.apply(.fact(.measured(report)))
        #expect(state == .suspended)
    }

    @Test("smoothed and calm, it stays smoothed however hard it pushes: the pace does its work")
    func pushing() throws {
        try world.cross(policy: .enforce)
        try measure(.strained, summer: 900)
        var report = PressureReport.sample(.calm, "summer", permille: 900)
        report.attemptsPerSecond = 5_000
        report.operations[0].attemptsPerSecond = 4_900
        for _ in 0..<120 {
            world.pass(milliseconds: 500)
            try world.apply(.fact(.measured(report)))
            #expect(state == .smoothed)
        }
    }

    @Test("while its connections wait unread it stays smoothed, however little is read of it")
    func withheld() throws {
        try world.cross(policy: .enforce)
        try measure(.strained, summer: 900)
        var report = PressureReport.sample(.calm, "summer", permille: 100)
        report.operations[0].withheld = 1
        for _ in 0..<60 {
            world.pass(milliseconds: 500)
            try world.apply(.fact(.measured(report)))
            #expect(state == .smoothed)
        }
        report.operations[0].withheld = nil
        for _ in 0..<21 {
            world.pass(milliseconds: 500)
            try world.apply(.fact(.measured(report)))
        }
        #expect(state == .open, "all that comes is read, and fits")
        report.operations[0].withheld = -1
        #expect(throws: CommandRefusal.self) { try world.apply(.fact(.measured(report))) }
    }

    @Test("what was advised does not come into force by a change of the policy")
    func policyChanged() throws {
        try world.cross(policy: .advise)
        for _ in 0..<32 {
            world.pass(milliseconds: 1_000)
            try measure(.strained, summer: 900)
        }
        #expect(world.ledger.catalogue.operation("summer")?.advisesSuspension == true)
        let enforced = OperationSettings.sample().with { $0.policy = .enforce }
        try world.apply(
            .operation(.put(id: "summer", settings: enforced, dataKeyID: "summer-data")))
        #expect(state == .open)
        try measure(.strained, summer: 900)
        #expect(state == .smoothed)
        try world.apply(
            .operation(.put(id: "summer", settings: .sample(), dataKeyID: "summer-data")))
        #expect(state == .open)
        #expect(world.ledger.catalogue.operation("summer")?.rung == .open)
    }

    @Test("advise: every step is on record, and none is taken")
    func advise() throws {
        try world.cross(policy: .advise)
        for _ in 0..<32 {
            world.pass(milliseconds: 1_000)
            try measure(.strained, summer: 900)
            #expect(state == .open)
            #expect(world.ledger.catalogue.operation("summer")?.perSecond == nil)
        }
        let steps = world.ledger.drainEvents().compactMap { event -> LadderStep? in
            if case .step(let step) = event { step } else { nil }
        }
        #expect(steps.first?.kind == .smooth)
        #expect(steps.last?.kind == .suspend)
        #expect(steps.allSatisfy { !$0.isEnforced })
    }

    // MARK: Helpers

    private var state: OperationState? { world.ledger.catalogue.operation("summer")?.state }
    private var until: Timestamp? { world.ledger.catalogue.operation("summer")?.due }

    private func measure(_ level: PressureLevel, summer permille: Int) throws {
        try measure(level, ("summer", permille))
    }

    private func measure(_ level: PressureLevel, _ share: (String, Int)) throws {
        try world.apply(.fact(.measured(.sample(level, share.0, permille: share.1))))
    }
}

extension PressureReport {
    /// A thousand entries a second, of them so many permille of one operation.
    static func sample(
        _ level: PressureLevel, _ operation: String, permille: Int
    ) -> PressureReport {
        var figures = PressureFigures()
        figures.queueWait = level == .calm ? 0 : level == .strained ? 60_000 : 400_000
        return PressureReport(
            level: level, figures: figures, windowMilliseconds: 1_000,
            attemptsPerSecond: level == .calm ? permille : 1_000,
            acceptedPerSecond: 1_000,
            operations: [
                Demand(
                    operation: operation, attemptsPerSecond: permille,
                    acceptedPerSecond: permille, queuePermille: permille,
                    attemptsPermille: permille)
            ])
    }
}

extension Catalogue.Operation {
    fileprivate var advisesSuspension: Bool {
        if case .suspended = rung { settings.policy == .advise } else { false }
    }
}
