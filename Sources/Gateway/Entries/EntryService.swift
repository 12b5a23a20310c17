internal import Bytes
internal import Cluster
internal import Contract
internal import Cryptography
internal import Ledger
internal import LockFree
internal import Robots
internal import Sockets
internal import Time
internal import Wire

/// Takes entries: key, checks in the order in which they are cheap, seal, ring; and answers them as
/// the sequencer has decided.
///
/// It is given a request that has been read whole, and writes answers; of sockets, and of the
/// connection that waits, it knows only the token that it passes on.
struct EntryService: ~Copyable {
    let board: OperationBoard
    let instruments: Instruments
    /// `instruments`' own, at hand.
    let operations: OperationMeter
    /// The shard of every counter that is this loop's.
    let lane: Int
    let health: Health
    private let heartbeats: Heartbeats
    private let sequencerBell: Doorbell
    /// Both nil for a gateway that is alone.
    private let forwarderBell: Doorbell?
    private let cluster: ClusterStatus?
    private(set) var limits: EntryLimits
    private let inPlace = InPlace()

    private(set) var directory = Directory()
    var keys = FrontEndKeys()
    var handover: EntryHandover
    var challenges: EntryChallenges
    var judge: HeadJudge
    var signatures = RobotSignatures()
    let robots: RobotReporter
    let proxies: TrustedProxies
    let origins: OriginHash
    private var document = JSONDocument(nodeCapacity: 256)
    /// What an entry has written with escapes, decoded.
    private var decodedText = ByteBuffer(capacity: 1 << 10)
    private var consents = ConsentReader()
    /// The canonical form of the participant, where the operation goes by one.
    private var canonical = ByteBuffer(capacity: 1 << 10)
    private var permits: PermitVerifier
    /// Whether what is answered came with a permit: such answers are counted apart (C7).
    var isTest = false
    private let foreignOrigins: ForeignOrigins
    private let suspectedUses: SuspectedUses
    var writtenTime = WrittenTime()
    /// How the answers of stored entries begin: copies of their rows' own, because those are shared
    /// with other threads, and reference counts that cores share are dear.
    let acceptedOpening = copy(EntryVerdict.accepted.meaning.opening)
    let repeatedOpening = copy(EntryVerdict.repeated.meaning.opening)
    /// Why nothing was decided when the loop looked last.
    private var halt: EntryHalt?
    /// Entries were handed over since the sequencer was last woken.
    private var hasHandedOver = false

    init(_ shared: Shared, lane: Int) {
        board = shared.board
        instruments = shared.instruments
        operations = shared.instruments.operations
        self.lane = lane
        health = shared.health
        heartbeats = shared.heartbeats
        sequencerBell = shared.sequencerBell
        forwarderBell = shared.forwarderBell
        cluster = shared.cluster
        limits = EntryLimits(shared.limits)
        foreignOrigins = shared.foreignOrigins
        permits = PermitVerifier(shared.proxies)
        suspectedUses = shared.suspectedUses
        handover = EntryHandover(shared, lane: lane)
        challenges = EntryChallenges(shared, lane: lane)
        judge = HeadJudge(shared.ruleset.current)
        robots = shared.robots
        proxies = shared.proxies
        origins = shared.origins
    }

    private static func copy(_ text: borrowing ByteBuffer) -> ByteBuffer {
        var copy = ByteBuffer(capacity: text.count)
        copy.append(text.bytes)
        return copy
    }

    // MARK: What it learns

    mutating func apply(_ message: LoopMessage) {
        switch message {
        case .operation(let profile):
            directory.update(profile)
            challenges.prepare(for: profile)
        case .key(let key): directory.update(key)
        case .permit(let permit): directory.update(permit)
        case .retired(let rest, let successor, let keys):
            directory.retire(rest, successor: successor, keys: keys)
            handover.forgetKeys(of: rest.index)
            challenges.forget(rest.index)
            if let successor { challenges.prepare(for: successor) }
        case .limits(let limits): self.limits = EntryLimits(limits)
        case .ruleset(let ruleset): judge.change(to: ruleset)
        case .halt(let halt): self.halt = halt
        default: break
        }
    }

    /// Has what was handed over decided.
    mutating func passOn() {
        guard hasHandedOver else { return }
        hasHandedOver = false
        if let forwarderBell, let cluster {
            // In this order: a node that takes office meanwhile looks at the rings behind its
            // claim, or is seen to have claimed here.
            forwarderBell.ring()
            if !cluster.decides { return }
        }
        sequencerBell.ring()
    }

    // MARK: Entries

    /// Whether nothing is decided now: what comes is refused at once, and nothing of it is stored.
    /// The loop looks ten times a second; the end of it shows at once, as readiness does.
    var isHalted: Bool {
        switch halt {
        case nil: false
        case .silence(let beat): heartbeats.sequencerBeat == beat
        case .clock: health.clock == .unconfirmed
        }
    }

