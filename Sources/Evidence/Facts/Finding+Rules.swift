internal import Contract
internal import Ledger
internal import Time

/// Which figures each rule goes by, and their limits.
extension Finding {
    /// The findings of a command.
    static func list(of command: AdministrativeCommand, _ policy: Policy) -> [Finding] {
        switch command {
        case .contract(.giveNotice(_, let expected, _)):
            [
                Finding(
                    .expectedParticipants, .participants, Int(expected), .above,
                    limit: Int(Cover.undeclared.participants), from: .contract)
            ]
        case .contract(.declareCampaign(_, _, let declaration)):
            [
                Finding(
                    .recipients, .recipients, Int(declaration.recipients), .above,
                    limit: Int(Cover.undeclaredRecipients), from: .contract)
            ]
        case .fact(.unknownSource(let surge)):
            [
                Finding(
                    .tagEntries, .entries, surge.undeclaredEntries, .atLeast,
                    limit: policy.sourceEntries, from: .sourceEntries,
                    over: surge.windowSeconds &* 1_000),
                Finding(
                    .tagShare, .permille, surge.undeclaredPermille, .atLeast,
                    limit: policy.sourcePermille, from: .sourcePermille,
                    over: surge.windowSeconds &* 1_000),
            ]
        case .fact(.rise(let rise)):
            [
                Finding(
                    .riseEntries, .entries, rise.entries, .above, limit: policy.riseEntries,
                    from: .riseEntries, over: rise.windowSeconds &* 1_000)
            ]
        default: []
        }
    }

    /// The findings of an event.
    /// - Parameter suspension: the ladder's last suspension of the operation.
    static func list(
        of event: LedgerEvent, at time: Timestamp, _ policy: Policy,
        suspension: (since: Timestamp, until: Timestamp)?
    ) -> [Finding] {
        switch event {
        case .coverNear(_, let participants, let cover):
            let warning = Cover(participants: cover).warningParticipants
            return [
                Finding(
                    .participants, .participants, Int(participants), .atLeast,
                    limit: Int(warning), from: .nearCover)
            ]
        case .coverCrossed(_, let participants, let cover):
            return [crossing(participants, cover)]
        case .clientCrossed(let crossing): return [together(crossing, .above)]
        case .clientWithin(let crossing): return [together(crossing, .atMost)]
        case .suspensionEnded, .clientSuspensionEnded, .incidentOverdue, .forceMajeureLasting:
            return []
        case .step(let step):
            switch step.kind {
            case .smooth: return smoothing(step, policy)
            case .suspend: return suspending(step, at: time, policy)
            case .resume where step.reason == .expired: return expiry(at: time, suspension)
            case .resume: return resuming(step, at: time, policy)
            }
        }
    }

    private static func crossing(_ participants: UInt32, _ cover: UInt32) -> Finding {
        Finding(
            .participants, .participants, Int(participants), .above, limit: Int(cover),
            from: .cover)
    }

    private static func together(_ crossing: ClientCrossing, _ relation: Relation) -> Finding {
        Finding(
            .clientParticipants, .participants, Int(clamping: crossing.participants), relation,
            limit: Int(clamping: crossing.cover), from: .record)
    }

    /// The notices that the step rests on; how the participants stand to the cover, without any.
    private static func notices(_ step: LadderStep) -> [Finding] {
        let missing = step.missing ?? []
        if missing.isEmpty { return [crossing(step.participants, step.cover)] }
        return missing.map { notice in
            let window = notice.windowSeconds.map { $0 &* 1_000 }
            return switch notice.kind {
            case .cover: crossing(step.participants, step.cover)
            case .client:
                Finding(
                    .clientParticipants, .participants, notice.count, .above,
                    limit: notice.allowed, from: .record)
            case .campaign:
                Finding(
                    .tagEntries, .entries, notice.count, .above, limit: notice.allowed,
                    from: .record, over: window)
            case .rise:
                Finding(
                    .riseEntries, .entries, notice.count, .above, limit: notice.allowed,
                    from: .record, over: window)
            }
        }
    }

    private static func smoothing(_ step: LadderStep, _ policy: Policy) -> [Finding] {
        let cause =
            step.isForFairness
            ? fairShare(step)
            : notices(step) + share(step, policy)
        return cause + attempts(step) + pressure(step) + others(step)
    }

    /// What it takes beside its fair share, which is the pace (C3b).
    private static func fairShare(_ step: LadderStep) -> [Finding] {
        guard let report = step.report else { return [] }
        let demand = report.operations.first { $0.operation == step.operation }
        return [
            Finding(
                .operationAttempts, .entriesPerSecond, demand?.attemptsPerSecond, .above,
                limit: step.perSecond.map { Int($0) }, from: .fairShare,
                over: report.windowMilliseconds)
        ]
    }

    /// What comes beside what the platform takes.
    private static func attempts(_ step: LadderStep) -> [Finding] {
        guard let report = step.report else { return [] }
        return [
            Finding(
                .attempts, .entriesPerSecond, report.attemptsPerSecond, .above,
                limit: step.capacityPerSecond, from: .capacity, over: report.windowMilliseconds)
        ]
    }

