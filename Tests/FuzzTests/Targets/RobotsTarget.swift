import Bytes
import Wire

@testable import Robots

/// A ruleset's file (what begins with `{`), or the lines of a request's head.
///
/// The file is JSON where `Wire` takes it for JSON, with the same values, and what can be read can
/// be compiled and asked. Of a head, what the automaton finds is what a search for one tell after
/// the other finds; a verdict stays within its bounds, and is the same for the same head.
enum RobotsTarget {
    private static let shipped = RobotDetector(.shipped)

    @Sendable static func run(_ input: [UInt8]) throws {
        if input.first == UInt8(ascii: "{") {
            try checkFile(input)
        } else {
            try checkHead(HeadLines(input))
        }
    }

    // MARK: The file

    private static func checkFile(_ input: [UInt8]) throws {
        var own: RulesetValue?
        var error: RulesetError?
        do throws(RulesetError) { own = try RulesetParser.parse(input) } catch let found {
            error = found
        }
        var other: JSONValue?
        do throws(JSONReadingError) { other = try JSONValue(input) } catch { other = nil }
        if let own, let other {
            try require(same(own, other), "another value than Wire reads")
        } else {
            try require(own == nil && other == nil, "Wire says otherwise: \(error?.detail ?? "")")
        }
        let ruleset: Ruleset
        do throws(RulesetError) { ruleset = try Ruleset(input) } catch { return }
        let detector = RobotDetector(ruleset)
        for text in ["User-Agent: curl/8.0\n", "", "Host: a\nuser-agent: x\nHost: b\n"] {
            try check(HeadLines(Array(text.utf8)), ruleset, detector)
        }
    }

    private static func same(_ own: RulesetValue, _ other: JSONValue) -> Bool {
        switch (own, other) {
        case (.null, .null): true
        case (.bool(let one), .bool(let two)): one == two
        case (.number(let one), .integer(let two)): one == Double(two)
        case (.number(let one), .number(let two)): one == two
        case (.string(let one), .string(let two)): one == two
        case (.array(let ones), .array(let twos)):
            ones.count == twos.count && zip(ones, twos).allSatisfy { same($0, $1) }
        case (.object(let ones), .object(let twos)):
            ones.count == twos.count
                && ones.allSatisfy { member in
                    twos[member.name].map { same(member.value, $0) } ?? false
                }
        default: false
        }
    }

    // MARK: A head

    private static func checkHead(_ head: HeadLines) throws {
        try check(head, .shipped, shipped)
        let verdict = head.judge(shipped, over: .proxied, layers: .signature)
        let model = SignatureModel(.shipped, head)
        try require(verdict.weight == model.weight, "\(verdict.weight), searched: \(model.weight)")
        try require(
            verdict.evidence.count == (model.rules.isEmpty ? 0 : 1), "another number of items")
        if verdict.evidence.count == 1 {
            let name = Ruleset.shipped.rules[Int(verdict.evidence[0].rule)].name
            try require(model.rules.contains(name), "\(name), searched: \(model.rules)")
        }
    }

    private static func check(
        _ head: HeadLines, _ ruleset: Ruleset, _ detector: borrowing RobotDetector
    ) throws {
        for (name, transport) in RobotTransport.named {
            let verdict = head.judge(detector, over: transport, layers: .all)
            let again = head.judge(detector, over: transport, layers: .all)
            try require(verdict.weight == again.weight, "another verdict over \(name)")
            try checkMemory(head, verdict, detector, over: transport)
            let isHeld =
                switch verdict.outcome {
                case .accept: verdict.weight < ruleset.lower
                case .challenge: verdict.weight >= ruleset.lower && verdict.weight < ruleset.upper
                case .refuse: verdict.weight >= ruleset.upper
                }
            try require(isHeld, "a verdict beyond its bounds")
            for index in 0..<verdict.evidence.count {
                let item = verdict.evidence[index]
                let reason = head.bytes.withBytes { ruleset.reason(item, in: $0) }
                let rule = ruleset.rules[Int(item.rule)]
                try require(rule.needs.isSubset(of: transport), "\(rule.name) over \(name)")
                try require(reason.observed.utf8.count <= 3 * RobotReason.observedBytes, "long")
            }
        }
    }
}

