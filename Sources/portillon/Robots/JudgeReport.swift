import Bytes
import Cryptography
import Robots

/// What a ruleset makes of requests whose senders are known.
struct JudgeReport: Encodable {
    /// How many of one kind there were, and what became of them.
    struct Counts: Encodable {
        var all = 0
        var challenged = 0
        var refused = 0

        var stopped: Int { challenged + refused }
        var stoppedShare: Double { all == 0 ? 0 : Double(stopped) / Double(all) }

        mutating func count(_ outcome: RobotVerdict.Outcome) {
            all += 1
            switch outcome {
            case .accept: break
            case .challenge: challenged += 1
            case .refuse: refused += 1
            }
        }
    }

    /// One layer alone, or all together, of the requests that could be asked for it.
    struct Layer: Encodable {
        let layer: String
        var people = Counts()
        var robots = Counts()
        /// Of robots, from 0 to 1.
        private(set) var recall = 0.0
        private(set) var falsePositiveRate = 0.0
        /// Of all who are stopped, at the prevalence asked for; 0 where nobody is.
        private(set) var precision = 0.0

        private enum CodingKeys: String, CodingKey {
            case layer, people, robots, recall, precision
            case falsePositiveRate = "false_positive_rate"
        }

        init(_ layer: String) { self.layer = layer }

        mutating func finish(prevalence: Double) {
            recall = robots.stoppedShare
            falsePositiveRate = people.stoppedShare
            let found = prevalence * recall
            let wrong = (1 - prevalence) * falsePositiveRate
            precision = found + wrong == 0 ? 0 : found / (found + wrong)
        }
    }

    /// How often a rule counted.
    struct Rule: Encodable {
        let rule: String
        let layer: String
        let weight: Double
        var people = 0
        var robots = 0
    }

    /// A robot that was accepted, or a person who was not.
    struct Mistake: Encodable {
        let name: String
        let text: String
        let outcome: String
        let rules: [String]
    }

    let rulesetVersion: UInt32
    let rulesetDigest: String
    let prevalence: Double
    let layers: [Layer]
    let rules: [Rule]
    let missedRobots: [Mistake]
    let stoppedPeople: [Mistake]

    private enum CodingKeys: String, CodingKey {
        case prevalence, layers, rules
        case rulesetVersion = "ruleset_version"
        case rulesetDigest = "ruleset_digest"
        case missedRobots = "missed_robots"
        case stoppedPeople = "stopped_people"
    }

    /// - Parameter listed: how many mistakes of either kind are kept.
    init(_ ruleset: Ruleset, _ heads: [LabelledHead], prevalence: Double, listed: Int) {
        let detector = RobotDetector(ruleset)
        var layers = [Layer("signature"), Layer("consistency"), Layer("together")]
        var rules = ruleset.rules.map { rule in
            Rule(
                rule: rule.name, layer: rule.layer.name, weight: Double(rule.weight) / 1_000)
        }
        var missed: [Mistake] = []
        var stopped: [Mistake] = []
        for head in heads {
            let asked: [RobotLayers] = [.signature, .consistency, .all]
            for (index, layer) in asked.enumerated() where Self.can(head, layer) {
                let outcome = head.judge(with: detector, layer).outcome
                if head.isRobot {
                    layers[index].robots.count(outcome)
                } else {
                    layers[index].people.count(outcome)
                }
            }
            let verdict = head.judge(with: detector, .all)
            for index in 0..<verdict.evidence.count {
                let place = Int(verdict.evidence[index].rule)
                if head.isRobot { rules[place].robots += 1 } else { rules[place].people += 1 }
            }
            if head.isRobot == (verdict.outcome == .accept) {
                let mistake = Mistake(ruleset, head, verdict)
                if head.isRobot {
                    if missed.count < listed { missed.append(mistake) }
                } else if stopped.count < listed {
                    stopped.append(mistake)
                }
            }
        }
        for index in layers.indices { layers[index].finish(prevalence: prevalence) }
        rulesetVersion = ruleset.version
        rulesetDigest = ruleset.digest.hexadecimal
        self.prevalence = prevalence
        self.layers = layers
        self.rules = rules.filter { $0.people + $0.robots > 0 }
        missedRobots = missed
        stoppedPeople = stopped
    }

    /// A `User-Agent` alone cannot be asked for consistency.
    private static func can(_ head: LabelledHead, _ layers: RobotLayers) -> Bool {
        layers == .all || layers.isSubset(of: head.layers)
    }
}

extension JudgeReport.Mistake {
    fileprivate init(_ ruleset: Ruleset, _ head: LabelledHead, _ verdict: RobotVerdict) {
        name = head.name
        text = head.text
        outcome = verdict.outcome.name
        rules = (0..<verdict.evidence.count).map { index in
            let item = verdict.evidence[index]
            let reason = head.bytes.withBytes { ruleset.reason(item, in: $0) }
            return reason.observed.isEmpty ? reason.rule : "\(reason.rule) (\(reason.observed))"
        }
    }
}

// MARK: For people

extension JudgeReport {
    var text: String {
        var text = "Ruleset version \(rulesetVersion), SHA-256 \(rulesetDigest)\n\n"
        text += layerTable
        text += "Precision where \(prevalence * 100) % of all who come are robots.\n\n"
        text += ruleTable
        text += Self.list("Robots that were accepted", missedRobots)
        text += Self.list("People who were stopped", stoppedPeople)
        return text
    }

    private var layerTable: String {
        var table = AlignedTable([
            "layer", "#robots", "#challenged", "#refused", "#recall", "#people", "#challenged",
            "#refused", "#false positives", "#precision",
        ])
        for layer in layers {
            table.append([
                layer.layer, grouped(layer.robots.all), grouped(layer.robots.challenged),
                grouped(layer.robots.refused), Self.share(layer.recall),
                grouped(layer.people.all), grouped(layer.people.challenged),
                grouped(layer.people.refused), Self.share(layer.falsePositiveRate),
                Self.share(layer.precision),
            ])
        }
        return table.text
    }

    private var ruleTable: String {
        var table = AlignedTable(["rule", "layer", "#weight", "#robots", "#people"])
        for rule in rules {
            table.append([
                rule.rule, rule.layer, "\(rule.weight)", grouped(rule.robots),
                grouped(rule.people),
            ])
        }
        return table.text
    }

    private static func list(_ title: String, _ mistakes: [Mistake]) -> String {
        if mistakes.isEmpty { return "" }
        var text = "\n\(title):\n"
        for mistake in mistakes {
            let rules = mistake.rules.isEmpty ? "" : " · " + mistake.rules.joined(separator: ", ")
            text += "  \(printable(mistake.text))\(printable(rules))\n"
        }
        return text
    }

    /// A share in percent with two decimals.
    private static func share(_ share: Double) -> String {
        let hundredths = Int((share * 10_000).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) %"
    }
}
