import Availability
import Foundation
import Testing
import Time

@Suite("Maintenance is announced, extended, ended early, cancelled (C13)")
struct MaintenanceTests {
    private let night = Paris.at(2026, 11, 24, 2)..<Paris.at(2026, 11, 24, 4)
    private let before = Paris.at(2026, 11, 20, 12)

    private func announced(
        _ kind: MaintenanceKind = .scheduled, _ interval: Range<Timestamp>? = nil,
        hasEnd: Bool = true, at time: Timestamp? = nil
    ) throws -> MaintenanceRegister {
        let interval = interval ?? night
        var register = MaintenanceRegister()
        let numbers = try register.announce(
            MaintenanceOrder(
                kind: kind, note: "new disks", starts: interval.lowerBound,
                ends: hasEnd ? interval.upperBound : nil),
            at: time ?? before, in: Paris.localTime)
        #expect(numbers == [1])
        return register
    }

    private func periods(
        _ register: MaintenanceRegister, until now: Timestamp? = nil
    ) -> [MaintenancePeriod] {
        register.periods(for: "brand", until: now ?? Paris.at(2026, 12, 1))
    }

    private func period(
        _ kind: MaintenanceKind, _ starts: Timestamp, _ ends: Timestamp
    ) -> MaintenancePeriod {
        MaintenancePeriod(kind: kind, starts: starts, ends: ends)
    }

