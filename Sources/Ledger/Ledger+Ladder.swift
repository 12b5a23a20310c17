internal import Bytes
import Contract
package import Time

/// The ladder (C3, C4): who is smoothed and suspended, and let in again.
extension Ledger {
    /// Whether something has come to its time by itself: then ``expire(at:)`` is to be called,
    /// before anything else is decided at that time.
    package func isDue(at time: Timestamp) -> Bool { due <= time.milliseconds && due < .max }

    /// Lets one thing that has come to its time happen, and emits it.
    package mutating func expire(at time: Timestamp) {
        guard
            let operation = catalogue.operations.first(where: {
                $0.due.map { $0 <= time } ?? false
            }),
            let index = catalogue.operationIndex(operation.id)
        else { return }
        if let suspension = operation.suspension, let until = suspension.until, until <= time {
            let ended = LedgerEvent.suspensionEnded(
                operation: operation.id, ground: suspension.ground, until: until)
            emit(ended, at: time)
        } else {
            apply(.resume(.expired), of: index, nil, at: time)
        }
    }

    /// Applies a report, and every step that it calls for.
    mutating func climb(_ report: PressureReport, at time: Timestamp) {
        recordCapacity(report)
        var subjects = Set(report.operations.compactMap { catalogue.operationIndex($0.operation) })
        subjects.formUnion(ladders.keys)
        var steps = 0
        for index in subjects.sorted() where steps < LedgerLimits.stepsAtOnce {
            let observation = observation(index, report, at: time)
            guard let step = ladders[index, default: Ladder()].step(observation, catalogue.policy)
            else {
                if ladders[index]?.isIdle(at: time) == true { ladders[index] = nil }
                continue
            }
            apply(step, of: index, report, at: time)
            steps += 1
        }
    }

    private mutating func recordCapacity(_ report: PressureReport) {
        if report.level >= .strained {
            capacityPerSecond = max(capacityPerSecond ?? 0, report.acceptedPerSecond)
        } else if !catalogue.operations.contains(where: { $0.rung != .open }) {
            capacityPerSecond = nil
        }
    }

    private func observation(
        _ index: UInt32, _ report: PressureReport, at time: Timestamp
    ) -> Ladder.Observation {
        let operation = catalogue.operations[Int(index)]
        var protected = report.attemptsPerSecond
        var liable = 0
        for demand in report.operations {
            guard let other = catalogue.operation(demand.operation), other.isLiable(at: time),
                other.settings.policy == .enforce || other.id == operation.id
            else { continue }
            protected -= demand.attemptsPerSecond
            liable += demand.sharePermille
        }
        return Ladder.Observation(
            at: time, level: report.level, isLiable: operation.isLiable(at: time),
            demand: report.operations.first { $0.operation == operation.id },
            attemptsPerSecond: report.attemptsPerSecond, capacityPerSecond: capacityPerSecond,
            protectedPerSecond: max(protected, 0), liablePermille: liable)
    }

    private mutating func apply(
        _ step: Ladder.Step, of index: UInt32, _ report: PressureReport?, at time: Timestamp
    ) {
        ladders[index, default: Ladder()].apply(step, at: time)
        let operation = catalogue.operations[Int(index)]
        var event = LadderStep(
            operation: operation.id, kind: .resume,
            isEnforced: operation.settings.policy == .enforce,
            rule: "C4", participants: entryStates[Int(index)].participants,
            cover: operation.cover.participants, crossedAt: operation.crossedAt,
            report: report?.only(operation.id))
        switch step {
        case .smooth(let perSecond):
            event.kind = .smooth
            event.rule = "C3, C4"
            event.perSecond = perSecond
        case .suspend(let until):
            event.kind = .suspend
            event.rule = "C3"
            event.until = until
        case .resume(let reason):
            event.reason = reason
        }
        emit(.step(event), at: time)
    }
}

extension Catalogue.Operation {
    /// Whether the ladder may act on it: beyond its cover, and neither its dates nor a person keep
    /// everybody out already.
    fileprivate func isLiable(at time: Timestamp) -> Bool {
        isBeyondCover && suspension == nil && (settings.opens.map { $0 <= time } ?? true)
            && (settings.closes.map { time < $0 } ?? true)
    }

    /// When its suspension, a person's or the ladder's, comes to its time.
    var due: Timestamp? {
        let byPerson = suspension?.until
        guard case .suspended(let until) = rung else { return byPerson }
        return byPerson.map { min($0, until) } ?? until
    }
}
