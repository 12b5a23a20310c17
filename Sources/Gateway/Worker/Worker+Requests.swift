internal import Bytes
internal import Cryptography
internal import Ledger
internal import LockFree
internal import Sockets
internal import Time
internal import Wire

/// Requests: matched to a route, and answered or handed over to whoever decides.
extension Worker {
    /// The request that `parser` has read from the inbox.
    /// - Parameter request: its bytes, from its first one; what the parser's ranges count from.
    mutating func handleRequest(_ place: UInt32, _ request: RawSpan) {
        let isLast = Int(connections[place].requests) >= limits.requestsPerConnection
        if isLast { instruments.count(.requests, kind, lane: number) }
        if !parser.keepAlive || isLast || isDraining { connections[place].closesAfterAnswer = true }
        connections[place].responseContext = ResponseContext(isHead: parser.method == .head)
        switch kind {
        case .public: handlePublic(place, request)
        case .admin: handleAdmin(place, request)
        }
    }

    // MARK: The public listener

    private mutating func handlePublic(_ place: UInt32, _ request: RawSpan) {
        switch PublicTarget(path: parser.path, in: request) {
        case .entries(let operation):
            switch parser.method {
            case .post: enter(place, request, operation)
            case .options: answerPreflight(place, request, operation)
            default: refuseMethod(place, .entries, allow: "POST, OPTIONS")
            }
        case .operation(let operation):
            if isRead(place, .operation) {
                answerOperation(place, request.extracting(operation.range))
            }
        case .health:
            if isRead(place, .health) { answerHealth(place) }
        case .readiness:
            if isRead(place, .readiness) { answerReadiness(place) }
        case .document:
            if isRead(place, .openAPI) { answerDocument(place) }
        case .anything:
            answerOptions(place, allow: "GET, HEAD, POST, OPTIONS")
        case .unknown where isNeverServed:
            refuseMethod(place, .none, allow: "GET, HEAD, POST, OPTIONS")
        case .unknown:
            problem(place, .none, .notFound)
        }
    }

    /// Methods that nothing here has, so that they are refused even where nothing is.
    var isNeverServed: Bool { parser.method == .trace || parser.method == .connect }

    /// `OPTIONS *`: what the listener as a whole takes (RFC 9110, 9.3.7).
    mutating func answerOptions(_ place: UInt32, allow: StaticString) {
        body.removeAll()
        extra.append("Allow", allow)
        respond(place, .none, .noContent)
    }

    /// Whether the method only reads; answers 405 where it does not.
    mutating func isRead(_ place: UInt32, _ route: Route) -> Bool {
        if parser.method == .get || parser.method == .head { return true }
        refuseMethod(place, route, allow: "GET, HEAD")
        return false
    }

    // MARK: Heads whose bodies are on their way

    /// Answers a request whose head decides it, so that nobody sends a body for nothing, and no
    /// stranger has a megabyte kept.
    /// - Returns: whether it has been answered; the connection then ends, for its body is not read.
    mutating func answerHead(_ place: UInt32, _ request: RawSpan) -> Bool {
        switch kind {
        case .admin:
            let authorization = parser[.authorization].map { request.extracting($0.range).text }
            if control.tokens.holder(authorization, among: shared.projected) != nil { return false }
        case .public:
            // Who does not wait for a go-ahead has his body on its way already.
            guard parser.expectsContinue, !connections[place].hasContinued,
                !isEntryWithKey(request)
            else { return false }
        }
        connections[place].requestStarted = clock.nanoseconds
        connections[place].closesAfterAnswer = true
        connections[place].responseContext = ResponseContext(isHead: parser.method == .head)
        switch kind {
        case .admin: problem(place, .none, .noToken)
        case .public: handlePublic(place, request)
        }
        return true
    }

    private mutating func isEntryWithKey(_ request: RawSpan) -> Bool {
        guard case .entries = PublicTarget(path: parser.path, in: request) else { return false }
        return parser.method == .post && authenticate(request) != nil
    }

    // MARK: Entries

