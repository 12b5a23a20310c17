internal import Bytes
internal import Ledger
internal import Robots
internal import Sockets
internal import Time
internal import Wire

/// Entries that look like a robot's: judged by their heads where the operation asks for it. What
/// needs more than the head, the sequencer decides.
extension EntryService {
    /// Judges the head of the entry in hand, unless a server sent it for somebody: then it is the
    /// server's in every entry, and only what the sequencer knows of participants counts.
    /// - Returns: what it comes to by the head alone.
    @inline(__always)
    mutating func judgeHead(
        _ head: borrowing RequestParser, _ request: RawSpan, _ profile: OperationProfile,
        _ key: DirectoryKey, _ source: RequestSource
    ) -> RobotDecision {
        guard let measure = profile.robotMeasure else {
            judge.skip()
            return .admit
        }
        if key.isServer {
            judge.pass(measure)
            return .admit
        }
        var isJSON = false
        if let type = head[.contentType] {
            isJSON = MediaType.isJSON(request.extracting(type.range))
        }
        return judge.judge(
            head, request, over: source.transport, source.clientHello.ja4, isJSON: isJSON, measure)
    }

    /// What the entry in hand has of a signature by a robot that its operation lets in, as far as
    /// the head tells; nil for anybody else. One comparison where it lets none in.
    mutating func readSigned(
        _ head: borrowing RequestParser, _ request: RawSpan, _ profile: OperationProfile,
        _ source: RequestSource, _ time: LoopTime
    ) -> RobotSignatures.SignedHead? {
        guard profile.allowsRobots else { return nil }
        do throws(SignatureFault) {
            return try signatures.read(
                head, request, profile, judge.ruleset, arrival(source, time))
        } catch {
            judge.note(error)
            return nil
        }
    }

    /// Lets a robot in whose signature is verified: whatever the operation does about others, it
    /// counts as a robot. One whose signature does not hold is judged like any other.
    /// - Returns: whether it is such a robot's.
    mutating func admitSigned(
        _ head: borrowing RequestParser, _ request: RawSpan, _ body: RawSpan,
        _ profile: OperationProfile, _ source: RequestSource, _ time: LoopTime
    ) -> Bool {
        guard let signed = readSigned(head, request, profile, source, time) else { return false }
        do throws(SignatureFault) {
            try signatures.verify(
                signed, head, request, body: body, arrival(source, time),
                nanoseconds: time.nanoseconds)
        } catch {
            judge.note(error)
            return false
        }
        judge.admit(signed.key.robot)
        return true
    }

    private func arrival(
        _ source: RequestSource, _ time: LoopTime
    ) -> RobotSignatures.Arrival {
        let isEncrypted = source.transport.contains(.encrypted)
        let isDirect = source.transport.contains(.direct)
        return RobotSignatures.Arrival(
            scheme: isEncrypted ? "https" : isDirect ? "http" : nil,
            time: health.ledgerTime(at: time.now))
    }

    /// What the ledger knows a signed entry by that has no `Idempotency-Key`: a copy of it is
    /// answered as it was, and counts once. Takes the fields one by one.
    static func idempotency(
        _ signatures: borrowing RobotSignatures, _ profile: OperationProfile,
        _ handover: inout EntryHandover
    ) -> Fingerprint {
        handover.idempotency(signatures.replayMark.bytes, profile)
    }

    /// Writes what layers 3 and 4 are told of an entry's head, and whose it is if it is a robot's.
    /// Of one that a server sent for somebody, they are told nothing but the participant.
    func describe(
        _ head: borrowing RequestParser, _ request: RawSpan, _ key: DirectoryKey,
        _ profile: OperationProfile, _ source: RequestSource, in envelope: inout EntryEnvelope
    ) {
        guard !key.isServer else {
            envelope.traits = EntryTraits(
                operation: profile.index, key: key.index, address: 0, participant: 0)
            return
        }
        let client = clientAddress(head, request, source)
        envelope.traits = EntryTraits(
            from: source, client, operation: profile.index, key: key.index, head: judge.headHash,
            lane: lane, origins)
        envelope.origin = profile.origin(of: client)
    }

    /// Who sent a request: behind a trusted proxy the connection is the proxy's.
    private func clientAddress(
        _ head: borrowing RequestParser, _ request: RawSpan, _ source: RequestSource
    ) -> ClientAddress {
        source.transport.contains(.direct)
            ? ClientAddress(source.peer)
            : ClientAddress.of(request, readBy: head, peer: source.peer, proxies)
    }

    /// Refuses a robot that the operation refuses and that its head gives away: neither body nor
    /// ledger is needed. With a key it may have been let in before, and its answer is due.
    /// - Returns: whether it was answered.
    mutating func refuseRobot(
        _ decision: RobotDecision, _ head: borrowing RequestParser, _ request: RawSpan,
        _ profile: OperationProfile, _ key: DirectoryKey, _ source: RequestSource,
        _ writer: inout ResponseWriter
    ) -> Bool {
        guard case .refuse = decision, head[.idempotencyKey] == nil,
            judge.suspicion.signatureWeight >= judge.suspicion.upper
        else { return false }
        countRefused(decision, head, request, profile, key, source, at: writer.time.now)
        refuseRobot(naming: judge.suspicion.tool, profile, &writer)
        return true
    }