extension RobotsTarget {
    /// A head that comes again and again, whole and without its last line by turns, gets the
    /// verdict that it gets without a memory.
    private static func checkMemory(
        _ head: HeadLines, _ verdict: RobotVerdict, _ detector: borrowing RobotDetector,
        over transport: RobotTransport
    ) throws {
        var memory = HeadMemory()
        let shorter = HeadLines(head.bytes, maximumFields: max(head.fields.count - 1, 0))
        let other = shorter.judge(detector, over: transport, layers: .all)
        for _ in 0..<6 {
            for (lines, expected) in [(head, verdict), (shorter, other)] {
                let found = unsafe detector.judge(
                    lines.bytes.span.bytes, lines.fields.span, [.post, .json], over: transport,
                    remembering: &memory)
                let isSame =
                    switch found {
                    case .nothing(let headHash):
                        expected.evidence.count == 0 && expected.outcome == .accept
                            && expected.headHash == headHash
                    case .verdict(let found):
                        found.weight == expected.weight && found.outcome == expected.outcome
                            && found.headHash == expected.headHash
                            && found.evidence.count == expected.evidence.count
                    }
                try require(isSame, "another verdict of a head that is known")
            }
        }
    }
}

/// Lines `name: value` as a head's fields; a line without a colon is a name.
struct HeadLines {
    let bytes: [UInt8]
    private(set) var fields: [HeaderRange] = []

    init(_ bytes: [UInt8], maximumFields: Int = 300) {
        self.bytes = bytes
        var start = 0
        while start < bytes.count, fields.count < maximumFields {
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            let colon = bytes[start..<end].firstIndex(of: 0x3A) ?? end
            let name = start..<min(colon, start + 255)
            var value = min(colon + 1, end)
            while value < end, bytes[value] == 0x20 { value += 1 }
            fields.append(HeaderRange(name: ByteRange(name), value: ByteRange(value..<end)))
            start = end + 1
        }
    }

    func judge(
        _ detector: borrowing RobotDetector, over transport: RobotTransport, layers: RobotLayers
    ) -> RobotVerdict {
        unsafe detector.judge(
            bytes.span.bytes, fields.span, [.post, .json], over: transport, layers: layers)
    }

    /// The name of a field in lower case, and its value.
    func field(_ index: Int) -> (name: [UInt8], value: [UInt8]) {
        (lowered(bytes[fields[index].name.range]), Array(bytes[fields[index].value.range]))
    }
}

private func lowered(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    bytes.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
}

/// The signature layer as it is written down: one tell after the other, in one value after the
/// other.
private struct SignatureModel {
    private(set) var rules: Set<String> = []
    private(set) var weight: Int32 = 0

    init(_ ruleset: Ruleset, _ head: HeadLines) {
        // The first field of each name that the rules look at counts.
        var values: [String: [UInt8]] = [:]
        for index in 0..<min(head.fields.count, 255) {
            let (name, value) = head.field(index)
            let text = String(decoding: name, as: UTF8.self)
            if values[text] == nil { values[text] = value }
        }
        var found: Set<Int> = []
        for (tell, header, rule, _) in ruleset.signatures.tells
        where values[header].map({ Self.has(tell, $0) }) ?? false {
            found.insert(rule)
        }
        for (header, rule) in ruleset.signatures.absences where values[header] == nil {
            found.insert(rule)
        }
        for (header, rule, _) in ruleset.signatures.presences where values[header] != nil {
            found.insert(rule)
        }
        if let agent = values["user-agent"] {
            for (shape, rule) in ruleset.signatures.shapes {
                let holds = agent.withBytes { bytes in
                    shape.holds(
                        for: ByteRange(0..<bytes.byteCount), in: bytes,
                        firstAt: agent.firstIndex(of: 0x40))
                }
                if holds { found.insert(rule) }
            }
        }
        for (tell, header, rule) in ruleset.signatures.excuses
        where values[header].map({ Self.has(tell, $0) }) ?? false {
            found.remove(rule)
        }
        let open = found.filter { ruleset.rules[$0].needs.isEmpty }
        weight = open.map { ruleset.rules[$0].weight }.max() ?? 0
        rules = Set(
            open.filter { ruleset.rules[$0].weight == weight }.map { ruleset.rules[$0].name })
    }

    private static func has(_ tell: Tell, _ value: [UInt8]) -> Bool {
        let value = lowered(value)
        guard value.count >= tell.text.count else { return false }
        return (0...(value.count - tell.text.count)).contains { start in
            let end = start + tell.text.count
            guard Array(value[start..<end]) == tell.text else { return false }
            if tell.anchors.contains(.start), start > 0 { return false }
            if tell.anchors.contains(.end), end < value.count { return false }
            if tell.anchors.contains(.wordStart), start > 0, isLetter(value[start - 1]) {
                return false
            }
            return !(tell.anchors.contains(.wordEnd) && end < value.count && isLetter(value[end]))
        }
    }
}
