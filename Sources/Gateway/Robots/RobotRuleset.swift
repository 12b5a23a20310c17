internal import Bytes
internal import Ledger
internal import Robots
internal import Wire

/// A ruleset in force, as the threads share it: the rules, and their names as findings have them.
final class RobotRuleset: Sendable {
    let ruleset: Ruleset
    /// Of the process's rulesets: one after the other, so that a place among the tools of another
    /// one is not taken for one of these.
    let number: UInt16
    /// The names of the rules and of the tools, end to end.
    private let names: ByteBuffer
    private let rules: [ByteRange]
    private let tools: [ByteRange]
    /// Of robots that operations may let in.
    let keys: [PinnedKey]

    init(_ ruleset: Ruleset, number: UInt16) {
        self.ruleset = ruleset
        self.number = number
        var names = ByteBuffer(capacity: 8 << 10)
        var rules: [ByteRange] = []
        for rule in ruleset.rules { rules.append(Self.append(rule.name, to: &names)) }
        var tools: [ByteRange] = []
        for tool in ruleset.tools { tools.append(Self.append(tool, to: &names)) }
        self.names = names
        self.rules = rules
        self.tools = tools
        keys = ruleset.pinned.map(PinnedKey.init)
    }

    /// Whether robots may have signed for this host.
    func hasAuthority(_ host: RawSpan) -> Bool {
        ruleset.authorities.contains { $0.withBytes { host.equals($0) } }
    }

    /// As much of a name as a finding has room for.
    private static func append(_ name: String, to names: inout ByteBuffer) -> ByteRange {
        let start = names.count
        for character in name {
            guard names.count - start + character.utf8.count <= RobotFindings.nameBytes else {
                break
            }
            names.append(String(character))
        }
        return ByteRange(start..<names.count)
    }

    /// Appends what the rules of layers 1 and 2 found.
    /// - Returns: how many findings are left out.
    func append(_ evidence: RobotEvidence, to findings: inout ByteBuffer) -> Int {
        var omitted = evidence.omitted
        for index in 0..<evidence.count {
            let item = evidence[index]
            let rule = ruleset.rules[Int(item.rule)]
            let tool = item.tool.map { tools[$0].range } ?? 0..<0
            let isAppended = Self.append(
                rule.layer, item.weight, names, rule: rules[Int(item.rule)].range, tool: tool,
                to: &findings)
            if !isAppended { omitted += 1 }
        }
        return omitted
    }

    /// Appends a tool's name as a JSON string.
    /// - Parameter place: of the tool, as an entry's answer has it.
    /// - Returns: false, and nothing is appended, where it is none of these rules'.
    func append(tool place: UInt16, of number: UInt16, to json: inout ByteBuffer) -> Bool {
        guard number == self.number, Int(place) < tools.count else { return false }
        Self.append(names, tools[Int(place)].range, to: &json)
        return true
    }

    // The names are lent for each call: a span of what a class holds does not outlive it.

    private static func append(
        _ layer: RobotRule.Layer, _ weight: Int32, _ names: borrowing ByteBuffer,
        rule: Range<Int>, tool: Range<Int>, to findings: inout ByteBuffer
    ) -> Bool {
        let bytes = names.bytes
        return RobotFindings.append(
            layer: layer.rawValue, weight: weight, rule: bytes.extracting(rule),
            tool: bytes.extracting(tool), to: &findings)
    }

    private static func append(
        _ names: borrowing ByteBuffer, _ range: Range<Int>, to json: inout ByteBuffer
    ) {
        let bytes = names.bytes
        json.append(jsonString: bytes.extracting(range))
    }
}
