import Contract
import Time

@testable import Ledger

/// One command of each kind, and one event: with every member, and with the fewest.
enum EveryRecord {
    static var commands: [AdministrativeCommand] {
        let settings = OperationSettings(
            client: "acme", title: "L’été \"2026\" 🏖", opens: time, closes: later, rule: .daily,
            timeZone: "Europe/Paris", minimumAge: 18, consents: ["rules"],
            consentTexts: ["rules": String(repeating: "0f", count: 32)], publicReason: "Back soon.",
            allowedOrigins: ["https://example.org"], identity: .phone, country: "FR",
            secondKey: SecondKeyRule(name: "household", limit: 2), cap: .entries(5_000),
            robots: .refuse, policy: .enforce)
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
                    id: "x", ground: .robots, until: later, isDefinitive: false, note: "n",
                    publicReason: "Back soon.")),
            .operation(.resume(id: "x", note: "n")),
            .operation(.setPace(operation: "x", perSecond: 50, note: nil)),
            .operation(.setPace(operation: "x", perSecond: nil, note: "n")),
            .operation(.reset(id: "x", dataKeyID: "e", export: export)),
            .operation(.delete(id: "x", export: export)),
            .access(.addKey(operation: "x", keyID: "k", digest: digest)),
            .access(.revokeKey(keyID: "k", reason: .stolen)),
            .access(
                .addToken(tokenID: "t", holder: Author(.client, name: "acme"), digest: digest)),
            .access(.revokeToken(tokenID: "t", reason: .rotated)),
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
            .fact(.started(version: "1.0")),
            .fact(.started(version: "1.0", policy: Policy())),
            .fact(.measured(report)),
            .fact(
                .unknownSource(
                    UnknownSource(
                        operation: "x", source: "tv", entries: 1_200, permille: 640,
                        windowSeconds: 10))),
            .fact(
                .answered(
                    AnsweredEntries(
                        operation: "x", state: .suspended, since: time, until: later))),
        ]
    }

    static var events: [LedgerEvent] {
        [
            .coverNear(operation: "x", participants: 40_000, cover: 50_000),
            .coverCrossed(operation: "x", participants: 50_001, cover: 50_000),
            .suspensionEnded(operation: "x", ground: .maintenance, until: later),
            .step(step(.smooth) { $0.perSecond = 400 }),
            .step(
                step(.suspend) {
                    $0.until = later
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

    private static let time = Timestamp(milliseconds: 1_795_176_000_000)
    private static let later = Timestamp(milliseconds: 1_795_176_900_000)
    private static var export: ExportReceipt {
        ExportReceipt(
            file: "x.jsonl", sha256: String(repeating: "a", count: 64), entries: 12,
            participants: 11)
    }

    private static var report: PressureReport {
        PressureReport(
            level: .critical, limits: .inForce, windowMilliseconds: 1_000, attemptsPerSecond: 900,
            acceptedPerSecond: 400,
            operations: [
                .init(
                    operation: "x", attemptsPerSecond: 800, acceptedPerSecond: 300,
                    queuePermille: 700, attemptsPermille: 890, othersEntries: 90,
                    othersWait: 81_000, othersCalmWait: 900)
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
