internal import Bytes
internal import Cryptography
internal import Ledger
internal import Sockets
internal import Wire

/// Requests: matched to a route, and answered or handed over to whoever decides.
extension Worker {
    /// The request that `parser` has read from the inbox.
    mutating func handleRequest(_ place: UInt32) {
        let isLast = Int(connections[place].requests) >= shared.limits.requestsPerConnection
        if !parser.keepAlive || isLast || isDraining { connections[place].closesAfterAnswer = true }
        connections[place].note = RequestNote(isHead: parser.method == .head)
        switch kind {
        case .public: handlePublic(place)
        case .admin: handleAdmin(place)
        }
    }

    /// The bytes of the request in hand; what the parser's ranges count from.
    var requestBytes: RawSpan {
        @_lifetime(borrow self)
        get { inbox.bytes.extracting(requestStart..<inbox.count) }
    }

    // MARK: The public listener

    private mutating func handlePublic(_ place: UInt32) {
        switch PublicTarget(path: parser.path, in: requestBytes) {
        case .entries(let operation):
            switch parser.method {
            case .post: enter(place, operation)
            case .options: answerPreflight(place, operation)
            default: refuseMethod(place, .entries, allow: "POST, OPTIONS")
            }
        case .operation(let operation):
            if isRead(place, .operation) { answerOperation(place, operation) }
        case .health:
            if isRead(place, .health) { answerHealth(place) }
        case .readiness:
            if isRead(place, .readiness) { answerReadiness(place) }
        case .anything:
            body.removeAll()
            extra.append("Allow", "GET, HEAD, POST, OPTIONS")
            respond(place, .none, .noContent)
        case .unknown:
            problem(place, .none, .notFound)
        }
    }

    /// Whether the method only reads; answers 405 where it does not.
    mutating func isRead(_ place: UInt32, _ route: Route) -> Bool {
        if parser.method == .get || parser.method == .head { return true }
        refuseMethod(place, route, allow: "GET, HEAD")
        return false
    }

    // MARK: Entries

    /// An entry: checked in the order in which the checks are cheap, sealed, handed over.
    private mutating func enter(_ place: UInt32, _ name: ByteRange) {
        if parser[.origin] != nil { connections[place].note.reader = .any }
        guard let key = authenticate() else {
            problem(place, .entries, .unauthorized)
            return
        }
        guard let profile = directory.operation(named: requestBytes.extracting(name.range)) else {
            problem(place, .entries, .unknownOperation)
            return
        }
        guard key.operation == profile.index else {
            problem(place, .entries, .wrongOperation)
            return
        }
        guard admitOrigin(place, profile) else {
            refuse(place, profile, .refusedOrigin)
            return
        }
        // A closed operation still answers for an entry that it has taken; that takes the ledger.
        if parser[.idempotencyKey] == nil, let verdict = closedVerdict(profile) {
            refuse(place, profile, verdict)
            return
        }
        if let entry = readEntry(place, profile) { handOver(place, entry, key, profile) }
    }

    /// The front-end key in `Authorization`, if it is one that is valid.
    private mutating func authenticate() -> FrontEndKey? {
        guard let range = parser[.authorization] else { return nil }
        let value = inbox.bytes.extracting(requestStart..<inbox.count).extracting(range.range)
        guard let credential = Bearer.credential(in: value) else { return nil }
        let digest = digester.digest(value.extracting(credential))
        guard let key = directory.key(digest: digest), !key.isRevoked else { return nil }
        return key
    }

    /// Whether the request's origin may use the operation's keys; a client that is no browser
    /// sends none. Notes who may read the answer.
    mutating func admitOrigin(_ place: UInt32, _ profile: OperationProfile) -> Bool {
        guard let range = parser[.origin] else { return true }
        guard let origins = profile.allowedOrigins else {
            connections[place].note.reader = .any
            return true
        }
        let origin = requestBytes.extracting(range.range)
        let index = origins.firstIndex { $0.withBytes { origin.equals($0) } }
        connections[place].note.reader = index.map { .allowed($0) } ?? .none
        return index != nil
    }

