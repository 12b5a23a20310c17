import Bytes
import Contract
import Testing

@testable import Ledger

@Suite("The contract in the fold")
struct ContractTests {
    private let world = World()

    private func notice(_ expected: UInt32) -> AdministrativeCommand {
        .giveNotice(operation: "summer", expectedParticipants: expected, note: nil)
    }

    private var cover: UInt32? { world.ledger.catalogue.operation("summer")?.cover.participants }

    // MARK: Cover

    @Test("the crossing is found at number 50,001, the warning at 40,000, each once")
    func crossing() throws {
        try world.open("summer", .sample(.unlimited))
        var found: [(UInt64, LedgerEvent)] = []
        for person in 1...50_010 as ClosedRange<UInt64> {
            #expect(world.enter(person, in: "summer").isAccepted)
            // Who comes again is not counted again.
            if person % 1_000 == 0 { #expect(world.enter(1, in: "summer").isAccepted) }
            for event in world.ledger.takeEvents() { found.append((person, event)) }
        }
        #expect(found.map(\.0) == [40_000, 50_001])
        #expect(
            found.map(\.1) == [
                .coverNear(operation: "summer", participants: 40_000, cover: 50_000),
                .coverCrossed(operation: "summer", participants: 50_001, cover: 50_000),
            ])
        #expect(world.ledger.catalogue.operation("summer")?.crossedAt == world.now)
        #expect(world.ledger.catalogue.operation("summer")?.state == .open)
    }

    @Test("a notice raises the cover, a later one replaces it, a withdrawn one is gone")
    func notices() throws {
        try world.open("summer")
        #expect(try world.apply(notice(80_000)) == .declarationsChanged(0))
        #expect(cover == 80_000)
        #expect(try world.apply(notice(80_000)) == .none)
        #expect(try world.apply(notice(60_000)) == .declarationsChanged(0))
        #expect(cover == 60_000)
        let withdrawal = AdministrativeCommand.withdrawNotice(operation: "summer", note: nil)
        #expect(try world.apply(withdrawal) == .declarationsChanged(0))
        #expect(cover == 50_000)
        #expect(try world.apply(withdrawal) == .none)
    }

    @Test("a notice that comes when the cover is crossed is on record, and late")
    func lateNotice() throws {
        try cross()
        #expect(try world.apply(notice(80_000)) == .factTaken)
        #expect(cover == 50_000)
    }

