internal import Availability
package import Time

/// What a change of the service is announced with (C13, B 3.8).
package struct ChangeTerms: Equatable, Codable, Sendable {
    /// The client that it concerns; `nil`: all clients.
    package var client: String?
    /// What changes, for those whom it concerns.
    package var note: String
    /// Whether it takes something away, or makes it worse: then it is announced 30 calendar days
    /// before.
    package var degrades: Bool
    package var takesEffectAt: Timestamp

    package init(
        client: String? = nil, note: String, degrades: Bool, takesEffectAt: Timestamp
    ) {
        self.client = client
        self.note = note
        self.degrades = degrades
        self.takesEffectAt = takesEffectAt
    }

    private enum CodingKeys: String, CodingKey {
        case client, note, degrades
        case takesEffectAt = "takes_effect_at"
    }

    /// How far ahead a change is announced: two years.
    private static var maximumLeadMilliseconds: Int64 { 731 * 86_400_000 }

    /// Records the announcement.
    /// - Parameter calendar: the operator's: by its days the notice is counted.
    /// - Throws: ``CommandRefusal``, with nothing changed.
    func announce(
        _ number: UInt32, to changes: inout ServiceChanges, clients: ClientTable,
        at time: Timestamp, by calendar: OperatorCalendar
    ) throws(CommandRefusal) {
        // Days from a time that cannot be written are not counted.
        guard time.isWritable else {
            throw .invalid(pointer: "", detail: "must be at a time from the year 0 to 9999")
        }
        if let client, !clients.has(client) { throw .unknownClient(client) }
        try Field.requireLines(note, 1...LedgerLimits.noteBytes, at: "/note")
        let last = time.advanced(byMilliseconds: Self.maximumLeadMilliseconds)
        guard (time...last).contains(takesEffectAt) else {
            throw .invalid(
                pointer: "/takes_effect_at", detail: "must not be over, and within two years")
        }
        try CommandRefusal.requireNext(number, after: changes.lastNumber, of: .change)
        // Nothing changes where it is refused.
        var announced = changes
        announced.removeEffective(before: ServiceTable.keptSince(time))
        do throws(ServiceRefusal) {
            _ = try announced.announce(
                client: client, note: note, degrades: degrades, takesEffectAt: takesEffectAt,
                at: time, by: calendar)
        } catch {
            throw CommandRefusal(error, .change, number)
        }
        changes = announced
    }

    func sentence(_ number: UInt32) -> String {
        var text = "Change \(number) of the service was announced"
        if let client { text += " to the client \(client)" }
        text += ", in effect from \(takesEffectAt.rfc3339)"
        if degrades { text += "; it degrades the service" }
        return text + " (C13): \(note)"
    }
}
