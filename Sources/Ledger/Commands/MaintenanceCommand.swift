internal import Availability
package import Time

/// Commands about maintenance (C13): it is taken out of the month that availability is counted by
/// (C10).
package enum MaintenanceCommand: Equatable, Sendable {
    /// Announces one, or a series; emergency maintenance begins at once.
    /// - `number`: the next one. Further occurrences have the numbers behind it.
    case announce(number: UInt32, MaintenanceTerms)
    /// Puts the planned end off, or names it.
    case extend(number: UInt32, until: Timestamp, note: String?)
    /// Ends one before its planned end; before its start, cancels it.
    case end(number: UInt32, note: String?)
    /// The same of all of a series that are not over.
    /// - `number`: of the first occurrence.
    case endSeries(number: UInt32, note: String?)

    package enum Name: String, CaseIterable, Sendable {
        case announce = "maintenance.announce"
        case extend = "maintenance.extend"
        case end = "maintenance.end"
        case endSeries = "maintenance.end_series"
    }

    package var name: Name {
        switch self {
        case .announce: .announce
        case .extend: .extend
        case .end: .end
        case .endSeries: .endSeries
        }
    }

    package var number: UInt32 {
        switch self {
        case .announce(let number, _), .extend(let number, _, _), .end(let number, _),
            .endSeries(let number, _):
            number
        }
    }
}

// MARK: JSON

extension MaintenanceCommand {
    private enum Member: String, CodingKey {
        case maintenance, ends, note
    }

    init(_ name: Name, from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        let number = try members.decode(UInt32.self, forKey: .maintenance)
        func note() throws -> String? { try members.decodeIfPresent(String.self, forKey: .note) }
        switch name {
        case .announce:
            self = .announce(number: number, try MaintenanceTerms(from: decoder))
        case .extend:
            self = .extend(
                number: number, until: try members.decode(Timestamp.self, forKey: .ends),
                note: try note())
        case .end: self = .end(number: number, note: try note())
        case .endSeries: self = .endSeries(number: number, note: try note())
        }
    }

    func encodeMembers(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(number, forKey: .maintenance)
        switch self {
        case .announce(_, let terms): try terms.encode(to: encoder)
        case .extend(_, let ends, let note):
            try members.encode(ends, forKey: .ends)
            try members.encodeIfPresent(note, forKey: .note)
        case .end(_, let note), .endSeries(_, let note):
            try members.encodeIfPresent(note, forKey: .note)
        }
    }
}

// MARK: Application

extension MaintenanceCommand {
    /// Carries the command out, see ``Catalogue/apply(_:by:at:counts:)``.
    /// - Parameter localTime: the operator's: a series recurs at its local time.
    func apply(
        to service: inout ServiceTable, clients: ClientTable, by author: Author,
        at time: Timestamp, _ localTime: LocalTime
    ) throws(CommandRefusal) -> Change {
        try author.requireOperator()
        try Field.requireNote(note)
        switch self {
        case .announce(let number, let terms):
            if let client = terms.client, !clients.has(client) { throw .unknownClient(client) }
            let order = try terms.order(at: time)
            // Nothing changes where it is refused.
            var maintenance = service.records.maintenance
            try CommandRefusal.requireNext(
                number, after: maintenance.lastNumber, of: .maintenance)
            maintenance.removeEnded(before: ServiceTable.keptSince(time))
            do throws(ServiceRefusal) {
                _ = try maintenance.announce(order, at: time, in: localTime)
            } catch {
                throw CommandRefusal(error, .maintenance, number)
            }
            service.records.maintenance = maintenance
        case .extend(let number, let end, _):
            do throws(ServiceRefusal) {
                try service.records.maintenance.extend(number, until: end, at: time)
            } catch {
                throw CommandRefusal(error, .maintenance, number)
            }
        case .end(let number, _):
            do throws(ServiceRefusal) {
                try service.records.maintenance.stop(number, at: time)
            } catch {
                throw CommandRefusal(error, .maintenance, number)
            }
        case .endSeries(let number, _):
            guard service.records.maintenance.all.contains(where: { $0.series == number }) else {
                throw .unknownNumber(.maintenance, number)
            }
            if service.records.maintenance.stop(series: number, at: time).isEmpty {
                throw .wrongState(.maintenance, number, state: "over")
            }
        }
        return .recorded
    }

    private var note: String? {
        switch self {
        case .announce(_, let terms): terms.note
        case .extend(_, _, let note), .end(_, let note), .endSeries(_, let note): note
        }
    }
}

extension Author {
    /// - Throws: `forbidden` for whoever has no part in the operator's work.
    func requireOperator() throws(CommandRefusal) {
        guard isPerson || role == .gateway else {
            throw .forbidden(detail: "This is the operator's to do.")
        }
    }
}

// MARK: Words

extension MaintenanceCommand {
    package var sentence: String {
        let sentence =
            switch self {
            case .announce(let number, let terms): "\(terms.sentence(number)) (C13)."
            case .extend(let number, let ends, _):
                "The end of maintenance \(number) was put off until \(ends.rfc3339) (C13)."
            case .end(let number, _):
                "Maintenance \(number) was ended before its planned end, or cancelled (C13)."
            case .endSeries(let number, _):
                "What was left of the maintenance that recurs since \(number) was cancelled (C13)."
            }
        return sentence + Words.note(note)
    }
}

extension MaintenanceTerms {
    fileprivate func sentence(_ number: UInt32) -> String {
        var text =
            kind == .scheduled
            ? "Maintenance \(number) was announced" : "Emergency maintenance \(number) was recorded"
        if let client { text += " for the client \(client)" }
        if let starts { text += ", from \(starts.rfc3339)" }
        if let ends { text += " until \(ends.rfc3339)" }
        if let recurrence { text += ", \(recurrence.occurrences) times" }
        return text
    }
}
