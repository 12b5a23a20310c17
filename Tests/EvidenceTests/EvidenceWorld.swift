import Bytes
import Contract
import Cryptography
import Evidence
import Testing
import Time

@testable import Ledger

/// Commands and events on two operations, each in a batch of its own.
struct EvidenceWorld {
    private var catalogue = Catalogue()
    private var files = EvidenceIndex()
    private var number: UInt64 = 0
    /// Those of `summer`, by its last crossing.
    private var participants: UInt32 = 0
    /// 2026-11-20T12:00:00Z, and a millisecond more with each record.
    private(set) var now = Timestamp(milliseconds: 1_795_176_000_000)

    init(note: String = "letter") throws {
        let settings = OperationSettings(
            client: "acme", title: "Summer", rule: .once, robots: .off, policy: .enforce)
        try begin(settings)
        try take(.operation(.put(id: "winter", settings: settings, dataKeyID: "d")), by: .admin)
        try take(.operation(.open(id: "summer", note: nil)), by: .admin)
        try take(
            .contract(
                .giveNotice(operation: "summer", expectedParticipants: 80_000, note: "by phone")),
            by: Author(.client, name: "acme"))
        try take(
            .operation(
                .suspend(
                    id: "summer", ground: .contractEnded, until: nil, isDefinitive: true,
                    note: note)),
            by: Author(.operator, name: "marie"))
    }

    /// A client and its operation `summer`, a draft.
    init(_ settings: OperationSettings) throws {
        try begin(settings)
    }

    private mutating func begin(_ settings: OperationSettings) throws {
        try take(.fact(.started(version: "1")), by: .gateway)
        try take(.contract(.putClient(id: "acme", name: "Acme")), by: .admin)
        try take(.operation(.put(id: "summer", settings: settings, dataKeyID: "d")), by: .admin)
    }

    func dossier(_ operation: String = "summer") -> Dossier? {
        catalogue.lastOperationIndex(operation).flatMap {
            Dossier($0, catalogue, files.records(of: operation))
        }
    }

    mutating func pass(seconds: Int64) {
        now = now.advanced(byMilliseconds: seconds * 1_000)
    }

    mutating func take(_ command: AdministrativeCommand, by author: Author = .gateway) throws {
        let time = next()
        let counts = OperationCounts(entries: 0, participants: participants)
        _ = try catalogue.apply(command, by: author, at: time, counts: counts)
        add(.command(AdministrativeRecord(command, by: author)), at: time)
    }

    mutating func take(_ event: LedgerEvent) {
        let time = next()
        if case .coverCrossed(_, let count, _) = event { participants = count }
        catalogue.apply(event, at: time)
        add(.event(event), at: time)
    }

    private mutating func next() -> Timestamp {
        number += 1
        now = now.advanced(byMilliseconds: 1)
        return now
    }

    private mutating func add(_ content: EvidenceRecord.Content, at time: Timestamp) {
        files.add(
            EvidenceRecord(
                sequence: number, at: time, batch: number, chain: SHA256Digest(),
                content: content))
    }
}

/// An undeclared surge from its first mailing to its end: smoothed, suspended, let in again.
enum SurgeStory {
    static func settings(_ policy: LadderPolicy = .enforce) throws -> OperationSettings {
        OperationSettings(
            client: "acme", title: "Été & <fête>", rule: .once, timeZone: "Europe/Paris",
            localTime: try LocalTime([
                LocalTime.Offset(from: Timestamp(milliseconds: 0), offsetSeconds: 3_600)
            ]), robots: .off, policy: policy)
    }

