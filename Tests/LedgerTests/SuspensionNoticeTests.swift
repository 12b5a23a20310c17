import Contract
import Testing
import Time

@testable import Ledger

@Suite("A suspension is not ordered before its time (C8)")
struct SuspensionNoticeTests {
    private let world = World()

    init() throws {
        let paris = try LocalTime([
            .init(from: Self.time("2025-10-26T01:00:00Z"), offsetSeconds: 3_600),
            .init(from: Self.time("2026-03-29T01:00:00Z"), offsetSeconds: 7_200),
            .init(from: Self.time("2026-10-25T01:00:00Z"), offsetSeconds: 3_600),
        ])
        let calendar = OperatorCalendar(timeZone: "Europe/Paris", localTime: paris)
        try world.apply(.fact(.started(version: "1", calendar: calendar)))
        try world.open("summer")
    }

    private static func time(_ text: String) -> Timestamp {
        guard let time = Timestamp(rfc3339: text) else { preconditionFailure("no time: \(text)") }
        return time
    }

    private func suspend(
        _ ground: SuspensionGround, delivered: String? = nil,
        terms: SuspensionNotice.Terms? = nil, urgent: Bool = false
    ) throws(CommandRefusal) {
        let notice = delivered.map {
            SuspensionNotice(deliveredAt: Self.time($0), terms: terms)
        }
        try world.apply(
            .operation(
                .suspend(
                    id: "summer", ground: ground, until: nil, isDefinitive: false, note: "n",
                    basis: SuspensionBasis(notice: notice, isUrgent: urgent))))
    }

    /// Ground, terms, when the notice was delivered, and the first moment that is allowed.
    @Test(
        "allowed from the operator's midnight on, and not a millisecond earlier",
        arguments: [
            // Over the end of summer time.
            (.unpaid, nil, "2026-10-22T10:00:00Z", "2026-10-26T23:00:00Z"),
            // Half an hour after midnight in Paris, and a millisecond before.
            (.unpaid, nil, "2026-10-21T22:30:00Z", "2026-10-26T23:00:00Z"),
            (.unpaid, nil, "2026-10-21T21:59:59.999Z", "2026-10-25T23:00:00Z"),
            // Over its beginning.
            (.breach, .b, "2026-03-23T10:00:00Z", "2026-03-30T22:00:00Z"),
            // Over Easter Monday, 1 May and 8 May; the day of delivery counts.
            (.breach, .a, "2026-04-03T08:00:00Z", "2026-05-11T22:00:00Z"),
            (.breach, nil, "2026-04-03T08:00:00Z", "2026-05-11T22:00:00Z"),
        ] as [(SuspensionGround, SuspensionNotice.Terms?, String, String)])
    func edges(
        ground: SuspensionGround, terms: SuspensionNotice.Terms?, delivered: String,
        allowed: String
    ) throws {
        let notBefore = Self.time(allowed)
        world.now = notBefore.advanced(byMilliseconds: -1)
        let refusal = #expect(throws: CommandRefusal.self) {
            try suspend(ground, delivered: delivered, terms: terms)
        }
        #expect(refusal?.status == 409 && refusal?.code == "before_its_time")
        #expect(refusal?.notBefore == notBefore)
        #expect(refusal?.detail.contains(notBefore.rfc3339) == true)
        #expect(world.enter(1, in: "summer").isAccepted)
        world.now = notBefore
        try suspend(ground, delivered: delivered, terms: terms)
        #expect(world.enter(2, in: "summer") == .suspended(isDefinitive: false))
    }

    @Test("without its notice it is refused with what is missing; other grounds hold at once")
    func missing() throws {
        for ground in [SuspensionGround.unpaid, .breach] {
            let refusal = #expect(throws: CommandRefusal.self) { try suspend(ground) }
            #expect(refusal?.status == 422 && refusal?.pointer == "/notice")
        }
        for ground in SuspensionGround.allCases where ground != .unpaid && ground != .breach {
            try suspend(ground)
        }
    }

    @Test("a notice is not of the future, and only a breach is under terms")
    func wrong() throws {
        let future = #expect(throws: CommandRefusal.self) {
            try suspend(.unpaid, delivered: "2026-11-20T12:00:00.001Z")
        }
        #expect(future?.pointer == "/notice/delivered_at")
        let terms = #expect(throws: CommandRefusal.self) {
            try suspend(.unpaid, delivered: "2026-11-01T12:00:00Z", terms: .a)
        }
        #expect(terms?.pointer == "/notice/terms")
    }

    @Test("where an admin says that it is urgent, it waits for no notice; nobody else may")
    func urgent() throws {
        world.author = Author(.operator, name: "marie")
        let refusal = #expect(throws: CommandRefusal.self) { try suspend(.breach, urgent: true) }
        #expect(refusal?.pointer == "/urgent")
        world.author = .admin
        try suspend(.breach, urgent: true)
        let basis = world.ledger.catalogue.operation("summer")?.suspension?.basis
        #expect(basis?.isUrgent == true)
    }

    @Test("the calendar in force is the one that was recorded last, and a snapshot has it")
    func calendar() throws {
        let before = world.ledger.catalogue.calendar
        try world.apply(.fact(.started(version: "2")))
        #expect(world.ledger.catalogue.calendar == before)
        let kept = try world.ledger.readBack().catalogue.calendar
        #expect(kept == before)
        try world.apply(
            .fact(.started(version: "3", calendar: OperatorCalendar(holidays: .alsaceMoselle))))
        #expect(world.ledger.catalogue.calendar.holidays == .alsaceMoselle)
        #expect(world.ledger.catalogue.calendar.timeZone == "UTC")
    }
}