    /// Checks an entry, and hands it over.
    /// - Parameter profile: of the operation in the request's path; nil where there is none.
    mutating func enter(
        _ head: borrowing RequestParser, _ request: RawSpan, _ profile: OperationProfile?,
        from source: RequestSource, _ writer: inout ResponseWriter
    ) -> Disposition {
        isTest = false
        guard let (key, profile) = authenticate(head, request, profile, &writer) else {
            return .answered
        }
        if key.isSuspected { recordSuspectedUse(of: key, at: writer.time.now) }
        let json = request.extracting(head.body.range)
        guard key.isServer || profile.admitOrigin(head, request, &writer) else {
            refuseOrigin(head, request, json, profile, &writer)
            return .answered
        }
        guard !isHalted else {
            // A test's answer is counted apart here, too; a permit that is not good is not named.
            let result = permits.verify(
                head, request, for: profile.index, in: directory, from: source.peer,
                at: health.ledgerTime(at: writer.time.now), nanoseconds: writer.time.nanoseconds)
            isTest = result.isTest
            refuse(.noSpace, profile, &writer)
            return .answered
        }
        guard let permit = verifyPermit(head, request, profile, key, source, &writer)
        else { return .answered }
        signatures.forget()
        // With a key the entry may have been taken before, and its answer is due whatever the
        // operation's state; that takes the ledger.
        if head[.idempotencyKey] == nil {
            let state = board.state(of: profile.index)
            var verdict = board.refusal(in: state, profile, at: writer.time.now, health)
            if verdict == nil { verdict = board.crowdRefusal(in: state, profile, json) }
            if let verdict {
                refuse(verdict, profile, &writer)
                return .answered
            }
        }
        if isTest {
            judge.skip()
        } else {
            let decision = judgeHead(head, request, profile, key, source)
            if !admitSigned(head, request, json, profile, source, writer.time),
                refuseRobot(decision, head, request, profile, key, source, &writer)
            {
                return .answered
            }
        }
        guard let entry = read(head, request, json, profile, &writer) else { return .answered }
        return handOver(
            head, request, json, entry, key, profile, permit, source, &writer)
    }

    /// The permit that the entry comes with, or none, and whether it is a test's; answers, and
    /// gives nothing, where it is not good for the entry.
    private mutating func verifyPermit(
        _ head: borrowing RequestParser, _ request: RawSpan, _ profile: OperationProfile,
        _ key: DirectoryKey, _ source: RequestSource, _ writer: inout ResponseWriter
    ) -> UInt32? {
        let result = permits.verify(
            head, request, for: profile.index, in: directory, from: source.peer,
            at: health.ledgerTime(at: writer.time.now), nanoseconds: writer.time.nanoseconds)
        isTest = result.isTest
        switch result {
        case .good(let permit): return permit
        case .refused(let reason):
            countWithoutPermit(
                reason, head, request, profile, key, source, at: writer.time.now)
            var reasons = RefusalReasons()
            reasons.insert(reason)
            refuse(reasons, profile, &writer)
            return nil
        }
    }

    /// Counts a request that came with a key which is watched (C16).
    func recordSuspectedUse(of key: DirectoryKey, at now: Timestamp) {
        suspectedUses.record(.key(key.index), at: health.ledgerTime(at: now), lane: lane)
    }

    /// The page's origin is not one of the operation's. What else is wrong with the entry is named,
    /// too, where its body can be read.
    private mutating func refuseOrigin(
        _ head: borrowing RequestParser, _ request: RawSpan, _ json: RawSpan,
        _ profile: OperationProfile, _ writer: inout ResponseWriter
    ) {
        var reasons = RefusalReasons()
        reasons.insert(.originNotAllowed)
        if document.parse(json) == nil {
            let entry = EntryRequest(
                document, in: json, limits: limits, decoded: &decodedText)
            if entry.fieldErrors.isEmpty {
                if profile.needsAge, !entry.ageConfirmed { reasons.insert(.ageNotConfirmed) }
                let missing = consents.read(entry, document, in: json, profile.consents)
                if missing != 0 { reasons.insert(.consentMissing) }
                reasons.missingConsents = missing
            }
        }
        if let origin = head[.origin] {
            foreignOrigins.record(request.extracting(origin.range), of: profile.index)
        }
        refuse(reasons, profile, &writer)
    }

    /// Where the operation stands, its dates included.
    func state(of profile: OperationProfile, at now: Timestamp) -> DatedState {
        board.state(of: profile, at: health.ledgerTime(at: now))
    }

