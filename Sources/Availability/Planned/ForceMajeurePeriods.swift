package import Time

/// The periods of force majeure, in order of number.
package struct ForceMajeurePeriods: Equatable, Codable, Sendable {
    package private(set) var all: [ForceMajeure] = []
    package private(set) var lastNumber: UInt32 = 0

    /// How many are kept. Those that are over leave by ``removeEnded(before:)``.
    package static var maximumCount: Int { 256 }

    package init() {}

    /// - Parameter starts: may be over: the period is known after it began, and changes no rate.
    /// - Returns: the period's number.
    /// - Throws: ``ServiceRefusal``.
    package mutating func start(
        kind: String, note: String, starts: Timestamp, by calendar: OperatorCalendar
    ) throws(ServiceRefusal) -> UInt32 {
        guard all.count < Self.maximumCount else { throw .tooMany(limit: Self.maximumCount) }
        lastNumber += 1
        all.append(
            ForceMajeure(
                number: lastNumber, kind: kind, note: note, starts: starts, by: calendar))
        return lastNumber
    }

    /// - Throws: ``ServiceRefusal`` where it has ended already, or would end before it starts.
    package mutating func end(_ number: UInt32, at time: Timestamp) throws(ServiceRefusal) {
        guard let index = all.firstIndex(where: { $0.number == number }) else {
            throw .unknown(number: number)
        }
        try all[index].end(at: time)
    }

    /// The period of a number; `nil` where there is none, or none any more.
    package subscript(number: UInt32) -> ForceMajeure? { all.first { $0.number == number } }

    /// When the next flag is due; `nil` if none is.
    package var nextFlag: Timestamp? { all.compactMap(\.nextFlag).min() }

    /// The first flag that is due by a moment and was not reported; `nil` if none is.
    package func firstFlag(at time: Timestamp) -> ForceMajeure.Flag? {
        for period in all {
            if let flag = period.dueFlag(at: time) { return flag }
        }
        return nil
    }

    /// Remembers that a flag was reported.
    package mutating func reportFlag(_ number: UInt32, _ terms: ForceMajeure.Terms) {
        guard let index = all.firstIndex(where: { $0.number == number }) else { return }
        all[index].reportFlag(terms)
    }

    /// The flags that are due by a moment and were not returned before, in order of number.
    package mutating func popFlags(at time: Timestamp) -> [ForceMajeure.Flag] {
        var due: [ForceMajeure.Flag] = []
        for index in all.indices { due += all[index].popFlags(at: time) }
        return due
    }

    /// Forgets those that had ended before a moment.
    package mutating func removeEnded(before time: Timestamp) {
        all.removeAll { $0.ends.map { $0 < time } ?? false }
    }

    /// Makes the storage this value's alone.
    package mutating func detachStorage() { all.reserveCapacity(all.count + 1) }

    private enum CodingKeys: String, CodingKey {
        case all
        case lastNumber = "last_number"
    }
}
