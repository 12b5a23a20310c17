import Bytes
import Contract
import Testing
import Time

@testable import Ledger

/// A platform that takes 1,000 entries a second, on which entries wait.
@Suite("Who is held beside whom, and whose attempts take nobody's room (C3, C3b)")
struct LadderOrderTests {
    private let world = World()

    private static let enforced = OperationSettings.sample().with { $0.policy = .enforce }

    private struct Load {
        let operation: String
        let attempts: Int
        var accepted: Int

        init(_ operation: String, _ attempts: Int, accepted: Int? = nil) {
            self.operation = operation
            self.attempts = attempts
            self.accepted = accepted ?? attempts
        }
    }

    private func measure(
        _ loads: [Load], wait: Int = 60_000, level: PressureLevel = .strained
    ) throws {
        let total = loads.reduce(0) { $0 + $1.attempts }
        var figures = PressureFigures()
        figures.queueWait = wait
        let report = PressureReport(
            level: level, figures: figures, windowMilliseconds: 500, attemptsPerSecond: total,
            acceptedPerSecond: min(loads.reduce(0) { $0 + $1.accepted }, 1_000),
            capacityPerSecond: 1_000, stage: .sequencer,
            operations: loads.map { load in
                let permille = load.attempts * 1_000 / total
                return PressureReport.Demand(
                    operation: load.operation, attemptsPerSecond: load.attempts,
                    acceptedPerSecond: load.accepted, queuePermille: permille,
                    attemptsPermille: permille)
            })
        try world.apply(.fact(.measured(report)))
        world.pass(milliseconds: 500)
    }

    /// Opens an operation that is beyond its cover.
    private func cross(_ name: String, _ settings: OperationSettings = enforced) throws {
        try world.open(name, settings)
        for person in 1...50_001 as ClosedRange<UInt64> { _ = world.enter(person, in: name) }
        _ = world.ledger.drainEvents()
    }

    private func state(_ operation: String) -> OperationState? {
        world.ledger.catalogue.operation(operation)?.state
    }

    private func pace(_ operation: String) -> UInt32? {
        world.ledger.catalogue.operation(operation)?.perSecond
    }

    // MARK: Many

    @Test("twelve equal operations are all held to the twelfth part of what fits")
    func twelve() throws {
        let names = (1...12).map { "operation-\($0)" }
        for name in names { try world.open(name, Self.enforced) }
        for _ in 0..<3 { try measure(names.map { Load($0, 150) }) }
        #expect(names.map(pace) == Array(repeating: 66, count: 12))
    }

    @Test("two that take a little more than fits are held to half of that, and to no less")
    func begin() throws {
        for name in ["one", "two"] { try world.open(name, Self.enforced) }
        for _ in 0..<3 { try measure([Load("one", 450), Load("two", 450)]) }
        #expect(pace("one") == 400 && pace("two") == 400)
        try measure([Load("one", 450), Load("two", 450)], wait: 5_000)
        #expect((pace("one") ?? 0) >= 400 && (pace("two") ?? 0) >= 400)
    }

    // MARK: What is refused anyway

    enum Reason: CaseIterable {
        case closed, suspended, paced, repeated
    }

    @Test("attempts that are refused anyway leave a flood its room", arguments: Reason.allCases)
    func refused(_ reason: Reason) throws {
        try cross("flood")
        try world.open("other", Self.enforced)
        var accepted = 0
        switch reason {
        case .closed: try world.apply(.operation(.close(id: "other", note: nil)))
        case .suspended:
            try world.apply(
                .operation(
                    .suspend(
                        id: "other", ground: .security, until: nil, isDefinitive: false,
                        note: "n")))
        case .paced:
            accepted = 50
            try world.apply(
                .operation(.setPace(operation: "other", perSecond: 50, note: nil)))
        case .repeated: accepted = 100
        }
        try measure([Load("flood", 2_000), Load("other", 1_500, accepted: accepted)])
        #expect(pace("flood") == UInt32(600 - accepted))
    }

    @Test("attempts at a closed operation take nobody's fair share")
    func closedShare() throws {
        for name in ["big", "closed"] { try world.open(name, Self.enforced) }
        try world.apply(.operation(.close(id: "closed", note: nil)))
        for _ in 0..<6 { try measure([Load("big", 700), Load("closed", 1_500, accepted: 0)]) }
        #expect(state("big") == .open)
    }

    @Test("one that is closed while it is held leaves its share to the other")
    func closedWhileHeld() throws {
        for name in ["one", "two"] { try world.open(name, Self.enforced) }
        for _ in 0..<3 { try measure([Load("one", 900), Load("two", 900)]) }
        #expect(pace("one") == 400 && pace("two") == 400)
        try world.apply(.operation(.close(id: "one", note: nil)))
        try measure([Load("one", 900), Load("two", 900)], wait: 1_000, level: .calm)
        #expect((pace("two") ?? 0) >= 800)
    }

    @Test("one that the ladder has suspended leaves its room to the next, which begins anew")
    func suspendedRoom() throws {
        for name in ["first", "second"] { try cross(name) }
        try world.open("small", Self.enforced)
        for _ in 0..<80 where state("first") != .suspended {
            try measure([Load("first", 5_000), Load("small", 100)])
        }
        #expect(state("first") == .suspended)
        let loads = [Load("first", 5_000, accepted: 0), Load("second", 2_000), Load("small", 100)]
        try measure(loads)
        #expect(pace("second") == 500)
        for _ in 0..<6 { try measure(loads) }
        #expect(state("second") == .smoothed)
    }

    // MARK: Order

    @Test("strain beside one that is only advised about suspends nobody who was just smoothed")
    func advised() throws {
        try cross("advised", .sample())
        try cross("enforced")
        for _ in 0..<60 { try measure([Load("advised", 2_000), Load("enforced", 5)]) }
        for _ in 0..<8 {
            try measure([Load("advised", 2_000), Load("enforced", 2_000)])
            #expect(state("enforced") == .smoothed)
        }
    }

    @Test(
        "those that lack a notice go first though none of them is a quarter of the load",
        arguments: [(560, OperationState.open), (900, .smoothed)])
    func lackingFirst(perSecond: Int, outcome: OperationState) throws {
        let names = (1...4).map { "flood-\($0)" }
        for name in names { try cross(name) }
        try world.open(
            "declared", .sample(client: "other").with { $0.policy = .enforce })
        let loads = names.map { Load($0, 360) } + [Load("declared", perSecond)]
        for _ in 0..<3 { try measure(loads) }
        #expect(names.map(state) == Array(repeating: .smoothed, count: 4))
        #expect(names.map(pace) == Array(repeating: 10, count: 4), "there is no more left")
        let grounds = world.ledger.drainEvents().compactMap { event -> String? in
            if case .step(let step) = event { step.ground } else { nil }
        }
        #expect(grounds == Array(repeating: "undeclared_traffic", count: 4))
        #expect(state("declared") == .open)
        try measure(loads)
        #expect(state("declared") == .open, "a second has not passed")
        try measure(loads)
        #expect(state("declared") == outcome, "it is held where it takes more than fits alone")
    }
}
