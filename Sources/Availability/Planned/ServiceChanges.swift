package import Time

/// The announced changes, in order of number.
package struct ServiceChanges: Equatable, Codable, Sendable {
    package private(set) var all: [ServiceChange] = []
    package private(set) var lastNumber: UInt32 = 0

    /// How many are kept. Those that have taken effect leave by ``removeEffective(before:)``.
    package static var maximumCount: Int { 1_024 }

    package init() {}

    /// - Returns: the change's number.
    /// - Throws: ``ServiceRefusal``: a change that degrades a service needs its notice, and none
    ///   may have taken effect already.
    package mutating func announce(
        client: String?, note: String, degrades: Bool, takesEffectAt: Timestamp,
        at time: Timestamp, by calendar: OperatorCalendar
    ) throws(ServiceRefusal) -> UInt32 {
        guard all.count < Self.maximumCount else { throw .tooMany(limit: Self.maximumCount) }
        guard takesEffectAt >= time else { throw .notBeforehand }
        let earliest = ServiceChange.earliest(announcedAt: time, by: calendar)
        guard !degrades || takesEffectAt >= earliest else {
            throw .noticeTooShort(earliest: earliest)
        }
        lastNumber += 1
        all.append(
            ServiceChange(
                number: lastNumber, client: client, note: note, degrades: degrades,
                announcedAt: time,
                takesEffectAt: takesEffectAt))
        return lastNumber
    }

    /// Takes an announcement back before its effect.
    /// - Throws: ``ServiceRefusal``.
    package mutating func withdraw(_ number: UInt32, at time: Timestamp) throws(ServiceRefusal) {
        guard let index = all.firstIndex(where: { $0.number == number }) else {
            throw .unknown(number: number)
        }
        try all[index].withdraw(at: time)
    }

    /// The change of a number; `nil` where there is none, or none any more.
    package subscript(number: UInt32) -> ServiceChange? { all.first { $0.number == number } }

    /// Those that concern a client: its own and those of all clients (C13).
    package func all(for client: String) -> [ServiceChange] {
        all.concerning(client)
    }

    /// Forgets those that had taken effect before a moment.
    package mutating func removeEffective(before time: Timestamp) {
        all.removeAll { $0.takesEffectAt < time }
    }

    /// Makes the storage this value's alone.
    package mutating func detachStorage() { all.reserveCapacity(all.count + 1) }

    private enum CodingKeys: String, CodingKey {
        case all
        case lastNumber = "last_number"
    }
}
