import Contract
import Testing
import Time

@testable import Ledger

@Suite("Tokens and keys: expiry, renewal, suspicion, declaration (C16)")
struct AccessTests {
    private let day: Int64 = 86_400_000

    private func token(_ world: World, _ id: String) -> Catalogue.AccessToken? {
        world.ledger.catalogue.tokens.first { $0.id == id }
    }

    private func add(
        _ id: String, _ digest: UInt64, to world: World, days: Int64 = 90
    ) throws(CommandRefusal) -> Change {
        try world.apply(
            .access(
                .addToken(
                    tokenID: id, holder: Author(.operator, name: "marie"),
                    digest: .numbered(digest),
                    expires: world.now.advanced(byMilliseconds: days * day))))
    }

    private func successor(
        _ id: String, _ digest: UInt64, at now: Timestamp, overlap: Int64
    ) -> TokenRenewal {
        TokenRenewal(
            tokenID: id, digest: .numbered(digest),
            expires: now.advanced(byMilliseconds: 90 * day),
            overlapUntil: now.advanced(byMilliseconds: overlap))
    }

    @Test("a token expires at its time, the first moment of it included")
    func expiry() throws {
        let world = World()
        #expect(try add("t-1", 1, to: world) == .tokenAdded(0))
        let made = try #require(token(world, "t-1"))
        let end = world.now.advanced(byMilliseconds: 90 * day)
        #expect(made.expires == end)
        #expect(!made.hasExpired(at: end.advanced(byMilliseconds: -1)))
        #expect(made.hasExpired(at: end))
        #expect(
            throws: CommandRefusal.invalid(pointer: "/expires", detail: "must be in the future")
        ) {
            try add("t-2", 2, to: world, days: 0)
        }
    }

    @Test("a renewal has the same holder; the token before ends with the overlap, or before it")
    func renewal() throws {
        let world = World()
        _ = try add("t-1", 1, to: world)
        _ = try add("t-2", 2, to: world, days: 1)
        world.pass(hours: 1)
        let first = successor("t-3", 3, at: world.now, overlap: day)
        #expect(
            try world.apply(.access(.renewToken(tokenID: "t-1", first)))
                == .tokenRenewed(0, successor: 2))
        #expect(token(world, "t-1")?.expires == first.overlapUntil)
        #expect(token(world, "t-1")?.successor == "t-3")
        #expect(token(world, "t-3")?.holder == Author(.operator, name: "marie"))
        #expect(token(world, "t-3")?.expires == first.expires)
        let ends = try #require(token(world, "t-2")).expires
        let second = successor("t-4", 4, at: world.now, overlap: 7 * day)
        try world.apply(.access(.renewToken(tokenID: "t-2", second)))
        #expect(token(world, "t-2")?.expires == ends, "an overlap makes nothing longer")
    }

    @Test("a token is renewed once, while it works, by one that is new")
    func renewalRefused() throws {
        let world = World()
        _ = try add("t-1", 1, to: world)
        _ = try add("t-2", 2, to: world, days: 1)
        func renew(_ id: String, by other: String, _ digest: UInt64) throws(CommandRefusal) {
            let renewal = successor(other, digest, at: world.now, overlap: 0)
            try world.apply(.access(.renewToken(tokenID: id, renewal)))
        }
        #expect(throws: CommandRefusal.unknownToken("t-9")) { try renew("t-9", by: "t-3", 3) }
        #expect(throws: CommandRefusal.keyExists("t-2")) { try renew("t-1", by: "t-2", 3) }
        #expect(throws: CommandRefusal.keyExists("t-3")) { try renew("t-1", by: "t-3", 2) }
        try renew("t-1", by: "t-3", 3)
        #expect(throws: CommandRefusal.notInForce("t-1")) { try renew("t-1", by: "t-4", 4) }
        let kept = successor("t-5", 5, at: world.now, overlap: day)
        try world.apply(.access(.renewToken(tokenID: "t-3", kept)))
        #expect(throws: CommandRefusal.tokenRenewed("t-3", by: "t-5")) {
            try renew("t-3", by: "t-6", 6)
        }
        world.pass(hours: 24)
        #expect(throws: CommandRefusal.notInForce("t-2")) { try renew("t-2", by: "t-7", 7) }
    }

    @Test("what is suspected works on, once; what is refused already cannot be suspected")
    func suspicion() throws {
        let world = World()
        try world.open("summer")
        _ = try add("t-1", 1, to: world, days: 1)
        let key = AdministrativeCommand.access(.suspectKey(keyID: "summer-key", note: "seen"))
        let token = AdministrativeCommand.access(.suspectToken(tokenID: "t-1", note: nil))
        #expect(try world.apply(key) == .keySuspected(0))
        #expect(try world.apply(token) == .tokenSuspected(0))
        let since = world.now
        world.pass(hours: 1)
        #expect(try world.apply(key) == .none)
        #expect(try world.apply(token) == .none)
        #expect(world.ledger.catalogue.keys[0].suspectedAt == since)
        #expect(self.token(world, "t-1")?.suspectedAt == since)
        #expect(world.enter(1, in: "summer").isAccepted, "it is not refused")
        try world.apply(.access(.revokeKey(keyID: "summer-key", reason: .stolen)))
        #expect(throws: CommandRefusal.notInForce("summer-key")) { try world.apply(key) }
        world.pass(hours: 24)
        #expect(throws: CommandRefusal.notInForce("t-1")) { try world.apply(token) }
    }

    @Test("declared at and refused from are two times; no declaration comes from the future")
    func declaration() throws {
        let world = World()
        try world.open("summer")
        _ = try add("t-1", 1, to: world)
        let declared = world.now.advanced(byMilliseconds: -3_600_000)
        let later = world.now.advanced(byMilliseconds: 1)
        let refusal = CommandRefusal.invalid(
            pointer: "/declared_at", detail: "must not be in the future")
        #expect(throws: refusal) {
            try world.apply(
                .access(.revokeKey(keyID: "summer-key", reason: .lost, declared: later)))
        }
        #expect(throws: refusal) {
            try world.apply(
                .access(.revokeToken(tokenID: "t-1", reason: .lost, declared: later)))
        }
        try world.apply(
            .access(.revokeKey(keyID: "summer-key", reason: .lost, declared: declared)))
        try world.apply(.access(.revokeToken(tokenID: "t-1", reason: .lost)))
        let key = world.ledger.catalogue.keys[0]
        #expect(key.declaredAt == declared && key.revokedAt == world.now)
        #expect(token(world, "t-1")?.declaredAt == world.now)
    }

    @Test("an auditor's token is made like an operator's; an admin's is in a file")
    func auditor() throws {
        let world = World()
        let expires = world.now.advanced(byMilliseconds: day)
        #expect(
            try world.apply(
                .access(
                    .addToken(
                        tokenID: "t-1", holder: Author(.auditor, name: "kpmg"),
                        digest: .numbered(1), expires: expires))) == .tokenAdded(0))
        #expect(throws: CommandRefusal.self) {
            try world.apply(
                .access(
                    .addToken(
                        tokenID: "t-2", holder: .admin, digest: .numbered(2), expires: expires)))
        }
    }
}
