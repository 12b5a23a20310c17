import Contract
import Ledger
import Time

@testable import Gateway

/// What operators do, by chance.
extension Operators {
    /// Submits something that operators do.
    func act(on gateway: SimulatedGateway) throws {
        let name = random.element(Self.names)
        switch random.below(60) {
        case 0..<4: try addKey(of: name, to: gateway)
        case 4..<7:
            let reason = random.element(RevocationReason.allCases)
            let keyID = "k\(random.below(max(nextKey, 1)))"
            try submit(.access(.revokeKey(keyID: keyID, reason: reason)), to: gateway)
        case 7..<22: try actOnService(of: name, on: gateway)
        case 22: try submit(.operation(.close(id: name, note: nil)), to: gateway)
        case 23..<28: try submit(.operation(.open(id: name, note: nil)), to: gateway)
        case 28..<33:
            try put(name, settings(at: gateway.clock.wallClock()), to: gateway)
        case 33: try reset(name, on: gateway)
        case 34 where random.oneIn(3):
            try submit(.operation(.delete(id: name, export: Self.receipt)), to: gateway)
        case 35..<42: try declare(of: name, on: gateway)
        case 42..<44: try addToken(to: gateway)
        case 44..<46:
            let reason = random.element(RevocationReason.allCases)
            let tokenID = "t\(random.below(max(nextToken, 1)))"
            try submit(.access(.revokeToken(tokenID: tokenID, reason: reason)), to: gateway)
        case 46: try actOnClient(on: gateway)
        case 52..<58: try issuePermit(of: name, to: gateway)
        case 58, 59:
            let permitID = "pt\(max(nextPermit - 1 - random.below(3), 0))"
            try submit(
                .permit(
                    random.oneIn(2)
                        ? .revoke(permitID: permitID, note: nil)
                        : .purge(permitID: permitID, note: nil)), to: gateway)
        default: try drawPolicy(on: gateway)
        }
    }

    /// Suspends the client for a short time, resumes it, or puts something on record.
    private func actOnClient(on gateway: SimulatedGateway) throws {
        switch random.below(4) {
        case 0: try submit(.client(.resume(client: "acme", note: nil)), to: gateway)
        case 1:
            try submit(
                .client(.addNote(client: "acme", operation: nil, text: "drawn")), to: gateway)
        default:
            let seconds = Int64(1 + random.below(10))
            let until = gateway.clock.wallClock().advanced(byMilliseconds: seconds * 1_000)
            let order = SuspensionOrder(
                ground: .fraud, until: until, isDefinitive: false, note: "drawn")
            try submit(.client(.suspend(client: "acme", order: order)), to: gateway)
        }
    }

    /// What a person does about an operation that is in a flood.
    func actInFlood(of name: String, on gateway: SimulatedGateway) throws {
        switch random.below(10) {
        case 0..<3: try actOnService(of: name, on: gateway)
        case 3..<5: try drawPolicy(on: gateway)
        case 5..<7: try declare(of: name, on: gateway)
        case 7: try submit(.operation(.close(id: name, note: nil)), to: gateway)
        case 8: try submit(.operation(.open(id: name, note: nil)), to: gateway)
        default:
            let settings = OperationSettings(
                client: "acme", title: "A", rule: .once, robots: .off,
                policy: random.oneIn(2) ? .advise : .enforce)
            try put(name, settings, to: gateway)
        }
    }

    /// A pace, a suspension, or the end of one.
    private func actOnService(of name: String, on gateway: SimulatedGateway) throws {
        switch random.below(15) {
        case 0..<8:
            let pace: UInt32? = random.oneIn(3) ? nil : UInt32(1 + random.below(16))
            try submit(
                .operation(.setPace(operation: name, perSecond: pace, note: nil)), to: gateway)
        case 8..<11:
            let now = gateway.clock.wallClock()
            try submit(.operation(suspension(of: name, at: now)), to: gateway)
        default: try submit(.operation(.resume(id: name, note: nil)), to: gateway)
        }
    }

    private func suspension(of name: String, at now: Timestamp) -> OperationCommand {
        let isDefinitive = random.oneIn(12)
        let until = now.advanced(byMilliseconds: Int64(1 + random.below(120)) * 1_000)
        return .suspend(
            id: name, ground: random.element(SuspensionGround.allCases),
            until: isDefinitive || random.oneIn(4) ? nil : until, isDefinitive: isDefinitive,
            note: "drawn")
    }

