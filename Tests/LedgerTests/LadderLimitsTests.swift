import Bytes
import Contract
import Testing
import Time

@testable import Ledger

/// What the ladder must not do, and what must not get around it.
@Suite("Ways around the ladder, and its own limits")
struct LadderLimitsTests {
    private let world = World()

    @Test("what is declared beyond the cover changes none: announced is what comes beforehand")
    func belated() throws {
        try world.cross(policy: .enforce)
        try measure(.strained)
        #expect(operation?.state == .smoothed)
        let declaration = CampaignDeclaration(
            channel: .email, recipients: 4_000_000_000,
            starts: world.now.advanced(byMilliseconds: 1))
        try world.apply(
            .contract(
                .declareCampaign(operation: "summer", campaign: "c", declaration: declaration)))
        let campaign = try #require(operation?.declarations.campaigns.first)
        #expect(!campaign.isLate && campaign.isBelated && !campaign.counts)
        try world.apply(
            .contract(.giveNotice(operation: "summer", expectedParticipants: 90_000, note: nil)))
        #expect(operation?.cover == .undeclared)
        try measure(.strained)
        #expect(operation?.state == .smoothed)
    }

    @Test("closing and opening is no way out of a measure, and no way to forget one")
    func closing() throws {
        try world.cross(policy: .enforce)
        try suspend()
        let until = try #require(operation?.due)
        try world.apply(.operation(.close(id: "summer", note: nil)))
        #expect(operation?.state == .closed)
        try world.apply(.operation(.open(id: "summer", note: nil)))
        #expect(operation?.state == .suspended && operation?.due == until)
        // A change of its title neither.
        let renamed = OperationSettings.sample().with {
            $0.policy = .enforce
            $0.title = "Another"
        }
        try world.apply(.operation(.put(id: "summer", settings: renamed, dataKeyID: "summer-data")))
        #expect(operation?.due == until)
        world.now = until
        world.ledger.expire(at: world.now)
        _ = world.ledger.drainEvents()
        try suspend()
        #expect(operation?.due == world.now.advanced(byMilliseconds: 1_800_000), "the second")
    }

    @Test("suspensions double up to a day, and stay there while one follows the other")
    func doubling() throws {
        try world.cross(policy: .enforce)
        var seconds: [Int64] = []
        for _ in 0..<9 {
            try suspend()
            let until = try #require(operation?.due)
            seconds.append((until.milliseconds - world.now.milliseconds) / 1_000)
            world.now = until
            world.ledger.expire(at: world.now)
            _ = world.ledger.drainEvents()
        }
        let expected: [Int64] = [
            900, 1_800, 3_600, 7_200, 14_400, 28_800, 57_600, 86_400, 86_400,
        ]
        #expect(seconds == expected)
        world.pass(hours: 24)
        try suspend()
        #expect(operation?.due == world.now.advanced(byMilliseconds: 900_000), "a first one again")
    }

    @Test("time that nobody measured is neither calm nor strain")
    func gap() throws {
        try world.cross(policy: .enforce)
        try measure(.strained)
        try measure(.calm, permille: 0)
        world.pass(milliseconds: 60_000)
        try measure(.calm, permille: 0)
        #expect(operation?.state == .smoothed, "one look after a minute is not a minute of calm")
        try measure(.strained)
        world.pass(milliseconds: 60_000)
        try measure(.strained)
        #expect(operation?.state == .smoothed)
        world.pass(milliseconds: 1_000)
        try world.apply(.fact(.started(version: "1")))
        world.pass(milliseconds: 1_000)
        try measure(.calm, permille: 0)
        for _ in 0..<9 {
            world.pass(milliseconds: 1_000)
            try measure(.calm, permille: 0)
            #expect(operation?.state == .smoothed)
        }
        world.pass(milliseconds: 1_000)
        try measure(.calm, permille: 0)
        #expect(operation?.state == .open)
    }

    @Test("who is kept out already is not squeezed: by a person, or by its dates")
    func keptOut() throws {
        try world.cross(policy: .enforce)
        let until = world.now.advanced(byMilliseconds: 30_000)
        try world.apply(
            .operation(
                .suspend(
                    id: "summer", ground: .security, until: until, isDefinitive: false, note: "n")))
        for _ in 0..<10 {
            world.pass(milliseconds: 500)
            try measure(.critical)
        }
        #expect(operation?.rung == .open)
        let over = OperationSettings.sample().with {
            $0.policy = .enforce
            $0.closes = world.now
        }
        try world.apply(.operation(.resume(id: "summer", note: nil)))
        try world.apply(.operation(.put(id: "summer", settings: over, dataKeyID: "summer-data")))
        try measure(.critical)
        #expect(operation?.rung == .open)
    }

