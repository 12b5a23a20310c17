import Bytes
import Contract
import Testing
import Time

@testable import Ledger

@Suite("A client suspended with all its operations (C8)")
struct ClientSuspensionTests {
    private let world = World()

    private func suspend(
        _ client: String = "acme", until: Timestamp? = nil, forGood: Bool = false
    ) throws(CommandRefusal) {
        let order = SuspensionOrder(
            ground: .fraud, until: until, isDefinitive: forGood, note: "n")
        try world.apply(.client(.suspend(client: client, order: order)))
    }

    private func suspendOperation(_ id: String, until: Timestamp? = nil) throws(CommandRefusal) {
        try world.apply(
            .operation(
                .suspend(
                    id: id, ground: .security, until: until, isDefinitive: false, note: "n")))
    }

    private func later(_ milliseconds: Int64) -> Timestamp {
        world.now.advanced(byMilliseconds: milliseconds)
    }

    private func operation(_ id: String) throws -> Catalogue.Operation {
        try #require(world.ledger.catalogue.operation(id))
    }

    // MARK: What it covers

    @Test("each of its operations refuses entries, one that is created later too; no other's does")
    func operations() throws {
        try world.open("summer")
        try world.open("winter")
        try world.open("other", .sample(client: "bolt"))
        try suspend()
        try world.open("later")
        for id in ["summer", "winter", "later"] {
            #expect(world.enter(1, in: id) == .suspended(isDefinitive: false), "\(id)")
            #expect(try operation(id).state == .suspended)
        }
        #expect(world.enter(1, in: "other").isAccepted)
        try world.apply(.client(.resume(client: "acme", note: nil)))
        for id in ["summer", "winter", "later"] { #expect(world.enter(1, in: id).isAccepted) }
    }

    @Test("a draft and a closed operation stay what they are, and are suspended once they open")
    func phases() throws {
        try world.draft("summer")
        try suspend()
        #expect(try operation("summer").state == .draft)
        try world.apply(.operation(.open(id: "summer", note: nil)))
        #expect(world.enter(1, in: "summer") == .suspended(isDefinitive: false))
        try world.apply(.operation(.close(id: "summer", note: nil)))
        #expect(world.enter(1, in: "summer") == .closed)
    }

    @Test("an operation that is reset stays suspended; one whose name comes back is, too")
    func retirement() throws {
        try world.open("summer")
        try suspend()
        let export = ExportReceipt(
            file: "x", sha256: String(repeating: "0", count: 64), entries: 0, participants: 0)
        try world.apply(.operation(.reset(id: "summer", dataKeyID: "e", export: export)))
        #expect(world.enter(1, in: "summer") == .suspended(isDefinitive: false))
        try world.apply(.operation(.delete(id: "summer", export: export)))
        try world.apply(
            .operation(.put(id: "summer", settings: .sample(), dataKeyID: "f")))
        try world.apply(.operation(.open(id: "summer", note: nil)))
        #expect(try operation("summer").state == .suspended)
    }

    // MARK: Two facts

    @Test("resuming the operation does not lift the client's, nor the other way round")
    func separate() throws {
        try world.open("summer")
        try suspendOperation("summer")
        try suspend()
        #expect(try operation("summer").suspensions.map(\.source) == [.operation, .client])
        try world.apply(.operation(.resume(id: "summer", note: nil)))
        #expect(world.enter(1, in: "summer") == .suspended(isDefinitive: false))
        // There is nothing left of its own.
        #expect(try world.apply(.operation(.resume(id: "summer", note: nil))) == .none)
        try suspendOperation("summer")
        try world.apply(.client(.resume(client: "acme", note: nil)))
        #expect(world.enter(1, in: "summer") == .suspended(isDefinitive: false))
        try world.apply(.operation(.resume(id: "summer", note: nil)))
        #expect(world.enter(1, in: "summer").isAccepted)
    }

    @Test("the later end counts, and each ends by itself")
    func ends() throws {
        try world.open("summer")
        let (first, second) = (later(1_000), later(2_000))
        try suspendOperation("summer", until: first)
        try suspend(until: second)
        #expect(try operation("summer").suspensionInForce?.source == .client)
        world.pass(milliseconds: 1_000)
        world.ledger.expire(at: world.now)
        #expect(
            world.ledger.drainEvents() == [
                .suspensionEnded(operation: "summer", ground: .security, until: first)
            ])
        #expect(world.enter(1, in: "summer") == .suspended(isDefinitive: false))
        world.pass(milliseconds: 1_000)
        world.ledger.expire(at: world.now)
        #expect(
            world.ledger.drainEvents() == [
                .clientSuspensionEnded(operation: "summer", ground: .fraud, until: second)
            ])
        #expect(world.enter(1, in: "summer").isAccepted)
        #expect(!world.isDue)
    }

    @Test("no end is later than any, and for good is later than that")
    func laterEnds() throws {
        try world.open("summer")
        try suspendOperation("summer")
        try suspend(until: later(1_000))
        #expect(try operation("summer").suspensionInForce?.source == .operation)
        try suspend(forGood: true)
        #expect(try operation("summer").suspensionInForce?.source == .client)
        #expect(world.enter(1, in: "summer") == .suspended(isDefinitive: true))
    }

    @Test("an operation that comes after the end is not suspended, whatever is left to be settled")
    func afterTheEnd() throws {
        try world.open("summer")
        try suspend(until: later(1_000))
        world.pass(milliseconds: 1_000)
        try world.open("later")
        #expect(world.enter(1, in: "later").isAccepted)
        // Its end is not on record yet, and there is nothing to resume.
        #expect(try world.apply(.client(.resume(client: "acme", note: nil))) == .none)
        #expect(world.isDue("summer"))
    }

    @Test("the ladder leaves the operations of a suspended client alone")
    func ladder() throws {
        try world.cross(policy: .enforce)
        try suspend()
        let report = PressureReport(
            level: .strained, windowMilliseconds: 1_000, attemptsPerSecond: 900,
            acceptedPerSecond: 400,
            operations: [
                .init(
                    operation: "summer", attemptsPerSecond: 800, acceptedPerSecond: 300,
                    queuePermille: 700, attemptsPermille: 890)
            ])
        for _ in 0..<40 {
            world.pass(milliseconds: 1_000)
            try world.apply(.fact(.measured(report)))
        }
        #expect(world.ledger.drainEvents().isEmpty)
        #expect(try operation("summer").rung == .open)
    }

    // MARK: Who, and how

    @Test("one for good is lifted only by an admin who confirms, and is not replaced")
    func definitive() throws {
        try world.open("summer")
        world.author = .gateway
        #expect(throws: CommandRefusal.definitiveByMachine) { try suspend(forGood: true) }
        world.author = .admin
        try suspend(forGood: true)
        #expect(world.enter(1, in: "summer") == .suspended(isDefinitive: true))
        #expect(throws: CommandRefusal.definitive("acme")) { try suspend() }
        let confirmed = AdministrativeCommand.client(
            .resume(client: "acme", note: "n", confirm: "acme"))
        world.author = Author(.operator, name: "marie")
        #expect(throws: CommandRefusal.definitive("acme")) { try world.apply(confirmed) }
        world.author = .admin
        for (note, confirm) in [(nil, "acme"), ("n", nil), ("n", "summer")] as [(String?, String?)]
        {
            #expect(throws: CommandRefusal.definitive("acme")) {
                try world.apply(
                    .client(.resume(client: "acme", note: note, confirm: confirm)))
            }
        }
        try world.apply(confirmed)
        #expect(world.enter(1, in: "summer").isAccepted)
    }

    @Test("a client that there is not is a 404; another's token does not learn that there is one")
    func unknown() throws {
        try world.open("summer")
        #expect(throws: CommandRefusal.noClient("none")) { try suspend("none") }
        #expect(CommandRefusal.noClient("none").status == 404)
        world.author = Author(.client, name: "bolt")
        #expect(throws: CommandRefusal.noClient("acme")) {
            try world.apply(.client(.addNote(client: "acme", operation: nil, text: "t")))
        }
    }

    // MARK: Exchanges

    @Test("an exchange is recorded, bounded in length and number, and of the client's operations")
    func exchanges() throws {
        try world.open("summer")
        try world.open("other", .sample(client: "bolt"))
        func note(_ text: String, _ operation: String? = nil) -> AdministrativeCommand {
            .client(.addNote(client: "acme", operation: operation, text: text))
        }
        #expect(try world.apply(note("two\nlines", "summer")) == .recorded)
        let longest = String(repeating: "é", count: 2_000)
        #expect(try world.apply(note(longest)) == .recorded)
        for text in ["", longest + "e", "bell\u{7}"] {
            let refusal = #expect(throws: CommandRefusal.self) { try world.apply(note(text)) }
            #expect(refusal?.pointer == "/text")
        }
        #expect(throws: CommandRefusal.unknownOperation("other")) {
            try world.apply(note("t", "other"))
        }
        for _ in 2..<LedgerLimits.exchanges { try world.apply(note("t")) }
        let full = #expect(throws: CommandRefusal.self) { try world.apply(note("t")) }
        #expect(full?.status == 507)
    }

    // MARK: Storage

    @Test("a snapshot keeps both suspensions, and decides as the ledger that was written")
    func snapshot() throws {
        try world.open("summer")
        try suspendOperation("summer", until: later(5_000))
        try suspend(until: later(9_000))
        try world.apply(.client(.addNote(client: "acme", operation: nil, text: "t")))
        var readBack = try world.ledger.readBack()
        let difference = readBack.difference(from: world.ledger)
        #expect(difference == nil)
        let settings = OperationSettings.sample()
        // The operations that are put meanwhile are suspended until the client's end, too.
        for (time, count) in [(4_999, 0), (5_000, 1), (9_000, 3)] as [(Int64, Int)] {
            let now = later(time)
            readBack.beginBatch()
            world.ledger.beginBatch()
            while readBack.mustExpire(at: now) { readBack.expire(at: now) }
            while world.ledger.mustExpire(at: now) { world.ledger.expire(at: now) }
            let (events, expected) = (readBack.drainEvents(), world.ledger.drainEvents())
            #expect(events == expected)
            #expect(events.count == count)
            let put = AdministrativeCommand.operation(
                .put(id: "later-\(time)", settings: settings, dataKeyID: "d"))
            _ = try readBack.apply(put, by: .admin, at: now)
            _ = try world.ledger.apply(put, by: .admin, at: now)
            let isSame = readBack.catalogue == world.ledger.catalogue
            #expect(isSame)
        }
    }
}