    static func world(_ policy: LadderPolicy = .enforce) throws -> EvidenceWorld {
        var world = try EvidenceWorld(settings(policy))
        try world.take(.operation(.open(id: "summer", note: nil)), by: .admin)
        try declare(in: &world)
        var rules = Policy()
        rules.suspendAfterSeconds = 20
        try world.take(.contract(.setPolicy(rules)), by: .admin)
        world.pass(seconds: 3_600)
        try world.take(
            .fact(
                .unknownSource(
                    UnknownSource(
                        operation: "summer", source: "tv-spot", entries: 1_200, permille: 640,
                        windowSeconds: 10))))
        world.take(.coverNear(operation: "summer", participants: 40_000, cover: 50_000))
        world.take(.coverCrossed(operation: "summer", participants: 50_001, cover: 50_000))
        let crossed = world.now
        let strain = world.now.advanced(byMilliseconds: 5_000)
        world.pass(seconds: 5)
        world.take(.step(step(.smooth, crossed: crossed) { $0.perSecond = 400 }))
        world.pass(seconds: 24)
        let until = world.now.advanced(byMilliseconds: 900_001)
        world.take(
            .step(
                step(.suspend, crossed: crossed) {
                    $0.until = until
                    $0.since = strain
                }))
        try world.take(.fact(.answered(answers(.smoothed, strain, world.now))))
        let suspended = world.now
        world.pass(seconds: 902)
        world.take(
            .step(
                step(.resume, crossed: crossed) {
                    $0.reason = .expired
                    $0.report = nil
                    $0.capacityPerSecond = nil
                }))
        try world.take(.fact(.answered(answers(.suspended, suspended, world.now))))
        try world.take(
            .contract(
                .giveNotice(operation: "summer", expectedParticipants: 90_000, note: "too late")),
            by: Author(.client, name: "acme"))
        return world
    }

    private static func declare(in world: inout EvidenceWorld) throws {
        for (campaign, days) in [("mailing", 1), ("radio", -1)] {
            let starts = world.now.advanced(byMilliseconds: Int64(days) * 86_400_000)
            let declaration = CampaignDeclaration(
                channel: days > 0 ? .email : .radio, recipients: 40_000, starts: starts,
                ends: starts.advanced(byMilliseconds: 3_600_000))
            try world.take(
                .contract(
                    .declareCampaign(
                        operation: "summer", campaign: campaign, declaration: declaration)),
                by: Author(.client, name: "acme"))
        }
    }

    static func report(_ level: PressureLevel) -> PressureReport {
        var figures = PressureFigures()
        figures.queueWait = level == .calm ? 900 : 812_400
        figures.commit = level == .calm ? 1_300 : 31_000
        figures.loopLag = 2_500
        figures.unreadWait = level == .calm ? 0 : 61_300
        return PressureReport(
            level: level, figures: figures, limits: .inForce(calmCommit: 0),
            windowMilliseconds: 10_000, attemptsPerSecond: 12_000, acceptedPerSecond: 5_000,
            operations: [
                PressureReport.Demand(
                    operation: "summer", attemptsPerSecond: 11_000, acceptedPerSecond: 4_100,
                    queuePermille: 930, attemptsPermille: 917, othersEntries: 9_000,
                    othersWait: 640_200, othersCalmWait: 1_100)
            ])
    }

    static func step(
        _ kind: LadderStep.Kind, level: PressureLevel = .critical, crossed: Timestamp,
        _ change: (inout LadderStep) -> Void = { _ in }
    ) -> LadderStep {
        var step = LadderStep(
            operation: "summer", kind: kind, isEnforced: true,
            rule: kind == .smooth ? "C3, C4" : kind == .suspend ? "C3" : "C4",
            capacityPerSecond: 5_000, participants: 50_420, cover: 50_000, crossedAt: crossed,
            report: report(level))
        change(&step)
        return step
    }

    private static func answers(
        _ state: AnsweredEntries.State, _ since: Timestamp, _ until: Timestamp
    ) -> AnsweredEntries {
        var answered = AnsweredEntries(
            operation: "summer", state: state, since: since, until: until)
        switch state {
        case .smoothed:
            answered.accepted = 9_600
            answered.waiting = 254_400
        case .suspended: answered.suspended = 1_310_201
        }
        answered.repeated = 12
        return answered
    }
}
