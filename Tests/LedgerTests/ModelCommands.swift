import Bytes
import Contract
import TestSupport
import Time

@testable import Ledger

/// Administrative commands over few names, so that they meet.
enum ModelCommands {
    static let zones: [LocalTime] = {
        let hour: Int32 = 3600
        let start = World.start
        let tables: [[(Int64, Int32)]] = [
            [(0, 0)], [(0, 9 * hour)], [(0, -10 * hour), (100, 14 * hour)],
            [(0, 2 * hour), (60, hour), (240, 2 * hour)],
        ]
        return tables.compactMap { table in
            // Never nil: the tables above are in order.
            try? LocalTime(
                table.map {
                    .init(
                        from: start.advanced(byMilliseconds: $0.0 * 3_600_000), offsetSeconds: $0.1)
                })
        }
    }()

    /// Mostly an admin; sometimes a client, of one operation or of another.
    static func drawAuthor(_ random: inout SeededGenerator) -> Author {
        switch random.below(8) {
        case 0, 1: Author(.client, name: "acme")
        case 2: Author(.client, name: "bravo")
        default: .admin
        }
    }

    static func draw(
        _ random: inout SeededGenerator, near time: Timestamp, crowd: Int
    ) -> AdministrativeCommand {
        var operation = random.element(["spring", "summer", "autumn"])
        if crowd > 0, random.below(2) == 0 {
            operation = crowdName(Int(random.below(UInt64(crowd))))
        }
        let key = random.element(["k1", "k2", "k3", "k4", "k5"])
        switch random.below(78) {
        case 0...2:
            return .contract(
                .putClient(
                    id: random.element(["acme", "bravo"]), name: random.element(["One", "Two"])))
        case 3...15:
            return .operation(
                .put(
                    id: operation, settings: settings(&random, near: time, of: operation),
                    dataKeyID: random.element(["d1", "d2"])))
        case 16...20:
            return .access(
                .addKey(
                    operation: operation, keyID: key, digest: .numbered(1 + random.below(7)),
                    frontEnd: random.element([.browser, .browser, .server])))
        case 21:
            return .access(
                .revokeKey(
                    keyID: key, reason: random.element([.lost, .stolen, .rotated]),
                    declared: moment(&random, near: time)))
        case 22...35: return .operation(.open(id: operation, note: "on we go"))
        case 36...37: return .operation(.close(id: operation, note: nil))
        case 38:
            let export = ExportReceipt(
                file: "export", sha256: String(repeating: "0", count: 64), entries: 0,
                participants: 0)
            return random.below(3) == 0
                ? .operation(.delete(id: operation, export: export))
                : .operation(.reset(id: operation, dataKeyID: "d3", export: export))
        case 39: return .fact(.started(version: "1.0"))
        case 40: return .operation(.resume(id: operation, note: nil))
        case 41:
            let called = random.below(1_000)
            let counters = QueueCounters(
                epoch: random.below(1 << 53), issued: called + random.below(500), called: called,
                maximumCalled: called + random.below(50), held: random.below(called + 1))
            return .fact(.queue(QueueRecord(operation: operation, counters: counters)))
        case 42...46:
            return suspension(
                of: operation, random.element([.maintenance, .clientInstruction]),
                until: later(&random, than: time))
        case 47: return .access(.suspectKey(keyID: key, note: nil))
        case 48...53: return .access(token(&random, near: time))
        case 60...67: return .permit(permit(&random, of: operation, near: time))
        case 68...77: return drawService(&random, near: time)
        default: return clientCommand(&random, about: operation, near: time)
        }
    }

    /// Permits of few names, so that they meet.
    private static func permit(
        _ random: inout SeededGenerator, of operation: String, near time: Timestamp
    ) -> PermitCommand {
        let id = random.element(["p1", "p2", "p3", "p4", "p5", "p6"])
        switch random.below(10) {
        case 0: return .revoke(permitID: id, note: nil)
        case 1: return .purge(permitID: id, note: "n")
        case 2: return .forgotten(permitID: id, leaves: 3, lastRecord: 9)
        default:
            let hour: Int64 = 3_600_000
            let starts = time.advanced(
                byMilliseconds: random.element([-hour, 0, 0, 1, 12 * hour]))
            let lengths: [Int64] = [0, 1, hour, 240 * hour, 240 * hour, 31 * 24 * hour + 1]
            let terms = PermitTerms(
                operation: operation, perSecond: random.below(12) == 0 ? 0 : 5, starts: starts,
                ends: starts.advanced(byMilliseconds: random.element(lengths)))
            return .issue(permitID: id, terms)
        }
    }

    private static func clientCommand(
        _ random: inout SeededGenerator, about operation: String, near time: Timestamp
    ) -> AdministrativeCommand {
        let client = random.element(["acme", "acme", "bravo", "nobody"])
        switch random.below(6) {
        case 0: return .client(.resume(client: client, note: nil))
        case 1:
            let subject = random.below(2) == 0 ? nil : operation
            return .client(.addNote(client: client, operation: subject, text: "by telephone"))
        default:
            let order = SuspensionOrder(
                ground: .fraud, until: later(&random, than: time), isDefinitive: false, note: "n")
            return .client(.suspend(client: client, order: order))
        }
    }

