import Contract
import Ledger
import Time

/// Which notices an operation lacks, told a second time (C1-C3).
struct PlainNotices: Sendable {
    /// Entries that nobody announced.
    struct Surge: Sendable {
        /// The tag; nil for a rise.
        let source: String?
        let since: Int64
        let until: Int64
        let entries: Int
        let allowed: Int
        let window: Int
    }

    /// The newest first.
    var surges: [Surge] = []
    /// What was found of the client's operations together.
    var shared: (since: Timestamp, participants: Int, cover: Int)?

    /// Those whose ten minutes are not over.
    func holding(at time: Timestamp) -> [Surge] {
        surges.filter { time.milliseconds < $0.until }
    }

    mutating func add(
        source: String?, entries: Int, allowed: Int, window: Int, at time: Timestamp
    ) {
        let holding = holding(at: time)
        let since = holding.first { $0.source == source }?.since ?? time.milliseconds
        let surge = Surge(
            source: source, since: since, until: time.milliseconds + 600_000, entries: entries,
            allowed: allowed, window: window)
        surges = Array(([surge] + holding.filter { $0.source != source }).prefix(8))
    }
}

// MARK: What was declared

extension PlainCover {
    private func running(at time: Timestamp) -> [Campaign] {
        campaigns.filter { campaign in
            let end = campaign.lastAnswer
            return !campaign.isWithdrawn && campaign.starts - 300_000 <= time.milliseconds
                && time.milliseconds < end
        }
    }

    /// Entries in a window that need no further notice.
    func allowedEntries(at time: Timestamp, _ policy: Policy) -> Int {
        let recipients = running(at: time).reduce(0) { $0 + $1.recipients }
        return max(policy.riseEntries, notice ?? 0, recipients)
    }

    /// Twice the entries that the campaigns that run can bring at their peak.
    func accountedEntries(within seconds: Int, at time: Timestamp) -> Int {
        running(at: time).reduce(0) { sum, campaign in
            var earlier = (seconds: 0, permille: 0)
            var peak = 0
            for point in campaign.channel.response.curve.points {
                let share = (Int(point.permille) - earlier.permille) * campaign.permille
                let length = Int(point.seconds) - earlier.seconds
                peak = max(peak, (share + length - 1) / length)
                earlier = (Int(point.seconds), Int(point.permille))
            }
            let inWindow = (campaign.recipients * peak * seconds + 999_999) / 1_000_000
            let all = (campaign.recipients * campaign.permille + 999) / 1_000
            return sum + 2 * min(inWindow, all)
        }
    }

    func names(_ source: String) -> Bool {
        func letters(_ text: String) -> String {
            text.lowercased().filter { $0.isLetter || $0.isNumber }
        }
        return campaigns.contains {
            !$0.isWithdrawn && letters($0.source) == letters(source)
        }
    }

    /// Participants that declarations in time announced.
    var announced: Int {
        let recipients = campaigns.filter { $0.isInTime && !$0.isWithdrawn }
            .reduce(0) { $0 + $1.recipients }
        return max(notice ?? 0, recipients)
    }
}

extension PlainCover.Campaign {
    fileprivate var permille: Int { Int(channel.response.curve.responsePermille) }

    /// When the last answer is expected.
    fileprivate var lastAnswer: Int64 {
        let length = channel.response.curve.points.last.map { Int64($0.seconds) } ?? 0
        return max(ends ?? starts, starts) + length * 1_000
    }
}

// MARK: What is missing

extension PlainModel {
    /// A surge that carries a tag.
    mutating func addSurge(_ found: UnknownSource, of index: Int, at time: Timestamp) {
        let declared = operations[index].declared
        let accounted = declared.accountedEntries(within: found.windowSeconds, at: time)
        if declared.names(found.source) || found.operationEntries <= accounted { return }
        operations[index].notices.add(
            source: found.source, entries: found.undeclaredEntries,
            allowed: policy.sourceEntries - 1, window: found.windowSeconds, at: time)
    }