    @Test("Scheduled maintenance is announced before it begins, with its end")
    func scheduled() throws {
        let register = try announced()
        #expect(periods(register) == [period(.scheduled, night.lowerBound, night.upperBound)])
        #expect(register.all[0].state(at: before) == .planned)
        #expect(register.all[0].state(at: night.lowerBound) == .running)
        #expect(register.all[0].state(at: night.upperBound) == .ended)
        #expect(throws: ServiceRefusal.notBeforehand) { try announced(at: night.lowerBound) }
        #expect(throws: ServiceRefusal.endMissing) { try announced(hasEnd: false) }
        #expect(throws: ServiceRefusal.endBeforeStart) {
            try announced(.scheduled, night.lowerBound..<night.lowerBound)
        }
        #expect(throws: ServiceRefusal.tooLong) {
            try announced(.scheduled, night.lowerBound..<Paris.at(2027, 1, 24))
        }
    }

    @Test("Emergency maintenance begins when it is recorded, not before: no outage becomes one")
    func emergency() throws {
        let register = try announced(.emergency, at: night.lowerBound)
        #expect(periods(register) == [period(.emergency, night.lowerBound, night.upperBound)])
        #expect(throws: ServiceRefusal.notBeforehand) {
            try announced(.emergency, at: night.lowerBound.advanced(byMilliseconds: 1))
        }
    }

    @Test("An emergency without a known end goes on until a person ends it")
    func openEnd() throws {
        var register = try announced(.emergency, hasEnd: false, at: night.lowerBound)
        let now = Paris.at(2026, 11, 24, 3)
        #expect(periods(register, until: now) == [period(.emergency, night.lowerBound, now)])
        try register.extend(1, until: Paris.at(2026, 11, 24, 5), at: now)
        #expect(register.all[0].ends == Paris.at(2026, 11, 24, 5))
        let end = Paris.at(2026, 11, 24, 3, 30)
        try register.stop(1, at: end)
        #expect(periods(register) == [period(.emergency, night.lowerBound, end)])
        #expect(register.all[0].state(at: end) == .ended)
    }

    @Test("Ended early, it takes out what it was, and not what was planned")
    func endedEarly() throws {
        var register = try announced()
        let end = Paris.at(2026, 11, 24, 2, 40)
        try register.stop(1, at: end)
        #expect(periods(register) == [period(.scheduled, night.lowerBound, end)])
        #expect(throws: ServiceRefusal.over) { try register.stop(1, at: end) }
        #expect(throws: ServiceRefusal.over) {
            try register.extend(1, until: Paris.at(2026, 11, 24, 6), at: end)
        }
    }

    @Test("Cancelled before it begins, it takes nothing out")
    func calledOff() throws {
        var register = try announced()
        try register.stop(1, at: Paris.at(2026, 11, 23))
        #expect(periods(register).isEmpty)
        #expect(register.all[0].state(at: night.lowerBound) == .cancelled)
    }

    @Test("What an extension adds while it runs is emergency maintenance; announced, it is not")
    func extended() throws {
        var late = try announced()
        let newEnd = Paris.at(2026, 11, 24, 5)
        try late.extend(1, until: newEnd, at: Paris.at(2026, 11, 24, 3, 50))
        #expect(
            periods(late) == [
                period(.scheduled, night.lowerBound, night.upperBound),
                period(.emergency, night.upperBound, newEnd),
            ])
        var early = try announced()
        try early.extend(1, until: newEnd, at: Paris.at(2026, 11, 23))
        #expect(periods(early) == [period(.scheduled, night.lowerBound, newEnd)])
    }

    @Test("What goes on after its end is no maintenance: an extension comes before it")
    func overrun() throws {
        var register = try announced()
        #expect(throws: ServiceRefusal.over) {
            try register.extend(1, until: Paris.at(2026, 11, 24, 6), at: night.upperBound)
        }
        #expect(throws: ServiceRefusal.notLater) {
            try register.extend(1, until: night.upperBound, at: night.lowerBound)
        }
        #expect(throws: ServiceRefusal.tooLong) {
            try register.extend(1, until: Paris.at(2027, 1, 1), at: night.lowerBound)
        }
        #expect(throws: ServiceRefusal.unknown(number: 9)) { try register.stop(9, at: before) }
    }

    // MARK: Recurring

    private func series(
        _ interval: Recurrence.Interval, _ count: Int, from starts: Timestamp,
        minutes: Int64 = 60
    ) throws -> MaintenanceRegister {
        var register = MaintenanceRegister()
        let numbers = try register.announce(
            MaintenanceOrder(
                kind: .scheduled, starts: starts,
                ends: starts.advanced(byMilliseconds: minutes * 60_000),
                recurrence: Recurrence(interval, occurrences: count)),
            at: starts.advanced(byMilliseconds: -86_400_000), in: Paris.localTime)
        #expect(numbers == Array(1...UInt32(count)))
        return register
    }

    @Test("Each week at the same local time, over the change of the clocks too")
    func weekly() throws {
        let register = try series(.days(7), 4, from: Paris.at(2026, 10, 13, 2, 15))
        let expected = [13, 20, 27].map { Paris.at(2026, 10, $0, 2, 15) }
        #expect(register.all.map(\.starts) == expected + [Paris.at(2026, 11, 3, 2, 15)])
        #expect(register.all.allSatisfy { $0.series == 1 })
        let lengths = periods(register).map { $0.ends.milliseconds - $0.starts.milliseconds }
        #expect(lengths == [3_600_000, 3_600_000, 3_600_000, 3_600_000])
    }

    @Test("Each month on the second Tuesday, or on the fifth where there is one")
    func monthly() throws {
        let second = try series(.monthly, 4, from: Paris.at(2026, 11, 10, 2))
        #expect(
            second.all.map(\.starts) == [
                Paris.at(2026, 11, 10, 2), Paris.at(2026, 12, 8, 2), Paris.at(2027, 1, 12, 2),
                Paris.at(2027, 2, 9, 2),
            ])
        let fifth = try series(.monthly, 3, from: Paris.at(2026, 12, 29, 2))
        #expect(
            fifth.all.map(\.starts) == [
                Paris.at(2026, 12, 29, 2), Paris.at(2027, 3, 30, 2), Paris.at(2027, 6, 29, 2),
            ])
    }

    @Test("One of a series is changed alone; the rest is cancelled together")
    func partOfSeries() throws {
        var register = try series(.days(1), 5, from: Paris.at(2026, 11, 10, 2))
        try register.stop(2, at: Paris.at(2026, 11, 10, 12))
        let stopped = register.stop(series: 1, at: Paris.at(2026, 11, 12, 2, 30))
        #expect(stopped == [3, 4, 5])
        let now = Paris.at(2026, 11, 20)
        #expect(
            register.all.map { $0.state(at: now) } == [
                .ended, .cancelled, .ended, .cancelled, .cancelled,
            ])
        let result1 = register.stop(series: 1, at: now)
        #expect(result1 == [])
    }

    @Test("A recurrence has bounds, and all or none of it is recorded")
    func recurrenceBounds() throws {
        #expect(throws: ServiceRefusal.badRecurrence) {
            try series(.days(0), 2, from: night.lowerBound)
        }
        #expect(throws: ServiceRefusal.badRecurrence) {
            try series(.days(7), 105, from: night.lowerBound)
        }
        var register = MaintenanceRegister()
        let order = MaintenanceOrder(
            kind: .emergency, starts: night.lowerBound, ends: night.upperBound,
            recurrence: Recurrence(.days(1), occurrences: 2))
        #expect(throws: ServiceRefusal.badRecurrence) {
            try register.announce(order, at: night.lowerBound, in: Paris.localTime)
        }
        #expect(register == MaintenanceRegister())
    }

    @Test("A client consults what is for all and for itself, in order of time")
    func clients() throws {
        var register = try announced()
        for (client, day) in [("brand", Int64(22)), ("other", 23)] {
            _ = try register.announce(
                MaintenanceOrder(
                    kind: .scheduled, client: client, starts: Paris.at(2026, 11, day, 2),
                    ends: Paris.at(2026, 11, day, 3)),
                at: before, in: Paris.localTime)
        }
        #expect(register.all(for: "brand").map(\.number) == [2, 1])
        #expect(register.all(for: "other").map(\.number) == [3, 1])
        #expect(register.periods(for: "brand", until: night.upperBound).count == 2)
    }

    @Test("What is over is forgotten after its time; numbers are never given again")
    func retention() throws {
        var register = try announced()
        register.removeEnded(before: night.lowerBound)
        #expect(register.all.count == 1)
        let data = try JSONEncoder().encode(register)
        #expect(try JSONDecoder().decode(MaintenanceRegister.self, from: data) == register)
        register.removeEnded(before: night.upperBound)
        #expect(register.all.isEmpty)
        let numbers = try register.announce(
            MaintenanceOrder(
                kind: .emergency, starts: night.upperBound, ends: nil),
            at: night.upperBound, in: Paris.localTime)
        #expect(numbers == [2])
    }
}
