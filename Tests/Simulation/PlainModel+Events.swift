import Contract
import Time

@testable import Ledger

/// Which events the rules demand, and when: an event on record is one of these, at its place.
extension PlainModel {
    /// - Returns: what is wrong with a durable event; nil if nothing is.
    mutating func add(_ event: LedgerEvent, at time: Timestamp) -> String? {
        if demanded.isEmpty, let index = current(event.operation) {
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
    private func isDue(_ index: Int, at time: Timestamp) -> Bool {
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

    // MARK: The ladder

    /// Demands the steps that a report brings about.
    mutating func climb(_ report: PressureReport, at time: Timestamp) {
        if report.level != .calm {
            capacity = max(capacity ?? 0, report.acceptedPerSecond)
        } else if operations.allSatisfy({ $0.rung == .open }) {
            capacity = nil
        }
        for index in operations.indices where operations[index].end == nil {
            let isNamed = report.operations.contains { $0.operation == operations[index].id }
            guard isNamed || operations[index].ladder != nil else { continue }
            // The end of its suspension comes by itself, and first.
            if isDue(index, at: time) { continue }
            let situation = situation(of: index, report, at: time)
            var ladder = operations[index].ladder ?? PlainLadder()
            let demand = ladder.demand(situation, policy)
            operations[index].ladder = ladder
            if let demand { take(demand, of: index, report, at: time) }
        }
    }

    private func situation(
        of index: Int, _ report: PressureReport, at time: Timestamp
    ) -> PlainLadder.Situation {
        let operation = operations[index]
        var protected = report.attemptsPerSecond
        var shares = 0
        for demand in report.operations {
            guard let other = current(demand.operation), isLiable(other, at: time),
                other == index || operations[other].settings.policy == .enforce
            else { continue }
            protected -= demand.attemptsPerSecond
            shares += max(demand.queuePermille, demand.attemptsPermille)
        }
        let own = report.operations.first { $0.operation == operation.id }
        return PlainLadder.Situation(
            at: time.milliseconds, level: report.level, rung: operation.rung,
            isLiable: isLiable(index, at: time),
            share: own.map { max($0.queuePermille, $0.attemptsPermille) } ?? 0,
            attempts: report.attemptsPerSecond, capacity: capacity,
            protected: max(protected, 0), liableShares: shares)
    }

    /// Whether it may be held back for what it brings (C3).
    private func isLiable(_ index: Int, at time: Timestamp) -> Bool {
        let operation = operations[index]
        guard !missing(index, at: time).isEmpty, operation.suspension == nil,
            operation.clientSuspension == nil
        else { return false }
        if let opens = operation.settings.opens, time < opens { return false }
        if let closes = operation.settings.closes, time >= closes { return false }
        return true
    }

    private mutating func take(
        _ demand: PlainLadder.Demand, of index: Int, _ report: PressureReport?, at time: Timestamp
    ) {
        let operation = operations[index]
        var ladder = operation.ladder ?? PlainLadder()
        let lasting = (strain: ladder.strainedSince, calm: ladder.calmSince)
        ladder.apply(demand, from: operation.rung, at: time.milliseconds)
        operations[index].ladder = ladder
        var own = report
        own?.operations.removeAll { $0.operation != operation.id }
        var step = LadderStep(
            operation: operation.id, kind: .resume,
            isEnforced: operation.settings.policy == .enforce, rule: "C4",
            participants: UInt32(operation.participants.count),
            cover: UInt32(operation.declared.participants),
            crossedAt: operation.declared.crossedAt, report: own)
        if report != nil { step.capacityPerSecond = capacity }
        switch demand {
        case .smooth(let perSecond):
            step.kind = .smooth
            step.rule = "C3, C4"
            step.perSecond = perSecond
            operations[index].rung = .smoothed(perSecond: perSecond)
        case .suspend(let until):
            step.kind = .suspend
            step.rule = "C3"
            step.until = Timestamp(milliseconds: until)
            step.since = lasting.strain.map { Timestamp(milliseconds: $0) }
            operations[index].rung = .suspended(until: Timestamp(milliseconds: until))
        case .resume(let reason):
            step.reason = reason
            if reason == .calm {
                step.since = lasting.calm.map { Timestamp(milliseconds: $0) }
            }
            operations[index].rung = .open
        }
        if step.kind != .resume { step.missing = missingOfStep(index, at: time) }
        demanded.append(.step(step))
    }
}
