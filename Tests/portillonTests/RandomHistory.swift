import Bytes
import Contract
import Foundation
import Ledger
import Log
import TestSupport
import Testing
import Time

/// A journal of every kind of record, written by the real ledger and the real journal: first each
/// command once, then what a seed draws. It goes with its owner.
struct RandomHistory: ~Copyable {
    let path: String
    private(set) var ledger = Ledger()
    private var log: Log
    private var random: SeededGenerator
    private(set) var now = Timestamp(milliseconds: 1_795_176_000_000)
    private var people: UInt64 = 0

    init(seed: UInt64) throws {
        random = SeededGenerator(seed: seed)
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("portillon-tests-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        var options = LogOptions()
        options.segmentBytes = 8 << 20
        options.maximumBatchBytes = 256 << 10
        log = try Log.open(
            directory: path + "/journal", options: options, at: now
        ) { _ in Issue.record("a new journal has no batch") }
    }

    deinit {
        // A temporary folder that stays is no failure of the test.
        try? FileManager.default.removeItem(atPath: path)
    }

    /// An operation that goes beyond its cover, is smoothed, suspended and resumed by the ladder;
    /// and the commands that a drawn history seldom carries out.
    mutating func writeEveryKind() throws {
        try apply(.fact(.started(version: "1")))
        try apply(.contract(.putClient(id: "acme", name: "Acme")))
        for (id, rule) in [
            ("surge", EntryRule.once), ("spring", .once), ("summer", .daily),
            ("autumn", .unlimited),
        ] {
            try apply(.operation(.put(id: id, settings: try settings(rule), dataKeyID: "d")))
            try addKey(to: id)
            try apply(.operation(.open(id: id, note: "go")))
        }
        try commit()
        // With those of another operation of the client they are beyond what is free together
        // first, and then by themselves.
        for number in 60_001...60_400 as ClosedRange<UInt64> { try enter(number, in: "spring") }
        try commit()
        // Some of them do not consent.
        for number in 1...51_100 as ClosedRange<UInt64> {
            try enter(number, in: "surge")
            if number % 500 == 0 { try commit() }
        }
        try strain(seconds: 40)
        let later = now.advanced(byMilliseconds: 86_400_000)
        let digest = try #require(KeyDigest(hex: String(repeating: "0a", count: 32)))
        try apply(
            .access(
                .addToken(
                    tokenID: "t", holder: Author(.client, name: "acme"), digest: digest,
                    expires: later)))
        try apply(.access(.suspectToken(tokenID: "t", note: "n")))
        try apply(
            .access(
                .renewToken(
                    tokenID: "t",
                    TokenRenewal(
                        tokenID: "u", digest: KeyDigest(words: (0, 0, 8, 0)), expires: later,
                        overlapUntil: now))))
        try apply(.access(.revokeToken(tokenID: "t", reason: .lost, declared: now)))
        try apply(
            .fact(
                .unknownSource(
                    UnknownSource(
                        operation: "surge", source: "tv", entries: 5, permille: 5,
                        windowSeconds: 10))))
        try apply(
            .fact(.rise(TrafficRise(operation: "surge", entries: 900_000, windowSeconds: 10))))
        var answered = AnsweredEntries(
            operation: "surge", state: .suspended, since: now, until: now)
        answered.suspended = 7
        try apply(.fact(.answered(answered)))
        var robots = RobotMinute(operation: "surge", since: now, until: now)
        robots.attempts = 40
        robots.robots = 30
        robots.refused = 30
        robots.rules = [.init(rule: "client-library", layer: 1, count: 30)]
        try apply(.fact(.robots(robots)))
        for fact in try MinuteFacts.before(now) { try apply(.fact(fact)) }
        try apply(.fact(.level(1)))
        try useMonth("surge")
        let counters = QueueCounters(
            epoch: 7, issued: 120, called: 40, maximumCalled: 45, held: 3)
        try apply(.fact(.queue(QueueRecord(operation: "surge", counters: counters))))
        var draw = StartDraw.Record(epoch: 8, registered: 60)
        try apply(.fact(.draw(DrawRecord(operation: "surge", draw: draw))))
        draw.shuffle = Shuffle(seed: 9, count: 60)
        draw.after = 120
        try apply(.fact(.draw(DrawRecord(operation: "surge", draw: draw))))
        // Too late, and recorded all the same.
        try apply(
            .contract(
                .giveNotice(operation: "surge", expectedParticipants: 70_000, note: nil)))
        try apply(
            .contract(
                .giveNotice(operation: "spring", expectedParticipants: 70_000, note: nil)))
        try apply(.contract(.withdrawNotice(operation: "spring", note: nil)))
        try declare("c-1", of: "spring")
        try apply(.contract(.withdrawCampaign(operation: "spring", campaign: "c-1", note: "n")))
        try suspend("spring", seconds: 2)
        try pass(milliseconds: 2_000)
        try apply(.operation(.setPace(operation: "spring", perSecond: 5, note: nil)))
        try apply(
            .person(
                .export(
                    ExportTrace(
                        operation: "spring", operationIndex: 1, format: "csv", lastRecord: 7,
                        chain: String(repeating: "0a", count: 32)))))
        try suspend("spring", seconds: 60)
        try apply(.operation(.resume(id: "spring", note: nil)))
        try suspendClient(seconds: 2)
        try apply(.operation(.put(id: "later", settings: try settings(.once), dataKeyID: "d")))
        try apply(.operation(.open(id: "later", note: nil)))
        try pass(milliseconds: 2_000)
        try suspendClient(seconds: 60)
        try suspend("spring", seconds: 60)
        try apply(.client(.resume(client: "acme", note: "n")))
        try apply(.operation(.resume(id: "spring", note: nil)))
        try apply(.client(.addNote(client: "acme", operation: "spring", text: "two\nlines")))
        // A client's instruction ends by the client, and lifts nothing of what others decided.
        try instruct("spring")
        try apply(.operation(.resume(id: "spring", note: nil)), by: Self.client)
        try instruct("surge")
        try apply(.operation(.resume(id: "surge", note: nil)), by: Self.client)
        var policy = Policy()
        policy.calmSeconds = 7
        try apply(.contract(.setPolicy(policy)))
        // From here on months begin an hour earlier.
        let paris = try LocalTime([.init(from: now, offsetSeconds: 3_600)])
        let calendar = OperatorCalendar(timeZone: "Europe/Paris", localTime: paris)
        try apply(.fact(.started(version: "2", policy: Policy(), calendar: calendar)))
        try apply(.operation(.close(id: "autumn", note: nil)))
        try apply(.operation(.reset(id: "summer", dataKeyID: "e", export: Self.export)))
        try apply(.operation(.delete(id: "autumn", export: Self.export)))
        try writeService()
        try apply(.access(.suspectKey(keyID: "k-1", note: nil)))
        try apply(.access(.revokeKey(keyID: "k-1", reason: .stolen, declared: now)))
        try addKey(to: "surge")
        try commit()
    }

    /// So many commands, entries and leaps of time as the seed draws them.
    mutating func write(steps: Int) throws {
        for _ in 0..<steps {
            let operation = random.element(["surge", "spring", "summer", "autumn", "winter"])
            switch random.below(27) {
            case 0...7:
                for _ in 0..<random.below(20) { try enter(random.below(60_000), in: operation) }
            case 8...10:
                try pass(
                    milliseconds: Int64(random.element([1, 900, 5_000, 3_600_000, 90_000_000])))
            case 11: try strain(seconds: Int(random.below(35)))
            case 12:
                let rule = random.element([EntryRule.once, .daily, .unlimited])
                try apply(
                    .operation(.put(id: operation, settings: try settings(rule), dataKeyID: "d")))
            case 13: try addKey(to: operation)
            case 14:
                let key = "k-\(random.below(UInt64(ledger.catalogue.keys.count) + 1))"
                if random.below(4) == 0 {
                    try apply(.access(.revokeKey(keyID: key, reason: .lost)))
                }
            case 15: try apply(.operation(.open(id: operation, note: nil)))
            case 16: try apply(.operation(.close(id: operation, note: "drawn")))
            case 17: try suspend(operation, seconds: Int64(random.element([1, 60, 100_000])))
            case 18:
                let author = random.below(2) == 0 ? Self.client : .admin
                if random.below(3) == 0 { try instruct(operation) }
                try apply(.operation(.resume(id: operation, note: nil)), by: author)
            case 19:
                let pace = random.below(2) == 0 ? nil : UInt32(1 + random.below(100))
                try apply(.operation(.setPace(operation: operation, perSecond: pace, note: nil)))
            case 20:
                let expected = UInt32(random.element([1, 60_000, 80_000]))
                try apply(
                    .contract(
                        .giveNotice(
                            operation: operation, expectedParticipants: expected, note: nil)))
            case 21: try declare("c-\(random.below(6))", of: operation)
            case 22:
                try apply(
                    random.below(2) == 0
                        ? .contract(.withdrawNotice(operation: operation, note: nil))
                        : .contract(
                            .withdrawCampaign(
                                operation: operation, campaign: "c-\(random.below(6))",
                                note: nil)))
            case 23: try suspendClient(seconds: Int64(random.element([1, 60, 100_000])))
            case 24: try apply(.client(.resume(client: "acme", note: nil)))
            case 25: try useMonth(operation)
            default: try end(operation)
            }
        }
        try commit()
    }

    // MARK: Drawing

    mutating func drawBelow(_ bound: UInt64) -> UInt64 { random.below(bound) }

    private mutating func end(_ operation: String) throws {
        // The one beyond its cover is worth keeping for a while.
        if operation == "surge", random.below(4) > 0 { return }
        let isReset = random.below(2) == 0
        try apply(
            isReset
                ? .operation(.reset(id: operation, dataKeyID: "e", export: Self.export))
                : .operation(.delete(id: operation, export: Self.export)))
    }

    private mutating func settings(_ rule: EntryRule) throws -> OperationSettings {
        let zone = try LocalTime([
            .init(from: Timestamp(milliseconds: 0), offsetSeconds: 3_600),
            .init(from: now.advanced(byMilliseconds: 7_200_000), offsetSeconds: 7_200),
        ])
        let isDated = people > 0 && random.below(4) == 0
        return OperationSettings(
            client: "acme", title: "Été",
            opens: isDated ? now.advanced(byMilliseconds: 60_000) : nil,
            closes: isDated ? now.advanced(byMilliseconds: 100_000_000) : nil,
            rule: rule, timeZone: "Europe/Paris", localTime: zone, minimumAge: 18,
            consents: ["rules"], robots: .off,
            policy: random.below(3) == 0 && people > 0 ? .advise : .enforce)
    }

    private mutating func addKey(to operation: String) throws {
        let number = ledger.catalogue.keys.count + 1
        try apply(
            .access(
                .addKey(
                    operation: operation, keyID: "k-\(number)",
                    digest: KeyDigest(words: (0, 0, 7, UInt64(number))),
                    frontEnd: number.isMultiple(of: 2) ? .server : .browser)))
    }

    private mutating func declare(_ campaign: String, of operation: String) throws {
        let starts = now.advanced(byMilliseconds: random.element([-1_000, 0, 3_600_000]))
        try apply(
            .contract(
                .declareCampaign(
                    operation: operation, campaign: campaign,
                    declaration: CampaignDeclaration(
                        channel: .email, recipients: UInt32(random.element([10, 40_000, 90_000])),
                        starts: starts))))
    }

    private mutating func suspend(_ operation: String, seconds: Int64) throws {
        let isDefinitive = random.below(40) == 0 && operation != "surge" && people > 60_000
        try apply(
            .operation(
                .suspend(
                    id: operation, ground: .security,
                    until: isDefinitive ? nil : now.advanced(byMilliseconds: seconds * 1_000),
                    isDefinitive: isDefinitive, note: "n",
                    publicReason: seconds % 2 == 0 ? "Back soon." : nil)))
    }

    private mutating func suspendClient(seconds: Int64) throws {
        let until = now.advanced(byMilliseconds: seconds * 1_000)
        try apply(
            .client(
                .suspend(
                    client: "acme",
                    order: SuspensionOrder(
                        ground: .fraud, until: until, isDefinitive: false, note: "n"))))
    }

    private static let client = Author(.client, name: "acme")

    /// The client has its operation suspended, if nobody else did.
    private mutating func instruct(_ operation: String) throws {
        try apply(
            .operation(
                .suspend(
                    id: operation, ground: .clientInstruction, until: nil, isDefinitive: false,
                    note: "n")), by: Self.client)
    }

    /// A measurement each second: strained, then calm.
    private mutating func strain(seconds: Int) throws {
        for second in 0..<(seconds + 12) {
            try pass(milliseconds: 1_000)
            let rate = second < seconds ? 1_000 : 0
            var figures = PressureFigures()
            figures.queueWait = second < seconds ? 20_000 : 0
            let demand = PressureReport.Demand(
                operation: "surge", attemptsPerSecond: rate, acceptedPerSecond: rate,
                queuePermille: rate * 9 / 10, attemptsPermille: rate * 9 / 10)
            try apply(
                .fact(
                    .measured(
                        PressureReport(
                            level: second < seconds ? .strained : .calm, figures: figures,
                            windowMilliseconds: 1_000, attemptsPerSecond: rate,
                            acceptedPerSecond: rate, operations: [demand]))))
        }
    }

    // MARK: Writing

    /// Ends the batch, then lets time pass: all records of a batch are of its time.
    mutating func pass(milliseconds: Int64) throws {
        try commit()
        now = now.advanced(byMilliseconds: milliseconds)
        while ledger.isDue(at: now) {
            ledger.expire(at: now)
            try appendEvents()
        }
    }

    private mutating func commit() throws {
        if log.batchRecordCount > 0 { try log.commit(at: now) }
    }

    /// What is refused, or changes nothing, leaves no record.
    mutating func apply(
        _ command: AdministrativeCommand, by person: Author = .admin
    ) throws {
        if log.batchRoom < 64 << 10 { try commit() }
        let author: Author = if case .fact = command { .gateway } else { person }
        do throws(CommandRefusal) {
            guard try ledger.apply(command, by: author, at: now) != .none else { return }
        } catch {
            return
        }
        try append(
            AdministrativeRecord.kind, try AdministrativeRecord(command, by: author).json())
        try appendEvents()
    }

    private mutating func enter(_ person: UInt64, in operation: String) throws {
        guard let index = ledger.catalogue.operationIndex(operation),
            let key = ledger.catalogue.operations[Int(index)].keys.last
        else { return }
        people += 1
        if log.batchRoom < 64 << 10 { try commit() }
        let isIdempotent = people % 3 == 0
        // Spread as a hash is: tables search from where that lies.
        let hash = (person &+ 1) &* 0x9E37_79B9_7F4A_7C15
        let command = EntryCommand(
            operation: index, key: key, participant: .init(high: hash, low: 1),
            idempotency: isIdempotent ? .init(high: hash, low: 2) : .none,
            ageConfirmed: true, consentsGiven: people % 50 != 0)
        guard case .accepted(let entry, let participant) = ledger.enter(command, at: now) else {
            return
        }
        _ = log.append(kind: EntryRecord.kind) { buffer in
            let (source, sealed) = (Array("mail".utf8), Array("SEALED".utf8))
            let consents: [UInt8] = isIdempotent ? [2, 7, 0, 5] + Array("rules".utf8) + [0] : []
            // Unsafe: the bytes of a span of bytes are all initialised.
            EntryRecord.encode(
                command, entry: entry, participant: participant,
                extensions: unsafe consents.span.bytes, source: unsafe source.span.bytes,
                sealed: unsafe sealed.span.bytes, into: &buffer)
        }
        try appendEvents()
    }

    private mutating func appendEvents() throws {
        for event in ledger.drainEvents() {
            try append(EventRecord.kind, try EventRecord(event).json())
        }
    }

    private mutating func append(_ kind: UInt8, _ json: [UInt8]) throws {
        _ = log.append(kind: kind) { buffer in for byte in json { buffer.append(byte) } }
    }

    private static var export: ExportReceipt {
        ExportReceipt(
            file: "x.jsonl", sha256: String(repeating: "a", count: 64), entries: 1,
            participants: 1)
    }
}

extension SeededGenerator {
    fileprivate mutating func below(_ bound: UInt64) -> UInt64 { next() % bound }

    fileprivate mutating func element<Element>(_ list: [Element]) -> Element {
        list[Int(below(UInt64(list.count)))]
    }
}