    /// An entry: checked in the order in which the checks are cheap, sealed, handed over.
    private mutating func enter(_ place: UInt32, _ request: RawSpan, _ name: ByteRange) {
        if parser[.origin] != nil { connections[place].responseContext.reader = .any }
        guard let key = authenticate(request) else {
            problem(place, .entries, .unauthorized)
            return
        }
        guard let profile = directory.operation(named: request.extracting(name.range)) else {
            problem(place, .entries, .unknownOperation)
            return
        }
        guard key.operation == profile.index else {
            problem(place, .entries, .wrongOperation)
            return
        }
        guard admitOrigin(place, request, profile) else {
            refuse(place, profile, .refusedOrigin)
            return
        }
        let json = request.extracting(parser.body.range)
        // With a key the entry may have been taken before, and its answer is due whatever the
        // operation's state; that takes the ledger.
        if parser[.idempotencyKey] == nil, let verdict = refusal(profile, json) {
            refuse(place, profile, verdict)
            return
        }
        guard let entry = readEntry(place, request, json, profile) else { return }
        handOver(place, request, json, entry, key, profile)
    }

    /// The front-end key in `Authorization`, if it is one that is valid.
    private mutating func authenticate(_ request: RawSpan) -> DirectoryKey? {
        guard let range = parser[.authorization] else { return nil }
        let value = request.extracting(range.range)
        guard let credential = Bearer.credential(in: value) else { return nil }
        let hash = recentKeys.hash(value.extracting(credential))
        if let index = recentKeys.key(hash), let key = directory.key(index) {
            return key.isRevoked ? nil : key
        }
        let digest = digester.digest(value.extracting(credential))
        guard let key = directory.key(digest: digest), !key.isRevoked else { return nil }
        recentKeys.remember(key.index, as: hash)
        return key
    }

    /// Whether the request's origin may use the operation's keys; a client that is no browser
    /// sends none. Notes who may read the answer.
    mutating func admitOrigin(
        _ place: UInt32, _ request: RawSpan, _ profile: OperationProfile
    ) -> Bool {
        guard let range = parser[.origin] else { return true }
        guard let origins = profile.allowedOrigins else {
            connections[place].responseContext.reader = .any
            return true
        }
        let origin = request.extracting(range.range)
        let index = origins.firstIndex { $0.withBytes { origin.equals($0) } }
        connections[place].responseContext.reader = index.map { .allowed($0) } ?? .none
        return index != nil
    }

    /// Why the operation takes no such entry now, by what the board says; nil where it may.
    private func refusal(_ profile: OperationProfile, _ json: RawSpan) -> EntryVerdict? {
        switch shared.board.state(of: profile.index) {
        case .draft: .notOpen
        case .closed: .closed
        case .suspended:
            closedByDates(profile)
                ?? (isSuspendedForGood(profile) ? .suspendedForGood : .suspended)
        case .open: closedByDates(profile)
        case .smoothed: closedByDates(profile) ?? (isCrowded(profile, json) ? .crowded : nil)
        }
    }

    /// So many wait that a newcomer gets no ticket: refused before anything is spent on him.
    private func isCrowded(_ profile: OperationProfile, _ json: RawSpan) -> Bool {
        shared.board.isQueueFull(of: profile.index) && !Ticket.isMentioned(in: json)
    }

    private func closedByDates(_ profile: OperationProfile) -> EntryVerdict? {
        // By the ledger's time: a clock that was set wrong closes nothing.
        let now = clock.now.advanced(byMilliseconds: -shared.health.clockLeapMilliseconds)
        if let opens = profile.opens, now < opens { return .notOpen }
        if let closes = profile.closes, now >= closes { return .closed }
        return nil
    }

    private func isSuspendedForGood(_ profile: OperationProfile) -> Bool {
        shared.board.suspensionStatus(of: profile.index)?.isDefinitive ?? false
    }

    /// Reads the body; answers, and gives nothing, where it is not an entry.
    private mutating func readEntry(
        _ place: UInt32, _ request: RawSpan, _ json: RawSpan, _ profile: OperationProfile
    ) -> EntryRequest? {
        guard let type = parser[.contentType],
            MediaType.isJSON(request.extracting(type.range))
        else {
            problem(place, .entries, .unsupportedMediaType, profile: profile)
            return nil
        }
        if let failure = document.parse(json) {
            problem(place, .entries, .notJSON(failure), profile: profile)
            return nil
        }
        let entry = EntryRequest(
            document, in: json, limits: limits, participantText: &participantText)
        if !entry.fieldErrors.isEmpty {
            problem(place, .entries, .wrongShape(entry.fieldErrors), profile: profile)
            return nil
        }
        return entry
    }