    /// Notices and campaigns, in time and too late, and their withdrawal.
    private func declare(of name: String, on gateway: SimulatedGateway) throws {
        let campaign = "c\(random.below(9))"
        switch random.below(7) {
        case 0..<2:
            let expected = UInt32(60_000 + random.below(9))
            try submit(
                .contract(
                    .giveNotice(operation: name, expectedParticipants: expected, note: nil)),
                to: gateway)
        case 2:
            try submit(.contract(.withdrawNotice(operation: name, note: nil)), to: gateway)
        case 3:
            try submit(
                .contract(.withdrawCampaign(operation: name, campaign: campaign, note: nil)),
                to: gateway)
        default:
            let hours = Int64(random.oneIn(5) ? -1 : 1)
            let starts = gateway.clock.wallClock().advanced(byMilliseconds: hours * 3_600_000)
            let declaration = CampaignDeclaration(
                channel: random.element(Channel.allCases),
                recipients: UInt32(30_000 + random.below(5) * 10_000), starts: starts,
                source: random.oneIn(3) ? random.element(Crowd.sources) : nil)
            try submit(
                .contract(
                    .declareCampaign(
                        operation: name, campaign: campaign, declaration: declaration)),
                to: gateway)
        }
    }

    /// Changes what the ladder acts by.
    func drawPolicy(on gateway: SimulatedGateway) throws {
        try submit(.contract(.setPolicy(policy)), to: gateway)
    }

    private var policy: Policy {
        var policy = Policy()
        policy.sharePermille = random.element([100, 250, 900])
        policy.suspendAfterSeconds = random.element([1, 2, 5])
        policy.suspensionSeconds = random.element([5, 20, 900])
        policy.longestSuspensionSeconds = random.element([900, 86_400])
        policy.calmSeconds = 3 + random.below(8)
        policy.targetPermille = random.element([100, 400, 1_000])
        policy.targetWaitMilliseconds = random.element([1, 5, 200])
        policy.minimumPace = random.element([1, 10, 40])
        policy.sourceEntries = random.element([3, 10, 1_000])
        policy.sourcePermille = random.element([100, 500])
        policy.riseEntries = random.element([5, 60, 5_000])
        policy.riseSeconds = random.element([1, 10])
        return policy
    }

    /// Zones with a change of offset of an hour and of half an hour, of a quarter of an hour, and
    /// on both sides of the date line.
    private static let zones = [
        "UTC", "Europe/Paris", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe",
        "Pacific/Kiritimati", "Pacific/Marquesas",
    ]

    private func settings(at now: Timestamp) -> OperationSettings {
        let zone = random.element(Self.zones)
        // The database of this machine knows them all; UTC is what the model falls back on too.
        let table = LocalTime.resolving(zone, around: now)
        var settings = OperationSettings(
            client: "acme", title: random.element(["A", "B", "C"]),
            rule: random.element(EntryRule.allCases), timeZone: table == nil ? "UTC" : zone,
            localTime: table ?? .utc, minimumAge: random.oneIn(6) ? 18 : nil,
            consents: random.oneIn(3) ? ["rules", "news"] : [], robots: .off,
            policy: random.oneIn(3) ? .advise : .enforce)
        let minute: Int64 = 60_000
        if random.oneIn(4) {
            let minutes = Int64(random.below(8)) - 4
            settings.opens = now.advanced(byMilliseconds: minutes * minute)
        }
        if random.oneIn(4) {
            let minutes = Int64(random.below(20)) - 2
            settings.closes = now.advanced(byMilliseconds: minutes * minute)
        }
        limit(&settings)
        return settings
    }

    /// A cap now and then, and rarely another second key or identity.
    private func limit(_ settings: inout OperationSettings) {
        let most = 5 + random.below(60)
        switch random.below(16) {
        case 0: settings.cap = .participants(UInt32(most))
        case 1: settings.cap = .entries(UInt64(most))
        default: break
        }
        let rule = random.oneIn(12) ? random.element(EntryRule.allCases) : settings.rule
        settings.secondKey = Self.secondKey(under: rule)
        if random.oneIn(12) { settings.identity = .email }
    }
}
