import Contract
import Foundation
import Testing
import Time

@testable import Ledger

@Suite("What a client does to its own operations, and what it does not (C8, C18)")
struct ClientRightsTests {
    private static let acme = Author(.client, name: "acme")
    private static let export = ExportReceipt(
        file: "summer.jsonl", sha256: String(repeating: "a", count: 64), entries: 0,
        participants: 0)

    private func suspension(
        _ ground: SuspensionGround = .clientInstruction, isDefinitive: Bool = false
    ) -> AdministrativeCommand {
        .operation(
            .suspend(
                id: "summer", ground: ground, until: nil, isDefinitive: isDefinitive, note: "n"))
    }

    private let resume = AdministrativeCommand.operation(.resume(id: "summer", note: nil))
    private let reset = AdministrativeCommand.operation(
        .reset(id: "summer", dataKeyID: "next", export: ClientRightsTests.export))
    private let deletion = AdministrativeCommand.operation(
        .delete(id: "summer", export: ClientRightsTests.export))

    private func apply(
        _ command: AdministrativeCommand, by author: Author, to world: World
    ) throws(CommandRefusal) -> Change {
        world.author = author
        defer { world.author = .admin }
        return try world.apply(command)
    }

    private func opened(_ policy: LadderPolicy = .advise) throws -> World {
        let world = World()
        try world.open("summer", .sample().with { $0.policy = policy })
        return world
    }