    /// Writes the entry into the ring to the sequencer, what the person gave already sealed.
    private mutating func handOver(
        _ place: UInt32, _ request: RawSpan, _ json: RawSpan, _ entry: EntryRequest,
        _ key: DirectoryKey, _ profile: OperationProfile
    ) {
        var command = EntryCommand(
            operation: profile.index, key: key.index, participant: .none,
            ageConfirmed: entry.ageConfirmed,
            consentsGiven: entry.gives(profile.consents, document, in: json, scratch: &scratch))
        if let range = parser[.idempotencyKey] {
            guard !range.isEmpty, Int(range.count) <= limits.idempotencyKeyBytes else {
                problem(place, .entries, .badIdempotencyKey, profile: profile)
                return
            }
            let text = request.extracting(range.range)
            command.idempotency = Fingerprint(
                fingerprints.hash(text, key: profile.keys.idempotency, domain: 0))
        }
        let envelope = EntryEnvelope(
            connection: connections.token(of: place), handedOver: clock.nanoseconds,
            command: command, sourceBytes: UInt16(entry.source.count))
        let hasTicket: Bool
        if entry.participantIsDecoded {
            hasTicket = Self.write(
                envelope, entry, participant: participantText, json, profile, &fingerprints,
                &sealer, into: &record)
        } else {
            let participant = json.extracting(entry.participant.range)
            hasTicket = Self.write(
                envelope, entry, participant: participant, json, profile, &fingerprints, &sealer,
                into: &record)
        }
        guard push(profile.index, hasTicket: hasTicket) else {
            refuse(place, profile, .full)
            return
        }
        connections[place].isAnswerPending = true
        hasHandedOver = true
    }

    /// Puts the record into the ring to the sequencer, unless that is so full that it is refused.
    private mutating func push(_ operation: UInt32, hasTicket: Bool) -> Bool {
        let ring = lane.commands
        if hasTicket, ring.push(record.bytes) { return true }
        // While there is room for everybody, nobody asks who it is.
        let maximum = Shedding.beyondCover.reserve(of: ring.capacity)
        if ring.push(record.bytes, leaving: maximum) { return true }
        let shedding = shared.board.shedding(of: operation)
        if !hasTicket,
            ring.push(record.bytes, leaving: shedding.reserve(of: ring.capacity))
        {
            return true
        }
        instruments.countShed(shedding, lane: number)
        return false
    }

    /// Writes the ring's record: the envelope, the source, and the sealed rest.
    /// - Returns: whether the entry has a ticket that is the participant's.
    private static func write(
        _ envelope: EntryEnvelope, _ entry: EntryRequest, participant: RawSpan, _ json: RawSpan,
        _ profile: OperationProfile, _ fingerprints: inout KeyedHasher, _ sealer: inout Sealer,
        into record: inout ByteBuffer
    ) -> Bool {
        var envelope = envelope
        let person = Fingerprint(
            fingerprints.hash(participant, key: profile.keys.participant, domain: 0))
        envelope.command.participant = person
        if !entry.ticket.isEmpty,
            let ticket = Ticket(
                text: json.extracting(entry.ticket.range), for: person, key: profile.keys.ticket,
                &fingerprints, scratch: &record)
        {
            envelope.ticket = ticket.number
            envelope.ticketEpoch = ticket.epoch
        }
        record.removeAll()
        record.append(envelope)
        record.append(json.extracting(entry.source.range))
        sealer.seal(
            participant, json.extracting(entry.fields.range), key: profile.keys.sealing,
            additional: RawSpan(), into: &record)
        return envelope.ticket > 0
    }

    /// The same, for a participant that was decoded into a buffer of the worker's own.
    private static func write(
        _ envelope: EntryEnvelope, _ entry: EntryRequest, participant: borrowing ByteBuffer,
        _ json: RawSpan, _ profile: OperationProfile, _ fingerprints: inout KeyedHasher,
        _ sealer: inout Sealer, into record: inout ByteBuffer
    ) -> Bool {
        write(
            envelope, entry, participant: participant.bytes, json, profile, &fingerprints, &sealer,
            into: &record)
    }
}
