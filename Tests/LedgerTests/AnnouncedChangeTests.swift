import Availability
import Testing
import Time

@testable import Ledger

@Suite("Changes of the service, announced beforehand (C13, B 3.8)")
struct AnnouncedChangeTests {
    private let world = World()

    init() throws {
        for client in ["acme", "bolt"] {
            try world.apply(.contract(.putClient(id: client, name: client)))
        }
    }

    private var changes: ServiceChanges { world.ledger.catalogue.service.records.changes }

    private func hours(_ count: Int64) -> Timestamp {
        World.start.advanced(byMilliseconds: count * 3_600_000)
    }

    /// Friday, 20 November, 12:00: 30 whole days from the 21st on.
    private var earliest: Timestamp { hours(12 + 30 * 24) }

    /// The announcement of one for the client `acme` that degrades the service, with a difference.
    private func announce(
        _ number: UInt32, _ change: (inout ChangeTerms) -> Void = { _ in }
    ) -> AdministrativeCommand {
        var terms = ChangeTerms(
            client: "acme", note: "exports by night only", degrades: true, takesEffectAt: earliest)
        change(&terms)
        return .service(.announceChange(number: number, terms))
    }

    /// Why a command is refused; and that it has changed nothing.
    private func refusal(
        of command: AdministrativeCommand, by author: Author = .admin
    ) -> CommandRefusal? {
        let before = world.ledger.catalogue
        world.author = author
        defer { world.author = .admin }
        do throws(CommandRefusal) {
            try world.apply(command)
            return nil
        } catch {
            #expect(world.ledger.catalogue == before, "\(error)")
            return error
        }
    }

    @Test("one that degrades the service comes 30 days later at the earliest")
    func notice() throws {
        let early = announce(1) { $0.takesEffectAt = earliest.advanced(byMilliseconds: -1) }
        let refused = try #require(refusal(of: early))
        #expect(refused.pointer == "/takes_effect_at", "\(refused)")
        #expect(refused.detail.contains(earliest.rfc3339), "\(refused.detail)")
        try world.apply(announce(1))
        #expect(changes[1]?.state(at: world.now) == .announced)
        let better = announce(2) { terms in
            terms.degrades = false
            terms.takesEffectAt = hours(1)
        }
        try world.apply(better)
        #expect(changes.all(for: "bolt").isEmpty, "both are another client's")
        #expect(try world.ledger.readBack().catalogue == world.ledger.catalogue)
    }

    @Test("what cannot be is refused, and why")
    func refusals() throws {
        #expect(refusal(of: announce(1) { $0.note = "" })?.pointer == "/note")
        #expect(refusal(of: announce(1) { $0.client = "nobody" })?.code == "unknown_client")
        for effect in [hours(-1), hours(800 * 24)] {
            let refused = refusal(of: announce(1) { $0.takesEffectAt = effect })
            #expect(refused?.pointer == "/takes_effect_at")
        }
        #expect(refusal(of: announce(2)) == .numberTaken(.change, next: 1))
        let acme = Author(.client, name: "acme")
        #expect(refusal(of: announce(1), by: acme)?.code == "forbidden")
    }

    @Test("one is withdrawn before its effect, once")
    func withdrawal() throws {
        func withdraw(_ number: UInt32) -> AdministrativeCommand {
            .service(.withdrawChange(number: number, note: "n"))
        }
        try world.apply(announce(1))
        try world.apply(announce(2))
        try world.apply(withdraw(1))
        #expect(changes[1]?.state(at: world.now) == .withdrawn)
        #expect(refusal(of: withdraw(1)) == .wrongState(.change, 1, state: "over"))
        #expect(refusal(of: withdraw(7)) == .unknownNumber(.change, 7))
        world.pass(hours: 12 + 30 * 24)
        #expect(changes[2]?.state(at: world.now) == .inEffect)
        #expect(refusal(of: withdraw(2)) == .wrongState(.change, 2, state: "over"))
        // What took effect more than 400 days before the next one is not kept.
        world.pass(hours: 401 * 24)
        let next = announce(3) { terms in
            terms.degrades = false
            terms.takesEffectAt = world.now
        }
        try world.apply(next)
        #expect(changes.all.map(\.number) == [3])
        #expect(try world.ledger.readBack().catalogue == world.ledger.catalogue)
    }
}
