import Contract
import Time

@testable import Ledger

/// Which steps of the ladder a report demands.
extension PlainModel {
    /// One operation, as a report names it.
    private struct Named {
        let operation: Int
        /// The first that the report says of it.
        let first: (share: Int, attempts: Int, isWithheld: Bool)
        /// All of it.
        let attempts: Int
        /// What of them its measure lets in.
        let admitted: Int
        /// What of them its own state lets in.
        let wanted: Int
        /// The most that this lets in, however much comes.
        let most: Int
        let isLiable: Bool
        let rung: Ladder.Rung
        let isEnforced: Bool

        var isHeld: Bool { rung != .open }
        /// Liable, and not only advised about.
        var isSqueezed: Bool { isLiable && isEnforced }
    }

    /// Demands the steps that a report brings about.
    mutating func climb(_ report: PressureReport, at time: Timestamp) {
        let isHeld = operations.contains { $0.rung != .open }
        let isPaced = operations.indices.contains { index in
            guard case .smoothed = operations[index].enforcedRung else { return false }
            return isInService(index, at: time)
        }
        platform.take(
            report, isHeld: isHeld, isPaced: isPaced, policy, at: time.milliseconds)
        // All from where things stand before the first of the steps.
        let situations = situations(report, at: time)
        for index in operations.indices where operations[index].end == nil {
            let isNamed = report.operations.contains { $0.operation == operations[index].id }
            guard isNamed || operations[index].ladder != nil else { continue }
            // The end of its suspension comes by itself, and first.
            if isDue(index, at: time) { continue }
            var ladder = operations[index].ladder ?? PlainLadder()
            let demand = ladder.demand(situations[index], policy)
            operations[index].ladder = ladder
            if let demand { take(demand, of: index, report, at: time) }
        }
    }

    private func situations(
        _ report: PressureReport, at time: Timestamp
    ) -> [PlainLadder.Situation] {
        let ids = Set(report.operations.map(\.operation))
        let named = ids.compactMap(current).sorted().map { self.named($0, report, at: time) }
        let fair = fairShares(named, report, at: time)
        return operations.indices.map { index in
            let own = named.first { $0.operation == index }
            return PlainLadder.Situation(
                at: time.milliseconds, level: report.level,
                isRelieved: platform.isRelieved(at: time.milliseconds),
                rung: operations[index].rung, isLiable: isLiable(index, at: time), own: own?.first,
                attempts: report.attemptsPerSecond, capacity: platform.capacity,
                room: own.map { room(of: $0, named, report) } ?? 0, fair: fair[index],
                isPowerless: platform.isPowerless(at: time.milliseconds))
        }
    }

    private func named(_ index: Int, _ report: PressureReport, at time: Timestamp) -> Named {
        let isEnforced = operations[index].settings.policy == .enforce
        let isLiable = isLiable(index, at: time)
        let demands = report.operations.filter { $0.operation == operations[index].id }
        let shares = demands.map { max($0.queuePermille, $0.attemptsPermille) }
        let attempts = demands.reduce(0) { $0 + $1.attemptsPerSecond }
        var most = 0
        if isInService(index, at: time) { most = operations[index].pace.map { Int($0) } ?? .max }
        let wanted = min(attempts, most)
        var admitted = 0
        switch operations[index].rung {
        case .smoothed(let pace) where isEnforced: admitted = min(wanted, Int(pace))
        case .suspended where isEnforced: break
        default:
            // The rest is refused, however little comes: but for what was shed.
            let accepted = demands.reduce(0) { $0 + $1.acceptedPerSecond }
            admitted = min(wanted, accepted + report.figures.shed)
        }
        return Named(
            operation: index,
            first: (shares[0], demands[0].attemptsPerSecond, (demands[0].withheld ?? 0) > 0),
            attempts: attempts, admitted: admitted, wanted: wanted, most: most,
            isLiable: isLiable, rung: operations[index].rung, isEnforced: isEnforced)
    }

