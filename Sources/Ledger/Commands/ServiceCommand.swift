internal import Availability
package import Time

/// Commands about the service as a whole, beside incidents and maintenance (C14, C15).
package enum ServiceCommand: Equatable, Sendable {
    /// The operator's business hours in force from here on: what was promised before stays (C11).
    case setCalendar(BusinessCalendar)
    /// A period of force majeure has begun (A 14.3).
    /// - `number`: the next one.
    /// - `kind`: an identifier, such as `flood`.
    /// - `starts`: may be over.
    case beginForceMajeure(number: UInt32, kind: String, starts: Timestamp, note: String?)
    case endForceMajeure(number: UInt32, note: String?)
    /// What minutes really were, where a probe was wrong.
    case correctMinutes(MinuteCorrection)
    /// The service will change (C13, B 3.8).
    /// - `number`: the next one.
    case announceChange(number: UInt32, ChangeTerms)
    /// An announced change does not come.
    case withdrawChange(number: UInt32, note: String?)
    /// A probe measures no more: its silence is no fault. What it reported stays.
    case removeProbe(String)

    package enum Name: String, CaseIterable, Sendable {
        case setCalendar = "service.set_calendar"
        case beginForceMajeure = "service.begin_force_majeure"
        case endForceMajeure = "service.end_force_majeure"
        case correctMinutes = "service.correct_minutes"
        case announceChange = "service.announce_change"
        case withdrawChange = "service.withdraw_change"
        case removeProbe = "service.remove_probe"
    }

    package var name: Name {
        switch self {
        case .setCalendar: .setCalendar
        case .beginForceMajeure: .beginForceMajeure
        case .endForceMajeure: .endForceMajeure
        case .correctMinutes: .correctMinutes
        case .announceChange: .announceChange
        case .withdrawChange: .withdrawChange
        case .removeProbe: .removeProbe
        }
    }
}

// MARK: JSON

extension ServiceCommand {
    private enum Member: String, CodingKey {
        case hours, calendar, kind, starts, note, change, probe
        case forceMajeure = "force_majeure"
    }

    init(_ name: Name, from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        func number(_ member: Member = .forceMajeure) throws -> UInt32 {
            try members.decode(UInt32.self, forKey: member)
        }
        func note() throws -> String? { try members.decodeIfPresent(String.self, forKey: .note) }
        switch name {
        case .setCalendar: self = .setCalendar(try BusinessCalendar(from: decoder))
        case .beginForceMajeure:
            self = .beginForceMajeure(
                number: try number(), kind: try members.decode(String.self, forKey: .kind),
                starts: try members.decode(Timestamp.self, forKey: .starts), note: try note())
        case .endForceMajeure: self = .endForceMajeure(number: try number(), note: try note())
        case .correctMinutes: self = .correctMinutes(try MinuteCorrection(from: decoder))
        case .announceChange:
            self = .announceChange(number: try number(.change), try ChangeTerms(from: decoder))
        case .withdrawChange:
            self = .withdrawChange(number: try number(.change), note: try note())
        case .removeProbe:
            self = .removeProbe(try members.decode(String.self, forKey: .probe))
        }
    }

    func encodeMembers(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        switch self {
        case .setCalendar(let calendar): try calendar.encode(to: encoder)
        case .beginForceMajeure(let number, let kind, let starts, let note):
            try members.encode(number, forKey: .forceMajeure)
            try members.encode(kind, forKey: .kind)
            try members.encode(starts, forKey: .starts)
            try members.encodeIfPresent(note, forKey: .note)
        case .endForceMajeure(let number, let note):
            try members.encode(number, forKey: .forceMajeure)
            try members.encodeIfPresent(note, forKey: .note)
        case .correctMinutes(let correction): try correction.encode(to: encoder)
        case .announceChange(let number, let terms):
            try members.encode(number, forKey: .change)
            try terms.encode(to: encoder)
        case .withdrawChange(let number, let note):
            try members.encode(number, forKey: .change)
            try members.encodeIfPresent(note, forKey: .note)
        case .removeProbe(let probe): try members.encode(probe, forKey: .probe)
        }
    }
}

// MARK: Application

