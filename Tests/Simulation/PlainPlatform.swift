import Contract
import Time

/// What the rules C3b and C4 remember of the platform as a whole, told a second time: how much it
/// takes, the rate that all operations together are let in at while one is held, and since when
/// entries wait too long.
struct PlainPlatform {
    /// Entries a second that it takes; nil where nobody knows.
    private(set) var capacity: Int?
    /// Entries a second, of all operations together; nil without strain and measures.
    private(set) var rate: Int?
    /// Since when entries wait too long, and everybody who lacks a notice is held already.
    var waitingSince: Int64?
    private var lastReport: Int64 = 0
    private var lastFall: Int64 = 0
    /// Since when the rate is the lowest there is, in vain.
    private var powerlessSince: Int64?

    /// Microseconds that are strain.
    private static let strain = 25_000

    mutating func take(_ report: PressureReport, isHeld: Bool, _ policy: Policy, at now: Int64) {
        if report.level == .calm, !isHeld {
            self = PlainPlatform()
            capacity = report.capacityPerSecond
            return
        }
        let takes = max(
            report.capacityPerSecond ?? capacity ?? 0, report.acceptedPerSecond)
        capacity = takes
        let behindDisk = report.figures.queueWait - report.figures.calmCommit
        let wait = behindDisk > report.figures.loopLag ? behindDisk : report.figures.loopLag
        if report.level == .calm || wait <= Self.strain {
            waitingSince = nil
        } else if waitingSince == nil {
            waitingSince = now
        }
        guard isHeld, let before = rate else {
            rate = takes * policy.targetPermille / 1_000
            (lastReport, lastFall, powerlessSince) = (now, now, nil)
            return
        }
        let isLow = before < takes * 600 / 1_000
        let target = policy.targetWaitMilliseconds * 1_000
        let aim = isLow && target < Self.strain ? Self.strain : target
        if wait > aim {
            if now - lastFall >= 2_000 {
                let excess = min(wait - aim, 2 * aim)
                let lowest = takes * (wait > Self.strain ? 100 : 600) / 1_000
                let fallen = before - before * 300 / 1_000 * excess / (2 * aim)
                rate = fallen < lowest ? min(lowest, before) : fallen
                lastFall = now
            }
        } else if report.acceptedPerSecond >= before * 500 / 1_000 {
            let passed = Int(min(max(now - lastReport, 0), 1_000))
            let inSecond = before < takes * 900 / 1_000 ? before * 200 : before * 40
            let grown = before + inSecond / 1_000 * passed / 1_000 * (aim - wait) / aim + 1
            let highest = takes * 1_500 / 1_000
            rate = grown > highest ? max(highest, before) : grown
        }
        lastReport = max(lastReport, now)
        let isPowerless =
            takes > 0 && wait > Self.strain && (rate ?? 0) <= takes * 100 / 1_000
        powerlessSince = isPowerless ? powerlessSince ?? now : nil
    }

    /// Whether nobody has been let in for five seconds, and it did not help.
    func isPowerless(at now: Int64) -> Bool {
        powerlessSince.map { now - $0 >= 5_000 } ?? false
    }

    /// Whether strain has remained for a second.
    func isStillStrained(at now: Int64) -> Bool {
        waitingSince.map { now - $0 >= 1_000 } ?? false
    }

    // MARK: Fair shares

    struct Claim {
        let operation: Int
        let demand: Int
        let weight: Int
    }

    /// Rounds: whoever wants no more than its part of what is left gets that, until all others want
    /// more.
    static func shares(of total: Int, _ claims: [Claim]) -> [Int: Int] {
        guard !claims.isEmpty else { return [:] }
        let total = min(max(total, 0), 1_000_000_000)
        let weights = claims.map(\.weight).reduce(0, +)
        func part(_ claim: Claim) -> Int { total * claim.weight / weights }
        let modest = claims.filter { $0.demand <= part($0) }
        if modest.isEmpty {
            return Dictionary(uniqueKeysWithValues: claims.map { ($0.operation, part($0)) })
        }
        let others = claims.filter { $0.demand > part($0) }
        var shares = Self.shares(of: total - modest.map(\.demand).reduce(0, +), others)
        for claim in modest { shares[claim.operation] = claim.demand }
        return shares
    }
}