    @Test("a campaign in time raises the cover; where it is withdrawn, the crossing is found then")
    func campaigns() throws {
        try world.open("summer")
        let declaration = CampaignDeclaration(
            channel: .email, recipients: 90_000, starts: world.now.advanced(byMilliseconds: 1))
        let declare = AdministrativeCommand.declareCampaign(
            operation: "summer", campaign: "mail", declaration: declaration)
        #expect(try world.apply(declare) == .declarationsChanged(0))
        #expect(try world.apply(declare) == .none)
        #expect(cover == 90_000)
        for person in 1...50_001 as ClosedRange<UInt64> { _ = world.enter(person, in: "summer") }
        #expect(world.ledger.takeEvents().isEmpty)
        try world.apply(.withdrawCampaign(operation: "summer", campaign: "mail", note: nil))
        #expect(
            world.ledger.takeEvents() == [
                .coverCrossed(operation: "summer", participants: 50_001, cover: 50_000)
            ])
    }

    @Test("what does not hold is refused with its pointer")
    func refusals() throws {
        try world.open("summer")
        let now = world.now
        func campaign(
            _ recipients: UInt32 = 1, ends: Timestamp? = nil, source: String? = nil
        ) -> AdministrativeCommand {
            .declareCampaign(
                operation: "summer", campaign: "c",
                declaration: CampaignDeclaration(
                    channel: .sms, recipients: recipients, starts: now, ends: ends, source: source))
        }
        func suspend(until: Timestamp? = nil, for good: Bool = false) -> AdministrativeCommand {
            .suspendOperation(
                id: "summer", ground: .unpaid, until: until, isDefinitive: good, note: "n")
        }
        let table: [(AdministrativeCommand, pointer: String?)] = [
            (notice(0), "/expected_participants"), (campaign(0), "/recipients"),
            (campaign(ends: now), "/ends"), (campaign(source: ""), "/source"),
            (suspend(until: now), "/until"),
            (suspend(until: now.advanced(byMilliseconds: 1), for: true), "/until"),
            (.setPace(operation: "summer", perSecond: 0, note: nil), "/per_second"),
        ]
        for (command, pointer) in table {
            let refusal = #expect(throws: Refusal.self) { try world.apply(command) }
            #expect(refusal?.pointer == pointer)
            #expect(refusal?.status == 422)
        }
        world.author = .gateway
        #expect(throws: Refusal.definitiveByMachine) { try world.apply(suspend(for: true)) }
        try world.apply(.closeOperation(id: "summer", note: nil))
        #expect(throws: Refusal.operationClosed("summer")) { try world.apply(notice(60_000)) }
        #expect(throws: Refusal.operationClosed("summer")) { try world.apply(campaign()) }
    }

    // MARK: Suspensions

    @Test("a suspension with an end ends by itself, before anything else is decided")
    func expiry() throws {
        try world.open("summer")
        let until = world.now.advanced(byMilliseconds: 60_000)
        try world.apply(
            .suspendOperation(
                id: "summer", ground: .maintenance, until: until, isDefinitive: false, note: "n"))
        #expect(world.enter(1, in: "summer") == .suspended(isDefinitive: false))
        world.pass(milliseconds: 59_999)
        #expect(!world.isDue)
        world.pass(milliseconds: 1)
        #expect(world.isDue)
        world.ledger.expire(at: world.now)
        #expect(!world.isDue)
        #expect(
            world.ledger.takeEvents() == [
                .suspensionEnded(operation: "summer", ground: .maintenance, until: until)
            ])
        #expect(world.enter(1, in: "summer").isAccepted)
    }

    @Test("one for good stays, whoever asks")
    func definitive() throws {
        try world.open("summer")
        try world.apply(
            .suspendOperation(
                id: "summer", ground: .breach, until: nil, isDefinitive: true, note: "n"))
        #expect(world.enter(1, in: "summer") == .suspended(isDefinitive: true))
        #expect(throws: Refusal.definitive("summer")) {
            try world.apply(.resumeOperation(id: "summer", note: nil))
        }
    }

    @Test("a person's suspension outlives the calm, and the ladder's time")
    func precedence() throws {
        try cross(policy: .enforce)
        try measure(.strained, summer: 900)
        #expect(state == .smoothed)
        try world.apply(
            .suspendOperation(
                id: "summer", ground: .authority, until: nil, isDefinitive: false, note: "n"))
        for _ in 0..<30 {
            world.pass(milliseconds: 1_000)
            try measure(.calm, summer: 0)
        }
        #expect(state == .suspended)
        #expect(world.ledger.catalogue.operation("summer")?.rung == .open)
    }

    // MARK: The ladder

    @Test("both halves of C3 are needed: strain, and an operation beyond its cover that causes it")
    func halves() throws {
        try world.open("small", .sample().with { $0.policy = .enforce })
        try cross(policy: .enforce)
        try measure(.calm, summer: 1_000)
        #expect(state == .open, "big on a calm platform")
        try measure(.strained, summer: 249)
        #expect(state == .open, "not the cause")
        try measure(.critical, ("small", 1_000))
        #expect(world.ledger.catalogue.operation("small")?.state == .open, "within its cover")
        #expect(world.ledger.takeEvents().isEmpty)
        try measure(.strained, summer: 250)
        #expect(state == .smoothed)
    }

    @Test("strain that lasts: smoothed, squeezed, suspended, let in again after calm; twice as long")
    func climbing() throws {
        try cross(policy: .enforce)
        var kinds: [LadderStep.Kind] = []
        func go(_ seconds: Int, _ level: PressureLevel, _ share: Int) throws {
            for _ in 0..<seconds {
                world.pass(milliseconds: 1_000)
                while world.isDue { world.ledger.expire(at: world.now) }
                try measure(level, summer: share)
                for case .step(let step) in world.ledger.takeEvents() {
                    kinds.append(step.kind)
                    #expect(step.isEnforced)
                }
            }
        }
        try go(1, .strained, 900)
        let first = try #require(world.ledger.catalogue.operation("summer")?.perSecond)
        // 60 % of the 1,000 a second that were accepted, less the others' 100.
        #expect(first == 500)
        try go(29, .strained, 900)
        let last = try #require(world.ledger.catalogue.operation("summer")?.perSecond)
        #expect(last == 10)
        try go(1, .strained, 900)
        #expect(state == .suspended)
        #expect(until == world.now.advanced(byMilliseconds: 900_000))
        #expect(world.enter(99_999, in: "summer") == .suspended(isDefinitive: false))
        // Those who try are more than would fit: it stays suspended though the platform is calm.
        try go(60, .calm, 900)
        #expect(state == .suspended)
        try go(11, .calm, 0)
        #expect(state == .open)
        try go(32, .strained, 900)
        #expect(state == .suspended)
        #expect((until?.milliseconds ?? 0) - world.now.milliseconds > 1_790_000)
        #expect(kinds.filter { $0 == .suspend }.count == 2)
        #expect(kinds.filter { $0 == .resume }.count == 1)
        // Its time comes while it is strained no more.
        try go(1_800, .calm, 900)
        #expect(state == .open)
    }

    @Test("smoothed, and calm, but it pushes with more than the machine takes: suspended all the same")
    func threat() throws {
        try cross(policy: .enforce)
        try measure(.strained, summer: 900)
        #expect(state == .smoothed)
        for _ in 0..<30 {
            world.pass(milliseconds: 1_000)
            #expect(state == .smoothed)
            var report = PressureReport.sample(.calm, "summer", permille: 900)
            report.attemptsPerSecond = 5_000
            try world.apply(.measured(report: report))
        }
        world.pass(milliseconds: 1_000)
        var report = PressureReport.sample(.calm, "summer", permille: 900)
        report.attemptsPerSecond = 5_000
        try world.apply(.measured(report: report))
        #expect(state == .suspended)
    }

    @Test("a notice that comes in time lifts what the ladder did")
    func declared() throws {
        try cross(policy: .enforce)
        try measure(.strained, summer: 900)
        #expect(state == .smoothed)
        // A notice is late now; a campaign that is to come is not.
        let declaration = CampaignDeclaration(
            channel: .email, recipients: 200_000, starts: world.now.advanced(byMilliseconds: 1))
        try world.apply(
            .declareCampaign(operation: "summer", campaign: "c", declaration: declaration))
        try measure(.strained, summer: 900)
        #expect(state == .open)
        guard case .step(let step) = world.ledger.takeEvents().last else {
            Issue.record("a step is on record")
            return
        }
        #expect(step.reason == .declared)
    }

    @Test("advise: every step is on record, and none is taken")
    func advise() throws {
        try cross(policy: .advise)
        for _ in 0..<32 {
            world.pass(milliseconds: 1_000)
            try measure(.strained, summer: 900)
            #expect(state == .open)
            #expect(world.ledger.catalogue.operation("summer")?.perSecond == nil)
        }
        let steps = world.ledger.takeEvents().compactMap { event -> LadderStep? in
            if case .step(let step) = event { step } else { nil }
        }
        #expect(steps.first?.kind == .smooth)
        #expect(steps.last?.kind == .suspend)
        #expect(steps.allSatisfy { !$0.isEnforced })
    }

    // MARK: Replay

    @Test("a journal with a surge in it is replayed to the same steps at the same times")
    func replay() throws {
        let scene = Scene()
        try scene.play()
        let steps = scene.records.filter { $0.kind == EventRecord.kind }
        #expect(steps.count > 5)
        var again = Ledger()
        for record in scene.records {
            try again.replay(record.kind, record.bytes, at: record.time)
        }
        try again.endReplay()
        #expect(again.catalogue == scene.world.ledger.catalogue)
        #expect(again.records == UInt64(scene.records.count))
    }

    @Test("an event that is missing, too many, or altered stops the replay")
    func alteredReplay() throws {
        let scene = Scene()
        try scene.play()
        let places = scene.records.indices.filter { scene.records[$0].kind == EventRecord.kind }
        for place in places {
            var without = scene.records
            without.remove(at: place)
            #expect(throws: ReplayError.self) { try scene.fold(without) }
            var twice = scene.records
            twice.insert(twice[place], at: place)
            #expect(throws: ReplayError.self) { try scene.fold(twice) }
            var altered = scene.records
            let digit = try #require(
                altered[place].bytes.lastIndex { (UInt8(ascii: "1")...UInt8(ascii: "8")).contains($0) })
            altered[place].bytes[digit] += 1
            #expect(throws: ReplayError.self) { try scene.fold(altered) }
        }
    }

    // MARK: Helpers

    private var state: OperationState? { world.ledger.catalogue.operation("summer")?.state }
    private var until: Timestamp? { world.ledger.catalogue.operation("summer")?.due }

    /// `summer`, one participant beyond its cover.
    private func cross(policy: LadderPolicy = .advise) throws {
        try world.open("summer", .sample().with { $0.policy = policy })
        for person in 1...50_001 as ClosedRange<UInt64> { _ = world.enter(person, in: "summer") }
        _ = world.ledger.takeEvents()
    }

    private func measure(_ level: PressureLevel, summer permille: Int) throws {
        try measure(level, ("summer", permille))
    }

    private func measure(_ level: PressureLevel, _ share: (String, Int)) throws {
        try world.apply(.measured(report: .sample(level, share.0, permille: share.1)))
    }
}

