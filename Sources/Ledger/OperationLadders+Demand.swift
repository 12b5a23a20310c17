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
        /// Whether that rate is only about to come into force.
        var isBeginning = false
        /// Whether refusing alone strains the platform.
        var isExhausted = false
        /// Whether nobody has waited lately.
        var isRelieved = false
        /// Whether the platform is still strained although those that lack a notice are smoothed.
        var hasRemainingStrain = false
        /// Whether an operation that lacks a notice causes strain and is not smoothed yet.
        private(set) var hasOpenCause = false
        /// Whether an operation that lacks a notice takes more than its fair share and is not
        /// smoothed yet: it goes before those that lack none.
        private var hasOpenExcess = false
        /// The attempts of those that the ladder may act on under C3 and does not only advise
        /// about.
        private var squeezedAttempts = 0
        /// Attempts of all others that do not come in, whatever room there is.
        private var heldBack = 0
        /// The operations that the report names.
        private(set) var operations: [UInt32: Named] = [:]
        /// What those that are squeezed have of the room that the others leave.
        private var rooms: [UInt32: Int] = [:]
        /// The fair shares of what would fit, and of the rate in force.
        private var fairShares: [UInt32: (ofFitting: Int, ofTotal: Int)] = [:]

        init(_ report: PressureReport, _ catalogue: Catalogue, at time: Timestamp) {
            level = report.level
            attemptsPerSecond = report.attemptsPerSecond
            for demand in report.operations {
                guard let index = catalogue.operationIndex(demand.operation) else { continue }
                let operation = catalogue.operations[Int(index)]
                var named =
                    operations[index] ?? Named(demand, operation, catalogue.policy, at: time)
                named.add(demand, shed: report.figures.shed)
                operations[index] = named
                if named.isSqueezed, !named.isHeld, Ladder.isCause(named.first, catalogue.policy) {
                    hasOpenCause = true
                }
            }
            for named in operations.values {
                if named.isSqueezed {
                    squeezedAttempts += named.attemptsPerSecond
                } else {
                    heldBack += named.attemptsPerSecond - named.admittedPerSecond
                }
            }
        }

        /// Divides the rates, once all that is known of the platform is set.
        mutating func divide(_ capacity: Int) {
            divideRoom()
            divideFairly(capacity)
        }

        // MARK: C3

        /// What the operations that keep their service leave of the total, divided among those that
        /// lack a notice. One that is only advised about counts for itself alone.
        func room(of index: UInt32) -> Int {
            if let room = rooms[index] { return room }
            guard let own = operations[index], own.isLiable else { return 0 }
            let claimants = squeezed
            let claims = claimants.compactMap { operations[$0]?.claim } + [own.ownClaim]
            let room = room(beside: squeezedAttempts + own.admittedPerSecond)
            return FairShares.divide(room, among: claims).last ?? 0
        }

        private mutating func divideRoom() {
            let claimants = squeezed
            let shares = FairShares.divide(
                room(beside: squeezedAttempts),
                among: claimants.compactMap { operations[$0]?.claim })
            rooms = Dictionary(uniqueKeysWithValues: zip(claimants, shares))
        }

        private var squeezed: [UInt32] {
            operations.keys.sorted().filter { operations[$0]?.isSqueezed ?? false }
        }

        /// What is left of the total, where so many attempts a second are not others'.
        private func room(beside attempts: Int) -> Int {
            totalPerSecond - max(attemptsPerSecond - attempts - heldBack, 0)
        }

        // MARK: C3b

        /// Divides what fits into the capacity without strain, and the total, among all operations.
        /// All of the capacity would be too much: what is accepted under strain is that already.
        /// The total counts as half of the capacity at least, and as what fits where it begins:
        /// fair is what the platform can take, and not what it takes while it settles.
        private mutating func divideFairly(_ capacity: Int) {
            let indices = operations.keys.sorted()
            let all = indices.compactMap { operations[$0] }
            let unnamed = max(
                attemptsPerSecond - all.reduce(0) { $0 + $1.attemptsPerSecond }, 0)
            let fitting = capacity * Ladder.fittingPermille / 1_000
            let ofFitting = FairShares.divide(
                fitting - unnamed,
                among: all.map { $0.isSqueezed ? $0.squeezedClaim : $0.openClaim })
            let total = max(totalPerSecond, isBeginning ? fitting : capacity / 2)
            let claims = all.map { $0.isSqueezed ? $0.squeezedClaim : $0.claim }
            let ofTotal = FairShares.divide(total - unnamed, among: claims)
            for (position, index) in indices.enumerated() {
                var share = ofTotal[position]
                if all[position].isAdvised {
                    var others = claims
                    others[position] = all[position].ownClaim
                    share = FairShares.divide(total - unnamed, among: others)[position]
                }
                fairShares[index] = (ofFitting[position], share)
            }
            hasOpenExcess = zip(all, ofFitting).contains { named, share in
                named.isSqueezed && !named.isHeld && named.isLarge && isAbove(named, share)
            }
        }

        /// Whether it takes more than a tenth beyond its fair share, beside others.
        private func isAbove(_ own: Named, _ share: Int) -> Bool {
            own.wantedPerSecond > share + share / 10 && own.attemptsPerSecond < attemptsPerSecond
        }

        /// The pace that an operation has under C3b; `nil` where it keeps its service: it takes no
        /// more than a tenth beyond its fair share, no strain remains, it is alone, or others that
        /// lack a notice go before it.
        func fairPace(of index: UInt32, isHeld: Bool) -> Int? {
            guard let own = operations[index], own.isInService, let shares = fairShares[index]
            else { return nil }
            if isHeld { return shares.ofTotal }
            let isTurn = hasRemainingStrain && (own.isLiable || !hasOpenExcess)
            return isTurn && isAbove(own, shares.ofFitting) ? shares.ofTotal : nil
        }
    }
}

