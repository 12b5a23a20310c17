import Availability
import Contract
import Time

@testable import Ledger

/// One command of each kind, and one event: with every member, and with the fewest.
enum EveryRecord {
    static var commands: [AdministrativeCommand] { others + service }

    private static var others: [AdministrativeCommand] {
        let settings = OperationSettings(
            client: "acme", title: "L’été \"2026\" 🏖", opens: time, closes: later,
            start: .shuffled, rule: .daily,
            timeZone: "Europe/Paris", minimumAge: 18, consents: ["rules"],
            consentTexts: ["rules": String(repeating: "0f", count: 32)], publicReason: "Back soon.",
            allowedOrigins: ["https://example.org"], identity: .phone, country: "FR",
            secondKey: SecondKeyRule(name: "household", limit: 2), cap: .entries(5_000),
            robots: .refuse, networks: ["192.0.2.0/24", "2001:db8::1"],
            allowedRobots: ["Agent"], policy: .enforce)
        let plain = OperationSettings(
            client: "acme", title: "T", rule: .once, robots: .off, policy: .advise)
        let digest = KeyDigest(words: (1, 2, 3, .max))
        let campaign = CampaignDeclaration(
            channel: .email, recipients: 120_000, starts: time, ends: later, source: "mail",
            note: "n")
        return [
            .operation(.put(id: "x", settings: settings, dataKeyID: "d")),
            .operation(.put(id: "x", settings: plain, dataKeyID: "d")),
            .operation(.open(id: "x", note: nil)),
            .operation(.close(id: "x", note: "two\nlines/")),
            .operation(
                .suspend(id: "x", ground: .unpaid, until: nil, isDefinitive: true, note: "n")),
            .operation(
                .suspend(
                    id: "x", ground: .clientInstruction, until: later, isDefinitive: false,
                    note: "n",
                    publicReason: "Back soon.")),
            .operation(
                .suspend(
                    id: "x", ground: .breach, until: nil, isDefinitive: false, note: "n",
                    basis: SuspensionBasis(
                        notice: SuspensionNotice(deliveredAt: time, terms: .b), isUrgent: true,
                        fault: .operator))),
            .operation(.resume(id: "x", note: "n")),
            .operation(.resume(id: "x", note: "n", confirm: "x")),
            .client(
                .suspend(
                    client: "acme",
                    order: SuspensionOrder(
                        ground: .clientInstruction, until: later, isDefinitive: false, note: "n",
                        publicReason: "Back soon.",
                        basis: SuspensionBasis(notice: SuspensionNotice(deliveredAt: time))))),
            .client(
                .suspend(
                    client: "acme",
                    order: SuspensionOrder(
                        ground: .fraud, until: nil, isDefinitive: true, note: "n"))),
            .client(.resume(client: "acme", note: nil)),
            .client(.resume(client: "acme", note: "n", confirm: "acme")),
            .client(.addNote(client: "acme", operation: nil, text: "two\nlines/")),
            .client(.addNote(client: "acme", operation: "x", text: "t")),
            .operation(.setPace(operation: "x", perSecond: 50, note: nil)),
            .operation(.setPace(operation: "x", perSecond: nil, note: "n")),
            .operation(.reset(id: "x", dataKeyID: "e", export: export)),
            .operation(.delete(id: "x", export: export)),
            .access(.addKey(operation: "x", keyID: "k", digest: digest)),
            .access(
                .addKey(operation: "x", keyID: "l", digest: .numbered(99), frontEnd: .server)),
            .access(.suspectKey(keyID: "k", note: "n")),
            .access(.revokeKey(keyID: "k", reason: .stolen)),
            .access(.revokeKey(keyID: "k", reason: .lost, declared: time)),
            .access(
                .addToken(
                    tokenID: "t", holder: Author(.client, name: "acme"), digest: digest,
                    expires: later)),
            .access(.suspectToken(tokenID: "t", note: nil)),
            .access(
                .renewToken(
                    tokenID: "t",
                    TokenRenewal(
                        tokenID: "u", digest: KeyDigest(words: (3, 2, 1, 0)), expires: later,
                        overlapUntil: time))),
            .access(.revokeToken(tokenID: "t", reason: .rotated, declared: time)),
            .contract(.putClient(id: "acme", name: "Acme")),
            .contract(.giveNotice(operation: "x", expectedParticipants: 80_000, note: nil)),
            .contract(.withdrawNotice(operation: "x", note: "n")),
            .contract(.declareCampaign(operation: "x", campaign: "c", declaration: campaign)),
            .contract(.withdrawCampaign(operation: "x", campaign: "c", note: nil)),
            .contract(.setPolicy(Policy())),
            .person(
                .export(
                    ExportTrace(
                        operation: "x", operationIndex: 3, format: "ndjson", lastRecord: 4_711,
                        chain: String(repeating: "0f", count: 32)))),
            .webhook(
                .add(
                    webhookID: "w", client: "acme", url: "https://example.org/a?b",
                    events: [.operationSuspended, .keyRevoked])),
            .webhook(.add(webhookID: "v", client: nil, url: "https://example.org/", events: [])),
            .webhook(.test(webhookID: "w")),
            .webhook(.outcomes(webhookID: "w", deliveries: deliveries)),
            .webhook(.remove(webhookID: "w")),
            .permit(
                .issue(
                    permitID: "pt-1",
                    PermitTerms(
                        operation: "x", perSecond: 500, starts: time, ends: later,
                        addresses: ["192.0.2.0/24", "2001:db8::1"], note: "two\nlines/"))),
            .permit(
                .issue(
                    permitID: "pt-2",
                    PermitTerms(operation: "x", perSecond: 1, starts: time, ends: later))),
            .permit(.revoke(permitID: "pt-1", note: "n")),
            .permit(.revoke(permitID: "pt-2", note: nil)),
            .permit(.purge(permitID: "pt-1", note: nil)),
            .permit(.forgotten(permitID: "pt-1", leaves: 12, lastRecord: 4_711)),
            .fact(.started(version: "1.0")),
            .fact(.started(version: "1.0", policy: Policy())),
            .fact(
                .started(
                    version: "1.0",
                    calendar: OperatorCalendar(
                        timeZone: "Europe/Paris", holidays: .alsaceMoselle))),
            .fact(.measured(report)),
            .fact(
                .unknownSource(
                    UnknownSource(
                        operation: "x", source: "tv", entries: 1_200, permille: 640,
                        windowSeconds: 10, undeclaredEntries: 1_500, operationEntries: 1_875))),
            .fact(.rise(TrafficRise(operation: "x", entries: 12_000, windowSeconds: 10))),
            .fact(
                .answered(
                    AnsweredEntries(
                        operation: "x", state: .suspended, since: time, until: later))),
            .fact(.robots(robots)),
            .fact(
                .queue(
                    QueueRecord(
                        operation: "x",
                        counters: QueueCounters(
                            epoch: (1 << 53) - 1, issued: 90, called: 40, maximumCalled: 45,
                            held: 3)))),
            .fact(.draw(DrawRecord(operation: "x", draw: .init(epoch: 1, registered: 16)))),
            .fact(
                .draw(
                    DrawRecord(
                        operation: "x",
                        draw: .init(
                            epoch: 1, registered: 16,
                            shuffle: Shuffle(seed: 4_711, count: 16), after: 3)))),
            .fact(.probeMinute(probeMinute)),
            .fact(
                .lostMinute(
                    LostMinute(
                        client: "acme", minute: Minute(containing: time), refused: 40,
                        attempts: 90))),
            .fact(.notAccepted(notAccepted)),
            .fact(.level(1)),
        ]
    }

