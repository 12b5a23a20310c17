package import Time

/// What was found of robots among the entries of one operation, over about a minute (C6): counts by
/// verdict, rule, tool and origin, and a few samples; and what load tests brought meanwhile.
///
/// A robot that is refused leaves no record of its own, so the process puts its counts on record:
/// one record a minute and operation at most, and none for a minute without robots. What a process
/// has counted and not recorded when it ends is lost.
package struct RobotMinute: Equatable, Codable, Sendable {
    package var operation: String
    /// When the counting began, and when it ended.
    package var since: Timestamp
    package var until: Timestamp
    /// Entries that were judged, those of people too.
    package var attempts = 0
    /// Of them those that were judged to be robots'.
    package var robots = 0
    /// Those with less evidence, which is enough to ask for a challenge.
    package var suspects = 0
    // Both by what they were answered.
    /// Let in as a participant, with the evidence in the record: a suspect where the operation only
    /// observes, or with a solved challenge. One that is answered as it was before, or is given a
    /// place in the queue, counts with those that are let in; so for `observed`.
    package var admitted = 0
    /// Let in and counted as a robot.
    package var observed = 0
    /// Asked to solve a challenge.
    package var challenged = 0
    /// Refused as a robot, or for what anybody is refused for.
    package var refused = 0
    /// Entries that came with a permit that holds (C7), whatever they were answered: they are not
    /// judged, and none of the attempts.
    package var tests = 0
    /// The entries' weights of evidence, without those that have none.
    package var weights: [WeightCount] = []
    /// How often each rule was among the reasons; the most frequent first.
    package var rules: [RuleCount] = []
    /// The tools that were named; the most frequent first.
    package var tools: [ToolCount] = []
    /// Whose they were (C6): robots and suspects by front-end key, and by network that the client
    /// named; entries of load tests by permit.
    package var origins: [Origin] = []
    package var samples: [Sample] = []
    /// The rules that judged; `nil` where the evidence is of entries' rhythm and likeness alone.
    package var ruleset: Rules?

    package init(operation: String, since: Timestamp, until: Timestamp) {
        self.operation = operation
        self.since = since
        self.until = until
    }

    /// What was done with the entry of a robot or a suspect.
    package enum Verdict: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
        case admitted, observed, challenged, refused
    }

    package struct WeightCount: Equatable, Codable, Sendable {
        /// The least weight of its step of 230, in thousandths of the weight's natural unit.
        package var from: Int
        package var count: Int

        package init(from: Int, count: Int) {
            self.from = from
            self.count = count
        }
    }

    package struct RuleCount: Equatable, Codable, Sendable {
        package var rule: String
        /// 0 to 4.
        package var layer: Int
        package var count: Int

        package init(rule: String, layer: Int, count: Int) {
            self.rule = rule
            self.layer = layer
            self.count = count
        }
    }

    package struct ToolCount: Equatable, Codable, Sendable {
        package var tool: String
        /// The rule that named it.
        package var rule: String
        package var count: Int

        package init(tool: String, rule: String, count: Int) {
            self.tool = tool
            self.rule = rule
            self.count = count
        }
    }

    package struct Origin: Equatable, Codable, Sendable {
        package enum Kind: String, CaseIterable, Codable, Sendable {
            case key, network, permit
        }

        package var kind: Kind
        /// The identifier of the key or permit; the network as the client named it.
        package var name: String
        package var count: Int

        package init(kind: Kind, name: String, count: Int) {
            self.kind = kind
            self.name = name
            self.count = count
        }
    }

    /// One entry, without the person: no participant, and no more of an address than may be shown
    /// (C21).
    package struct Sample: Equatable, Codable, Sendable {
        package var at: Timestamp
        /// The first 24 bits of an IPv4 address, the first 48 of an IPv6 address; `unknown` of a
        /// server's entry, whose own address says nothing.
        package var network: String
        package var verdict: Verdict
        /// In thousandths.
        package var weight: Int
        /// The reasons, the heaviest first.
        package var rules: [String]
        package var tool: String?

        package init(
            at: Timestamp, network: String, verdict: Verdict, weight: Int, rules: [String],
            tool: String? = nil
        ) {
            self.at = at
            self.network = network
            self.verdict = verdict
            self.weight = weight
            self.rules = rules
            self.tool = tool
        }
    }

    /// Which ruleset judged.
    package struct Rules: Equatable, Codable, Sendable {
        package var version: Int
        /// The first eight bytes of the file's SHA-256, 16 hexadecimal digits.
        package var digest: String

        package init(version: Int, digest: String) {
            self.version = version
            self.digest = digest
        }
    }
}

