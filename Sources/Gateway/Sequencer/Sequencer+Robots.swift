internal import Bytes
internal import Ledger
internal import Log
internal import Robots

/// Entries of operations that ask whether a robot sent them: what the worker found of the head and
/// what is remembered of how entries come add up, before the fold and beside it. The fold is told
/// what the entry counts as, and decides the rest.
extension Sequencer {
    /// Has the memory read that deciding an entry of this batch will look at.
    mutating func anticipate(_ envelope: EntryEnvelope) {
        ledger.anticipate(envelope.command)
        if envelope.suspicion.measure != nil { behaviour.anticipate(envelope.traits) }
    }

    /// Decides what is done about the entry in hand.
    /// - Parameters:
    ///   - envelope: counts as a robot from here on, where it does.
    ///   - record: the envelope with what follows it in the ring.
    ///   - answer: filled in where the ledger is not asked.
    /// - Returns: whether the ledger is asked.
    mutating func judge(
        _ envelope: inout EntryEnvelope, _ record: RawSpan, _ answer: inout AnswerEnvelope
    ) -> Bool {
        let suspicion = envelope.suspicion
        guard let measure = suspicion.measure else { return true }
        // Once for each entry, in the order of decisions: everybody who comes is compared.
        let behaviour = self.behaviour.observe(envelope.traits, at: latest)
        let weights = suspicion.weights(behaviour: behaviour.weight)
        let decision = RobotDecision(
            weights, measure, isSolved: envelope.command.challenge.state == .solved)
        // With a ticket it came before, and was counted then.
        let isNew = envelope.ticket == 0
        if isNew {
            robots.recordAttempt(
                of: envelope.command.operation, weight: weights.sum, shard: robots.sequencer)
        }
        switch decision {
        case .admit: return true
        case .admitSuspect: break
        case .admitRobot: envelope.command.countedAs = .robot
        case .challenge, .refuse:
            if isOwedAnother(envelope.command) { return true }
        }
        keep(envelope, record, behaviour)
        if isNew { count(envelope, weights, decision) }
        switch decision {
        case .admit, .admitSuspect, .admitRobot: return true
        case .challenge:
            answer.verdict = .challenged
            answer.challengeLevel = Self.level(of: weights).rawValue
        case .refuse:
            answer.verdict = .refused
            answer.reasons.insert(.robot)
        }
        answer.key = envelope.command.key
        answer.tool = suspicion.tool
        evidence.removeAll()
        return false
    }

    /// Counts an entry that is suspect or a robot's, by the findings of all layers: they lie behind
    /// the head of the evidence.
    private func count(
        _ envelope: EntryEnvelope, _ weights: RobotDecision.Weights, _ decision: RobotDecision
    ) {
        guard let verdict = RobotMinute.Verdict(decision) else { return }
        let start = EntryExtensions.headBytes + RobotEvidenceRecord.headBytes
        let end = evidence.count - Int(envelope.extensionBytes)
        robots.record(
            RobotSighting(
                operation: envelope.command.operation, key: envelope.command.key, verdict: verdict,
                isRobot: weights.sum >= weights.upper, weight: weights.sum,
                origin: envelope.origin, at: latest),
            findings: evidence.bytes.extracting(start..<end), shard: robots.sequencer)
    }

    /// Whether the ledger would refuse the entry anyway, or has let it in before: then that is its
    /// answer, whoever sends it.
    private mutating func isOwedAnother(_ command: EntryCommand) -> Bool {
        ledger.refusal(of: command, at: latest) != nil || ledger.earlier(command, at: latest) != nil
    }

    /// The usual work for the lower half of what is suspect, more for the upper one, and most for
    /// what would be a robot.
    private static func level(of weights: RobotDecision.Weights) -> ChallengeDifficulty.Level {
        if weights.sum >= weights.upper { return .high }
        let middle = weights.lower &+ (weights.upper &- weights.lower) / 2
        return weights.sum >= middle ? .raised : .usual
    }

    /// Writes what speaks against the entry in hand, and the extensions behind it.
    private mutating func keep(
        _ envelope: EntryEnvelope, _ record: RawSpan, _ behaviour: BehaviourFindings
    ) {
        let suspicion = envelope.suspicion
        let start = MemoryLayout<EntryEnvelope>.size
        var omitted = Int(suspicion.omittedFindings)
        evidence.append(EntryExtensions.evidenceTag)
        // The length follows.
        evidence.append(littleEndian: UInt16(0))
        RobotEvidenceRecord.append(
            rulesetVersion: suspicion.rulesetVersion, rulesetDigest: suspicion.rulesetDigest,
            headWeight: suspicion.weight, behaviourWeight: behaviour.weight, omitted: 0,
            to: &evidence)
        evidence.append(record.extracting(start..<envelope.extensionsStart))
        for index in 0..<behaviour.count where !append(behaviour[index]) { omitted += 1 }
        let length = evidence.count - EntryExtensions.headBytes
        evidence.overwrite(littleEndian: UInt16(length), at: 1)
        evidence.overwrite(
            littleEndian: UInt8(clamping: omitted),
            at: EntryExtensions.headBytes + RobotEvidenceRecord.headBytes - 1)
        let end = envelope.extensionsStart + Int(envelope.extensionBytes)
        evidence.append(record.extracting(envelope.extensionsStart..<end))
    }

    /// - Returns: whether there was room for it.
    private mutating func append(_ finding: BehaviourFinding) -> Bool {
        let code = finding.rule.code
        let length = RobotFindings.lengthBytes(rule: code.utf8CodeUnitCount)
        let limit = EntryExtensions.headBytes + LedgerLimits.evidenceBytes
        guard evidence.count + length <= limit else { return false }
        RobotFindings.append(
            layer: UInt8(clamping: finding.rule.layer), weight: finding.weight,
            observed: finding.observed, rule: code, to: &evidence)
        return true
    }

    /// Appends an accepted entry to the log, with what speaks against it before its extensions.
    /// Takes the fields one by one: a span of one field is held against all of its owner.
    static func append(
        _ command: EntryCommand, _ entry: EntryNumber, _ participant: UInt32,
        _ extensions: borrowing ByteBuffer, source: RawSpan, sealed: RawSpan, to log: inout Log
    ) {
        let bytes = extensions.bytes
        log.append(kind: EntryRecord.kind) { buffer in
            EntryRecord.encode(
                command, entry: entry, participant: participant, extensions: bytes,
                source: source, sealed: sealed, into: &buffer)
        }
    }
}