    private static var notAccepted: NotAcceptedEntries {
        var counts = AnswerCounts()
        for (index, verdict) in AnswerCounts.verdicts.enumerated() {
            counts[keyPath: verdict.count] = UInt64(index) + 1
        }
        return NotAcceptedEntries(operation: "x", since: time, until: later, counts: counts)
    }

    private static var robots: RobotMinute {
        var minute = RobotMinute(operation: "x", since: time, until: later)
        minute.attempts = 9_000
        minute.robots = 31
        minute.suspects = 4
        minute.admitted = 3
        minute.observed = 2
        minute.challenged = 1
        minute.refused = 29
        minute.tests = 12
        minute.weights = [.init(from: 2_300, count: 4), .init(from: 9_200, count: 31)]
        minute.rules = [.init(rule: "client-library", layer: 1, count: 31)]
        minute.tools = [.init(tool: "curl", rule: "client-library", count: 30)]
        minute.origins = [
            .init(kind: .key, name: "k", count: 35),
            .init(kind: .network, name: "192.0.2.0/24", count: 7),
            .init(kind: .permit, name: "pt-1", count: 12),
        ]
        minute.samples = [
            .init(
                at: time, network: "192.0.2.0/24", verdict: .refused, weight: 9_200,
                rules: ["client-library"], tool: "curl"),
            .init(
                at: time, network: "2001:db8::/48", verdict: .challenged, weight: -7, rules: []),
        ]
        minute.ruleset = .init(version: 1, digest: "0123456789abcdef")
        return minute
    }

