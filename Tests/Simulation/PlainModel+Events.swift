import Contract
import Time

@testable import Ledger

/// Which events the rules demand, and when: an event on record is one of these, at its place.
extension PlainModel {
    /// - Returns: what is wrong with a durable event; nil if nothing is.
    mutating func add(_ event: LedgerEvent, at time: Timestamp) -> String? {
        // The model knows no incidents: the gateway opens one where its journal stood still, and
        // nobody here begins to work on it.
        if case .incidentOverdue(_, _, let respondBy) = event {
            return respondBy <= time ? nil : "overdue before its time: \(event)"
        }
        if demanded.isEmpty, let index = event.operation.flatMap({ current($0) }) {
            demandDue(of: index, at: time)
        }
        guard !demanded.isEmpty else { return "an event that no rule demands: \(event)" }
        let expected = demanded.removeFirst()
        return event == expected ? nil : "\(event) in place of \(expected)"
    }

    /// What has to be on record before anything else is: of what is due, sixty-four events of each
    /// batch, and all that is due of the operations that the next record is about.
    func missingEvent(at time: Timestamp, touching touched: [Int] = []) -> String? {
        if let first = demanded.first { return "\(first)" }
        let due =
            broughtByTime < 64
            ? operations.indices.first { isDue($0, at: time) }
            : touched.first { operations.indices.contains($0) && isDue($0, at: time) }
        return due.map { "what is due of \(operations[$0].id)" }
    }

    /// A batch begins.
    mutating func beginBatch() { broughtByTime = 0 }

    // MARK: The cover

    /// Demands what the participants of now bring about.
    /// - Returns: whether they bring about anything.
    @discardableResult
    mutating func approachCover(of index: Int, at time: Timestamp) -> Bool {
        var hasCome = false
        while let stage = operations[index].declared.next(
            with: operations[index].participants.count)
        {
            let operation = operations[index]
            let counted = UInt32(operation.participants.count)
            let cover = UInt32(operation.declared.participants)
            operations[index].declared.stage = stage
            hasCome = true
            if stage == .crossed {
                operations[index].declared.crossedAt = time
                operations[index].notices.shared = nil
                demanded.append(
                    .coverCrossed(operation: operation.id, participants: counted, cover: cover))
            } else {
                demanded.append(
                    .coverNear(operation: operation.id, participants: counted, cover: cover))
            }
        }
        return hasCome
    }

    // MARK: What ends by itself

    /// Whether the time of a suspension is over.
    func isDue(_ index: Int, at time: Timestamp) -> Bool {
        for suspension in [operations[index].suspension, operations[index].clientSuspension] {
            if let until = suspension?.until, until <= time { return true }
        }
        if case .suspended(let until) = operations[index].rung { return until <= time }
        return false
    }

    /// A person's suspension goes first, then that of its client.
    private mutating func demandDue(of index: Int, at time: Timestamp) {
        guard isDue(index, at: time) else { return }
        broughtByTime += 1
        if let suspension = operations[index].suspension, let until = suspension.until,
            until <= time
        {
            operations[index].suspension = nil
            demanded.append(
                .suspensionEnded(
                    operation: operations[index].id, ground: suspension.ground, until: until))
        } else if let suspension = operations[index].clientSuspension,
            let until = suspension.until, until <= time
        {
            operations[index].clientSuspension = nil
            demanded.append(
                .clientSuspensionEnded(
                    operation: operations[index].id, ground: suspension.ground, until: until))
        } else {
            take(.resume(.expired), of: index, nil, at: time)
        }
    }
}