    /// Reads the body; answers, and gives nothing, where it is not an entry.
    private mutating func read(
        _ head: borrowing RequestParser, _ request: RawSpan, _ json: RawSpan,
        _ profile: OperationProfile, _ writer: inout ResponseWriter
    ) -> EntryRequest? {
        if let problem = mediaProblem(head, request) {
            refuse(problem, profile, &writer)
            return nil
        }
        if let error = document.parse(json) {
            refuse(.notJSON(error), profile, &writer)
            return nil
        }
        let entry = EntryRequest(
            document, in: json, limits: limits, decoded: &decodedText)
        if !entry.fieldErrors.isEmpty {
            refuse(.wrongShape(entry.fieldErrors), profile, &writer)
            return nil
        }
        if profile.identifies {
            let errors = Self.identify(entry, json, decodedText, profile, into: &canonical)
            guard errors.isEmpty else {
                refuse(.wrongShape(errors), profile, &writer)
                return nil
            }
        }
        return entry
    }

    /// Gives the entry to the sequencer.
    private mutating func handOver(
        _ head: borrowing RequestParser, _ request: RawSpan, _ json: RawSpan,
        _ entry: EntryRequest, _ key: DirectoryKey, _ profile: OperationProfile,
        _ permit: UInt32, _ source: RequestSource, _ writer: inout ResponseWriter
    ) -> Disposition {
        let missing = consents.read(entry, document, in: json, profile.consents)
        var command = EntryCommand(
            operation: profile.index, key: key.index, participant: .none,
            ageConfirmed: entry.ageConfirmed,
            consentsGiven: profile.consents.required > 0 && missing == 0, permit: permit)
        if let range = head[.idempotencyKey] {
            guard !range.isEmpty, Int(range.count) <= limits.idempotencyKeyBytes else {
                refuse(.badIdempotencyKey, profile, &writer)
                return .answered
            }
            command.idempotency = handover.idempotency(request.extracting(range.range), profile)
        } else if signatures.isVerified {
            command.idempotency = Self.idempotency(signatures, profile, &handover)
        }
        if profile.mayChallenge, !command.isTest, !entry.altcha.range.isEmpty {
            command.challenge = Self.verify(
                entry, json, decodedText, profile, key,
                at: health.ledgerTime(at: writer.time.now),
                isLacking: missing != 0 || profile.needsAge && !entry.ageConfirmed, &challenges)
        }
        var envelope = EntryEnvelope(
            connection: source.connection, handedOver: writer.time.nanoseconds, command: command,
            missingConsents: missing, suspicion: judge.suspicion,
            sourceBytes: UInt16(entry.source.range.count))
        if forwarderBell != nil {
            envelope.settingsMark = profile.settingsMark
            envelope.mayRepeat = profile.isRepeatable || !command.idempotency.isNone
        }
        if envelope.suspicion.measure != nil {
            describe(head, request, key, profile, source, in: &envelope)
        }
        guard
            Self.push(
                envelope, entry, json, decodedText, canonical, consents, judge, profile, &handover)
        else {
            refuse(.shed, profile, &writer)
            return .answered
        }
        hasHandedOver = true
        if writer.unreadNanoseconds > 0 {
            instruments.addUnreadTime(writer.unreadNanoseconds, of: profile.index, lane: lane)
        }
        return .handedOver
    }

    /// Takes the buffers and the handover one by one: a span of one field is held against all of
    /// its owner.
    private static func push(
        _ envelope: EntryEnvelope, _ entry: EntryRequest, _ json: RawSpan,
        _ decoded: borrowing ByteBuffer, _ canonical: borrowing ByteBuffer,
        _ consents: borrowing ConsentReader, _ judge: borrowing HeadJudge,
        _ profile: OperationProfile, _ handover: inout EntryHandover
    ) -> Bool {
        handover.push(
            envelope, entry, json, decoded: decoded.bytes, canonical: canonical.bytes,
            consents: consents.given.bytes, findings: judge.findings.bytes, profile)
    }

    /// Makes the participant's canonical form (C25), and sees whether the second key is there.
    /// - Returns: what is wrong with them.
    private static func identify(
        _ entry: EntryRequest, _ json: RawSpan, _ decoded: borrowing ByteBuffer,
        _ profile: OperationProfile, into canonical: inout ByteBuffer
    ) -> [FieldError] {
        var errors: [FieldError] = []
        if let demand = profile.participantDemand,
            !profile.identity.canonicalize(
                entry.participant.bytes(json, decoded.bytes), into: &canonical)
        {
            errors.append(FieldError(pointer: "/participant", detail: demand))
        }
        if let secondKey = profile.secondKey, entry.secondKey.range.isEmpty {
            errors.append(
                FieldError(
                    pointer: "/second_key",
                    detail: "Required: this operation limits entries by \(secondKey.name)."))
        }
        return errors
    }
}

extension OperationProfile {
    /// Whether a request's origin may use the operation's keys; a client that is no browser sends
    /// none. The answer names an origin that may.
    func admitOrigin(
        _ head: borrowing RequestParser, _ request: RawSpan, _ writer: inout ResponseWriter
    ) -> Bool {
        guard let range = head[.origin], let origins = allowedOrigins else { return true }
        let origin = request.extracting(range.range)
        guard let index = origins.firstIndex(where: { $0.withBytes { origin.equals($0) } })
        else { return false }
        writer.open(to: .allowed(index))
        return true
    }
}
