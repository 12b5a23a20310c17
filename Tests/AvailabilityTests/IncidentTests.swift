import Availability
import Foundation
import Testing
import Time

@Suite("Every incident has a number, a state, a history and an outcome (C12)")
struct IncidentTests {
    private let business = BusinessTime(Paris.calendar)
    private let anne = IncidentAuthor(.operator, name: "anne")
    private let brand = IncidentAuthor(.client, name: "brand")
    private let rule = IncidentAuthor(.rule, name: "probes_failing")
    private let tuesday = Paris.at(2026, 11, 24, 10)

    private func hours(_ count: Int64, after time: Timestamp) -> Timestamp {
        time.advanced(byMilliseconds: count * 3_600_000)
    }

    private func opened(
        _ severity: IncidentSeverity = .critical, by author: IncidentAuthor? = nil,
        at time: Timestamp? = nil
    ) throws -> IncidentRegister {
        var register = IncidentRegister()
        _ = try register.open(
            IncidentOrder(severity, title: "No entry is accepted"), at: time ?? tuesday,
            by: author ?? anne, in: business)
        return register
    }

    @Test("It is opened at any hour, by a client too, and says when work starts at the latest")
    func opening() throws {
        let night = Paris.at(2026, 11, 24, 2)
        var register = try opened(by: brand, at: night)
        let incident = try #require(register.all.first)
        #expect(incident.number == 1)
        #expect(incident.state == .open)
        #expect(incident.client == "brand")
        #expect(incident.isOpenedOutsideHours)
        #expect(incident.respondBy == Paris.at(2026, 11, 24, 12))
        #expect(incident.history.map(\.author) == [brand])
        let number = try register.open(
            IncidentOrder(.minor, title: "The export is slow"), at: tuesday, by: anne,
            in: business)
        #expect(number == 2)
        #expect(register.all[1].respondBy == Paris.at(2026, 11, 26, 18))
        #expect(!register.all[1].isOpenedOutsideHours)
    }

    @Test("Open, acknowledged, resolved with an outcome, and opened again: all in the history")
    func states() throws {
        var register = try opened(.critical, by: brand)
        try register.apply(
            .acknowledge, to: 1, note: "looking", at: hours(1, after: tuesday), by: anne,
            in: business)
        #expect(register.all[0].state == .acknowledged)
        #expect(register.all[0].isLate == false)
        try register.apply(
            .resolve(.notConfirmed), to: 1, at: hours(2, after: tuesday), by: anne, in: business)
        #expect(register.all[0].outcome == .notConfirmed)
        try register.apply(
            .reopen, to: 1, note: "still there", at: hours(3, after: tuesday), by: brand,
            in: business)
        #expect(register.all[0].state == .open)
        #expect(register.all[0].outcome == nil)
        #expect(register.all[0].respondBy == Paris.at(2026, 11, 24, 16))
        let actions = register.all[0].history.map(\.action)
        #expect(actions == [nil, .acknowledge, .resolve(.notConfirmed), .reopen])
    }

