internal import Bytes
import Contract
internal import Time

/// The ladders of all operations that were seen under strain, and the capacity that was measured
/// meanwhile (C3, C4).
///
/// It decides steps; the ledger makes events of them, which change the catalogue.
struct OperationLadders: Equatable {
    /// By the catalogue's indices; an operation without one is as a new ladder would have it.
    private(set) var byOperation: [UInt32: Ladder] = [:]
    /// The most entries a second that were accepted since the strain began; `nil` without strain.
    private(set) var capacityPerSecond: Int?

    init() {}

    init(_ byOperation: [UInt32: Ladder], capacityPerSecond: Int?) {
        self.byOperation = byOperation
        self.capacityPerSecond = capacityPerSecond
    }

    /// The operation's ladder starts anew.
    mutating func restart(_ operation: UInt32) { byOperation[operation] = nil }

    /// A gap in the measurements: strain and calm before it do not count.
    mutating func interrupt() {
        for index in byOperation.keys { byOperation[index]?.interrupt() }
    }

    /// Records the capacity that a report shows.
    mutating func sample(_ report: PressureReport, _ catalogue: Catalogue) {
        if report.level >= .strained {
            capacityPerSecond = max(capacityPerSecond ?? 0, report.acceptedPerSecond)
        } else if !catalogue.operations.contains(where: { $0.rung != .open }) {
            capacityPerSecond = nil
        }
    }

    /// The operations that a report may bring a step for, in order of their indices.
    func subjects(of report: PressureReport, _ catalogue: Catalogue) -> [UInt32] {
        var subjects = Set(report.operations.compactMap { catalogue.operationIndex($0.operation) })
        subjects.formUnion(byOperation.keys)
        return subjects.sorted()
    }

    /// The step that the report requires for an operation; `nil` if none.
    mutating func step(
        of index: UInt32, _ report: PressureReport, _ catalogue: Catalogue, at time: Timestamp
    ) -> Ladder.Step? {
        let observation = observation(index, report, catalogue, at: time)
        let step = byOperation[index, default: Ladder()].step(observation, catalogue.policy)
        if step == nil, byOperation[index]?.isIdle(at: time) == true { byOperation[index] = nil }
        return step
    }

    mutating func apply(_ step: Ladder.Step, of index: UInt32, at time: Timestamp) {
        byOperation[index, default: Ladder()].apply(step, at: time)
    }

    private func observation(
        _ index: UInt32, _ report: PressureReport, _ catalogue: Catalogue, at time: Timestamp
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
}

extension Catalogue.Operation {
    /// Whether the ladder may act on it: it is beyond its cover, within its dates, and no person
    /// has suspended it.
    fileprivate func isLiable(at time: Timestamp) -> Bool {
        isBeyondCover && suspension == nil && (settings.opens.map { $0 <= time } ?? true)
            && (settings.closes.map { time < $0 } ?? true)
    }
}