extension PressureReport {
    /// A thousand entries a second, of them so many permille of one operation.
    static func sample(
        _ level: PressureLevel, _ operation: String, permille: Int
    ) -> PressureReport {
        PressureReport(
            level: level, windowMilliseconds: 1_000,
            attemptsPerSecond: level == .calm ? permille : 1_000,
            acceptedPerSecond: 1_000,
            operations: [
                Demand(
                    operation: operation, attemptsPerSecond: permille,
                    acceptedPerSecond: permille, queuePermille: permille,
                    attemptsPermille: permille)
            ])
    }
}

/// A surge from beginning to end, as the sequencer would journal it.
private final class Scene {
    struct Record {
        var kind: UInt8
        var bytes: [UInt8]
        var time: Timestamp
    }

    let world = World()
    private(set) var records: [Record] = []

    func play() throws {
        try command(.putClient(id: "acme", name: "Acme"))
        let settings = OperationSettings.sample().with { $0.policy = .enforce }
        try command(.putOperation(id: "summer", settings: settings, dataKeyID: "d"))
        try command(.addKey(operation: "summer", keyID: "summer-key", digest: .numbered(1)))
        try command(.openOperation(id: "summer", note: nil))
        for person in 1...50_001 as ClosedRange<UInt64> { try enter(person) }
        for level in Array(repeating: PressureLevel.strained, count: 32)
            + Array(repeating: .calm, count: 20)
        {
            world.pass(milliseconds: 1_000)
            while world.isDue {
                world.ledger.expire(at: world.now)
                try noteEvents()
            }
            let permille = level == .calm ? 0 : 900
            try command(.measured(report: .sample(level, "summer", permille: permille)))
            try enter(100_000 + UInt64(world.now.milliseconds % 100_000))
        }
    }

    func fold(_ records: [Record]) throws {
        var ledger = Ledger()
        for record in records {
            try ledger.replay(record.kind, record.bytes, at: record.time)
        }
        try ledger.endReplay()
    }

    private func command(_ command: AdministrativeCommand) throws {
        guard try world.apply(command) != .none else { return }
        note(AdministrativeRecord.kind, try command.record().json())
        try noteEvents()
    }

    private func enter(_ person: UInt64) throws {
        guard case .accepted(let entry, let participant) = world.enter(person, in: "summer") else {
            return
        }
        let command = EntryCommand(operation: 0, key: 0, participant: .person(person))
        var buffer = ByteBuffer(capacity: 64)
        EntryRecord.encode(
            command, entry: entry, participant: participant, source: RawSpan(), sealed: RawSpan(),
            into: &buffer)
        note(EntryRecord.kind, buffer.bytes.array)
        try noteEvents()
    }

    private func noteEvents() throws {
        for event in world.ledger.takeEvents() {
            note(EventRecord.kind, try EventRecord(event).json())
        }
    }

    private func note(_ kind: UInt8, _ bytes: [UInt8]) {
        records.append(Record(kind: kind, bytes: bytes, time: world.now))
    }
}
