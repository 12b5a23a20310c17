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
        case .suspensionEnded, .clientSuspensionEnded: return []
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
        notices(step) + share(step, policy) + pressure(step)
            + others(step)
    }

    private static func suspending(
        _ step: LadderStep, at time: Timestamp, _ policy: Policy
    ) -> [Finding] {
        let lasted = Finding(
            .strain, .seconds, step.since.map { seconds(from: $0, to: time) }, .atLeast,
            limit: policy.suspendAfterSeconds, from: .suspendAfterSeconds)
        let demand = step.report.map { report in
            Finding(
                .attempts, .entriesPerSecond, report.attemptsPerSecond, .above,
                limit: step.capacityPerSecond, from: .capacity, over: report.windowMilliseconds)
        }
        return notices(step) + [lasted] + share(step, policy)
            + (demand.map { [$0] } ?? []) + pressure(step) + others(step)
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
        let demand = step.report.map { report in
            Finding(
                .attempts, .entriesPerSecond, report.attemptsPerSecond, .atMost,
                limit: step.capacityPerSecond.map { $0 * policy.targetPermille / 1_000 },
                from: .targetPermille, over: report.windowMilliseconds)
        }
        return [lasted] + (demand.map { [$0] } ?? []) + pressure(step) + others(step)
    }

    private static func share(_ step: LadderStep, _ policy: Policy) -> [Finding] {
        guard let report = step.report else { return [] }
        let demand = report.operations.first { $0.operation == step.operation }
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
        let time = isCritical ? limits?.critical : limits?.strained
        let memory = isCritical ? limits?.criticalMemory : limits?.strainedMemory
        func timed(_ figure: Figure, _ value: Int) -> Finding {
            Finding(figure, .microseconds, value, .above, limit: time, from: .record)
        }
        return [
            timed(.queueWait, report.figures.queueWait),
            timed(.commitTime, report.figures.commit),
            timed(.loopLag, report.figures.loopLag),
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