    static var events: [LedgerEvent] {
        [
            .coverNear(operation: "x", participants: 40_000, cover: 50_000),
            .coverCrossed(operation: "x", participants: 50_001, cover: 50_000),
            .clientCrossed(crossing), .clientWithin(crossing),
            .suspensionEnded(operation: "x", ground: .maintenance, until: later),
            .clientSuspensionEnded(operation: "x", ground: .fraud, until: later),
            .incidentOverdue(number: 7, client: "acme", respondBy: later),
            .incidentOverdue(number: 7, client: nil, respondBy: later),
            .forceMajeureLasting(number: 1, terms: .b, since: later),
            .step(
                step(.smooth) {
                    $0.perSecond = 400
                    $0.ground = Ladder.Rule.degradation.ground
                    $0.missing = missing
                }),
            .step(
                step(.suspend) {
                    $0.until = later
                    $0.cause = .refusing
                    $0.since = time
                    $0.capacityPerSecond = 400
                }),
            .step(
                step(.resume) {
                    $0.reason = .expired
                    $0.report = nil
                    $0.crossedAt = nil
                }),
        ]
    }

    static let time = Timestamp(milliseconds: 1_795_176_000_000)
    static let later = Timestamp(milliseconds: 1_795_176_900_000)
    private static var probeMinute: ProbeMinute {
        guard let tally = ProbeTally(attempts: 60, failed: 4, slow: 1) else {
            preconditionFailure("5 of 60")
        }
        return ProbeMinute(probe: "paris-1", minute: Minute(containing: time), tally: tally)
    }
    private static var crossing: ClientCrossing {
        ClientCrossing(
            operation: "x", client: "acme", operations: 3, participants: 50_001, cover: 50_000)
    }
    private static var missing: [MissingNotice] {
        [
            MissingNotice(.cover, since: time, allowed: 50_000),
            MissingNotice(.client, since: time, count: 60_000, allowed: 50_000),
            MissingNotice(
                .campaign, since: time, count: 1_500, allowed: 999, source: "tv",
                windowSeconds: 10),
            MissingNotice(.rise, since: time, count: 12_000, allowed: 5_000, windowSeconds: 10),
        ]
    }
    private static var export: ExportReceipt {
        ExportReceipt(
            file: "x.jsonl", sha256: String(repeating: "a", count: 64), entries: 12,
            participants: 11)
    }

    private static var deliveries: [WebhookDelivery] {
        [
            WebhookDelivery(
                record: 7, type: .operationSuspended, outcome: .delivered, attempts: 2,
                status: 204, at: time),
            WebhookDelivery(
                record: 9, type: .keyRevoked, outcome: .givenUp, attempts: 60, status: nil,
                at: later),
        ]
    }

    private static var report: PressureReport {
        PressureReport(
            level: .critical, before: .strained, limits: .inForce(calmCommit: 30_000),
            windowMilliseconds: 1_000, attemptsPerSecond: 900, acceptedPerSecond: 400,
            capacityPerSecond: 700, stage: .sequencer, nodes: 3,
            operations: [
                .init(
                    operation: "x", attemptsPerSecond: 800, acceptedPerSecond: 300,
                    queuePermille: 700, attemptsPermille: 890, othersEntries: 90,
                    othersWait: 81_000, othersCalmWait: 900, withheld: 1_200)
            ])
    }

    private static func step(
        _ kind: LadderStep.Kind, _ change: (inout LadderStep) -> Void
    ) -> LadderStep {
        var step = LadderStep(
            operation: "x", kind: kind, isEnforced: true, rule: "C3", participants: 50_400,
            cover: 50_000, crossedAt: time, report: report)
        change(&step)
        return step
    }
}
