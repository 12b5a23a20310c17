package import Time

/// All maintenance on record, in order of number.
package struct MaintenanceRegister: Equatable, Codable, Sendable {
    package private(set) var all: [Maintenance] = []
    package private(set) var lastNumber: UInt32 = 0

    /// How many are kept. Those that are over leave by ``removeEnded(before:)``.
    package static var maximumCount: Int { 4_096 }

    package init() {}

    /// Records a maintenance; one that recurs, with all its occurrences or with none.
    /// - Returns: their numbers, in order of time.
    /// - Throws: ``ServiceRefusal``.
    package mutating func announce(
        _ order: MaintenanceOrder, at time: Timestamp, in localTime: LocalTime
    ) throws(ServiceRefusal) -> [UInt32] {
        var starts = [order.starts]
        if let recurrence = order.recurrence {
            guard order.kind == .scheduled, recurrence.isValid else { throw .badRecurrence }
            starts = recurrence.starts(from: order.starts, in: localTime)
        }
        guard all.count + starts.count <= Self.maximumCount else {
            throw .tooMany(limit: Self.maximumCount)
        }
        guard UInt32.max - lastNumber > UInt32(starts.count) else {
            throw .tooMany(limit: Int(UInt32.max))
        }
        var added: [Maintenance] = []
        let first = lastNumber + 1
        for start in starts {
            added.append(
                try Maintenance(
                    number: first + UInt32(added.count), order, starts: start,
                    series: starts.count > 1 ? first : nil, announcedAt: time))
        }
        all += added
        lastNumber += UInt32(added.count)
        return added.map(\.number)
    }

    /// Puts an end off.
    /// - Throws: ``ServiceRefusal``.
    package mutating func extend(
        _ number: UInt32, until end: Timestamp, at time: Timestamp
    ) throws(ServiceRefusal) {
        try all[index(number)].extend(until: end, at: time)
    }

    /// Ends one early, or cancels it before it begins.
    /// - Throws: ``ServiceRefusal``.
    package mutating func stop(_ number: UInt32, at time: Timestamp) throws(ServiceRefusal) {
        try all[index(number)].stop(at: time)
    }

    /// Cancels or ends all of a series that is not over. None is not an error: all may be over.
    /// - Returns: the numbers of those.
    package mutating func stop(series: UInt32, at time: Timestamp) -> [UInt32] {
        var stopped: [UInt32] = []
        for index in all.indices where all[index].series == series {
            let state = all[index].state(at: time)
            guard state == .planned || state == .running else { continue }
            do throws(ServiceRefusal) {
                try all[index].stop(at: time)
                stopped.append(all[index].number)
            } catch {
                // Only one that is over is refused, and those were left out.
                continue
            }
        }
        return stopped
    }

    /// The maintenance of a number; `nil` where there is none, or none any more.
    package subscript(number: UInt32) -> Maintenance? { all.first { $0.number == number } }

    /// What a client can consult: that for all clients and for itself, in order of start (C13).
    package func all(for client: String) -> [Maintenance] {
        all.concerning(client).sorted { ($0.starts, $0.number) < ($1.starts, $1.number) }
    }

    /// What is taken out of a client's PC.
    /// - Parameter now: the end of what goes on and knows no end.
    package func periods(for client: String, until now: Timestamp) -> [MaintenancePeriod] {
        all(for: client).flatMap { $0.periods(until: now) }
    }

    /// Forgets what was over before a moment, such as the beginning of the kept minutes.
    package mutating func removeEnded(before time: Timestamp) {
        all.removeAll { maintenance in
            let state = maintenance.state(at: time)
            return state == .ended || state == .cancelled
        }
    }

    private func index(_ number: UInt32) throws(ServiceRefusal) -> Int {
        guard let index = all.firstIndex(where: { $0.number == number }) else {
            throw .unknown(number: number)
        }
        return index
    }

    /// Makes the storage this value's alone.
    package mutating func detachStorage() { all.reserveCapacity(all.count + 1) }

    private enum CodingKeys: String, CodingKey {
        case all
        case lastNumber = "last_number"
    }
}
