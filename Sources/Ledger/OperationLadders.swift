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
    /// Those of them that are not at rest: a report may bring a step for them without naming them.
    private var active: Set<UInt32> = []
    /// The most entries a second that were accepted since the strain began; `nil` without strain.
    private(set) var capacityPerSecond: Int?

    init() {}

    init(_ byOperation: [UInt32: Ladder], capacityPerSecond: Int?) {
        self.byOperation = byOperation
        self.capacityPerSecond = capacityPerSecond
        active = Set(byOperation.lazy.filter { !$0.value.isAtRest }.map(\.key))
    }

    /// The operation's ladder starts anew.
    mutating func restart(_ operation: UInt32) {
        byOperation[operation] = nil
        active.remove(operation)
    }

    /// A gap in the measurements: strain and calm before it do not count.
    mutating func interrupt() {
        for index in active {
            byOperation[index]?.interrupt()
            updateActive(index)
        }
    }

    private mutating func updateActive(_ operation: UInt32) {
        if byOperation[operation]?.isAtRest ?? true {
            active.remove(operation)
        } else {
            active.insert(operation)
        }
    }

    /// Records the capacity that a report shows.
    mutating func sample(_ report: PressureReport, _ catalogue: Catalogue) {
        if report.level >= .strained {
            capacityPerSecond = max(capacityPerSecond ?? 0, report.acceptedPerSecond)
        } else if catalogue.heldOperations.isEmpty {
            capacityPerSecond = nil
        }
    }

    /// The operations that a report may bring a step for, in order of their indices.
    func subjects(of demand: Demand) -> [UInt32] {
        active.union(demand.operations.keys).sorted()
    }

    /// The step that the report requires for an operation; `nil` if none.
    mutating func step(
        of index: UInt32, _ demand: Demand, _ catalogue: Catalogue, at time: Timestamp
    ) -> Ladder.Step? {
        let observation = observation(index, demand, catalogue, at: time)
        let step = byOperation[index, default: Ladder()].step(observation, catalogue.policy)
        if step == nil, byOperation[index]?.isIdle(at: time) == true { byOperation[index] = nil }
        updateActive(index)
        return step
    }

    mutating func apply(_ step: Ladder.Step, of index: UInt32, at time: Timestamp) {
        byOperation[index, default: Ladder()].apply(step, at: time)
        updateActive(index)
    }

    private func observation(
        _ index: UInt32, _ demand: Demand, _ catalogue: Catalogue, at time: Timestamp
    ) -> Ladder.Observation {
        let operation = catalogue.operations[Int(index)]
        let own = demand.operations[index]
        var (liable, attempts) = (demand.liablePermille, demand.liableAttempts)
        // An operation that is only advised about counts for itself alone.
        if let own, own.isLiable, operation.settings.policy != .enforce {
            liable += own.sharePermille
            attempts += own.attemptsPerSecond
        }
        return Ladder.Observation(
            at: time, level: demand.level, isLiable: operation.isLiable(at: time),
            demand: own?.first, attemptsPerSecond: demand.attemptsPerSecond,
            capacityPerSecond: capacityPerSecond,
            protectedPerSecond: max(demand.attemptsPerSecond - attempts, 0),
            liablePermille: liable)
    }
}

extension OperationLadders {
    /// What a report says of all operations together: reckoned once, not for each ladder.
    struct Demand {
        let level: PressureLevel
        /// Attempts a second for all operations.
        let attemptsPerSecond: Int
        /// The same for those that the ladder may act on and does not only advise about.
        private(set) var liableAttempts = 0
        /// The sum of their shares, in permille.
        private(set) var liablePermille = 0
        /// The operations that the report names.
        private(set) var operations: [UInt32: Named] = [:]

        struct Named {
            /// What the report says of it, first.
            let first: PressureReport.Demand
            let isLiable: Bool
            /// Sums, should the report name it twice.
            var attemptsPerSecond = 0
            var sharePermille = 0
        }

        init(_ report: PressureReport, _ catalogue: Catalogue, at time: Timestamp) {
            level = report.level
            attemptsPerSecond = report.attemptsPerSecond
            for demand in report.operations {
                guard let index = catalogue.operationIndex(demand.operation) else { continue }
                let operation = catalogue.operations[Int(index)]
                var named =
                    operations[index]
                    ?? Named(first: demand, isLiable: operation.isLiable(at: time))
                named.attemptsPerSecond += demand.attemptsPerSecond
                named.sharePermille += demand.sharePermille
                operations[index] = named
                guard named.isLiable, operation.settings.policy == .enforce else { continue }
                liableAttempts += demand.attemptsPerSecond
                liablePermille += demand.sharePermille
            }
        }
    }
}

extension Catalogue.Operation {
    /// Whether the ladder may act on it: it lacks a notice, is within its dates, and no person has
    /// suspended it or its client.
    fileprivate func isLiable(at time: Timestamp) -> Bool {
        lacksNotice(at: time) && suspension == nil && clientSuspension == nil
            && (settings.opens.map { $0 <= time } ?? true)
            && (settings.closes.map { time < $0 } ?? true)
    }
}