extension OperationLadders.Demand {
    /// An operation that the report names.
    struct Named {
        /// What the report says of it, first.
        let first: PressureReport.Demand
        let isLiable: Bool
        let isInService: Bool
        private let isEnforced: Bool
        /// The ladder's measure, or what it would be.
        private let rung: Ladder.Rung
        /// What comes in at most, whatever the ladder does: nothing while the operation is out of
        /// service, no more than the pace that a person has set.
        private let limit: Int
        /// Whether it brings more than the lowest pace.
        let isLarge: Bool
        /// What was declared: the weight of its fair share.
        let cover: UInt32
        /// The sums, should the report name it twice.
        private(set) var attemptsPerSecond = 0
        private var acceptedPerSecond = 0
        /// What of the attempts comes in.
        private(set) var admittedPerSecond = 0

        init(
            _ demand: PressureReport.Demand, _ operation: Catalogue.Operation, _ policy: Policy,
            at time: Timestamp
        ) {
            first = demand
            isLiable = operation.isLiable(at: time)
            isInService = operation.isInService(at: time)
            isEnforced = operation.settings.policy == .enforce
            rung = operation.rung
            limit = isInService ? operation.pace.map { Int($0) } ?? .max : 0
            isLarge = demand.attemptsPerSecond > policy.minimumPace
            cover = operation.cover.participants
        }

        /// - Parameter shed: requests a second of all operations that were shed.
        mutating func add(_ demand: PressureReport.Demand, shed: Int) {
            attemptsPerSecond += demand.attemptsPerSecond
            acceptedPerSecond += demand.acceptedPerSecond
            switch isEnforced ? rung : .open {
            // Repeated entries, and those beyond a cap, need no room. What was shed does.
            case .open: admittedPerSecond = min(wantedPerSecond, acceptedPerSecond + shed)
            case .smoothed(let pace): admittedPerSecond = min(wantedPerSecond, Int(pace))
            case .suspended: admittedPerSecond = 0
            }
        }

        /// Whether the ladder holds it, or would.
        var isHeld: Bool { rung != .open }
        /// Whether the ladder acts on it under C3, and does not only advise.
        var isSqueezed: Bool { isLiable && isEnforced }
        /// Whether the ladder would hold it and does not: all that it sends comes in.
        var isAdvised: Bool { isHeld && !isEnforced }
        /// What of the attempts would come in without the ladder, at most.
        var wantedPerSecond: Int { min(attemptsPerSecond, limit) }

        /// What it claims of a rate that is divided.
        var claim: FairShares.Claim { isAdvised ? openClaim : ownClaim }

        /// What it claims under its measure, in force or not. Those that wait under a pace send
        /// little meanwhile: whatever there is would be used. A suspended one uses nothing.
        var ownClaim: FairShares.Claim {
            switch rung {
            case .open: openClaim
            case .smoothed: FairShares.Claim(demand: limit, weight: cover)
            case .suspended: FairShares.Claim(demand: 0, weight: cover)
            }
        }

        /// What it claims beside those that are not squeezed: what its measure leaves it.
        var squeezedClaim: FairShares.Claim {
            FairShares.Claim(demand: isHeld ? admittedPerSecond : wantedPerSecond, weight: cover)
        }

        /// What it claims where the ladder leaves it alone.
        var openClaim: FairShares.Claim {
            FairShares.Claim(demand: wantedPerSecond, weight: cover)
        }
    }
}
