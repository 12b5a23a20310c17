/// Makes a ruleset of its file's value, part by part; each error has a pointer.
struct RulesetReader {
    let file: [RulesetValue.Member]

    private(set) var version: UInt32 = 0
    private(set) var lower: Int32 = 0
    private(set) var upper: Int32 = 0
    /// Of layers 3 and 4.
    var behaviour = BehaviourSettings()
    private(set) var consistencyLimit: Int32 = 0
    var rules: [RobotRule] = []
    private(set) var signatureCount = 0
    var tools: [String] = []
    var signatures = Ruleset.Signatures()
    private(set) var checks: [ConsistencyCheck] = []
    private(set) var spellings: [String] = []
    private(set) var orders: [(engine: BrowserClaim.Engine, groups: [[String]])] = []
    private(set) var handshakes: [(tool: String, ja4: String)] = []
    var authorities: [String] = []
    var pinned: [PinnedRobot] = []
    /// Bytes of all tells so far.
    var tellBytes = 0

    init(_ file: RulesetValue) throws(RulesetError) {
        self.file = try file.object("")
    }

    mutating func read() throws(RulesetError) {
        try file.check(
            known: [
                "format", "version", "bounds", "signatures", "consistency", "spellings", "orders",
                "handshakes", "rhythm", "cohort", "robots",
            ], in: "")
        _ = try file.required("format", in: "").integer("/format", in: 1...1)
        version = UInt32(
            try file.required("version", in: "").integer("/version", in: 1...4_294_967_295))
        try readBounds(try file.required("bounds", in: "").object("/bounds"))
        try readSignatures(try file.required("signatures", in: "").array("/signatures"))
        signatureCount = rules.count
        try readChecks(try file.required("consistency", in: "").array("/consistency"))
        if let value = file["spellings"] { try readSpellings(try value.array("/spellings")) }
        if let value = file["orders"] { try readOrders(try value.object("/orders")) }
        if let value = file["handshakes"] { try readHandshakes(try value.object("/handshakes")) }
        try readBehaviour()
        if let value = file["robots"] { try readRobots(try value.object("/robots")) }
    }

    private mutating func readBounds(
        _ bounds: [RulesetValue.Member]
    ) throws(RulesetError) {
        try bounds.check(
            known: [
                "lower", "upper", "consistency", "rhythm", "cohort", "cohort-least", "independence",
            ], in: "/bounds")
        lower = try weight(bounds.required("lower", in: "/bounds"), "/bounds/lower")
        upper = try weight(bounds.required("upper", in: "/bounds"), "/bounds/upper")
        consistencyLimit = try weight(
            bounds.required("consistency", in: "/bounds"), "/bounds/consistency")
        guard lower > 0 else { throw RulesetError("/bounds/lower", "Must be above 0.") }
        guard upper > lower else {
            throw RulesetError("/bounds/upper", "Must be above /bounds/lower.")
        }
        guard consistencyLimit < upper else {
            throw RulesetError(
                "/bounds/consistency",
                "Must be below /bounds/upper: this layer weighs, and may not refuse alone.")
        }
    }

    // MARK: Consistency

    private mutating func readChecks(_ elements: [RulesetValue]) throws(RulesetError) {
        for (index, element) in elements.enumerated() {
            let pointer = "/consistency/\(index)"
            let members = try element.object(pointer)
            try members.check(known: ["rule", "weight", "says", "needs"], in: pointer)
            let rule = try self.rule(members, layer: .consistency, pointer)
            guard let check = ConsistencyCheck.named(rule.name) else {
                let known = ConsistencyCheck.allCases.map(\.name).joined(separator: ", ")
                throw RulesetError("\(pointer)/rule", "Must be one of \(known).")
            }
            rules.append(rule)
            checks.append(check)
        }
    }

    private mutating func readSpellings(_ elements: [RulesetValue]) throws(RulesetError) {
        for (index, element) in elements.enumerated() {
            let pointer = "/spellings/\(index)"
            let name = try element.string(pointer)
            try checkHeader(name.lowercased(), pointer)
            guard !spellings.contains(where: { $0.lowercased() == name.lowercased() }) else {
                throw RulesetError(pointer, "Must be there once.")
            }
            spellings.append(name)
        }
    }

    private mutating func readOrders(_ members: [RulesetValue.Member]) throws(RulesetError) {
        let engines: [BrowserClaim.Engine] = [.chromium, .firefox, .safari]
        try members.check(known: engines.map(\.name), in: "/orders")
        for engine in engines {
            guard let value = members[engine.name] else { continue }
            let pointer = "/orders/\(engine.name)"
            var groups: [[String]] = []
            var known: Set<String> = []
            for (index, element) in try value.array(pointer).enumerated() {
                let group = try element.strings("\(pointer)/\(index)")
                for (name, place) in group {
                    try checkHeader(name, place)
                    guard known.insert(name).inserted else {
                        throw RulesetError(place, "Must be there once.")
                    }
                }
                groups.append(group.map(\.text))
            }
            guard known.count <= RulesetLimits.orderedHeaders else {
                throw RulesetError(
                    pointer, "Must have at most \(RulesetLimits.orderedHeaders) names.")
            }
            orders.append((engine, groups))
        }
        try checkHeaderCount("/orders")
    }

