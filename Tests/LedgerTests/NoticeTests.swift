import Contract
import Testing
import Time

@testable import Ledger

/// Which notices the fold finds missing, what ends that, and that the ladder acts on it (C1-C3).
@Suite("Both notices")
struct NoticeTests {
    private let world = World()

    private var operation: Catalogue.Operation? { world.ledger.catalogue.operation("summer") }

    private func missing(_ id: String = "summer") -> [MissingNotice.Kind] {
        world.ledger.catalogue.operation(id)?.missingNotices(at: world.now).map(\.kind) ?? []
    }

    private func find(
        _ source: String, entries: Int = 2_000, of all: Int? = nil, together: Int? = nil
    ) throws {
        let all = all ?? together ?? entries
        try world.apply(
            .fact(
                .unknownSource(
                    UnknownSource(
                        operation: "summer", source: source, entries: entries,
                        permille: entries * 1_000 / all, windowSeconds: 10,
                        undeclaredEntries: together ?? entries, operationEntries: all))))
    }

    private func rise(_ entries: Int, of id: String = "summer") throws {
        try world.apply(
            .fact(.rise(TrafficRise(operation: id, entries: entries, windowSeconds: 10))))
    }

    private func declare(
        _ recipients: UInt32, _ channel: Channel = .email, source: String = "mail",
        startsIn seconds: Int64 = 3_600, campaign: String = "c"
    ) throws {
        let declaration = CampaignDeclaration(
            channel: channel, recipients: recipients,
            starts: world.now.advanced(byMilliseconds: seconds * 1_000), source: source)
        try world.apply(
            .contract(
                .declareCampaign(
                    operation: "summer", campaign: campaign, declaration: declaration)))
    }

    private func measure(_ level: PressureLevel, permille: Int = 900) throws {
        try world.apply(
            .fact(.measured(PressureReport.sample(level, "summer", permille: permille))))
    }

    private func open(_ policy: LadderPolicy = .enforce) throws {
        try world.open("summer", OperationSettings.sample(.unlimited).with { $0.policy = policy })
    }

    // MARK: A campaign

    @Test("an undeclared campaign under strain is smoothed; in calm it is not")
    func campaign() throws {
        try open()
        try measure(.strained)
        #expect(operation?.state == .open, "nothing is missing")
        try find("tv")
        #expect(missing() == [.campaign])
        #expect(world.ledger.catalogue.operationsLackingNotice == [0])
        try measure(.calm)
        #expect(operation?.state == .open, "both halves of C3")
        _ = world.ledger.drainEvents()
        try measure(.strained)
        #expect(operation?.state == .smoothed)
        guard case .step(let step) = world.ledger.drainEvents().last else {
            Issue.record("a step is on record")
            return
        }
        let notice = try #require(step.missing?.first)
        #expect(notice.kind == .campaign && notice.source == "tv" && notice.count == 2_000)
        #expect(notice.allowed == 999 && notice.windowSeconds == 10)
        #expect(LedgerEvent.step(step).sentence.contains("tag tv was not declared"))
    }

    @Test("declaring the campaign, late too, is the way out; the cover stays as it was")
    func declared() throws {
        try open()
        try find("tv")
        try declare(200_000, .television, source: "tv", startsIn: -60)
        #expect(missing() == [])
        #expect(operation?.cover == .undeclared)
        try measure(.strained)
        #expect(operation?.state == .open)
        try world.apply(
            .contract(.withdrawCampaign(operation: "summer", campaign: "c", note: nil)))
        #expect(missing() == [], "what was found before is not remembered")
        try find("tv")
        #expect(missing() == [.campaign])
    }

    @Test("a surge is over ten minutes after it was seen last, and counts from the first time")
    func lifetime() throws {
        try open()
        let first = world.now
        try find("tv")
        world.pass(milliseconds: 400_000)
        try find("tv", entries: 3_000)
        #expect(operation?.missingNotices(at: world.now).first?.since == first)
        #expect(operation?.missingNotices(at: world.now).first?.count == 3_000)
        world.pass(milliseconds: 599_999)
        #expect(missing() == [.campaign])
        world.pass(milliseconds: 1)
        #expect(missing() == [])
        try measure(.strained)
        #expect(operation?.state == .open)
        try find("tv")
        #expect(operation?.missingNotices(at: world.now).first?.since == world.now)
    }