    @Test("it suspends on its own instruction, for a time, and ends what it ordered itself")
    func suspendAndResume() throws {
        let world = try opened()
        #expect(try apply(suspension(), by: Self.acme, to: world) == .standingChanged(0))
        #expect(world.enter(1, in: "summer") == .suspended(isDefinitive: false))
        #expect(try apply(resume, by: Self.acme, to: world) == .standingChanged(0))
        #expect(try apply(resume, by: Self.acme, to: world) == .none)
        #expect(world.enter(1, in: "summer").isAccepted)
        for ground in SuspensionGround.allCases where ground != .clientInstruction {
            let refusal = #expect(throws: CommandRefusal.self) {
                try apply(suspension(ground), by: Self.acme, to: world)
            }
            #expect(refusal?.code == "forbidden" && refusal?.status == 403, "\(ground)")
        }
        #expect(throws: CommandRefusal.definitiveByMachine) {
            try apply(suspension(isDefinitive: true), by: Self.acme, to: world)
        }
    }

    @Test("it neither replaces nor ends a suspension of the operator's")
    func ofOthers() throws {
        let world = try opened()
        _ = try apply(suspension(.security), by: Author(.operator, name: "marie"), to: world)
        for command in [suspension(), resume, reset, deletion] {
            #expect(throws: CommandRefusal.heldByAnother("summer")) {
                try apply(command, by: Self.acme, to: world)
            }
        }
        // The same ground, by an operator: it is the operator's all the same.
        _ = try apply(suspension(), by: .admin, to: world)
        #expect(throws: CommandRefusal.heldByAnother("summer")) {
            try apply(resume, by: Self.acme, to: world)
        }
        #expect(try apply(resume, by: .admin, to: world) == .standingChanged(0))
        #expect(CommandRefusal.heldByAnother("summer").status == 403)
    }

    @Test("an operator ends what a client ordered")
    func operatorResumes() throws {
        let world = try opened()
        _ = try apply(suspension(), by: Self.acme, to: world)
        #expect(
            try apply(resume, by: Author(.operator, name: "marie"), to: world)
                == .standingChanged(0))
    }

    @Test("a measure of the ladder stays, whatever the client does")
    func ladder() throws {
        let world = World()
        try world.cross(policy: .enforce)
        try strain(world)
        let rung = try #require(world.ledger.catalogue.operation("summer")).rung
        try #require(rung != .open, "the ladder has acted")
        for command in [resume, reset, deletion] {
            #expect(throws: CommandRefusal.heldByAnother("summer")) {
                try apply(command, by: Self.acme, to: world)
            }
        }
        _ = try apply(suspension(), by: Self.acme, to: world)
        #expect(try apply(resume, by: Self.acme, to: world) == .standingChanged(0))
        #expect(world.ledger.catalogue.operation("summer")?.rung == rung)
        #expect(!world.ledger.ladders.byOperation.isEmpty, "nor does it begin anew")
    }

    /// Measurements until the ladder has taken a step.
    private func strain(_ world: World) throws {
        let report = PressureReport(
            level: .strained, windowMilliseconds: 1_000, attemptsPerSecond: 900,
            acceptedPerSecond: 400,
            operations: [
                .init(
                    operation: "summer", attemptsPerSecond: 800, acceptedPerSecond: 300,
                    queuePermille: 700, attemptsPermille: 890)
            ])
        for _ in 0..<10 {
            try world.apply(.fact(.measured(report)))
            world.pass(milliseconds: 1_000)
            _ = world.ledger.drainEvents()
        }
    }

    @Test("it resets and deletes its own, as long as nobody else holds it")
    func retirement() throws {
        let world = try opened()
        #expect(try apply(reset, by: Self.acme, to: world) == .operationReset(0, successor: 1))
        _ = try apply(suspension(), by: Self.acme, to: world)
        #expect(try apply(reset, by: Self.acme, to: world) == .operationReset(1, successor: 2))
        #expect(world.ledger.catalogue.operation("summer")?.suspension?.isByClient == true)
        #expect(try apply(deletion, by: Self.acme, to: world) == .operationDeleted(2))
    }

    @Test("it opens a draft, and what it closed itself; what an admin closed, an admin opens")
    func opening() throws {
        let world = World()
        let open = AdministrativeCommand.operation(.open(id: "summer", note: nil))
        let close = AdministrativeCommand.operation(.close(id: "summer", note: nil))
        func mayOpen(_ author: Author) throws -> Bool {
            // As a start from a snapshot knows it, too.
            let text = try JSONEncoder().encode(world.ledger.catalogue)
            let restored = try JSONDecoder().decode(Catalogue.self, from: text)
            #expect(restored == world.ledger.catalogue)
            do throws(CommandRefusal) {
                let record = AdministrativeRecord(open, by: author)
                try ClientRights.requireOpening(record, in: restored)
                return true
            } catch {
                #expect(error == .heldByAnother("summer"))
                return false
            }
        }
        try world.draft("summer")
        #expect(try mayOpen(Self.acme), "a draft")
        _ = try apply(open, by: Self.acme, to: world)
        _ = try apply(close, by: Self.acme, to: world)
        #expect(try mayOpen(Self.acme), "closed by itself")
        #expect(try apply(close, by: Self.acme, to: world) == .none)
        #expect(try apply(close, by: .admin, to: world) == .operationClosed(0), "taken over")
        #expect(try !mayOpen(Self.acme))
        #expect(try apply(close, by: Self.acme, to: world) == .none)
        #expect(try !mayOpen(Self.acme), "closing it again does not make it the client's")
        #expect(try mayOpen(.admin))
        // The fold takes it: logs from before the rule have such records.
        #expect(try apply(open, by: Self.acme, to: world) == .operationOpened(0))
    }

    @Test("another client meets an operation that is not there")
    func stranger() throws {
        let world = try opened()
        for command in [suspension(), resume, reset, deletion] {
            #expect(throws: CommandRefusal.unknownOperation("summer")) {
                try apply(command, by: Author(.client, name: "bolt"), to: world)
            }
        }
    }

    @Test("each reset takes an index that all clients share, so a client has a bounded number")
    func resets() throws {
        let world = try opened()
        let limit = LedgerLimits.clientResets
        for _ in 0..<limit { _ = try apply(reset, by: Self.acme, to: world) }
        let refusal = CommandRefusal.limitReached(
            name: "resets by the client", limit: Int(limit))
        #expect(throws: refusal) { try apply(reset, by: Self.acme, to: world) }
        _ = try apply(reset, by: .admin, to: world)
        #expect(throws: refusal, "an admin's does not count, nor start the count anew") {
            try apply(reset, by: Self.acme, to: world)
        }
    }

    @Test("it changes its settings, but for the policy; a pace is the operator's")
    func settings() throws {
        let world = try opened()
        func put(_ change: (inout OperationSettings) -> Void) -> AdministrativeCommand {
            .operation(
                .put(id: "summer", settings: .sample().with(change), dataKeyID: "d"))
        }
        let own: [(inout OperationSettings) -> Void] = [
            { $0.title = "Other" }, { $0.identity = .email },
            { $0.secondKey = SecondKeyRule(name: "household", limit: 1) },
            { $0.cap = .participants(5_000) },
        ]
        for change in own {
            #expect(
                try apply(put(change), by: Self.acme, to: world) == .operationChanged(0))
        }
        let phone = put {
            $0.identity = .phone
            $0.country = "FR"
        }
        #expect(try apply(phone, by: Self.acme, to: world) == .operationChanged(0))
        let refused = [
            put { $0.policy = .enforce },
            .operation(.setPace(operation: "summer", perSecond: 5, note: nil)),
        ]
        for command in refused {
            let refusal = #expect(throws: CommandRefusal.self) {
                try apply(command, by: Self.acme, to: world)
            }
            #expect(refusal?.code == "forbidden")
        }
        #expect(
            try apply(
                .operation(.setPace(operation: "summer", perSecond: 5, note: nil)),
                by: Author(.operator, name: "marie"), to: world) == .standingChanged(0))
    }
}