    @Test("What a state does not allow changes nothing")
    func wrongStates() throws {
        var register = try opened()
        let before = register
        #expect(throws: IncidentRefusal.wrongState(.open)) {
            try register.apply(.reopen, to: 1, at: tuesday, by: anne, in: business)
        }
        #expect(register == before)
        try register.apply(.acknowledge, to: 1, at: tuesday, by: anne, in: business)
        #expect(throws: IncidentRefusal.wrongState(.acknowledged)) {
            try register.apply(.acknowledge, to: 1, at: tuesday, by: anne, in: business)
        }
        try register.apply(.resolve(.confirmed), to: 1, at: tuesday, by: anne, in: business)
        for action in [IncidentAction.acknowledge, .reclassify(.minor), .resolve(.notOurs)] {
            #expect(throws: IncidentRefusal.wrongState(.resolved)) {
                try register.apply(action, to: 1, at: tuesday, by: anne, in: business)
            }
        }
        #expect(throws: IncidentRefusal.unknown(number: 2)) {
            try register.apply(.addNote, to: 2, at: tuesday, by: anne, in: business)
        }
    }

    @Test("A client follows its own incidents and no others; it resolves none")
    func clients() throws {
        var register = try opened(by: brand)
        _ = try register.open(
            IncidentOrder(.minor, title: "For all"), at: tuesday, by: anne, in: business)
        _ = try register.open(
            IncidentOrder(.minor, title: "Of another", client: "other"), at: tuesday, by: anne,
            in: business)
        #expect(register.all(for: "brand").map(\.number) == [1, 2])
        try register.apply(
            .addNote, to: 1, note: "any news?", at: tuesday, by: brand, in: business)
        for number in [UInt32(2), 3] {
            #expect(throws: IncidentRefusal.unknown(number: number)) {
                try register.apply(.addNote, to: number, at: tuesday, by: brand, in: business)
            }
        }
        for action in [IncidentAction.acknowledge, .resolve(.notOurs), .reclassify(.critical)] {
            #expect(throws: IncidentRefusal.notPermitted) {
                try register.apply(action, to: 1, at: tuesday, by: brand, in: business)
            }
        }
        // Whatever its order says, it is about itself.
        let number = try register.open(
            IncidentOrder(.minor, title: "Mine", client: "other"), at: tuesday, by: brand,
            in: business)
        #expect(register.all.last?.client == "brand")
        #expect(register.all.last?.number == number)
    }

    @Test("A rule whose cause goes on has one incident, and resolves none")
    func rules() throws {
        var register = try opened(by: rule)
        let again = try register.open(
            IncidentOrder(.critical, title: "Probes fail"), at: hours(1, after: tuesday),
            by: rule, in: business)
        #expect(again == 1 && register.all.count == 1)
        #expect(register.all[0].rule == "probes_failing")
        let other = IncidentAuthor(.rule, name: "log_stopped")
        let second = try register.open(
            IncidentOrder(.critical, title: "The log stopped"), at: tuesday, by: other,
            in: business)
        #expect(second == 2)
        #expect(throws: IncidentRefusal.notPermitted) {
            try register.apply(
                .resolve(.confirmed), to: 1, at: tuesday, by: rule, in: business)
        }
        try register.apply(.resolve(.confirmed), to: 1, at: tuesday, by: anne, in: business)
        let new = try register.open(
            IncidentOrder(.critical, title: "Probes fail"), at: hours(9, after: tuesday),
            by: rule, in: business)
        #expect(new == 3)
    }

    @Test("An incident that nobody works on is overdue after its moment; that is reported once")
    func overdue() throws {
        var register = try opened()
        let deadline = Paris.at(2026, 11, 24, 13)
        #expect(register.nextDeadline == deadline)
        #expect(register.popOverdue(at: deadline) == [])
        #expect(!register.all[0].isOverdue(at: deadline))
        let after = deadline.advanced(byMilliseconds: 1)
        #expect(register.all[0].isOverdue(at: after))
        #expect(register.popOverdue(at: after) == [1])
        #expect(register.popOverdue(at: hours(1, after: after)) == [])
        #expect(register.nextDeadline == nil)
        try register.apply(.acknowledge, to: 1, at: after, by: anne, in: business)
        #expect(register.all[0].isLate == true)
        #expect(!register.all[0].isOverdue(at: hours(1, after: after)))
    }

    @Test("A severity that changes can bring the moment forward, and never puts it off")
    func reclassified() throws {
        var minor = try opened(.minor)
        try minor.apply(
            .reclassify(.critical), to: 1, at: hours(2, after: tuesday), by: anne, in: business)
        #expect(minor.all[0].severity == .critical)
        #expect(minor.all[0].respondBy == Paris.at(2026, 11, 24, 15))
        var critical = try opened(.critical)
        try critical.apply(.reclassify(.minor), to: 1, at: tuesday, by: anne, in: business)
        #expect(critical.all[0].respondBy == Paris.at(2026, 11, 24, 13))
    }

    @Test("Texts, histories and a client's open incidents are bounded; a resolution has room")
    func limits() throws {
        var register = try opened()
        let long = String(repeating: "x", count: Incident.maximumTitleBytes + 1)
        for title in ["", long] {
            #expect(throws: IncidentRefusal.textLength(limit: Incident.maximumTitleBytes)) {
                try register.open(
                    IncidentOrder(.minor, title: title), at: tuesday, by: anne, in: business)
            }
        }
        let note = String(repeating: "x", count: Incident.maximumNoteBytes + 1)
        #expect(throws: IncidentRefusal.textLength(limit: Incident.maximumNoteBytes)) {
            try register.apply(.addNote, to: 1, note: note, at: tuesday, by: anne, in: business)
        }
        while register.all[0].history.count < Incident.maximumEvents - 8 {
            try register.apply(.addNote, to: 1, at: tuesday, by: anne, in: business)
        }
        #expect(throws: IncidentRefusal.tooMany(limit: Incident.maximumEvents)) {
            try register.apply(.addNote, to: 1, at: tuesday, by: anne, in: business)
        }
        try register.apply(.resolve(.confirmed), to: 1, at: tuesday, by: anne, in: business)
        for _ in 0..<IncidentRegister.maximumOpenOfClient {
            _ = try register.open(
                IncidentOrder(.minor, title: "x"), at: tuesday, by: brand, in: business)
        }
        #expect(throws: IncidentRefusal.tooMany(limit: IncidentRegister.maximumOpenOfClient)) {
            try register.open(
                IncidentOrder(.minor, title: "x"), at: tuesday, by: brand, in: business)
        }
    }

    @Test("Resolved ones are forgotten after their time; numbers are never given again")
    func retention() throws {
        var register = try opened()
        try register.apply(.resolve(.confirmed), to: 1, at: tuesday, by: anne, in: business)
        register.removeResolved(before: tuesday)
        #expect(register.all.count == 1)
        register.removeResolved(before: hours(1, after: tuesday))
        #expect(register.all.isEmpty)
        let number = try register.open(
            IncidentOrder(.minor, title: "x"), at: tuesday, by: anne, in: business)
        #expect(number == 2)
    }

    @Test("The register comes back from JSON as it was")
    func json() throws {
        var register = try opened(by: brand)
        try register.apply(
            .reclassify(.minor), to: 1, at: tuesday, by: anne, in: business)
        try register.apply(.resolve(.notOurs), to: 1, at: tuesday, by: anne, in: business)
        let data = try JSONEncoder().encode(register)
        #expect(try JSONDecoder().decode(IncidentRegister.self, from: data) == register)
    }
}
