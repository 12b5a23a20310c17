import Bytes
import Contract
import Testing
import Time

@testable import Ledger

@Suite("The contract in the fold")
struct ContractTests {
    private let world = World()

    private func notice(_ expected: UInt32) -> AdministrativeCommand {
        .contract(.giveNotice(operation: "summer", expectedParticipants: expected, note: nil))
    }

    private var cover: UInt32? { world.ledger.catalogue.operation("summer")?.cover.participants }

    // MARK: Cover

    @Test("the crossing is found at number 50,001, the warning at 40,000, each once")
    func crossing() throws {
        try world.open("summer", .sample(.unlimited))
        var found: [(UInt64, LedgerEvent)] = []
        for person in 1...50_010 as ClosedRange<UInt64> {
            #expect(world.enter(person, in: "summer").isAccepted)
            // Who comes again is not counted again.
            if person % 1_000 == 0 { #expect(world.enter(1, in: "summer").isAccepted) }
            for event in world.ledger.drainEvents() { found.append((person, event)) }
        }
        #expect(found.map(\.0) == [40_000, 50_001])
        #expect(
            found.map(\.1) == [
                .coverNear(operation: "summer", participants: 40_000, cover: 50_000),
                .coverCrossed(operation: "summer", participants: 50_001, cover: 50_000),
            ])
        #expect(world.ledger.catalogue.operation("summer")?.crossedAt == world.now)
        #expect(world.ledger.catalogue.operation("summer")?.state == .open)
    }

    @Test("a notice raises the cover, a later one replaces it, a withdrawn one is gone")
    func notices() throws {
        try world.open("summer")
        #expect(try world.apply(notice(80_000)) == .declarationsChanged(0))
        #expect(cover == 80_000)
        #expect(try world.apply(notice(80_000)) == .none)
        #expect(try world.apply(notice(60_000)) == .declarationsChanged(0))
        #expect(cover == 60_000)
        let withdrawal = AdministrativeCommand.contract(
            .withdrawNotice(operation: "summer", note: nil))
        #expect(try world.apply(withdrawal) == .declarationsChanged(0))
        #expect(cover == 50_000)
        #expect(try world.apply(withdrawal) == .none)
    }

    @Test("a notice that comes when the cover is crossed is on record, and late")
    func lateNotice() throws {
        try world.cross()
        #expect(try world.apply(notice(80_000)) == .recorded)
        #expect(cover == 50_000)
    }

    @Test("a campaign in time raises the cover; where it is withdrawn, the crossing is found then")
    func campaigns() throws {
        try world.open("summer")
        let declaration = CampaignDeclaration(
            channel: .email, recipients: 90_000, starts: world.now.advanced(byMilliseconds: 1))
        let declare = AdministrativeCommand.contract(
            .declareCampaign(
                operation: "summer", campaign: "mail", declaration: declaration))
        #expect(try world.apply(declare) == .declarationsChanged(0))
        #expect(try world.apply(declare) == .none)
        #expect(cover == 90_000)
        for person in 1...50_001 as ClosedRange<UInt64> { _ = world.enter(person, in: "summer") }
        #expect(world.ledger.drainEvents().isEmpty)
        try world.apply(
            .contract(.withdrawCampaign(operation: "summer", campaign: "mail", note: nil)))
        #expect(
            world.ledger.drainEvents() == [
                .coverCrossed(operation: "summer", participants: 50_001, cover: 50_000)
            ])
    }

    @Test("what does not hold is refused with its pointer")
    func refusals() throws {
        try world.open("summer")
        let now = world.now
        func campaign(
            _ recipients: UInt32 = 1, ends: Timestamp? = nil, source: String? = nil
        ) -> AdministrativeCommand {
            .contract(
                .declareCampaign(
                    operation: "summer", campaign: "c",
                    declaration: CampaignDeclaration(
                        channel: .sms, recipients: recipients, starts: now, ends: ends,
                        source: source)))
        }
        func suspend(until: Timestamp? = nil, for good: Bool = false) -> AdministrativeCommand {
            .operation(
                .suspend(
                    id: "summer", ground: .unpaid, until: until, isDefinitive: good, note: "n"))
        }
        let table: [(AdministrativeCommand, pointer: String?)] = [
            (notice(0), "/expected_participants"), (campaign(0), "/recipients"),
            (campaign(ends: now), "/ends"), (campaign(source: ""), "/source"),
            (suspend(until: now), "/until"),
            (suspend(until: now.advanced(byMilliseconds: 1), for: true), "/until"),
            (.operation(.setPace(operation: "summer", perSecond: 0, note: nil)), "/per_second"),
        ]
        for (command, pointer) in table {
            let refusal = #expect(throws: CommandRefusal.self) { try world.apply(command) }
            #expect(refusal?.pointer == pointer)
            #expect(refusal?.status == 422)
        }
        world.author = .gateway
        #expect(throws: CommandRefusal.definitiveByMachine) { try world.apply(suspend(for: true)) }
        try world.apply(.operation(.close(id: "summer", note: nil)))
        #expect(throws: CommandRefusal.operationClosed("summer")) {
            try world.apply(notice(60_000))
        }
        #expect(throws: CommandRefusal.operationClosed("summer")) { try world.apply(campaign()) }
    }
}

extension World {
    /// `summer`, one participant beyond its cover.
    func cross(policy: LadderPolicy = .advise) throws {
        try open("summer", .sample().with { $0.policy = policy })
        for person in 1...50_001 as ClosedRange<UInt64> { _ = enter(person, in: "summer") }
        _ = ledger.drainEvents()
    }
}
