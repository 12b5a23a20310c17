internal import Bytes
package import Cryptography

/// The rules by which a request's head is judged: one file, whole or not at all.
///
/// `RULESET.md` beside this module documents the file. A ``RobotDetector`` is made from it for each
/// thread that judges.
package struct Ruleset: Sendable {
    /// Of the rules, from 1 on; whoever changes a rule raises it.
    package let version: UInt32
    /// SHA-256 of the file's bytes: which file it was, whatever its version says.
    package let digest: SHA256Digest
    /// Below it a request is accepted; in thousandths, as the weights.
    package let lower: Int32
    /// From here on it is refused.
    package let upper: Int32
    /// The most that the consistency layer may weigh altogether.
    package let consistencyLimit: Int32
    /// What layers 3 and 4 may weigh.
    package let behaviour: BehaviourSettings
    /// The rules of the signature layer, then those of consistency, of rhythm, of cohort.
    package let rules: [RobotRule]
    /// The tools that tells name.
    package let tools: [String]
    /// The robots whose signatures are verified, one for each key.
    package let pinned: [PinnedRobot]
    /// The hosts that they may have signed for: this gateway's own names.
    package let authorities: [String]

    /// How many of ``rules`` are of the signature layer.
    let signatureCount: Int
    let signatures: Signatures
    /// The checks that have a rule, in the rules' order.
    let checks: [ConsistencyCheck]
    /// Names of headers as browsers spell them.
    let spellings: [String]
    /// By engine: names of headers, in lower case, in the order in which it sends them; those of
    /// one group come in any order.
    let orders: [(engine: BrowserClaim.Engine, groups: [[String]])]
    /// TLS handshakes of tools, as JA4, with whose they are.
    let handshakes: [(tool: String, ja4: String)]

    /// What the rules of the signature layer look for; rules by their place.
    struct Signatures: Sendable {
        var tells: [(tell: Tell, header: String, rule: Int, tool: Int?)] = []
        /// Texts that turn a rule off where the same value holds them.
        var excuses: [(tell: Tell, header: String, rule: Int)] = []
        var absences: [(header: String, rule: Int)] = []
        var presences: [(header: String, rule: Int, tool: Int?)] = []
        var shapes: [(shape: ValueShape, rule: Int)] = []

        /// The headers that rules look at; some more than once.
        var headers: [String] {
            var headers = tells.map(\.header)
            headers += excuses.map(\.header)
            headers += absences.map(\.header)
            headers += presences.map(\.header)
            return headers
        }
    }

    /// Reads a ruleset's file.
    /// - Throws: ``RulesetError``: what is wrong, and where.
    package init(_ json: [UInt8]) throws(RulesetError) {
        guard json.count <= RulesetLimits.fileBytes else {
            throw RulesetError("", "Must have at most \(RulesetLimits.fileBytes) bytes.")
        }
        let file = try RulesetParser.parse(json)
        var reader = try RulesetReader(file)
        try reader.read()
        version = reader.version
        var hasher = SHA256()
        digest = json.withBytes { hasher.digest($0) }
        lower = reader.lower
        upper = reader.upper
        consistencyLimit = reader.consistencyLimit
        behaviour = reader.behaviour
        rules = reader.rules
        tools = reader.tools
        pinned = reader.pinned
        authorities = reader.authorities
        signatureCount = reader.signatureCount
        signatures = reader.signatures
        checks = reader.checks
        spellings = reader.spellings
        orders = reader.orders
        handshakes = reader.handshakes
    }

    /// The names of all headers that the rules look at, each once: those of the checks first, by
    /// their numbers.
    var headerNames: [String] {
        var names = HeaderName.allCases.map(\.name)
        for name in signatures.headers where !names.contains(name) { names.append(name) }
        for name in orders.flatMap({ $0.groups.joined() }) where !names.contains(name) {
            names.append(name)
        }
        return names
    }
}
