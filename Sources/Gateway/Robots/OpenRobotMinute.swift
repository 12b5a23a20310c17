internal import Bytes
internal import Ledger
internal import Time

/// What was counted of one operation's robots since its minute began, by the words that threads
/// count by; names come when it ends.
struct OpenRobotMinute {
    let since: Timestamp
    private(set) var robots: UInt64 = 0
    private var suspects: UInt64 = 0
    private var verdicts: [RobotMinute.Verdict: UInt64] = [:]
    private var rules: [UInt32: UInt64] = [:]
    private var layers: [UInt32: Int] = [:]
    private var tools: [UInt32: UInt64] = [:]
    private var keys: [UInt32: UInt64] = [:]
    private var networks: [UInt32: UInt64] = [:]
    private var permits: [UInt32: UInt64] = [:]
    private var samples: [RobotSamples.Sample] = []

    init(since: Timestamp) {
        self.since = since
    }

    mutating func add(_ count: UInt64, of cell: RobotCell) {
        switch cell.subject {
        case .verdict:
            verdicts[cell.verdict, default: 0] &+= count
            if cell.value == 1 { robots &+= count } else { suspects &+= count }
        case .rule:
            rules[cell.value, default: 0] &+= count
            layers[cell.value] = cell.layer
        case .tool: tools[cell.value, default: 0] &+= count
        case .key: keys[cell.value, default: 0] &+= count
        case .network: networks[cell.value, default: 0] &+= count
        case .permit: permits[cell.value, default: 0] &+= count
        // For the metrics alone.
        case .heaviest, nil: break
        }
    }

    /// Keeps an example where there is room, or in place of one of a rule that has two.
    mutating func add(_ sample: RobotSamples.Sample) {
        if samples.count < LedgerLimits.robotSamples {
            samples.append(sample)
            return
        }
        guard !samples.contains(where: { $0.heaviest == sample.heaviest }) else { return }
        let twice = samples.indices.last { index in
            samples.contains {
                $0.heaviest == samples[index].heaviest
                    && $0.sighting.at != samples[index].sighting.at
            }
        }
        if let twice { samples[twice] = sample }
    }

    /// The minute by names, without what is counted of everybody.
    /// - Parameter catalogue: has the operation, its keys and its permits.
    func minute(
        of operation: Catalogue.Operation, until: Timestamp, _ names: RobotNames.Names,
        _ catalogue: Catalogue
    ) -> RobotMinute {
        // One that is younger than the minute: what was before is another's of its name.
        let since = max(self.since, operation.createdAt)
        var minute = RobotMinute(
            operation: operation.id, since: since, until: max(until, since))
        minute.robots = Int(clamping: robots)
        minute.suspects = Int(clamping: suspects)
        minute.tests = Int(clamping: permits.values.reduce(0, &+))
        for (verdict, count) in verdicts { minute[verdict] = Int(clamping: count) }
        minute.rules = Self.most(rules, LedgerLimits.robotRules) { names.rules[$0]?.name }.map {
            RobotMinute.RuleCount(rule: $0.name, layer: layers[$0.hash] ?? 0, count: $0.count)
        }
        minute.tools = Self.most(tools, LedgerLimits.robotTools) { names.tools[$0]?.name }.map {
            RobotMinute.ToolCount(
                tool: $0.name, rule: names.tools[$0.hash]?.rule ?? "", count: $0.count)
        }
        minute.origins = origins(operation, catalogue)
        minute.samples = samples.map { Self.sample($0) }
        minute.ruleset = names.ruleset
        return minute
    }

    /// Those of keys, of named networks and of permits, each the most frequent first.
    private func origins(
        _ operation: Catalogue.Operation, _ catalogue: Catalogue
    ) -> [RobotMinute.Origin] {
        var named: [UInt32: String] = [:]
        for network in operation.settings.networks {
            named[NamedNetwork.hash(of: network)] = network
        }
        return Self.origins(.key, keys) { catalogue.keys[Int($0)].id }
            + Self.origins(.network, networks) { named[$0] }
            + Self.origins(.permit, permits) { catalogue.permits[Int($0)].id }
    }

    private static func origins(
        _ kind: RobotMinute.Origin.Kind, _ counts: [UInt32: UInt64], _ name: (UInt32) -> String?
    ) -> [RobotMinute.Origin] {
        most(counts, LedgerLimits.robotOriginsOfKind, name).map {
            RobotMinute.Origin(kind: kind, name: $0.name, count: $0.count)
        }
    }

    private static func most(
        _ counts: [UInt32: UInt64], _ maximum: Int, _ name: (UInt32) -> String?
    ) -> [(hash: UInt32, name: String, count: Int)] {
        var named: [(hash: UInt32, name: String, count: Int)] = []
        for (hash, count) in counts {
            guard let name = name(hash) else { continue }
            named.append((hash, name, Int(clamping: count)))
        }
        named.sort { ($1.count, $0.name) < ($0.count, $1.name) }
        return Array(named.prefix(maximum))
    }

    /// An example by names: they stand in its findings.
    private static func sample(_ sample: RobotSamples.Sample) -> RobotMinute.Sample {
        let (sighting, bytes) = (sample.sighting, sample.bytes)
        var found: [(weight: Int32, rule: String)] = []
        var tool: String?
        bytes.withBytes { bytes in
            var cursor = RobotFindings(bytes)
            do throws(EntryRecordError) {
                while let finding = try cursor.next() {
                    found.append((finding.weight, bytes.extracting(finding.rule).text))
                    if !finding.tool.isEmpty {
                        tool = tool ?? bytes.extracting(finding.tool).text
                    }
                }
            } catch {
                // Cut off within a finding: those before it are the example's.
                return
            }
        }
        found.sort { $0.weight > $1.weight }
        return RobotMinute.Sample(
            at: sighting.at, network: sighting.origin.text,
            verdict: sighting.verdict, weight: Int(sighting.weight),
            rules: found.prefix(LedgerLimits.robotSampleRules).map(\.rule), tool: tool)
    }
}

extension RobotSamples.Sample {
    fileprivate var bytes: [UInt8] { (0..<Int(findingsCount)).map { findings[$0] } }
}