    /// What all that keep their service leave to those that do not.
    private func room(of own: Named, _ named: [Named], _ report: PressureReport) -> Int {
        guard own.isLiable else { return 0 }
        var others = report.attemptsPerSecond
        var claims: [PlainPlatform.Claim] = []
        for one in named {
            if one.isSqueezed || one.operation == own.operation {
                others -= one.isSqueezed ? one.attempts : one.attempts - one.admitted
                claims.append(claim(one, underMeasure(one)))
            } else {
                others -= one.attempts - one.admitted
            }
        }
        if !own.isSqueezed { others -= own.admitted }
        let room = (platform.rate ?? 0) - max(others, 0)
        return PlainPlatform.shares(of: room, claims)[own.operation] ?? 0
    }

    /// What it would use of a higher pace; nothing where it is suspended.
    private func underMeasure(_ one: Named) -> Int {
        switch one.rung {
        case .open: one.wanted
        case .suspended: 0
        case .smoothed: one.most
        }
    }

    private func claim(_ one: Named, _ demand: Int) -> PlainPlatform.Claim {
        PlainPlatform.Claim(
            operation: one.operation, demand: demand,
            weight: operations[one.operation].declared.participants)
    }

    /// The fair shares of those that have no more: that have it already, or that take more while
    /// strain remains.
    private func fairShares(
        _ named: [Named], _ report: PressureReport, at time: Timestamp
    ) -> [Int: Int] {
        let unnamed = max(
            report.attemptsPerSecond - named.reduce(0) { $0 + $1.attempts }, 0)
        func squeezed(_ one: Named) -> Int { one.isHeld ? one.admitted : one.wanted }
        let fair = PlainPlatform.shares(
            of: platform.fitting - unnamed,
            named.map { claim($0, $0.isSqueezed ? squeezed($0) : $0.wanted) })
        // One that is only advised about takes what it sends; its own pace would be another.
        func now(_ own: Named) -> Int? {
            let claims = named.map { one in
                if one.isSqueezed { return claim(one, squeezed(one)) }
                let isOpen = !one.isEnforced && one.operation != own.operation
                return claim(one, isOpen ? one.wanted : underMeasure(one))
            }
            return PlainPlatform.shares(of: platform.fairRate - unnamed, claims)[own.operation]
        }
        func isAbove(_ one: Named) -> Bool {
            guard let share = fair[one.operation] else { return false }
            return one.wanted > share + share / 10 && one.attempts < report.attemptsPerSecond
        }
        let open = named.filter {
            $0.isSqueezed && !$0.isHeld && $0.first.attempts > policy.minimumPace
        }
        let isRemaining =
            !open.contains { $0.first.share >= policy.sharePermille }
            && platform.isStillStrained(at: time.milliseconds)
        let isOpenExcess = open.contains(where: isAbove)
        var paces: [Int: Int] = [:]
        for one in named where isInService(one.operation, at: time) {
            let isNext = isRemaining && isAbove(one) && (one.isLiable || !isOpenExcess)
            if one.isHeld || isNext { paces[one.operation] = now(one) }
        }
        return paces
    }

    /// Whether it may be held back for what it brings (C3).
    private func isLiable(_ index: Int, at time: Timestamp) -> Bool {
        !missing(index, at: time).isEmpty && isInService(index, at: time)
    }

    private func isInService(_ index: Int, at time: Timestamp) -> Bool {
        let operation = operations[index]
        guard operation.phase == "open", operation.suspension == nil,
            operation.clientSuspension == nil
        else { return false }
        if let opens = operation.settings.opens, time < opens { return false }
        if let closes = operation.settings.closes, time >= closes { return false }
        return true
    }

    /// Takes the demand over, and demands the event of it.
    mutating func take(
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
        if report != nil { step.capacityPerSecond = platform.capacity }
        switch demand {
        case .smooth(let perSecond, let rule):
            let isNotice = rule == .undeclared
            step.kind = .smooth
            step.rule = isNotice ? "C3, C4" : "C3b, C4"
            step.ground = isNotice ? "undeclared_traffic" : "degradation"
            step.perSecond = perSecond
            if operation.rung == .open, step.isEnforced {
                if !isNotice {
                    platform.beginFairly()
                } else if platform.waitingSince != nil {
                    platform.waitingSince = time.milliseconds
                }
            }
            operations[index].rung = .smoothed(perSecond: perSecond)
        case .suspend(let until, let cause):
            step.kind = .suspend
            step.cause = cause
            step.rule = "C3"
            step.ground = "undeclared_traffic"
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
