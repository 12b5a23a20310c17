import Availability
import Foundation
import Testing
import Time

@Suite("Changes that degrade a service are announced 30 calendar days before (C13, B 3.8)")
struct ServiceChangeTests {
    private let calendar = Paris.calendar
    private let announced = Paris.at(2026, 10, 1, 15)

    private func announce(
        _ changes: inout ServiceChanges, degrades: Bool, takesEffectAt: Timestamp
    ) throws -> UInt32 {
        try changes.announce(
            client: nil, note: "exports by night only", degrades: degrades,
            takesEffectAt: takesEffectAt, at: announced, by: calendar)
    }

    @Test("From the day after the announcement, 30 whole days: over the change of the clocks too")
    func notice() throws {
        // 2 to 31 October.
        let earliest = Paris.at(2026, 11, 1)
        #expect(ServiceChange.earliest(announcedAt: announced, by: calendar) == earliest)
        var changes = ServiceChanges()
        #expect(throws: ServiceRefusal.noticeTooShort(earliest: earliest)) {
            try announce(
                &changes, degrades: true,
                takesEffectAt: earliest.advanced(byMilliseconds: -1))
        }
        #expect(changes.all.isEmpty)
        let number = try announce(&changes, degrades: true, takesEffectAt: earliest)
        #expect(number == 1)
    }

    @Test("Others need no time, but come before their effect")
    func improvements() throws {
        var changes = ServiceChanges()
        let number = try announce(&changes, degrades: false, takesEffectAt: announced)
        #expect(number == 1)
        #expect(throws: ServiceRefusal.notBeforehand) {
            try announce(
                &changes, degrades: false,
                takesEffectAt: announced.advanced(byMilliseconds: -1))
        }
    }

    @Test("One can be withdrawn before its effect")
    func withdrawal() throws {
        var changes = ServiceChanges()
        let effect = Paris.at(2026, 12, 1)
        _ = try announce(&changes, degrades: true, takesEffectAt: effect)
        #expect(throws: ServiceRefusal.over) { try changes.withdraw(1, at: effect) }
        try changes.withdraw(1, at: Paris.at(2026, 11, 1))
        #expect(changes.all[0].withdrawnAt == Paris.at(2026, 11, 1))
        #expect(throws: ServiceRefusal.over) {
            try changes.withdraw(1, at: Paris.at(2026, 11, 2))
        }
        #expect(throws: ServiceRefusal.unknown(number: 2)) {
            try changes.withdraw(2, at: announced)
        }
        let data = try JSONEncoder().encode(changes)
        #expect(try JSONDecoder().decode(ServiceChanges.self, from: data) == changes)
        changes.removeEffective(before: Paris.at(2027, 1, 1))
        #expect(changes.all.isEmpty)
        let number = try announce(&changes, degrades: true, takesEffectAt: effect)
        #expect(number == 2)
    }
}