    /// What the board says of an operation that takes no entries now; nil while it does.
    private func closedVerdict(_ profile: OperationProfile) -> EntryVerdict? {
        switch shared.board.state(of: profile.index) {
        case .draft: return .notOpen
        case .closed: return .closed
        case .open:
            if let opens = profile.opens, clock.now < opens { return .notOpen }
            if let closes = profile.closes, clock.now >= closes { return .closed }
            return nil
        }
    }

    /// Reads the body; answers, and gives nothing, where it is not an entry.
    private mutating func readEntry(
        _ place: UInt32, _ profile: OperationProfile
    ) -> EntryRequest? {
        guard let type = parser[.contentType],
            MediaType.isJSON(requestBytes.extracting(type.range))
        else {
            problem(place, .entries, .unsupportedMediaType, profile: profile)
            return nil
        }
        let start = requestStart + Int(parser.body.start)
        let json = inbox.bytes.extracting(start..<(start + Int(parser.body.count)))
        if let failure = document.parse(json) {
            problem(place, .entries, .notJSON(failure), profile: profile)
            return nil
        }
        let entry = EntryRequest(
            document, in: json, limits: shared.limits, participantText: &participantText)
        if !entry.faults.isEmpty {
            problem(place, .entries, .wrongShape(entry.faults), profile: profile)
            return nil
        }
        return entry
    }

    /// Writes the entry into the ring to the sequencer, what the person gave already sealed.
    private mutating func handOver(
        _ place: UInt32, _ entry: EntryRequest, _ key: FrontEndKey, _ profile: OperationProfile
    ) {
        let request = inbox.bytes.extracting(requestStart..<inbox.count)
        let json = request.extracting(parser.body.range)
        let participant =
            entry.participantIsDecoded
            ? participantText.bytes : json.extracting(entry.participant.range)
        var idempotency = Fingerprint.none
        if let range = parser[.idempotencyKey] {
            guard !range.isEmpty, Int(range.count) <= shared.limits.idempotencyKeyBytes else {
                problem(place, .entries, .badIdempotencyKey, profile: profile)
                return
            }
            idempotency = Fingerprint(
                fingerprints.hash(
                    request.extracting(range.range), key: profile.keys.idempotency, domain: 2))
        }
        let command = EntryCommand(
            operation: profile.index, key: key.index,
            participant: Fingerprint(
                fingerprints.hash(participant, key: profile.keys.participant, domain: 1)),
            idempotency: idempotency, ageConfirmed: entry.ageConfirmed,
            consentsGiven: entry.gives(profile.consents, document, in: json, scratch: &scratch))
        let fields = json.extracting(entry.fields.range)
        record.removeAll()
        record.append(
            EntryEnvelope(
                connection: connections.token(of: place), handedOver: clock.nanoseconds,
                command: command, sourceBytes: UInt16(entry.source.count)))
        record.append(json.extracting(entry.source.range))
        sealer.seal(
            participant, fields, key: profile.keys.sealing, additional: RawSpan(), into: &record)
        guard lane.commands.push(record.bytes) else {
            refuse(place, profile, .full)
            return
        }
        connections[place].isAnswerPending = true
        hasHandedOver = true
    }

    // MARK: The admin listener

    /// Health is answered here; everything else is the control side's.
    private mutating func handleAdmin(_ place: UInt32) {
        switch PublicTarget(path: parser.path, in: requestBytes) {
        case .health:
            if isRead(place, .health) { answerHealth(place) }
        case .readiness:
            if isRead(place, .readiness) { answerReadiness(place) }
        default:
            connections[place].isAnswerPending = true
            if !control.take(controlRequest(place)) {
                connections[place].isAnswerPending = false
                problem(place, .control, .overloaded)
            }
        }
    }

    private func controlRequest(_ place: UInt32) -> ControlRequest {
        func text(_ range: ByteRange) -> String { requestBytes.extracting(range.range).text }
        func field(_ known: KnownField) -> String? { parser[known].map(text) }
        return ControlRequest(
            lane: number, connection: connections.token(of: place),
            method: text(parser.methodRange), path: text(parser.path), query: text(parser.query),
            authorization: field(.authorization), accept: field(.accept),
            acceptEncoding: field(.acceptEncoding), contentType: field(.contentType),
            body: requestBytes.extracting(parser.body.range).array,
            isLoopback: connections[place].peer.isLoopback)
    }
}