    /// Counts an entry that is refused here, as its head was judged.
    private func countRefused(
        _ decision: RobotDecision, _ head: borrowing RequestParser, _ request: RawSpan,
        _ profile: OperationProfile, _ key: DirectoryKey, _ source: RequestSource,
        at now: Timestamp
    ) {
        guard judge.suspicion.measure != nil else { return }
        let weights = judge.suspicion.weights(behaviour: 0)
        robots.recordAttempt(of: profile.index, weight: weights.sum, shard: lane)
        if case .admit = decision { return }
        robots.record(
            RobotSighting(
                operation: profile.index, key: key.index, verdict: .refused,
                isRobot: weights.sum >= weights.upper, weight: weights.sum,
                origin: key.isServer
                    ? RobotOrigin() : profile.origin(of: clientAddress(head, request, source)),
                at: health.ledgerTime(at: now)),
            findings: judge.findings.bytes, shard: lane)
    }

    /// Counts an entry whose permit is not good for it: no test that was agreed to, so it is judged
    /// like any other. One of a test that comes too fast is the test's.
    mutating func countWithoutPermit(
        _ reason: RefusalReason, _ head: borrowing RequestParser, _ request: RawSpan,
        _ profile: OperationProfile, _ key: DirectoryKey, _ source: RequestSource, at now: Timestamp
    ) {
        if case .permitRate = reason { return }
        let decision = judgeHead(head, request, profile, key, source)
        countRefused(decision, head, request, profile, key, source, at: now)
    }

    /// 403: a robot; the tool is named where it names itself.
    mutating func refuseRobot(
        naming tool: NamedTool, _ profile: OperationProfile, _ writer: inout ResponseWriter
    ) {
        var reasons = RefusalReasons()
        reasons.insert(.robot)
        refuse(reasons, naming: tool, profile, &writer)
    }

    /// 403: to come again with a solved challenge; the more suspect, the more work.
    mutating func answerChallenged(
        _ decided: AnswerEnvelope, _ profile: OperationProfile, _ writer: inout ResponseWriter
    ) {
        let now = health.ledgerTime(at: writer.time.now)
        let level = ChallengeDifficulty.Level(rawValue: decided.challengeLevel) ?? .usual
        // One that has waited, and came when another had its turn, waits for its own alone.
        let ready =
            decided.retryAfterMilliseconds > 0
            ? UInt32(
                clamping: (now.milliseconds + Int64(decided.retryAfterMilliseconds) + 999) / 1_000)
            : limits.readiness(ofChallengeAt: now, level)
        begin(EntryVerdict.challenged.meaning, profile, &writer)
        writer.body.append(",\"reasons\":[\"suspected_robot\"]" as StaticString)
        append(decided.tool, to: &writer.body)
        writer.body.append(",\"challenge\":" as StaticString)
        guard
            challenges.append(
                level, for: profile, directory.key(decided.key),
                expires: limits.expiry(ofChallengeAt: now), ready: ready, to: &writer.body)
        else {
            refuse(EntryVerdict.challengesUsedUp, profile, &writer)
            return
        }
        count(.challenged, of: profile)
        finish(EntryVerdict.challenged.meaning, profile, &writer)
    }

    /// Appends `tool`, where one is named.
    func append(_ tool: NamedTool, to body: inout ByteBuffer) {
        guard tool.place != .max else { return }
        let length = body.count
        body.append(",\"tool\":" as StaticString)
        if !judge.ruleset.append(tool: tool.place, of: tool.ruleset, to: &body) {
            body.truncate(to: length)
        }
    }
}

/// Challenges: given out to whoever asks, verified where one comes with an entry.
extension EntryService {
    /// A challenge for whoever sends entries with such a head; for the front-end key alone, where
    /// one is sent.
    mutating func answerChallenge(
        _ head: borrowing RequestParser, _ request: RawSpan, _ profile: OperationProfile?,
        _ source: RequestSource, _ writer: inout ResponseWriter
    ) {
        guard let profile, board.state(of: profile.index) != .draft else {
            writer.problem(.challenge, .unknownOperation)
            return
        }
        _ = profile.admitOrigin(head, request, &writer)
        var key: DirectoryKey?
        if head[.authorization] != nil {
            guard let sent = keys.authenticate(head, request, in: directory) else {
                writer.problem(.challenge, .unauthorized, profile: profile)
                return
            }
            guard sent.operation == profile.index else {
                writer.problem(.challenge, .wrongOperation, profile: profile)
                return
            }
            key = sent
        }
        guard profile.mayChallenge, let measure = profile.robotMeasure else {
            writer.problem(.challenge, .noChallenge, profile: profile)
            return
        }
        let level =
            key?.isServer ?? false
            ? .usual
            : judge.level(head, request, over: source.transport, source.clientHello.ja4, measure)
        let now = health.ledgerTime(at: writer.time.now)
        writer.body.removeAll()
        guard
            challenges.append(
                level, for: profile, key, expires: limits.expiry(ofChallengeAt: now),
                ready: limits.readiness(ofChallengeAt: now, level), isAhead: true,
                to: &writer.body)
        else {
            instruments.count(MissingRoom.challenges, lane: lane)
            writer.problem(.challenge, .challengesUsedUp, profile: profile)
            return
        }
        writer.fields.append("Cache-Control", "no-store")
        writer.respond(.challenge, .ok, profile: profile)
    }

    /// What came as a solved challenge with an entry; takes the fields one by one.
    static func verify(
        _ entry: EntryRequest, _ json: RawSpan, _ decoded: borrowing ByteBuffer,
        _ profile: OperationProfile, _ key: DirectoryKey, at now: Timestamp, isLacking: Bool,
        _ challenges: inout EntryChallenges
    ) -> SolvedChallenge {
        challenges.verify(
            entry.altcha.bytes(json, decoded.bytes), profile, key, at: now, isLacking: isLacking)
    }
}
