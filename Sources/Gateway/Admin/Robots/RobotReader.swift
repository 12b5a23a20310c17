internal import Evidence
internal import Ledger
internal import Projections
internal import Time

/// Puts the minutes of an operation together: those that this process has counted, and those that
/// others have put on record.
struct RobotReader {
    private let shared: Shared

    init(_ shared: Shared) {
        self.shared = shared
    }

    /// - Returns: nil where there is no operation of this name.
    func view(of id: String, seconds: Int) -> RobotsView? {
        let state = shared.projected
        guard let index = state.catalogue.operationIndex(id) else { return nil }
        let from = shared.ledgerTime.advanced(byMilliseconds: -Int64(seconds) * 1_000)
        let minutes = minutes(of: index, state).filter { $0.until > from }
            .suffix(RobotsView.maximumMinutes)
        return RobotsView(
            operation: id, Array(minutes), seconds: seconds, shared.robots.names.all)
    }

    private func minutes(of index: UInt32, _ state: ProjectedState) -> [RobotMinute] {
        let counted = shared.robots.board.minutes(of: index)
        let operation = state.catalogue.operations[Int(index)]
        // The name may have been another operation's before; and what this process has counted is
        // on record, too. Another node of a cluster may have counted at the same time.
        let recorded = state.evidence.robotMinutes(of: operation.id).filter { minute in
            minute.since >= operation.createdAt
                && !counted.contains { $0.since == minute.since && $0.until == minute.until }
        }
        return (recorded + counted).sorted { $0.since < $1.since }
    }
}

extension RobotsView {
    fileprivate init(
        operation: String, _ all: [RobotMinute], seconds: Int, _ names: RobotNames.Names
    ) {
        self.operation = operation
        self.seconds = seconds
        ruleset = Rules(
            version: names.ruleset?.version ?? 0, digest: names.ruleset?.digest ?? "",
            bounds: Bounds(lower: Int(names.lower), upper: Int(names.upper)))
        since = all.first?.since.rfc3339
        attempts = all.reduce(0) { $0 + $1.attempts }
        robots = all.reduce(0) { $0 + $1.robots }
        suspects = all.reduce(0) { $0 + $1.suspects }
        tests = all.reduce(0) { $0 + $1.tests }
        share = Self.share(robots, of: attempts)
        var verdicts: [String: Int] = [:]
        for verdict in RobotMinute.Verdict.allCases {
            verdicts[verdict.rawValue] = all.reduce(0) { $0 + $1[verdict] }
        }
        self.verdicts = verdicts
        rules = Array(Self.rules(all, of: robots + suspects, names).prefix(Self.most))
        tools = Self.tools(all.flatMap(\.tools))
        origins = Self.origins(all)
        whatIf = Self.whatIf(all, names)
        minutes = all.map(Minute.init)
    }

    private static func share(_ count: Int, of all: Int) -> Double {
        all == 0 ? 0 : Double(count) / Double(all)
    }

    private static func rules(
        _ all: [RobotMinute], of entries: Int, _ names: RobotNames.Names
    ) -> [Rule] {
        var counts: [String: (layer: Int, count: Int)] = [:]
        for rule in all.flatMap(\.rules) {
            counts[rule.rule, default: (rule.layer, 0)].count += rule.count
        }
        let tools = Dictionary(grouping: all.flatMap(\.tools), by: \.rule)
        // The newest first.
        let samples = all.reversed().flatMap { $0.samples.reversed() }
        return counts.map { name, found in
            Rule(
                rule: name, layer: found.layer, says: names.says(name) ?? "", count: found.count,
                share: share(found.count, of: entries), tools: self.tools(tools[name] ?? []),
                samples: samples.filter { $0.rules.first == name }
                    .prefix(LedgerLimits.robotSamples).map(Sample.init))
        }.sorted { ($1.count, $0.rule) < ($0.count, $1.rule) }
    }

    private static func tools(_ counts: [RobotMinute.ToolCount]) -> [Tool] {
        var sums: [String: Int] = [:]
        for tool in counts { sums[tool.tool, default: 0] += tool.count }
        return sums.map { Tool(tool: $0.key, count: $0.value) }
            .sorted { ($1.count, $0.tool) < ($0.count, $1.tool) }
            .prefix(most).map { $0 }
    }

    /// The most frequent of each kind.
    private static func origins(_ all: [RobotMinute]) -> [RobotMinute.Origin] {
        var sums: [[String]: Int] = [:]
        for origin in all.flatMap(\.origins) {
            sums[[origin.kind.rawValue, origin.name], default: 0] += origin.count
        }
        let origins = sums.compactMap { names, count in
            RobotMinute.Origin.Kind(rawValue: names[0]).map {
                RobotMinute.Origin(kind: $0, name: names[1], count: count)
            }
        }.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
        let kinds = RobotMinute.Origin.Kind.allCases
        return kinds.flatMap { kind in
            origins.filter { $0.kind == kind }.prefix(most / kinds.count)
        }
    }

    /// Half a decade and a decade of odds stricter and milder than the bounds in force. Entries are
    /// counted by steps of a tenth of a decade, so bounds are taken down to a step.
    private static func whatIf(_ all: [RobotMinute], _ names: RobotNames.Names) -> [WhatIf] {
        let step = RobotMinute.weightStep
        let weights = all.flatMap(\.weights)
        func count(_ range: PartialRangeFrom<Int>) -> Int {
            weights.reduce(0) { $0 + (range.contains($1.from) ? $1.count : 0) }
        }
        guard names.upper > 0 else { return [] }
        return shifts.map { shift in
            let lower = max(Int(names.lower) / step + shift, 1) * step
            let upper = max((Int(names.upper) / step + shift) * step, lower + step)
            let refused = count(upper...)
            return WhatIf(
                bounds: Bounds(lower: lower, upper: upper), challenged: count(lower...) - refused,
                refused: refused, current: shift == 0)
        }
    }
}

extension RobotsView.Sample {
    fileprivate init(_ sample: RobotMinute.Sample) {
        at = sample.at.rfc3339
        address = sample.network
        verdict = sample.verdict.rawValue
        weight = Double(sample.weight) / 1_000
        reasons = sample.rules
        tool = sample.tool
    }
}