    @Test("two campaigns of 60,000: declared they add up to the cover, undeclared they are missing")
    func twoCampaigns() throws {
        try open()
        try find("a", entries: 700, of: 1_300, together: 1_300)
        #expect(missing() == [.campaign])
        #expect(operation?.missingNotices(at: world.now).first?.count == 1_300, "together")
        try declare(60_000, source: "a", campaign: "c-a")
        #expect(missing() == [])
        try find("b", entries: 1_200)
        #expect(missing() == [.campaign])
        try declare(60_000, source: "b", campaign: "c-b")
        #expect(missing() == [] && operation?.cover.participants == 120_000)
        try find("b")
        #expect(missing() == [], "found in flight, declared by now")
        #expect(operation?.unknownSources.map(\.source) == ["b", "a"])
    }

    @Test("a spot that is declared accuses nobody of a misspelt tag")
    func misspelt() throws {
        try open()
        try declare(2_000_000, .television, source: "spot", startsIn: 60)
        world.pass(milliseconds: 60_000)
        try find("sopt", entries: 5_000)
        #expect(missing() == [])
        try find("sopt", entries: 13_000)
        #expect(missing() == [.campaign], "more than the spot can bring")
    }

    @Test("at most eight surges are kept, and a step tells of the two newest")
    func bounds() throws {
        try open()
        for number in 0..<20 { try find("tag-\(number)") }
        #expect(missing().count == LedgerLimits.surges)
        #expect(world.ledger.catalogue.operation("summer")?.unknownSources.count == 8)
        let longest = String(repeating: "\u{1}", count: 64)
        for number in 0..<2 { try find(String(longest.dropLast()) + "\(number)") }
        _ = world.ledger.drainEvents()
        try measure(.critical)
        for event in world.ledger.drainEvents() {
            #expect(try EventRecord(event).json().count < LedgerLimits.eventRecordBytes)
            guard case .step(let step) = event else { continue }
            #expect(step.missing?.count == 2)
        }
    }

    @Test("a reset forgets surges; a closed operation lacks nothing")
    func reset() throws {
        try open()
        try find("tv")
        try world.apply(.operation(.close(id: "summer", note: nil)))
        #expect(missing() == [])
        try world.apply(.operation(.open(id: "summer", note: nil)))
        #expect(missing() == [.campaign], "closing is no way out")
        let export = ExportReceipt(
            file: "x", sha256: String(repeating: "a", count: 64), entries: 0, participants: 0)
        try world.apply(
            .operation(.reset(id: "summer", dataKeyID: "d-2", export: export)))
        #expect(missing() == [])
        #expect(world.ledger.catalogue.operationsLackingNotice.isEmpty)
    }

    // MARK: A rise

    @Test("a rise needs no tag; a notice that announces it is the way out")
    func riseOfEntries() throws {
        try open()
        try rise(5_000)
        #expect(missing() == [], "as many are free")
        try rise(20_000)
        #expect(missing() == [.rise])
        try measure(.strained)
        #expect(operation?.state == .smoothed)
        try world.apply(
            .contract(.giveNotice(operation: "summer", expectedParticipants: 19_999, note: nil)))
        #expect(missing() == [.rise])
        try world.apply(
            .contract(.giveNotice(operation: "summer", expectedParticipants: 60_000, note: nil)))
        #expect(missing() == [])
        try rise(60_000)
        #expect(missing() == [])
        try rise(60_001)
        #expect(missing() == [.rise])
    }

    @Test("campaigns that run together announce a rise together, before and after they do not")
    func riseOfCampaigns() throws {
        try open()
        try declare(60_000, .television, source: "a", startsIn: 600, campaign: "c-a")
        try declare(60_000, .television, source: "b", startsIn: 600, campaign: "c-b")
        try rise(100_000)
        #expect(missing() == [.rise], "not yet")
        world.pass(milliseconds: 600_000)
        #expect(missing() == [])
        try rise(100_000)
        #expect(missing() == [])
        world.pass(milliseconds: 301_000)
        try rise(100_000)
        #expect(missing() == [.rise], "they are over")
    }

    @Test("what cannot have been measured is refused")
    func implausible() throws {
        try open()
        #expect(throws: CommandRefusal.self) { try rise(-1) }
        #expect(throws: CommandRefusal.self) { try rise(.max) }
        #expect(throws: CommandRefusal.self) { try rise(1, of: "winter") }
    }

    // MARK: Operations of one client

