import Contract
import Cryptography
import Evidence
import Logging
import Projections
import Testing
import Time

@testable import Gateway
@testable import Ledger

@Suite("What is on record has a line in the log, with figures and without what people wrote")
struct EventLogTests {
    private static let time = Timestamp(milliseconds: 1_795_176_000_000)
    private static let note = "secret-note"

    /// What a log says of records, one after the other.
    private func lines(
        of contents: [EvidenceRecord.Content], _ catalogue: Catalogue = Catalogue()
    ) -> [RecordedLog.Line] {
        let log = RecordedLog()
        var events = EventLog(log.logger)
        for (number, content) in contents.enumerated() {
            let record = DurableBatch.Record(sequence: UInt64(number) + 1, content: content)
            events.log(
                record, changing: EventLog.settings(before: record, catalogue), catalogue)
        }
        return log.lines
    }

    private func command(
        _ command: AdministrativeCommand, by author: Author = Author(.operator, name: "marie")
    ) -> EvidenceRecord.Content {
        .command(AdministrativeRecord(command, by: author))
    }

    private var settings: OperationSettings {
        OperationSettings(
            client: "acme", title: "secret-title", rule: .once, robots: .off, policy: .enforce)
    }

    @Test("every change by a person: a line with its author, its name and its record's number")
    func changes() throws {
        let export = ExportReceipt(
            file: "ete.ndjson", sha256: String(repeating: "0", count: 64), entries: 7,
            participants: 5)
        let hash = Token.digest(of: "secret-token")
        let stored = KeyDigest(hash.bytes)
        let digest = try #require(stored)
        let campaign = CampaignDeclaration(
            channel: .email, recipients: 120_000, starts: Self.time, source: "mail",
            note: Self.note)
        let commands: [AdministrativeCommand] = [
            .operation(.put(id: "ete", settings: settings, dataKeyID: "secret-key")),
            .operation(.open(id: "ete", note: Self.note)),
            .operation(.close(id: "ete", note: Self.note)),
            .operation(
                .suspend(
                    id: "ete", ground: .unpaid, until: nil, isDefinitive: false, note: Self.note)),
            .operation(.resume(id: "ete", note: Self.note)),
            .client(
                .suspend(
                    client: "acme",
                    order: SuspensionOrder(
                        ground: .fraud, until: nil, isDefinitive: false, note: Self.note))),
            .client(.resume(client: "acme", note: Self.note)),
            .client(.addNote(client: "acme", operation: "ete", text: Self.note)),
            .operation(.setPace(operation: "ete", perSecond: 50, note: Self.note)),
            .operation(.setPace(operation: "ete", perSecond: nil, note: Self.note)),
            .operation(.reset(id: "ete", dataKeyID: "secret-key", export: export)),
            .operation(.delete(id: "ete", export: export)),
            .access(.addKey(operation: "ete", keyID: "k-1", digest: digest)),
            .access(.suspectKey(keyID: "k-1", note: Self.note)),
            .access(.revokeKey(keyID: "k-1", reason: .stolen, declared: Self.time)),
            .access(
                .addToken(
                    tokenID: "t-1", holder: Author(.client, name: "acme"), digest: digest,
                    expires: Self.time)),
            .access(
                .renewToken(
                    tokenID: "t-1",
                    TokenRenewal(
                        tokenID: "t-2", digest: digest, expires: Self.time,
                        overlapUntil: Self.time))),
            .access(.suspectToken(tokenID: "t-1", note: Self.note)),
            .access(.revokeToken(tokenID: "t-1", reason: .rotated)),
            .contract(.putClient(id: "acme", name: "secret-name")),
            .contract(
                .giveNotice(operation: "ete", expectedParticipants: 80_000, note: Self.note)),
            .contract(.withdrawNotice(operation: "ete", note: Self.note)),
            .contract(.declareCampaign(operation: "ete", campaign: "c-1", declaration: campaign)),
            .contract(.withdrawCampaign(operation: "ete", campaign: "c-1", note: Self.note)),
            .contract(.setPolicy(Policy())),
        ]
        let lines = lines(of: commands.map { command($0) })
        #expect(lines.count == commands.count)
        for (number, (line, command)) in zip(lines, commands).enumerated() {
            #expect(line["command"] == command.name, "\(line)")
            #expect(line["record"] == "\(number + 1)", "\(line)")
            #expect(line["by"] == "marie" && line["role"] == "operator", "\(line)")
            #expect(command.operation == nil || line["operation"] == command.operation, "\(line)")
            #expect(!"\(line)".contains("secret"), "\(line)")
            guard case .stringConvertible(let record)? = line.members["record"] else {
                Issue.record("the record's number is no number: \(line)")
                continue
            }
            #expect(record is UInt64)
        }
        let names = AdministrativeCommand.allNames.subtracting(lines.compactMap { $0["command"] })
        #expect(names == Set(Fact.Name.allCases.map(\.rawValue)), "all others have a line")
    }

