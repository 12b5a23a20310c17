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
    /// Nobody is let in at the rate yet.
    private var rateIsNew = true
    /// Since when entries wait too long, and everybody who lacks a notice is held already.
    var waitingSince: Int64?
    /// When anything was at half of what is strain, or more.
    private var lastPressed: Int64?
    private var lastReport: Int64 = 0
    private var lastFall: Int64 = 0
    /// What entries waited at the last report.
    private var lastWait = 0
    /// What was let in when that was too much.
    private var tooMuch: Int?
    /// Since when the rate is the lowest there is, in vain.
    private var powerlessSince: Int64?

    /// Microseconds that are strain.
    private static let strain = 25_000

    /// - Parameters:
    ///   - isHeld: an operation is held, or would be.
    ///   - isPaced: the pace of one is in force.
    mutating func take(
        _ report: PressureReport, isHeld: Bool, isPaced: Bool, _ policy: Policy, at now: Int64
    ) {
        if report.level == .calm, !isHeld {
            self = PlainPlatform()
            capacity = report.capacityPerSecond
            return
        }
        let takes = max(
            report.capacityPerSecond ?? capacity ?? 0, report.acceptedPerSecond)
        capacity = takes
        if isPressed(report.figures) { lastPressed = now }
        let wait = waits(report.figures, knownDisk: report.figures.calmCommit).max() ?? 0
        if report.level == .calm || wait <= Self.strain {
            waitingSince = nil
        } else if waitingSince == nil {
            waitingSince = now
        }
        guard isPaced, let before = rate else {
            rateIsNew = true
            rate = takes * policy.targetPermille / 1_000
            (lastReport, lastFall, powerlessSince) = (now, now, nil)
            (lastWait, tooMuch) = (0, nil)
            return
        }
        rateIsNew = false
        let held = waits(report.figures, knownDisk: report.figures.calmCommit / 2)
        regulate(held.max() ?? 0, takes, report.acceptedPerSecond, from: before, policy, at: now)
    }

    /// What fits without anybody's waiting.
    var fitting: Int { (capacity ?? 0) * 800 / 1_000 }

    /// Of what fair shares are made: half of the capacity at least, and all that fits at first.
    var fairRate: Int { max(rate ?? 0, rateIsNew ? fitting : (capacity ?? 0) / 2) }

    /// Fair shares of the new rate are about to be held.
    mutating func beginFairly() {
        if rateIsNew, let rate { self.rate = max(rate, fitting) }
    }

    /// Moves the rate.
    private mutating func regulate(
        _ wait: Int, _ takes: Int, _ accepted: Int, from before: Int, _ policy: Policy,
        at now: Int64
    ) {
        let most = min(tooMuch ?? takes, takes)
        let isLow = before < most * 800 / 1_000
        let target = policy.targetWaitMilliseconds * 1_000
        let aim = isLow && target < Self.strain ? Self.strain : target
        let isOnce = wait <= Self.strain && lastWait <= aim
        lastWait = wait
        if wait > aim {
            if now - lastFall >= 2_000, !isOnce {
                let excess = min(wait - aim, 2 * aim)
                let part = wait > Self.strain ? 300 : 50
                let lowest = (wait > Self.strain ? takes * 100 : most * 800) / 1_000
                let fallen = before - before * part / 1_000 * excess / (2 * aim)
                rate = fallen < lowest ? min(lowest, before) : fallen
                lastFall = now
                let isUsed = accepted >= before * 750 / 1_000
                if wait > Self.strain,
                    isUsed || accepted >= most * 800 / 1_000
                {
                    tooMuch = max(accepted, takes / 2)
                }
            }
        } else if accepted >= before * 750 / 1_000 {
            if let most = tooMuch, before > most * 1_250 / 1_000 { tooMuch = nil }
            let passed = Int(min(max(now - lastReport, 0), 1_000))
            let limit = min(tooMuch ?? takes, takes)
            let (half, near) = (limit * 500 / 1_000, limit * 850 / 1_000)
            let inSecond = before * (before < half ? 500 : before < near ? 100 : 20)
            let grown = before + inSecond / 1_000 * passed / 1_000 * (aim - wait) / aim + 1
            let highest = takes * 1_500 / 1_000
            rate = grown > highest ? max(highest, before) : grown
        }
        lastReport = max(lastReport, now)
        let isPowerless =
            takes > 0 && wait > Self.strain && (rate ?? 0) <= takes * 100 / 1_000
        powerlessSince = isPowerless ? powerlessSince ?? now : nil
    }

    /// What an entry waits, first unread and then for its turn, less what is the disk's; and what a
    /// loop does.
    private func waits(_ figures: PressureFigures, knownDisk: Int) -> [Int] {
        let forTurn = figures.queueWait > knownDisk ? figures.queueWait - knownDisk : 0
        return [figures.unreadWait + forTurn, figures.loopLag]
    }

    private func isPressed(_ figures: PressureFigures) -> Bool {
        let waits = waits(figures, knownDisk: figures.calmCommit)
        let slowCommit = max(Self.strain, 3 * figures.calmCommit) / 2
        return waits.contains { $0 > Self.strain / 2 } || figures.commit > slowCommit
            || figures.memory > 25 || figures.shed > 0
    }

    /// Whether nothing has pressed for three seconds.
    func isRelieved(at now: Int64) -> Bool {
        lastPressed.map { now - $0 >= 3_000 } ?? true
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
