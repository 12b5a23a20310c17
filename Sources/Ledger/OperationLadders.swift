internal import Bytes
import Contract
internal import Time

/// The ladders of all operations that were seen under strain, the capacity that was measured, and
/// the rate that they let in together (C3, C3b, C4).
///
/// It decides steps; the ledger makes events of them, which change the catalogue.
struct OperationLadders: Equatable {
    /// By the catalogue's indices; an operation without one is as a new ladder would have it.
    private(set) var byOperation: [UInt32: Ladder] = [:]
    /// Those of them that are not at rest: a report may bring a step for them without naming them.
    private var active: Set<UInt32> = []
    /// What is known of the platform as a whole.
    private(set) var platform = Platform()

    /// Entries must wait for so long before an operation is held for its fair share alone.
    private static var remainingMilliseconds: Int64 { 1_000 }
    /// Where nobody has waited for so long, strain is over, whatever the level still is.
    private static var relievedMilliseconds: Int64 { 3_000 }
    /// Refusing alone must strain the platform for so long before an operation is suspended.
    private static var exhaustedMilliseconds: Int64 { 5_000 }

    init() {}

    init(_ byOperation: [UInt32: Ladder], _ platform: Platform) {
        self.byOperation = byOperation
        self.platform = platform
        active = Set(byOperation.lazy.filter { !$0.value.isAtRest }.map(\.key))
    }

    var capacityPerSecond: Int? { platform.capacityPerSecond }

    /// The operation's ladder starts anew.
    mutating func restart(_ operation: UInt32) {
        byOperation[operation] = nil
        active.remove(operation)
    }

    /// A gap in the measurements: strain and calm before it do not count.
    mutating func interrupt() {
        platform.waitingSince = nil
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

    /// Takes in what a report shows of the platform.
    mutating func sample(_ report: PressureReport, _ catalogue: Catalogue, at time: Timestamp) {
        let isHeld = !catalogue.heldOperations.isEmpty
        guard report.level >= .strained || isHeld else {
            platform = Platform()
            platform.capacityPerSecond = report.capacityPerSecond
            return
        }
        let known = report.capacityPerSecond ?? platform.capacityPerSecond ?? 0
        let capacity = max(known, report.acceptedPerSecond)
        platform.capacityPerSecond = capacity
        if !PressureClassifier.isRelieved(report.figures) { platform.pressedAt = time }
        let wait = report.figures.wait
        let isWaiting =
            report.level >= .strained && wait > PressureClassifier.bound(of: .strained)
        platform.waitingSince = isWaiting ? platform.waitingSince ?? time : nil
        // What is only advised, and a suspension, show nothing of a rate.
        let isPaced = catalogue.heldOperations.contains { index in
            catalogue.operations[Int(index)].isPaced(at: time)
        }
        if isPaced, platform.controller != nil {
            platform.controller?.update(
                wait: report.figures.smoothedWait, acceptedPerSecond: report.acceptedPerSecond,
                capacityPerSecond: capacity, catalogue.policy, at: time)
        } else {
            platform.controller = PaceController(
                capacityPerSecond: capacity, catalogue.policy, at: time)
        }
    }

    /// The operations that a report may bring a step for, in order of their indices.
    func subjects(of demand: Demand) -> [UInt32] {
        active.union(demand.operations.keys).sorted()
    }

    /// What a report says of all operations together, with the rate and the shares that follow.
    func demand(_ report: PressureReport, _ catalogue: Catalogue, at time: Timestamp) -> Demand {
        var demand = Demand(report, catalogue, at: time)
        demand.totalPerSecond = platform.controller?.perSecond ?? 0
        demand.isBeginning = platform.controller?.isBeginning ?? true
        demand.isExhausted = hasLasted(
            platform.controller?.exhaustedSince, Self.exhaustedMilliseconds, at: time)
        demand.isRelieved =
            platform.pressedAt.map { pressedAt in
                hasLasted(pressedAt, Self.relievedMilliseconds, at: time)
            } ?? true
        demand.hasRemainingStrain =
            !demand.hasOpenCause
            && hasLasted(platform.waitingSince, Self.remainingMilliseconds, at: time)
        demand.divide(platform.capacityPerSecond ?? 0)
        return demand
    }

    private func hasLasted(
        _ since: Timestamp?, _ milliseconds: Int64, at time: Timestamp
    ) -> Bool {
        since.map { $0.advanced(byMilliseconds: milliseconds) <= time } ?? false
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

    /// - Parameter isEnforced: whether the step is in force, and not only advised.
    mutating func apply(
        _ step: Ladder.Step, of index: UInt32, isEnforced: Bool, at time: Timestamp
    ) {
        let before = byOperation[index]?.rung ?? .open
        byOperation[index, default: Ladder()].apply(step, at: time)
        if before == .open, isEnforced, case .smooth(_, let rule) = step { begin(rule, at: time) }
        updateActive(index)
    }

    /// An operation is smoothed from now on.
    private mutating func begin(_ rule: Ladder.Rule, at time: Timestamp) {
        switch rule {
        case .undeclared:
            // What it does for the platform shows in the measurements to come.
            if platform.waitingSince != nil { platform.waitingSince = time }
        case .degradation:
            // Nobody is held below the share that was called fair.
            let capacity = platform.capacityPerSecond ?? 0
            platform.controller?.begin(atLeast: capacity * Ladder.fittingPermille / 1_000)
        }
    }

    private func observation(
        _ index: UInt32, _ demand: Demand, _ catalogue: Catalogue, at time: Timestamp
    ) -> Ladder.Observation {
        let operation = catalogue.operations[Int(index)]
        let own = demand.operations[index]
        return Ladder.Observation(
            at: time, level: demand.level, isRelieved: demand.isRelieved,
            isLiable: operation.isLiable(at: time),
            demand: own?.first, attemptsPerSecond: demand.attemptsPerSecond,
            capacityPerSecond: platform.capacityPerSecond, roomPerSecond: demand.room(of: index),
            fairPerSecond: demand.fairPace(of: index, isHeld: operation.rung != .open),
            isExhausted: demand.isExhausted)
    }
}

extension OperationLadders {
    /// What the reports have shown of the platform as a whole.
    struct Platform: Equatable, Codable {
        /// Entries a second that it takes; `nil` while it is not known.
        fileprivate(set) var capacityPerSecond: Int?
        /// The rate of all entries while the ladder holds an operation, or is about to.
        fileprivate(set) var controller: PaceController?
        /// Since when entries wait beyond the bound of strain although every operation that lacks a
        /// notice and causes it is smoothed; `nil` where they do not.
        fileprivate(set) var waitingSince: Timestamp?
        /// When people last waited more than where a level of pressure ends.
        fileprivate(set) var pressedAt: Timestamp?
    }
}

extension Catalogue.Operation {
    /// Whether the ladder may act on it under C3: it lacks a notice, is within its dates, and no
    /// person has suspended it or its client.
    func isLiable(at time: Timestamp) -> Bool {
        lacksNotice(at: time) && isInService(at: time)
    }

    /// Whether it takes entries but for the ladder: it is open, within its dates, and no person has
    /// suspended it or its client.
    func isInService(at time: Timestamp) -> Bool {
        phase == .open && suspension == nil && clientSuspension == nil
            && (settings.opens.map { $0 <= time } ?? true)
            && (settings.closes.map { time < $0 } ?? true)
    }

    /// Whether a pace of the ladder is in force.
    func isPaced(at time: Timestamp) -> Bool {
        guard case .smoothed = enforcedRung else { return false }
        return isInService(at: time)
    }
}
