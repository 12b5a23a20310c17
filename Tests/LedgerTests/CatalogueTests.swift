import Bytes
import Contract
import Testing
import Time

@testable import Ledger

@Suite("The catalogue")
struct CatalogueTests {
    private let world = World()

    @Test("Identifiers are `[a-z0-9][a-z0-9-]{0,63}`")
    func identifiers() {
        let longest = String(repeating: "a", count: 64)
        for id in ["a", "0", "ete-2026", "a-", "9--9", longest] {
            #expect(Identifier.isValid(id), "\(id)")
        }
        for id in ["", "-a", "A", "été", "a_b", "a b", "a/b", "a\0", longest + "a", "`", "{", "a:"]
        {
            #expect(!Identifier.isValid(id), "\(id)")
        }
    }

    @Test("A client is added, renamed, and left alone when nothing changes")
    func clients() throws {
        #expect(try world.apply(.contract(.putClient(id: "acme", name: "Acme"))) == .clientAdded(0))
        #expect(
            try world.apply(.contract(.putClient(id: "bravo", name: "Bravo"))) == .clientAdded(1))
        #expect(
            try world.apply(.contract(.putClient(id: "acme", name: "ACME"))) == .clientChanged(0))
        #expect(try world.apply(.contract(.putClient(id: "acme", name: "ACME"))) == .none)
        #expect(world.ledger.catalogue.clients.map(\.name) == ["ACME", "Bravo"])
        #expect(world.ledger.records == 3)
    }

    @Test("An operation starts as a draft; put again it changes settings and keeps its state")
    func operations() throws {
        try world.open("summer")
        let created = try #require(world.ledger.catalogue.operation("summer"))
        world.pass(hours: 1)
        let changed = OperationSettings.sample().with { $0.title = "Autumn" }
        let put = AdministrativeCommand.operation(
            .put(
                id: "summer", settings: changed, dataKeyID: "another"))
        #expect(try world.apply(put) == .operationChanged(0))
        #expect(try world.apply(put) == .none)
        let operation = try #require(world.ledger.catalogue.operation("summer"))
        #expect(operation.title == "Autumn")
        #expect(operation.state == .open)
        #expect(operation.dataKeyID == "summer-data")
        #expect(operation.createdAt == created.createdAt)
        #expect(operation.keys == [0])
    }

    @Test("An operation's client is fixed, and its rule once there are entries")
    func fixed() throws {
        try world.open("summer")
        try world.apply(.contract(.putClient(id: "bravo", name: "Bravo")))
        func put(_ settings: OperationSettings) throws -> Change {
            try world.apply(.operation(.put(id: "summer", settings: settings, dataKeyID: "d")))
        }
        #expect(throws: CommandRefusal.clientFixed(operation: "summer", client: "acme")) {
            try put(.sample(client: "bravo"))
        }
        #expect(try put(.sample(.daily)) == .operationChanged(0))
        #expect(world.enter(1, in: "summer").isAccepted)
        #expect(throws: CommandRefusal.ruleFixed(operation: "summer", rule: .daily)) {
            try put(.sample(.once))
        }
        #expect(try put(.sample(.daily).with { $0.title = "Other" }) == .operationChanged(0))
    }

    @Test("Opening and closing: each once, a draft may be closed, what is closed opened again")
    func openAndClose() throws {
        try world.draft("summer")
        let open = AdministrativeCommand.operation(.open(id: "summer", note: nil))
        let close = AdministrativeCommand.operation(.close(id: "summer", note: "rain"))
        #expect(try world.apply(close) == .operationClosed(0))
        #expect(try world.apply(close) == .none)
        #expect(try world.apply(open) == .operationOpened(0))
        #expect(try world.apply(open) == .none)
        #expect(try world.apply(close) == .operationClosed(0))
    }

    @Test("A key is found by its name and by its digest, and revoked once")
    func keys() throws {
        try world.draft("summer")
        try world.draft("winter")
        let add = AdministrativeCommand.access(
            .addKey(
                operation: "winter", keyID: "extra", digest: .numbered(77)))
        #expect(try world.apply(add) == .keyAdded(2))
        #expect(try world.apply(add) == .none)
        #expect(world.ledger.catalogue.keys[2].digest == .numbered(77))
        #expect(world.ledger.catalogue.operations[1].keys == [1, 2])
        #expect(world.ledger.catalogue.keys[2].frontEnd == .browser)
        #expect(throws: CommandRefusal.keyExists("extra"), "what posts with it is fixed") {
            try world.apply(
                .access(
                    .addKey(
                        operation: "winter", keyID: "extra", digest: .numbered(77),
                        frontEnd: .server)))
        }
        for (id, digest) in [("extra", 78), ("other", 77)] as [(String, UInt64)] {
            #expect(throws: CommandRefusal.keyExists(id)) {
                try world.apply(
                    .access(.addKey(operation: "winter", keyID: id, digest: .numbered(digest))))
            }
        }
        #expect(throws: CommandRefusal.keyExists("extra")) {
            try world.apply(
                .access(.addKey(operation: "summer", keyID: "extra", digest: .numbered(77))))
        }
        let revokedAt = world.now
        #expect(
            try world.apply(.access(.revokeKey(keyID: "extra", reason: .lost))) == .keyRevoked(2))
        world.pass(hours: 1)
        #expect(try world.apply(.access(.revokeKey(keyID: "extra", reason: .stolen))) == .none)
        #expect(world.ledger.catalogue.keys[2].revokedAt == revokedAt)
        #expect(world.ledger.catalogue.keys[2].reason == .lost)
    }

    @Test("What is not there is named")
    func unknown() throws {
        for (command, refusal, status) in [
            (.operation(.open(id: "x", note: nil)), .unknownOperation("x"), 404),
            (.operation(.close(id: "x", note: nil)), .unknownOperation("x"), 404),
            (
                .access(.addKey(operation: "x", keyID: "k", digest: .numbered(1))),
                .unknownOperation("x"),
                404
            ),
            (.access(.revokeKey(keyID: "k", reason: .lost)), .unknownKey("k"), 404),
            (
                .operation(.put(id: "x", settings: .sample(), dataKeyID: "d")),
                .unknownClient("acme"),
                422
            ),
        ] as [(AdministrativeCommand, CommandRefusal, Int)] {
            #expect(throws: refusal) { try world.apply(command) }
            #expect(refusal.status == status)
        }
        #expect(world.ledger.records == 0)
        #expect(world.ledger.catalogue == Catalogue())
    }

    @Test("A field that does not hold is refused with its pointer, and nothing changes")
    func invalidFields() throws {
        try world.apply(.contract(.putClient(id: "acme", name: "Acme")))
        let now = World.start
        let changes: [(String, (inout OperationSettings) -> Void)] = [
            ("/client", { $0.client = "Acme" }),
            ("/title", { $0.title = "" }),
            ("/title", { $0.title = String(repeating: "é", count: 101) }),
            ("/title", { $0.title = "a\nb" }),
            (
                "/closes",
                {
                    $0.opens = now
                    $0.closes = now
                }
            ),
            ("/time_zone", { $0.timeZone = "" }),
            ("/minimum_age", { $0.minimumAge = -1 }),
            ("/minimum_age", { $0.minimumAge = 121 }),
            ("/consents", { $0.consents = (0...16).map { "c\($0)" } }),
            ("/consents/1", { $0.consents = ["rules", "rules"] }),
            ("/consents/0", { $0.consents = [""] }),
            ("/allowed_origins", { $0.allowedOrigins = (0...32).map { "https://\($0)" } }),
            ("/allowed_origins/0", { $0.allowedOrigins = ["https://a.example/"] }),
            ("/networks", { $0.networks = (0...32).map { "10.0.\($0).0/24" } }),
            ("/networks/1", { $0.networks = ["10.0.0.0/8", "10.0.0.0/8"] }),
            ("/networks/0", { $0.networks = [String(repeating: "1", count: 65)] }),
            ("/allowed_robots", { $0.allowedRobots = (0...16).map { "r\($0)" } }),
            ("/allowed_robots/1", { $0.allowedRobots = ["a", "a"] }),
            ("/allowed_robots/0", { $0.allowedRobots = [String(repeating: "a", count: 65)] }),
            ("/consent_texts", { $0.consentTexts = [:] }),
            ("/consent_texts/a~1b", { $0.consentTexts = ["a/b": "00"] }),
            ("/public_reason", { $0.publicReason = "" }),
            ("/allowed_origins/0", { $0.allowedOrigins = [String(repeating: "a", count: 256)] }),
        ]
        for (pointer, change) in changes {
            let settings = OperationSettings.sample().with(change)
            do {
                try world.apply(.operation(.put(id: "x", settings: settings, dataKeyID: "d")))
                Issue.record("\(pointer) was taken")
            } catch {
                #expect(error.pointer == pointer)
                #expect(error.status == 422)
            }
        }
        #expect(world.ledger.catalogue.operations.isEmpty)
        #expect(world.ledger.records == 1)
    }

    @Test("Everything at its limit is taken")
    func atTheLimits() throws {
        let settings = OperationSettings.sample().with {
            $0.title = String(repeating: "é", count: 100)
            $0.minimumAge = 120
            $0.consents = (0..<16).map { "c\($0)" }
            $0.allowedOrigins = (0..<32).map { "https://h\($0).example" }
            $0.opens = World.start
            $0.closes = World.start.advanced(byMilliseconds: 1)
        }
        try world.draft("summer", settings)
        let note = String(repeating: "n", count: 1_000)
        #expect(try world.apply(.operation(.open(id: "summer", note: note))) == .operationOpened(0))
        #expect(throws: CommandRefusal.self) {
            try world.apply(.operation(.close(id: "summer", note: note + "n")))
        }
        #expect(world.ledger.catalogue.operations[0].state == .open)
    }

    @Test("Paths, names and versions are checked as well")
    func otherFields() throws {
        try world.draft("summer")
        for command in [
            .contract(.putClient(id: "Acme", name: "Acme")),
            .contract(.putClient(id: "acme", name: "")),
            .operation(.put(id: "Été", settings: .sample(), dataKeyID: "d")),
            .operation(.put(id: "ete", settings: .sample(), dataKeyID: "")),
            .access(.addKey(operation: "summer", keyID: "pk_1", digest: .numbered(9))),
            .fact(.started(version: "")),
        ] as [AdministrativeCommand] {
            do {
                try world.apply(command)
                Issue.record("\(command) was taken")
            } catch {
                #expect(error.status == 422)
            }
        }
    }

    @Test("Clients and keys come to their limits, and say so")
    func limits() throws {
        for number in 0..<LedgerLimits.clients {
            try world.apply(.contract(.putClient(id: "c\(number)", name: "C")))
        }
        #expect(throws: CommandRefusal.limitReached(name: "clients", limit: 1_000)) {
            try world.apply(.contract(.putClient(id: "more", name: "C")))
        }
        #expect(
            try world.apply(.contract(.putClient(id: "c999", name: "D"))) == .clientChanged(999))
        try world.apply(
            .operation(.put(id: "op", settings: .sample(client: "c1"), dataKeyID: "d")))
        for number in 0..<UInt64(LedgerLimits.keys) {
            try world.apply(
                .access(.addKey(operation: "op", keyID: "k\(number)", digest: .numbered(number))))
        }
        #expect(throws: CommandRefusal.limitReached(name: "keys", limit: 40_000)) {
            try world.apply(.access(.addKey(operation: "op", keyID: "k", digest: .numbered(.max))))
        }
        #expect(CommandRefusal.limitReached(name: "keys", limit: 1).status == 507)
    }

    @Test("Operations come to their limit")
    func operationLimit() throws {
        try world.apply(.contract(.putClient(id: "acme", name: "Acme")))
        for number in 0..<LedgerLimits.operations {
            try world.apply(.operation(.put(id: "o\(number)", settings: .sample(), dataKeyID: "d")))
        }
        #expect(throws: CommandRefusal.limitReached(name: "operations", limit: 10_000)) {
            try world.apply(.operation(.put(id: "more", settings: .sample(), dataKeyID: "d")))
        }
        #expect(world.ledger.counts(of: 9_999) != nil)
        #expect(world.ledger.counts(of: 10_000) == nil)
    }

    @Test("A replica that applies what the ledger accepted is the same")
    func replica() throws {
        var replica = Catalogue()
        for command in [
            .contract(.putClient(id: "acme", name: "Acme")), .fact(.started(version: "1.0")),
            .operation(.put(id: "x", settings: .sample(), dataKeyID: "d")),
            .access(.addKey(operation: "x", keyID: "k", digest: .numbered(1))),
            .operation(.open(id: "x", note: nil)),
            .access(.revokeKey(keyID: "k", reason: .rotated)),
        ] as [AdministrativeCommand] {
            let change = try replica.apply(command, by: .admin, at: world.now)
            #expect(try world.apply(command) == change)
            world.pass(hours: 1)
        }
        #expect(world.ledger.catalogue == replica)
        #expect(replica.starts == 1)
    }
}