    private static func suspending(
        _ step: LadderStep, at time: Timestamp, _ policy: Policy
    ) -> [Finding] {
        let lasted = Finding(
            .strain, .seconds, step.since.map { seconds(from: $0, to: time) }, .atLeast,
            limit: step.cause == .refusing ? nil : policy.suspendAfterSeconds,
            from: .suspendAfterSeconds)
        return notices(step) + [lasted] + share(step, policy)
            + attempts(step) + pressure(step) + others(step)
    }

    private static func expiry(
        at time: Timestamp, _ suspension: (since: Timestamp, until: Timestamp)?
    ) -> [Finding] {
        guard let suspension else { return [] }
        return [
            Finding(
                .suspension, .seconds, seconds(from: suspension.since, to: time), .atLeast,
                limit: seconds(from: suspension.since, to: suspension.until), from: .record)
        ]
    }

    private static func resuming(
        _ step: LadderStep, at time: Timestamp, _ policy: Policy
    ) -> [Finding] {
        let lasted = Finding(
            .calm, .seconds, step.since.map { seconds(from: $0, to: time) }, .atLeast,
            limit: policy.calmSeconds, from: .calmSeconds)
        return [lasted] + fitting(step) + pressure(step) + others(step)
    }

    /// What came, where the platform would take it with room to spare; else what the operation
    /// brought, of which its pace held nothing back.
    private static func fitting(_ step: LadderStep) -> [Finding] {
        guard let report = step.report else { return [] }
        let limit = step.capacityPerSecond.map { $0 * Ladder.fittingPermille / 1_000 }
        let all = Finding(
            .attempts, .entriesPerSecond, report.attemptsPerSecond, .atMost, limit: limit,
            from: .fittingCapacity, over: report.windowMilliseconds)
        guard all.isMet == false else { return [all] }
        let demand = report.operations.first { $0.operation == step.operation }
        return [
            Finding(
                .operationAttempts, .entriesPerSecond, demand?.attemptsPerSecond,
                over: report.windowMilliseconds)
        ]
    }

    private static func share(_ step: LadderStep, _ policy: Policy) -> [Finding] {
        guard let report = step.report else { return [] }
        let demand = report.operations.first { $0.operation == step.operation }
        if let demand, step.kind == .smooth, demand.sharePermille < policy.sharePermille {
            // It takes more than its fair share beside others of which none is a cause alone.
            return [
                Finding(
                    .loadShare, .permille, demand.sharePermille, over: report.windowMilliseconds)
            ]
        }
        return [
            Finding(
                .loadShare, .permille, demand?.sharePermille, .atLeast,
                limit: policy.sharePermille, from: .sharePermille,
                over: report.windowMilliseconds)
        ]
    }

    /// What the level follows from. In calm the limits are those of strain.
    private static func pressure(_ step: LadderStep) -> [Finding] {
        guard let report = step.report else { return [] }
        let limits = report.limits
        let isCritical = report.level == .critical
        let memory = isCritical ? limits?.criticalMemory : limits?.strainedMemory
        func timed(
            _ figure: Figure, _ value: Int, strained: Int?, critical: Int?, before: Int? = nil
        ) -> Finding {
            Finding(
                figure, .microseconds, value, .above, limit: isCritical ? critical : strained,
                from: .record, before: before)
        }
        let waits = [
            timed(
                .unreadWait, report.figures.unreadWait, strained: limits?.strained,
                critical: limits?.critical),
            timed(
                .queueWait, report.figures.queueWait, strained: limits?.strainedQueueWait,
                critical: limits?.criticalQueueWait),
        ]
        // Both together, where neither is beyond its own limit.
        let sum = timed(
            .wait, report.figures.wait, strained: limits?.strained, critical: limits?.critical)
        let isSumDecisive = sum.isMet == true && !waits.contains { $0.isMet == true }
        return (isSumDecisive ? [sum] : []) + waits + [
            timed(
                .commitTime, report.figures.commit, strained: limits?.strainedCommit,
                critical: limits?.criticalCommit,
                before: report.figures.calmCommit == 0 ? nil : report.figures.calmCommit),
            timed(
                .loopLag, report.figures.loopLag, strained: limits?.strained,
                critical: limits?.critical),
            Finding(
                .shed, .requestsPerSecond, report.figures.shed, .above, limit: 0, from: .contract),
            Finding(
                .memory, .permille, report.figures.memory, .above, limit: memory, from: .record,
                over: 10_000),
        ]
    }

    /// What the neighbours waited.
    private static func others(_ step: LadderStep) -> [Finding] {
        guard let report = step.report else { return [] }
        let demand = report.operations.first { $0.operation == step.operation }
        return [
            Finding(
                .othersWait, .microseconds, demand?.othersWait, before: demand?.othersCalmWait,
                over: report.windowMilliseconds)
        ]
    }

    private static func seconds(from start: Timestamp, to end: Timestamp) -> Int {
        Int((end.milliseconds &- start.milliseconds) / 1_000)
    }
}
