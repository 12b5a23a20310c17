internal import Bytes
internal import Ledger
internal import Log
internal import Robots
internal import Time

/// Entries of operations that ask whether a robot sent them: what the worker found of the head and
/// what is remembered of how entries come add up, before the fold and beside it. The fold is told
/// what the entry counts as, and decides the rest.
extension Sequencer {
    /// Has the memory read that deciding an entry of this batch will look at.
    mutating func anticipate(_ envelope: EntryEnvelope) {
        ledger.anticipate(envelope.command)
        if envelope.suspicion.measure != nil { behaviour.anticipate(envelope.traits) }
    }

    /// What an entry was judged to be.
    struct Judged {
        let weights: RobotDecision.Weights
        let decision: RobotDecision
        /// Whether that is its answer, and the ledger is not asked.
        var isAnswered = false
    }

    /// Decides what is done about the entry in hand.
    /// - Parameters:
    ///   - envelope: counts as a robot from here on, where it does.
    ///   - record: the envelope with what follows it in the ring.
    ///   - answer: filled in where the ledger is not asked.
    /// - Returns: nil where nobody asks about robots.
    mutating func judge(
        _ envelope: inout EntryEnvelope, _ record: RawSpan, _ answer: inout AnswerEnvelope
    ) -> Judged? {
        let suspicion = envelope.suspicion
        guard let measure = suspicion.measure else { return nil }
        // Once for each entry, in the order of decisions: everybody who comes is compared.
        let behaviour = self.behaviour.observe(envelope.traits, at: latest)
        let weights = suspicion.weights(behaviour: behaviour.weight)
        let challenge = envelope.command.challenge
        let decision = RobotDecision(
            weights, measure,
            solved: isGood(challenge, of: envelope)
                ? ChallengeDifficulty.Level(rawValue: challenge.level) : nil,
            hasWaited: challenge.turn != nil)
        var judged = Judged(weights: weights, decision: decision)
        if case .admit = decision { return judged }
        keep(envelope, record, behaviour)
        switch decision {
        case .admit, .admitSuspect: return judged
        case .admitRobot:
            envelope.command.countedAs = .robot
            return judged
        case .challenge, .refuse:
            if isOwedAnother(envelope) { return judged }
        }
        judged.isAnswered = true
        answer.key = envelope.command.key
        answer.tool = suspicion.tool
        if case .refuse = decision {
            answer.verdict = .refused
            answer.reasons.insert(.robot)
        } else {
            answer.verdict = .challenged
            askForWork(weights.level(under: measure), of: challenge, &answer)
        }
        return judged
    }

    /// Whether the challenge is solved, and was not spent on a place. Whoever has a place comes
    /// back to it with the challenge that brought it.
    private func isGood(_ challenge: SolvedChallenge, of envelope: EntryEnvelope) -> Bool {
        guard challenge.state == .solved else { return false }
        if envelope.ticket > 0 { return true }
        return !turnstiles.challenges.isSpent(
            challenge, by: envelope.command.participant,
            at: isBeforeShuffledStart(envelope.command.operation) ? latest : nil)
    }

    /// Whether newcomers are given places: the ledger says no more than that it is not open.
    private func isBeforeShuffledStart(_ operation: UInt32) -> Bool {
        guard Int(operation) < ledger.catalogue.operations.count,
            let opens = ledger.shuffledOpening(of: operation)
        else { return false }
        return latest < opens
    }

    /// How much work is asked for. One that has waited in place of so much, and whose turn is yet
    /// to come, is asked to wait for that alone.
    private func askForWork(
        _ level: ChallengeDifficulty.Level, of challenge: SolvedChallenge,
        _ answer: inout AnswerEnvelope
    ) {
        answer.challengeLevel = level.rawValue
        guard let turn = challenge.turn, challenge.level >= level.rawValue else { return }
        answer.retryAfterMilliseconds = UInt32(
            clamping: max(Int64(turn) * 1_000 - latest.milliseconds, 1))
    }

    /// Counts an entry that was judged, as it was answered: of one that is suspect or a robot's the
    /// findings of all layers, which lie behind the head of the evidence.
    ///
    /// With a ticket it came before, and was counted then; one that is stopped now counts again,
    /// as what it turned out to be.
    mutating func count(_ envelope: EntryEnvelope, _ judged: Judged, _ answered: EntryVerdict) {
        if answered == .waiting || answered == .waitingForOpening, envelope.ticket == 0 {
            turnstiles.challenges.spend(
                envelope.command.challenge, by: envelope.command.participant, at: latest)
        }
        let (weights, decision) = (judged.weights, judged.decision)
        let isRobot = decision.isRobot(by: weights)
        let verdict = RobotMinute.Verdict(decision, isRobot: isRobot, answered: answered)
        guard envelope.ticket == 0 || verdict == .challenged || verdict == .refused else { return }
        robots.recordAttempt(
            of: envelope.command.operation, weight: weights.sum, shard: robots.sequencer)
        guard let verdict else { return }
        let start = EntryExtensions.headBytes + RobotEvidenceRecord.headBytes
        let end = evidence.count - Int(envelope.extensionBytes)
        robots.record(
            RobotSighting(
                operation: envelope.command.operation, key: envelope.command.key, verdict: verdict,
                isRobot: isRobot, weight: weights.sum, origin: envelope.origin, at: latest),
            findings: evidence.bytes.extracting(start..<end), shard: robots.sequencer)
    }

    /// Whether the ledger would refuse the entry anyway, or has let it in before: then that is its
    /// answer, whoever sends it. Before a shuffled start a newcomer is not refused but given a
    /// place (C4), which takes what an entry takes: else robots' places would put people's off.
    private mutating func isOwedAnother(_ envelope: EntryEnvelope) -> Bool {
        let command = envelope.command
        if let refusal = ledger.refusal(of: command, at: latest) {
            guard case .notOpen = refusal, envelope.ticket == 0,
                isBeforeShuffledStart(command.operation)
            else { return true }
        }
        return ledger.earlier(command, at: latest) != nil
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