extension RobotMinute {
    /// Whether there is anything to put on record.
    package var isEmpty: Bool { !hasRobots && tests == 0 }

    /// Whether anything was judged to be a robot's, or suspect.
    package var hasRobots: Bool { robots > 0 || suspects > 0 }

    package subscript(verdict: Verdict) -> Int {
        get {
            switch verdict {
            case .admitted: admitted
            case .observed: observed
            case .challenged: challenged
            case .refused: refused
            }
        }
        set {
            switch verdict {
            case .admitted: admitted = newValue
            case .observed: observed = newValue
            case .challenged: challenged = newValue
            case .refused: refused = newValue
            }
        }
    }

    /// Width of a step of weights, in thousandths: a tenth of a decade of odds, 1.26 times.
    package static var weightStep: Int { 230 }
    /// Steps that are told apart; the last one has all that weighs more.
    package static var weightSteps: Int { 64 }

    /// Whether every figure can have been counted, and every list is within its limit.
    var isPlausible: Bool {
        let counts = [
            attempts, robots, suspects, admitted, observed, challenged, refused, tests,
        ]
        guard since <= until, counts.allSatisfy(Self.isCount), areListsBounded else { return false }
        return weights.allSatisfy { Self.isStep($0.from) && Self.isCount($0.count) }
            && rules.allSatisfy {
                Self.isName($0.rule) && (0...4).contains($0.layer) && Self.isCount($0.count)
            }
            && tools.allSatisfy {
                Self.isName($0.tool) && Self.isName($0.rule) && Self.isCount($0.count)
            }
            && origins.allSatisfy { Self.isName($0.name) && Self.isCount($0.count) }
            && samples.allSatisfy { Self.isPossible($0) }
            && ruleset.map { Self.isPossible($0) } ?? true
    }

    private var areListsBounded: Bool {
        weights.count <= Self.weightSteps && rules.count <= LedgerLimits.robotRules
            && tools.count <= LedgerLimits.robotTools && origins.count <= LedgerLimits.robotOrigins
            && samples.count <= LedgerLimits.robotSamples
    }

    private static func isStep(_ weight: Int) -> Bool {
        (0..<weightSteps * weightStep).contains(weight) && weight % weightStep == 0
    }

    private static func isPossible(_ sample: Sample) -> Bool {
        isName(sample.network) && (-1_000_000...1_000_000).contains(sample.weight)
            && sample.rules.count <= LedgerLimits.robotSampleRules
            && sample.rules.allSatisfy(isName) && (sample.tool.map(isName) ?? true)
    }

    private static func isPossible(_ rules: Rules) -> Bool {
        (0...Int(UInt32.max)).contains(rules.version) && rules.digest.utf8.count == 16
            && rules.digest.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
            }
    }

    private static func isCount(_ count: Int) -> Bool { (0...1_000_000_000_000).contains(count) }

    private static func isName(_ text: String) -> Bool {
        (1...LedgerLimits.robotNameBytes).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    var sentence: String {
        var text = "From \(since.rfc3339) to \(until.rfc3339), of \(attempts) entries "
        text += "\(robots) were robots' and \(suspects) suspect (C6): "
        text += Verdict.allCases.map { "\(self[$0]) \($0.rawValue)" }.joined(separator: ", ")
        if !tools.isEmpty {
            text +=
                "; they named "
                + tools.map { "\($0.tool) (\($0.count))" }
                .joined(separator: ", ")
        }
        if tests > 0 { text += "; \(tests) more were a load test's (C7)" }
        return text + "."
    }
}