    private func enter(_ persons: Range<UInt64>, in id: String) {
        let accepted = persons.filter { world.enter($0, in: id).isAccepted }
        #expect(accepted.count == persons.count)
    }

    private func crossings() -> [LedgerEvent] {
        world.ledger.drainEvents().filter { event in
            switch event {
            case .clientCrossed, .clientWithin: true
            default: false
            }
        }
    }

    @Test("two operations of one client: the 50,001st participant of both together is one too many")
    func together() throws {
        try open()
        try world.open("winter")
        enter(0..<30_000, in: "summer")
        enter(0..<20_000, in: "winter")
        #expect(crossings() == [] && missing() == [])
        enter(20_000..<20_001, in: "winter")
        let crossing = ClientCrossing(
            operation: "winter", client: "acme", operations: 2, participants: 50_001,
            cover: 50_000)
        #expect(crossings() == [.clientCrossed(crossing)])
        #expect(missing() == [.client] && missing("winter") == [.client])
        try measure(.strained)
        #expect(operation?.state == .smoothed)
        enter(20_001..<20_100, in: "winter")
        #expect(crossings() == [], "once")
    }

    @Test("whoever announces its part is held to its own cover, and the others are free again")
    func announcedTogether() throws {
        try open()
        try world.open("winter")
        enter(0..<30_000, in: "summer")
        enter(0..<20_001, in: "winter")
        try world.apply(
            .contract(.giveNotice(operation: "summer", expectedParticipants: 60_000, note: nil)))
        #expect(missing() == [] && missing("winter") == [])
        guard case .clientWithin(let crossing) = crossings().last else {
            Issue.record("it is on record")
            return
        }
        #expect(crossing.participants == 20_001 && crossing.operations == 1)
        try world.apply(.contract(.withdrawNotice(operation: "summer", note: nil)))
        #expect(missing() == [.client] && missing("winter") == [.client])
    }

    @Test("an operation beyond its own cover is not counted again with its client's others")
    func ownCover() throws {
        try open()
        try world.open("winter")
        enter(0..<50_001, in: "summer")
        enter(0..<10, in: "winter")
        #expect(missing() == [.cover] && missing("winter") == [])
    }

    @Test("a closed operation, and one that is over, count no longer; another client's never")
    func scope() throws {
        try open()
        try world.open("winter")
        try world.open("other", .sample(client: "other"))
        enter(0..<30_000, in: "summer")
        enter(0..<20_000, in: "winter")
        enter(0..<1_000, in: "other")
        #expect(missing() == [])
        try world.apply(.operation(.close(id: "summer", note: nil)))
        enter(20_000..<30_000, in: "winter")
        #expect(missing("winter") == [])
        try world.apply(.operation(.open(id: "summer", note: nil)))
        #expect(missing() == [.client] && missing("winter") == [.client])
        let over = OperationSettings.sample(.unlimited).with {
            $0.policy = .enforce
            $0.closes = world.now.advanced(byMilliseconds: 1_000)
        }
        try world.apply(.operation(.put(id: "summer", settings: over, dataKeyID: "summer-data")))
        #expect(missing("winter") == [.client])
        world.pass(milliseconds: 1_000)
        let report = PressureReport.sample(.strained, "winter", permille: 900)
        try world.apply(.fact(.measured(report)))
        #expect(missing("winter") == [], "its dates are over")
        #expect(world.ledger.catalogue.operation("winter")?.state == .open)
    }

    @Test("the sum is exact for many operations, whatever the order; a snapshot goes on with it")
    func many() throws {
        let names = (0..<40).map { "op-\($0)" }
        for name in names { try world.open(name) }
        var entered = 0
        while entered < 50_000 {
            // Some get much more than others.
            let name = names[entered * entered % 97 % names.count]
            _ = world.enter(UInt64(entered), in: name)
            entered += 1
            if entered % 10_000 == 0 {
                _ = world.ledger.drainEvents()
                let readBack = try world.ledger.readBack()
                let difference = readBack.difference(from: world.ledger)
                #expect(difference == nil)
            }
        }
        #expect(crossings() == [])
        enter(1_000_000..<1_000_001, in: "op-3")
        #expect(crossings().count == 1)
        try world.apply(
            .operation(
                .delete(
                    id: "op-3",
                    export: ExportReceipt(
                        file: "x", sha256: String(repeating: "a", count: 64), entries: 0,
                        participants: 0))))
        #expect(crossings().count == 1 && missing("op-4") == [])
    }
}