    @Test("every event, and what the gateway found; its level says whether somebody must look")
    func events() {
        let step = LadderStep(
            operation: "ete", kind: .smooth, isEnforced: true, rule: "C3, C4", perSecond: 20,
            participants: 50_001, cover: 50_000, report: report(.strained))
        var answered = AnsweredEntries(
            operation: "ete", state: .suspended, since: Self.time, until: Self.time)
        answered.suspended = 31
        var robots = RobotMinute(operation: "ete", since: Self.time, until: Self.time)
        robots.refused = 5
        robots.tests = 8
        robots.tools = [.init(tool: "curl", rule: "client-library", count: 5)]
        let crossing = ClientCrossing(
            operation: "ete", client: "acme", operations: 2, participants: 50_001, cover: 50_000)
        let lines = lines(of: [
            .event(.coverNear(operation: "ete", participants: 40_000, cover: 50_000)),
            .event(.coverCrossed(operation: "ete", participants: 50_001, cover: 50_000)),
            .event(.step(step)),
            .event(.suspensionEnded(operation: "ete", ground: .unpaid, until: Self.time)),
            command(
                .fact(
                    .unknownSource(
                        UnknownSource(
                            operation: "ete", source: "tv", entries: 1_200, permille: 640,
                            windowSeconds: 10))), by: .gateway),
            command(
                .fact(.rise(TrafficRise(operation: "ete", entries: 9_000, windowSeconds: 10))),
                by: .gateway),
            .event(.clientCrossed(crossing)), .event(.clientWithin(crossing)),
            command(.fact(.started(version: "1", policy: Policy())), by: .gateway),
            command(.fact(.answered(answered)), by: .gateway),
            command(.fact(.robots(robots)), by: .gateway),
            .event(
                .clientSuspensionEnded(operation: "ete", ground: .fraud, until: Self.time)),
        ])
        #expect(
            lines.map { $0["event"] ?? $0["command"] } == [
                "cover.near", "cover.crossed", "ladder.step", "suspension.ended",
                "fact.unknown_source", "fact.rise", "client.crossed", "client.within",
                "fact.started", "fact.answered", "fact.robots", "client_suspension.ended",
            ])
        #expect(
            lines.map(\.level) == [
                .notice, .warning, .warning, .notice, .warning, .warning, .warning, .notice, .info,
                .info, .notice, .notice,
            ])
        #expect(lines[2]["per_second"] == "20" && lines[2]["pressure"] == "strained")
        #expect(lines[2]["operation_attempts_per_second"] == "900", "\(lines[2])")
        #expect(lines[4]["share"] == "0.64" && lines[4]["by"] == nil)
        #expect(lines[5]["entries"] == "9000" && lines[5]["window_seconds"] == "10")
        #expect(lines[6]["client"] == "acme" && lines[6]["participants"] == "50001")
        #expect(lines[9]["operation"] == "ete" && lines[9]["state"] == "suspended")
        #expect(lines[9]["suspended"] == "31" && lines[9]["accepted"] == "0", "\(lines[9])")
        #expect(lines[10]["operation"] == "ete" && lines[10]["refused"] == "5", "\(lines[10])")
        #expect(lines[10]["tests"] == "8", "\(lines[10])")
    }

    @Test("measurements: a line where the level changes, and no other")
    func pressure() {
        let levels: [PressureLevel] = [
            .calm, .strained, .strained, .critical, .critical, .strained, .calm, .calm,
        ]
        let lines = lines(of: levels.map { command(.fact(.measured(report($0))), by: .gateway) })
        #expect(lines.map { $0["before"] } == ["calm", "strained", "critical", "strained"])
        #expect(lines.map { $0["pressure"] } == ["strained", "critical", "strained", "calm"])
        #expect(lines.map { $0["record"] } == ["2", "4", "6", "7"])
        #expect(lines.last?.level == .notice && lines.first?.level == .warning)
        #expect(lines.first?["queue_wait_seconds"] == "0.03", "\(lines)")
        #expect(lines.first?["top_operation"] == "ete", "\(lines)")
    }

    @Test("a changed operation: the names of the settings that changed, not their values")
    func changedSettings() throws {
        var catalogue = Catalogue()
        for command: AdministrativeCommand in [
            .contract(.putClient(id: "acme", name: "Acme")),
            .operation(.put(id: "ete", settings: settings, dataKeyID: "d")),
        ] {
            _ = try catalogue.apply(command, by: .admin, at: Self.time)
        }
        var other = settings
        other.title = "secret-other"
        other.minimumAge = 18
        let put = AdministrativeCommand.operation(.put(id: "ete", settings: other, dataKeyID: "d"))
        let line = try #require(lines(of: [command(put)], catalogue).first)
        #expect(line.message == "operation changed")
        #expect(line.members["changed"] == ["minimum_age", "title"], "\(line)")
        #expect(!"\(line)".contains("secret"))
    }

    private func report(_ level: PressureLevel) -> PressureReport {
        var figures = PressureFigures()
        figures.queueWait = 30_000
        return PressureReport(
            level: level, figures: figures, windowMilliseconds: 500, attemptsPerSecond: 1_000,
            acceptedPerSecond: 400,
            operations: [
                PressureReport.Demand(
                    operation: "ete", attemptsPerSecond: 900, acceptedPerSecond: 300,
                    queuePermille: 800, attemptsPermille: 900)
            ])
    }
}

extension AdministrativeCommand {
    fileprivate static var allNames: Set<String> {
        Set(
            OperationCommand.Name.allCases.map(\.rawValue)
                + ClientCommand.Name.allCases.map(\.rawValue)
                + AccessCommand.Name.allCases.map(\.rawValue)
                + ContractCommand.Name.allCases.map(\.rawValue)
                + Fact.Name.allCases.map(\.rawValue))
    }
}
