internal import Bytes
import Contract
internal import Time

extension OperationLadders {
    /// What a report says of all operations together: reckoned once, not for each ladder.
    struct Demand {
        let level: PressureLevel
        /// Attempts a second for all operations.
        let attemptsPerSecond: Int
        /// The rate that all operations together are let in at.
        var totalPerSecond = 0
        /// Whether refusing alone strains the platform.
        var isExhausted = false
        /// Whether nobody has waited lately.
        var isRelieved = false
        /// Whether the platform is still strained although those that lack a notice are smoothed.
        var hasRemainingStrain = false
        /// Whether an operation that lacks a notice causes strain and is not smoothed yet.
        private(set) var hasOpenCause = false
        /// The attempts of those that the ladder may act on under C3 and does not only advise
        /// about.
        private var liableAttempts = 0
        /// Attempts that smoothing and suspension hold back of all others.
        private var heldBack = 0
        /// The operations that the report names.
        private(set) var operations: [UInt32: Named] = [:]
        /// The fair shares of what would fit, and of the rate in force.
        private var fairShares: [UInt32: (ofFitting: Int, ofTotal: Int)] = [:]

        struct Named {
            /// What the report says of it, first.
            let first: PressureReport.Demand
            let isLiable: Bool
            let isInService: Bool
            let isEnforced: Bool
            /// Whether the ladder holds it, or would.
            let isHeld: Bool
            /// What was declared: the weight of its fair share.
            let cover: UInt32
            /// The sum, should the report name it twice.
            var attemptsPerSecond = 0
            /// What of the attempts come in.
            var admittedPerSecond = 0

            /// What it claims of a rate that is divided. Those that wait under a pace send little
            /// meanwhile: whatever there is would be used.
            var claim: FairShares.Claim {
                FairShares.Claim(demand: isHeld ? .max : attemptsPerSecond, weight: cover)
            }
        }

        init(_ report: PressureReport, _ catalogue: Catalogue, at time: Timestamp) {
            level = report.level
            attemptsPerSecond = report.attemptsPerSecond
            for demand in report.operations {
                guard let index = catalogue.operationIndex(demand.operation) else { continue }
                let operation = catalogue.operations[Int(index)]
                var named = operations[index] ?? Named(demand, operation, at: time)
                named.attemptsPerSecond += demand.attemptsPerSecond
                named.admittedPerSecond = operation.admitted(ofAttempts: named.attemptsPerSecond)
                operations[index] = named
                if named.isLiable, named.isEnforced, !named.isHeld,
                    Ladder.isCause(named.first, catalogue.policy)
                {
                    hasOpenCause = true
                }
            }
            for named in operations.values {
                if named.isLiable, named.isEnforced {
                    liableAttempts += named.attemptsPerSecond
                } else {
                    heldBack += named.attemptsPerSecond - named.admittedPerSecond
                }
            }
        }

        // MARK: C3

        /// What the operations that keep their service leave of the total, divided among those that
        /// lack a notice. One that is only advised about counts for itself alone.
        func room(of index: UInt32) -> Int {
            guard let own = operations[index] else { return 0 }
            var attempts = liableAttempts
            if !own.isLiable || !own.isEnforced { attempts += own.admittedPerSecond }
            let others = max(attemptsPerSecond - attempts - heldBack, 0)
            let claimants = operations.keys.sorted().filter { other in
                other == index || operations[other].map { $0.isLiable && $0.isEnforced } ?? false
            }
            let shares = FairShares.divide(
                totalPerSecond - others, among: claimants.compactMap { operations[$0]?.claim })
            return zip(claimants, shares).first { $0.0 == index }?.1 ?? 0
        }

        // MARK: C3b

        /// Divides what fits into the capacity without strain, and the total, among all operations.
        /// All of the capacity would be too much: what is accepted under strain is that already.
        /// The total counts as half of the capacity at least: fair is what the platform can take,
        /// and not what it takes while it settles.
        mutating func divide(_ capacity: Int) {
            let indices = operations.keys.sorted()
            let all = indices.compactMap { operations[$0] }
            let unnamed = max(
                attemptsPerSecond - all.reduce(0) { $0 + $1.attemptsPerSecond }, 0)
            let fitting = capacity * Ladder.fittingPermille / 1_000
            let ofFitting = FairShares.divide(
                fitting - unnamed,
                among: all.map { named in
                    FairShares.Claim(
                        demand: named.isLiable ? named.admittedPerSecond : named.attemptsPerSecond,
                        weight: named.cover)
                })
            let total = max(totalPerSecond, capacity / 2)
            let ofTotal = FairShares.divide(
                total - unnamed,
                among: all.map { named in
                    named.isLiable
                        ? FairShares.Claim(demand: named.admittedPerSecond, weight: named.cover)
                        : named.claim
                })
            for (position, index) in indices.enumerated() {
                fairShares[index] = (ofFitting[position], ofTotal[position])
            }
        }

        /// The pace that an operation has under C3b; `nil` where it keeps its service: it takes no
        /// more than a tenth beyond its fair share, no strain remains, or it is alone.
        func fairPace(of index: UInt32, isHeld: Bool) -> Int? {
            guard let own = operations[index], own.isInService, let shares = fairShares[index]
            else { return nil }
            if isHeld { return shares.ofTotal }
            let isAbove = own.attemptsPerSecond > shares.ofFitting + shares.ofFitting / 10
            let isAlone = own.attemptsPerSecond >= attemptsPerSecond
            return hasRemainingStrain && isAbove && !isAlone ? shares.ofTotal : nil
        }
    }
}

extension OperationLadders.Demand.Named {
    fileprivate init(
        _ demand: PressureReport.Demand, _ operation: Catalogue.Operation, at time: Timestamp
    ) {
        first = demand
        isLiable = operation.isLiable(at: time)
        isInService = operation.isInService(at: time)
        isEnforced = operation.settings.policy == .enforce
        isHeld = operation.rung != .open
        cover = operation.cover.participants
    }
}