extension ServiceCommand {
    /// Carries the command out, see ``Catalogue/apply(_:by:at:counts:)``.
    /// - Parameter calendar: the operator's.
    func apply(
        to service: inout ServiceTable, _ minutes: inout MinuteTable, clients: ClientTable,
        by author: Author, at time: Timestamp, _ calendar: OperatorCalendar
    ) throws(CommandRefusal) -> Change {
        try author.requireOperator()
        switch self {
        case .setCalendar(let new):
            if let zone = new.timeZone {
                try Field.requireText(zone, 1...LedgerLimits.timeZoneBytes, at: "/time_zone")
            }
            guard new != service.businessCalendar else { return .none }
            service.businessCalendar = new
        case .beginForceMajeure(let number, let kind, let starts, let note):
            try Field.requireNote(note)
            guard Identifier.isValid(kind) else {
                throw .invalid(pointer: "/kind", detail: "must match [a-z0-9][a-z0-9-]{0,63}")
            }
            guard Self.starts(around: time).contains(starts) else {
                throw .invalid(
                    pointer: "/starts",
                    detail: "must be at most 366 days ago, and at most 31 days ahead")
            }
            // Nothing changes where it is refused.
            var periods = service.records.forceMajeure
            try CommandRefusal.requireNext(number, after: periods.lastNumber, of: .forceMajeure)
            periods.removeEnded(before: ServiceTable.keptSince(time))
            do throws(ServiceRefusal) {
                _ = try periods.start(kind: kind, note: note ?? "", starts: starts, by: calendar)
            } catch {
                throw CommandRefusal(error, .forceMajeure, number)
            }
            service.records.forceMajeure = periods
        case .endForceMajeure(let number, let note):
            try Field.requireNote(note)
            do throws(ServiceRefusal) {
                try service.records.forceMajeure.end(number, at: time)
            } catch {
                throw CommandRefusal(error, .forceMajeure, number)
            }
        case .correctMinutes(let correction):
            try correction.apply(to: &service.minutes, clients: clients, by: author, at: time)
        case .announceChange(let number, let terms):
            try terms.announce(
                number, to: &service.records.changes, clients: clients, at: time, by: calendar)
        case .withdrawChange(let number, let note):
            try Field.requireNote(note)
            do throws(ServiceRefusal) {
                try service.records.changes.withdraw(number, at: time)
            } catch {
                throw CommandRefusal(error, .change, number)
            }
        case .removeProbe(let probe): return try minutes.remove(probe: probe, at: time)
        }
        service.updateDue()
        return .recorded
    }

    /// When a period may have begun that is recorded at a time.
    private static func starts(around time: Timestamp) -> ClosedRange<Timestamp> {
        let day: Int64 = 86_400_000
        return time.advanced(byMilliseconds: -366 * day)...time.advanced(byMilliseconds: 31 * day)
    }
}

// MARK: Words

extension ServiceCommand {
    package var sentence: String {
        switch self {
        case .setCalendar(let calendar): calendar.sentence
        case .beginForceMajeure(let number, let kind, let starts, let note):
            "A period of force majeure began at \(starts.rfc3339): number \(number), \(kind) "
                + "(C14).\(Words.note(note))"
        case .endForceMajeure(let number, let note):
            "The period of force majeure \(number) ended (C14).\(Words.note(note))"
        case .correctMinutes(let correction): correction.sentence
        case .announceChange(let number, let terms): terms.sentence(number)
        case .withdrawChange(let number, let note):
            "Change \(number) of the service was withdrawn: it does not come (C13)."
                + Words.note(note)
        case .removeProbe(let probe):
            "The probe \(probe) was removed: it measures no more, and what it reported stays (C10)."
        }
    }
}

extension BusinessCalendar {
    fileprivate var sentence: String {
        let days = hours.weekdays.sorted().map(String.init).joined(separator: ", ")
        var text = "The operator's business hours from here on: minutes \(hours.opensMinute) to "
        text += "\(hours.closesMinute) of the days \(days) of the week"
        if let timeZone { text += ", in the time zone \(timeZone)" }
        if let daysOff = hours.daysOff { text += ", but for \(daysOff.count) days" }
        return text + " (C11, C14)."
    }
}