    /// A rise, without a tag.
    mutating func add(_ rise: TrafficRise, at time: Timestamp) -> String? {
        guard let index = current(rise.operation) else { return "a rise of nothing: \(rise)" }
        let allowed = operations[index].declared.allowedEntries(at: time, policy)
        guard rise.entries > allowed else { return nil }
        operations[index].notices.add(
            source: nil, entries: rise.entries, allowed: allowed, window: rise.windowSeconds,
            at: time)
        return nil
    }

    /// What is declared now is no longer missing.
    mutating func forgetAnnounced(of index: Int, at time: Timestamp) {
        let declared = operations[index].declared
        let allowed = declared.allowedEntries(at: time, policy)
        operations[index].notices.surges.removeAll { surge in
            surge.source.map { declared.names($0) } ?? (surge.entries <= allowed)
        }
        if declared.participants != 50_000 { operations[index].notices.shared = nil }
    }

    /// Every notice that an operation lacks.
    func missing(_ index: Int, at time: Timestamp) -> [MissingNotice] {
        let operation = operations[index]
        guard operation.phase == "open" else { return [] }
        var missing: [MissingNotice] = []
        if operation.declared.stage == .crossed, let crossedAt = operation.declared.crossedAt {
            missing.append(
                MissingNotice(
                    .cover, since: crossedAt, allowed: operation.declared.participants))
        }
        if let shared = operation.notices.shared {
            missing.append(
                MissingNotice(
                    .client, since: shared.since, count: shared.participants,
                    allowed: shared.cover))
        }
        return missing
            + operation.notices.holding(at: time).map { surge in
                MissingNotice(
                    surge.source == nil ? .rise : .campaign,
                    since: Timestamp(milliseconds: surge.since), count: surge.entries,
                    allowed: surge.allowed, source: surge.source, windowSeconds: surge.window)
            }
    }

    /// The same as a step tells of them: the two newest surges.
    func missingOfStep(_ index: Int, at time: Timestamp) -> [MissingNotice] {
        let missing = missing(index, at: time)
        return missing.filter { [.cover, .client].contains($0.kind) }
            + missing.filter { [.campaign, .rise].contains($0.kind) }.prefix(2)
    }

    // MARK: A client's operations together

    /// Whether the participants of an operation count together with those of its client's others.
    private func countsTogether(_ index: Int, at time: Timestamp) -> Bool {
        let operation = operations[index]
        return operation.end == nil && operation.phase == "open"
            && operation.declared.participants == 50_000 && operation.declared.stage != .crossed
            && operation.settings.closes.map { time < $0 } ?? true
    }

    /// Demands what the operations of the client bring about together.
    /// - Parameter mayEnd: whether what was crossed is looked at again; an entry alone does not.
    mutating func settleClient(of index: Int, at time: Timestamp, mayEnd: Bool = true) {
        let client = operations[index].settings.client
        let members = operations.indices.filter {
            operations[$0].end == nil && operations[$0].settings.client == client
        }
        guard let subject = members.contains(index) ? index : members.first else { return }
        let counting = members.filter { countsTogether($0, at: time) }
        let counts = counting.map { operations[$0].participants.count }
        let sum = counts.reduce(0, +)
        let cover = max(50_000, counting.reduce(0) { $0 + operations[$1].declared.announced })
        let isCrossed = sum > cover && counts.filter { $0 > 0 }.count > 1
        let crossing = ClientCrossing(
            operation: operations[subject].id, client: client, operations: counting.count,
            participants: UInt64(sum), cover: UInt64(cover))
        if isCrossed {
            let news = counting.filter { operations[$0].notices.shared == nil }
            guard !news.isEmpty else { return }
            for member in news {
                operations[member].notices.shared = (
                    since: time, participants: sum, cover: cover
                )
            }
            demanded.append(.clientCrossed(crossing))
        } else if mayEnd, members.contains(where: { operations[$0].notices.shared != nil }) {
            for member in members { operations[member].notices.shared = nil }
            demanded.append(.clientWithin(crossing))
        }
    }

    /// Looks again at the clients of the operations that a report names.
    mutating func settleClients(of report: PressureReport, at time: Timestamp) {
        for demand in report.operations {
            guard let index = current(demand.operation), operations[index].notices.shared != nil
            else { continue }
            settleClient(of: index, at: time)
        }
    }
}