    private static func later(_ random: inout SeededGenerator, than time: Timestamp) -> Timestamp {
        time.advanced(
            byMilliseconds: random.element([0, 1, 700, 3_600_000, 86_400_000] as [Int64]))
    }

    /// Tokens of few names and digests, so that they meet.
    private static func token(
        _ random: inout SeededGenerator, near time: Timestamp
    ) -> AccessCommand {
        let names = ["t1", "t2", "t3", "t4"]
        let (id, other) = (random.element(names), random.element(names))
        let digest = KeyDigest.numbered(100 + random.below(9))
        let expires = time.advanced(
            byMilliseconds: random.element([-1, 0, 1, 3_600_000, 86_400_000, 90 * 86_400_000]))
        switch random.below(6) {
        case 0, 1:
            return .addToken(
                tokenID: id,
                holder: Author(random.element([.operator, .auditor]), name: "marie"),
                digest: digest, expires: expires)
        case 2, 3:
            let renewal = TokenRenewal(
                tokenID: other, digest: digest, expires: expires,
                overlapUntil: time.advanced(
                    byMilliseconds: random.element([-1, 0, 86_400_000])))
            return .renewToken(tokenID: id, renewal)
        case 4: return .suspectToken(tokenID: id, note: "n")
        default:
            return .revokeToken(
                tokenID: id, reason: .rotated, declared: moment(&random, near: time))
        }
    }

    /// No time, now, or a moment off it.
    private static func moment(
        _ random: inout SeededGenerator, near time: Timestamp
    ) -> Timestamp? {
        let moves: [Int64?] = [nil, 0, -3_600_000, 1]
        return random.element(moves).map { time.advanced(byMilliseconds: $0) }
    }

    private static func suspension(
        of operation: String, _ ground: SuspensionGround = .maintenance, until: Timestamp
    ) -> AdministrativeCommand {
        .operation(
            .suspend(
                id: operation, ground: ground, until: until, isDefinitive: false, note: "n"))
    }

    private static func crowdName(_ number: Int) -> String { "crowd-\(number)" }

    /// So many open operations of one client, without keys.
    static func crowd(_ count: Int) -> [AdministrativeCommand] {
        (0..<count).flatMap { number -> [AdministrativeCommand] in
            let id = crowdName(number)
            return [
                .contract(.putClient(id: "acme", name: "One")),
                .operation(.put(id: id, settings: .sample(), dataKeyID: "d1")),
                .operation(.open(id: id, note: nil)),
            ]
        }
    }

    static func suspensions(of count: Int, until: Timestamp) -> [AdministrativeCommand] {
        (0..<count).map { suspension(of: crowdName($0), until: until) }
    }

    /// A client with three open operations of all rules, and a key for each.
    static func founding(_ random: inout SeededGenerator) -> [AdministrativeCommand] {
        var commands: [AdministrativeCommand] = [.contract(.putClient(id: "acme", name: "One"))]
        let operations = [("spring", EntryRule.once), ("summer", .daily), ("autumn", .unlimited)]
        for (index, (operation, rule)) in operations.enumerated() {
            let settings = OperationSettings.sample(rule).with {
                $0.localTime = random.element(zones)
                $0.secondKey = secondKeys[operation]
                $0.cap = cap(&random)
            }
            commands += [
                .operation(.put(id: operation, settings: settings, dataKeyID: "d1")),
                .access(
                    .addKey(
                        operation: operation, keyID: "k\(index + 1)",
                        digest: .numbered(UInt64(index) + 1))),
                .operation(.open(id: operation, note: nil)),
            ]
        }
        return commands
    }

    /// Mostly the same for an operation: it is fixed with the first entry.
    private static let secondKeys = [
        "summer": SecondKeyRule(name: "household", limit: 2),
        "autumn": SecondKeyRule(name: "device", limit: 3),
    ]

    private static func cap(_ random: inout SeededGenerator) -> EntryCap? {
        switch random.below(4) {
        case 0: .participants(UInt32(1 + random.below(4)))
        case 1: .entries(2 + random.below(12))
        default: nil
        }
    }

    private static func settings(
        _ random: inout SeededGenerator, near time: Timestamp, of operation: String
    ) -> OperationSettings {
        func date(_ random: inout SeededGenerator) -> Timestamp? {
            random.below(5) > 0
                ? nil
                : time.advanced(byMilliseconds: random.element([-86_400_000, 0, 1, 90_000_000]))
        }
        return OperationSettings(
            client: random.element(["acme", "acme", "acme", "bravo", "nobody"]),
            title: random.element(["Title", "Jeu d’été 🏖"]), opens: date(&random),
            closes: date(&random), rule: random.element([.once, .daily, .daily, .unlimited]),
            localTime: random.element(zones), minimumAge: random.below(2) == 0 ? 18 : nil,
            consents: random.below(2) == 0 ? ["rules"] : [],
            identity: random.below(8) == 0 ? .email : .opaque,
            secondKey: random.below(8) == 0 ? nil : secondKeys[operation], cap: cap(&random),
            robots: .observe, policy: .advise)
    }
}
