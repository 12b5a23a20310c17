internal import Bytes
internal import Cryptography
internal import Ledger
internal import Robots
internal import Wire

/// A worker's judge of heads: layers 1 and 2. It holds what it found of the entry in hand.
struct HeadJudge: ~Copyable {
    private(set) var ruleset: RobotRuleset
    private var detector: RobotDetector
    private var heads = HeadMemory()
    /// The ruleset's bounds, version and digest, at hand.
    private var lower: Int32
    private var upper: Int32
    private var version: UInt32
    private var digest: UInt64
    /// What the rules found, as ``RobotFindings`` reads it; empty where nothing was found.
    private(set) var findings = ByteBuffer(capacity: 1 << 10)
    private(set) var suspicion = RobotSuspicion()
    /// What all requests of one browser have in common.
    private(set) var headHash: UInt32 = 0

    init(_ ruleset: RobotRuleset) {
        self.ruleset = ruleset
        detector = RobotDetector(ruleset.ruleset)
        lower = ruleset.ruleset.lower
        upper = ruleset.ruleset.upper
        version = ruleset.ruleset.version
        digest = ruleset.ruleset.digest.leadingWord
    }

    /// Takes other rules; takes milliseconds.
    mutating func change(to ruleset: RobotRuleset) {
        self.ruleset = ruleset
        detector = RobotDetector(ruleset.ruleset)
        heads.removeAll()
        lower = ruleset.ruleset.lower
        upper = ruleset.ruleset.upper
        version = ruleset.ruleset.version
        digest = ruleset.ruleset.digest.leadingWord
    }

    /// Nothing is looked at of the entry in hand.
    mutating func skip() {
        findings.removeAll()
        suspicion = RobotSuspicion()
    }

    /// Nothing is looked at of this entry's head; what comes to it elsewhere is held to the bounds.
    mutating func pass(_ measure: RobotDecision.Measure) {
        findings.removeAll()
        suspicion = RobotSuspicion()
        suspicion.measure = measure
        suspicion.lower = lower
        suspicion.upper = upper
        suspicion.rulesetVersion = version
        suspicion.rulesetDigest = digest
    }

    /// Judges the head of the entry in hand. Allocates nothing.
    /// - Parameter clientHello: of JA4, as ``RobotDetector`` takes it; 0 for none.
    /// - Returns: what it comes to without what only the sequencer knows.
    mutating func judge(
        _ head: borrowing RequestParser, _ request: RawSpan, over transport: RobotTransport,
        _ clientHello: UInt64, isJSON: Bool, _ measure: RobotDecision.Measure
    ) -> RobotDecision {
        let judgement = detector.judge(
            request, head.sentFields,
            RequestTraits(isPost: true, isJSON: isJSON, isHTTP10: head.minorVersion == 0),
            over: transport, clientHello: clientHello, remembering: &heads)
        pass(measure)
        switch judgement {
        case .nothing(let known): headHash = known
        case .verdict(let verdict):
            headHash = verdict.headHash
            note(verdict)
        }
        return RobotDecision(suspicion.weights(behaviour: 0), measure, solved: nil)
    }

    /// How much work an entry would be asked for that has the head of a request without a body: the
    /// usual where no tool shows in it. Nothing is looked at of the entry in hand.
    /// - Parameter clientHello: see ``judge(_:_:over:_:isJSON:_:)``.
    mutating func level(
        _ head: borrowing RequestParser, _ request: RawSpan, over transport: RobotTransport,
        _ clientHello: UInt64, _ measure: RobotDecision.Measure
    ) -> ChallengeDifficulty.Level {
        let judgement = detector.judge(
            request, head.sentFields,
            RequestTraits(isPost: false, isJSON: false, isHTTP10: head.minorVersion == 0),
            over: transport, clientHello: clientHello, remembering: &heads)
        pass(measure)
        guard case .verdict(let verdict) = judgement, verdict.signatureWeight > 0 else {
            return .usual
        }
        note(verdict)
        return suspicion.weights(behaviour: 0).level(under: measure)
    }

    /// The entry in hand is signed by a robot that its operation lets in: it is let in, and counts
    /// as a robot whatever else is found.
    mutating func admit(_ robot: PinnedRobot) {
        // Where nobody judges, the head was not looked at.
        if suspicion.measure == nil { headHash = 0 }
        pass(.observe)
        suspicion.signatureWeight = PinnedRobot.weight
        suspicion.weight = PinnedRobot.weight
        robot.name.withBytes { append(PinnedRobot.rule, naming: $0, PinnedRobot.weight) }
    }

    /// The entry in hand is signed, and not let in for it: it is judged as it was.
    mutating func note(_ fault: SignatureFault) {
        if suspicion.measure != nil { append(fault.rule, naming: RawSpan(), 0) }
    }

    private mutating func append(_ rule: String, naming tool: RawSpan, _ weight: Int32) {
        let isAppended = rule.withBytes {
            RobotFindings.append(
                layer: RobotRule.Layer.signature.rawValue, weight: weight, rule: $0, tool: tool,
                to: &findings)
        }
        if !isAppended, suspicion.omittedFindings < .max { suspicion.omittedFindings += 1 }
        suspicion.findingsBytes = UInt16(findings.count)
    }

    private mutating func note(_ verdict: RobotVerdict) {
        suspicion.weight = verdict.weight
        suspicion.signatureWeight = verdict.signatureWeight
        guard verdict.evidence.count > 0 else { return }
        let omitted = ruleset.append(verdict.evidence, to: &findings)
        suspicion.omittedFindings = UInt8(clamping: omitted)
        suspicion.findingsBytes = UInt16(findings.count)
        if let tool = verdict.evidence[0].tool {
            suspicion.tool = NamedTool(place: UInt16(tool), ruleset: ruleset.number)
        }
    }
}
