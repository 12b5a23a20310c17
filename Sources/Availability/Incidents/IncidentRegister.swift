package import Time

/// All incidents on record, in order of number.
package struct IncidentRegister: Equatable, Codable, Sendable {
    package private(set) var all: [Incident] = []
    private var lastNumber: UInt32 = 0

    /// How many are kept. Those that are resolved leave by ``removeResolved(before:)``.
    package static var maximumCount: Int { 4_096 }
    /// How many of one client's own making may be open, so that a token cannot fill the register.
    package static var maximumOpenOfClient: Int { 32 }

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

    /// Those that a client can follow: its own and those of all clients (C12).
    package func all(for client: String) -> [Incident] {
        all.filter { $0.client == nil || $0.client == client }
    }

    /// When the next incident will be overdue; `nil` if none will.
    package var nextDeadline: Timestamp? { all.compactMap(\.nextDeadline).min() }

    /// The numbers of those that are overdue and were not returned before.
    package mutating func popOverdue(at time: Timestamp) -> [UInt32] {
        var found: [UInt32] = []
        for index in all.indices where all[index].popOverdue(at: time) {
            found.append(all[index].number)
        }
        return found
    }

    /// Forgets the resolved ones whose last event was before a moment.
    package mutating func removeResolved(before time: Timestamp) {
        all.removeAll { incident in
            incident.state == .resolved && incident.history.last.map { $0.at < time } ?? true
        }
    }

    private func pending(ofRule rule: String, _ client: String?) -> UInt32? {
        all.first { $0.state != .resolved && $0.rule == rule && $0.client == client }?.number
    }

    private enum CodingKeys: String, CodingKey {
        case all
        case lastNumber = "last_number"
    }
}