    private mutating func readHandshakes(
        _ members: [RulesetValue.Member]
    ) throws(RulesetError) {
        for member in members {
            let pointer = "/handshakes/\(RulesetError.token(member.name))"
            try checkName(member.name, pointer)
            for (text, place) in try member.value.strings(pointer) {
                guard HandshakeMark.isJA4(text) else {
                    throw RulesetError(
                        place, "Must be a JA4 of TLS: t13d1516h2_8daaf6152771_d8a2da3f94cd.")
                }
                guard !handshakes.contains(where: { $0.ja4 == text }) else {
                    throw RulesetError(place, "Must be there once.")
                }
                guard handshakes.count < RulesetLimits.handshakes else {
                    throw RulesetError(
                        place, "Must be at most \(RulesetLimits.handshakes) altogether.")
                }
                handshakes.append((member.name, text))
            }
        }
    }

    // MARK: What all layers have

    /// What every rule has: `rule`, `weight`, `says`, and `needs` where it does not hold anywhere.
    func rule(
        _ members: [RulesetValue.Member], layer: RobotRule.Layer, _ pointer: String
    ) throws(RulesetError) -> RobotRule {
        let name = try members.required("rule", in: pointer).string("\(pointer)/rule")
        try checkName(name, "\(pointer)/rule")
        guard !rules.contains(where: { $0.name == name }) else {
            throw RulesetError("\(pointer)/rule", "Must be the name of no other rule.")
        }
        let isOwn =
            name == PinnedRobot.rule || SignatureFault.allCases.contains { $0.rule == name }
        guard !isOwn else {
            throw RulesetError("\(pointer)/rule", "Must be another name: the gateway has this one.")
        }
        let weight = try weight(members.required("weight", in: pointer), "\(pointer)/weight")
        guard weight != 0 else {
            throw RulesetError(
                "\(pointer)/weight", "Must not be 0: leave the rule out to switch it off.")
        }
        let says = try members.required("says", in: pointer).string("\(pointer)/says")
        guard !says.isEmpty, says.count <= RulesetLimits.sentenceCharacters else {
            throw RulesetError(
                "\(pointer)/says",
                "Must have 1 to \(RulesetLimits.sentenceCharacters) characters.")
        }
        var needs: RobotTransport = []
        if let value = members["needs"] { needs = try transport(value, "\(pointer)/needs") }
        return RobotRule(name: name, layer: layer, weight: weight, says: says, needs: needs)
    }

    /// The names of what a rule may need.
    private static let needs: [(name: String, transport: RobotTransport)] = [
        ("direct", .direct), ("secure", [.direct, .secure]), ("tls1.3", .tls13),
    ]

    private func transport(
        _ value: RulesetValue, _ pointer: String
    ) throws(RulesetError) -> RobotTransport {
        let name = try value.string(pointer)
        guard let found = Self.needs.first(where: { $0.name == name }) else {
            let known = Self.needs.map(\.name).joined(separator: ", ")
            throw RulesetError(pointer, "Must be one of \(known).")
        }
        return found.transport
    }

    func weight(
        _ value: RulesetValue, _ pointer: String
    ) throws(RulesetError) -> Int32 {
        guard case .number(let number) = value, number.magnitude <= RulesetLimits.weight else {
            throw RulesetError(
                pointer,
                "Must be a number from -\(RulesetLimits.weight) to \(RulesetLimits.weight).")
        }
        return Int32((number * 1_000).rounded())
    }

    /// A rule's or a tool's name as one line of text. Counted in bytes: findings have room for so
    /// many.
    func checkName(_ name: String, _ pointer: String) throws(RulesetError) {
        let isText = name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        guard isText, !name.isEmpty, name.utf8.count <= RulesetLimits.nameBytes else {
            throw RulesetError(
                pointer,
                "Must have 1 to \(RulesetLimits.nameBytes) bytes in UTF-8, and no control "
                    + "characters.")
        }
    }

    /// A header's name in lower case.
    func checkHeader(_ name: String, _ pointer: String) throws(RulesetError) {
        let isName = name.utf8.allSatisfy { byte in
            byte &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: "-")
        }
        guard isName, RulesetLimits.headerNameBytes.contains(name.utf8.count) else {
            let range = RulesetLimits.headerNameBytes
            throw RulesetError(
                pointer,
                "Must be a header's name: \(range.lowerBound) to \(range.upperBound) lower-case "
                    + "letters, digits and hyphens.")
        }
    }

    func checkHeaderCount(_ pointer: String) throws(RulesetError) {
        var names = Set(HeaderName.allCases.map(\.name))
        names.formUnion(signatures.headers)
        names.formUnion(orders.flatMap { $0.groups.joined() })
        guard names.count <= RulesetLimits.headers else {
            throw RulesetError(
                pointer, "Must name at most \(RulesetLimits.headers) headers altogether.")
        }
    }
}
