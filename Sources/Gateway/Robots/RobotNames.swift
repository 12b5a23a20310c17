internal import Bytes
internal import Cryptography
internal import Ledger
internal import Robots
internal import Synchronization

/// The names behind the hashes that robots are counted by: of rules and tools of every ruleset that
/// this process has judged by.
final class RobotNames: Sendable {
    struct Rule: Sendable {
        let name: String
        let layer: Int
        /// One sentence, for operators and for the person concerned (C22).
        let says: String
    }

    struct Tool: Sendable {
        let name: String
        /// The rule that names it.
        let rule: String
    }

    struct Names: Sendable {
        var rules: [UInt32: Rule] = [:]
        /// By the hash of tool and rule.
        var tools: [UInt32: Tool] = [:]
        /// The ruleset in force; nil before any.
        var ruleset: RobotMinute.Rules?
        /// Its bounds, in thousandths: challenged from the first on, refused from the second on.
        var lower: Int32 = 0
        var upper: Int32 = 0

        /// A rule of layer 1 that is in no file.
        fileprivate mutating func register(_ rule: String, says: String) {
            rules[RobotNames.hash(of: rule)] = Rule(
                name: rule, layer: Int(RobotRule.Layer.signature.rawValue), says: says)
        }

        fileprivate mutating func register(tool: String, namedBy rule: String) {
            var hash = ByteHash()
            rule.withBytes { hash.add($0) }
            tool.withBytes { hash.add($0) }
            tools[hash.folded] = Tool(name: tool, rule: rule)
        }

        /// The sentence of a rule; nil where this process has not judged by it.
        func says(_ rule: String) -> String? { rules[RobotNames.hash(of: rule)]?.says }
    }

    private let names = Mutex(Names())

    /// Learns the names of a ruleset that is in force from here on. A later sentence takes the
    /// place of an earlier one.
    func register(_ ruleset: Ruleset) {
        names.withLock { names in
            for rule in ruleset.rules {
                names.rules[Self.hash(of: rule.name)] = Rule(
                    name: rule.name, layer: Int(rule.layer.rawValue), says: rule.says)
            }
            names.register(PinnedRobot.rule, says: PinnedRobot.says)
            for fault in SignatureFault.allCases { names.register(fault.rule, says: fault.says) }
            for robot in ruleset.pinned {
                names.register(tool: robot.name, namedBy: PinnedRobot.rule)
            }
            for pair in ruleset.namedTools {
                let (rule, tool) = (ruleset.rules[pair.rule].name, ruleset.tools[pair.tool])
                names.register(tool: tool, namedBy: rule)
            }
            names.ruleset = RobotMinute.Rules(
                version: Int(ruleset.version),
                digest: String(ruleset.digest.hexadecimal.prefix(16)))
            names.lower = ruleset.lower
            names.upper = ruleset.upper
        }
    }

    var all: Names { names.withLock { $0 } }

    // MARK: Hashes, as threads count by them

    static func hash(of rule: String) -> UInt32 {
        rule.withBytes { hash(of: $0) }
    }

    static func hash(of rule: RawSpan) -> UInt32 {
        var hash = ByteHash()
        hash.add(rule)
        return hash.folded
    }

    static func hash(of tool: RawSpan, namedBy rule: RawSpan) -> UInt32 {
        var hash = ByteHash()
        hash.add(rule)
        hash.add(tool)
        return hash.folded
    }
}