    @Test("a step tells of its own operation alone (C17)")
    func privacy() throws {
        try world.cross(policy: .enforce)
        var report = PressureReport.sample(.strained, "summer", permille: 900)
        report.operations.append(
            PressureReport.Demand(
                operation: "winter", attemptsPerSecond: 100, acceptedPerSecond: 100,
                queuePermille: 100, attemptsPermille: 100))
        _ = world.ledger.drainEvents()
        try world.apply(.fact(.measured(report)))
        guard case .step(let step) = world.ledger.drainEvents().last else {
            Issue.record("a step is on record")
            return
        }
        #expect(step.report?.operations.map(\.operation) == ["summer"])
        #expect(step.report?.attemptsPerSecond == report.attemptsPerSecond)
    }

    @Test("a report of numbers that nobody can have measured is refused, not reckoned with")
    func implausible() throws {
        try world.cross(policy: .enforce)
        let changes: [(inout PressureReport) -> Void] = [
            { $0.acceptedPerSecond = .max }, { $0.attemptsPerSecond = -1 },
            { $0.figures.queueWait = .min }, { $0.operations[0].attemptsPerSecond = .min },
            { $0.operations[0].queuePermille = 1_001 }, { $0.windowMilliseconds = -5 },
            {
                $0.operations = Array(
                    repeating: $0.operations[0], count: LedgerLimits.reportedOperations + 1)
            },
        ]
        for change in changes {
            var report = PressureReport.sample(.strained, "summer", permille: 900)
            change(&report)
            #expect(throws: CommandRefusal.self) { try world.apply(.fact(.measured(report))) }
        }
        var surge = UnknownSource(
            operation: "summer", source: "tv", entries: 1, permille: 1, windowSeconds: 1)
        surge.source = String(repeating: "x", count: 65)
        #expect(throws: CommandRefusal.self) { try world.apply(.fact(.unknownSource(surge))) }
    }

    @Test("the longest report fits into the smallest batch with all that follows from it")
    func reportRoom() throws {
        let name = String(repeating: "x", count: LedgerLimits.identifierBytes)
        let large = 1_000_000_000
        var report = PressureReport.sample(.critical, name, permille: 1_000)
        report.operations = (0..<LedgerLimits.reportedOperations).map { _ in
            PressureReport.Demand(
                operation: name, attemptsPerSecond: large, acceptedPerSecond: large,
                queuePermille: 1_000, attemptsPermille: 1_000, othersEntries: large,
                othersWait: large, othersCalmWait: large, withheld: large)
        }
        let record = try AdministrativeRecord(.fact(.measured(report)), by: .gateway).json()
        #expect(record.count <= 32 * 1024)
        let crossing = ClientCrossing(
            operation: name, client: name, operations: LedgerLimits.operations, participants: .max,
            cover: .max)
        let crossed = try EventRecord(.clientCrossed(crossing)).json().count
        #expect(crossed <= LedgerLimits.dueEventRecordBytes)
        let following =
            LedgerLimits.stepsAtOnce * LedgerLimits.eventRecordBytes
            + 4 * LedgerLimits.reportedOperations * LedgerLimits.dueEventRecordBytes
        #expect(record.count + following <= 512 * 1024)
    }

    @Test("what a client changes with tokens of its own is bounded")
    func clientChanges() throws {
        try world.open("summer")
        world.author = Author(.client, name: "acme")
        for change in 0..<LedgerLimits.clientChanges {
            let command: AdministrativeCommand =
                change % 2 == 0
                ? .operation(.close(id: "summer", note: nil))
                : .operation(.open(id: "summer", note: nil))
            try world.apply(command)
        }
        #expect(throws: CommandRefusal.self) {
            try world.apply(.operation(.close(id: "summer", note: nil)))
        }
        world.author = .admin
        try world.apply(.operation(.close(id: "summer", note: nil)))
    }

    @Test("a client's command does not reach what has become another's meanwhile")
    func anotherClient() throws {
        try world.open("summer")
        world.author = Author(.client, name: "other")
        #expect(throws: CommandRefusal.unknownOperation("summer")) {
            try world.apply(.operation(.close(id: "summer", note: nil)))
        }
        #expect(operation?.phase == .open)
    }

    // MARK: Helpers

    private var operation: Catalogue.Operation? { world.ledger.catalogue.operation("summer") }

    private func measure(_ level: PressureLevel, permille: Int = 900) throws {
        let report = PressureReport.sample(level, "summer", permille: permille)
        try world.apply(.fact(.measured(report)))
    }

    /// Strain until the ladder suspends.
    private func suspend() throws {
        for _ in 0..<32 {
            world.pass(milliseconds: 1_000)
            try measure(.strained)
            if case .suspended = operation?.rung { return }
        }
        Issue.record("it is suspended within half a minute")
    }
}
