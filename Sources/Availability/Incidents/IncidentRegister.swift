package import Time

/// All incidents on record, in order of number.
package struct IncidentRegister: Equatable, Codable, Sendable {
    package private(set) var all: [Incident] = []
    package private(set) var lastNumber: UInt32 = 0

    /// How many are kept. Those that are resolved leave by ``removeResolved(before:)``.
    package static var maximumCount: Int { 4_096 }
    /// How many of one client's own making may be open, so that a token cannot fill the register.
    package static var maximumOpenOfClient: Int { 32 }
    /// How many of one client's own making are kept, the resolved ones too.
    package static var maximumOfClient: Int { 256 }
    /// How many of all clients' making are kept: what the operator and the rules open has room.
    package static var maximumOfClients: Int { 3_072 }

    package init() {}

    /// Opens an incident. A client's is about itself, whatever the order says. A rule that has
    /// one that is not resolved gets that one: a cause that goes on is one incident.
    /// - Returns: its number.
    /// - Throws: ``IncidentRefusal``.
    package mutating func open(
        _ order: IncidentOrder, at time: Timestamp, by author: IncidentAuthor,
        _ times: ResponseTimes = .standard, in business: BusinessTime
    ) throws(IncidentRefusal) -> UInt32 {
        if author.role == .rule, let known = pending(ofRule: author.name, order.client) {
            return known
        }
        guard (1...Incident.maximumTitleBytes).contains(order.title.utf8.count) else {
            throw .textLength(limit: Incident.maximumTitleBytes)
        }
        guard order.note.utf8.count <= Incident.maximumNoteBytes else {
            throw .textLength(limit: Incident.maximumNoteBytes)
        }
        guard all.count < Self.maximumCount else { throw .tooMany(limit: Self.maximumCount) }
        var order = order
        if author.role == .client {
            let count = all.count {
                $0.state != .resolved && $0.history.first?.author == author
            }
            guard count < Self.maximumOpenOfClient else {
                throw .tooMany(limit: Self.maximumOpenOfClient)
            }
            let kept = all.filter { $0.history.first?.author.role == .client }
            guard kept.count(where: { $0.history.first?.author == author }) < Self.maximumOfClient
            else { throw .tooMany(limit: Self.maximumOfClient) }
            guard kept.count < Self.maximumOfClients else {
                throw .tooMany(limit: Self.maximumOfClients)
            }
            order.client = author.name
        }
        lastNumber += 1
        all.append(
            Incident(
                number: lastNumber, order, at: time, by: author,
                respondBy: times.respondBy(order.severity, from: time, in: business),
                isOutsideHours: !business.isOpen(at: time)))
        return lastNumber
    }

    /// Takes an action on one.
    /// - Throws: ``IncidentRefusal``, with nothing changed.
    package mutating func apply(
        _ action: IncidentAction, to number: UInt32, note: String = "", at time: Timestamp,
        by author: IncidentAuthor, _ times: ResponseTimes = .standard, in business: BusinessTime
    ) throws(IncidentRefusal) {
        guard let index = all.firstIndex(where: { $0.number == number }),
            author.role != .client || all[index].client == author.name
        else { throw .unknown(number: number) }
        try all[index].apply(action, note: note, at: time, by: author) { severity in
            times.respondBy(severity, from: time, in: business)
        }
    }

    /// The incident of a number; `nil` where there is none, or none any more.
    package subscript(number: UInt32) -> Incident? { all.first { $0.number == number } }

    /// Those that a client can follow: its own and those of all clients (C12).
    package func all(for client: String) -> [Incident] {
        all.concerning(client)
    }

    /// Those of an interval that a client can follow: opened in it or before it, and not resolved
    /// before it.
    package func all(for client: String, during interval: Range<Timestamp>) -> [Incident] {
        all(for: client).filter { incident in
            guard incident.openedAt < interval.upperBound else { return false }
            guard incident.state == .resolved, let last = incident.resolvedAt else { return true }
            return last >= interval.lowerBound
        }
    }

    /// When the next incident will be overdue; `nil` if none will.
    package var nextDeadline: Timestamp? { all.compactMap(\.nextDeadline).min() }

    /// The first one that is overdue and was not reported; `nil` if there is none.
    package func firstOverdue(at time: Timestamp) -> Incident? {
        all.first { incident in incident.nextDeadline.map { time > $0 } ?? false }
    }

    /// Remembers that one was reported as overdue.
    package mutating func reportOverdue(_ number: UInt32, at time: Timestamp) {
        guard let index = all.firstIndex(where: { $0.number == number }) else { return }
        _ = all[index].popOverdue(at: time)
    }

    /// The numbers of those that are overdue and were not returned before.
    package mutating func popOverdue(at time: Timestamp) -> [UInt32] {
        var found: [UInt32] = []
        while let incident = firstOverdue(at: time) {
            reportOverdue(incident.number, at: time)
            found.append(incident.number)
        }
        return found
    }

    /// Forgets the resolved ones whose last event was before a moment.
    package mutating func removeResolved(before time: Timestamp) {
        all.removeAll { incident in
            incident.state == .resolved && incident.history.last.map { $0.at < time } ?? true
        }
    }

    /// The number of the incident that a rule has opened and that is not resolved.
    package func pending(ofRule rule: String, _ client: String?) -> UInt32? {
        all.first { $0.state != .resolved && $0.rule == rule && $0.client == client }?.number
    }

    /// Makes the storage this register's alone.
    package mutating func detachStorage() { all.reserveCapacity(all.count + 1) }

    private enum CodingKeys: String, CodingKey {
        case all
        case lastNumber = "last_number"
    }
}
