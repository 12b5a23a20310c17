internal import Bytes
internal import Cryptography
internal import Ledger
internal import Sockets
internal import Wire

/// Requests: matched to a route and answered, or handed over to whoever decides.
extension Worker {
    /// The request that `parser` has read from the inbox.
    mutating func handleRequest(_ place: UInt32) {
        noteEnd(place)
        switch kind {
        case .public: handlePublic(place)
        case .admin: handleAdmin(place)
        }
    }

    /// Whether this request is the connection's last.
    private mutating func noteEnd(_ place: UInt32) {
        let isLast = Int(connections[place].requests) >= shared.limits.requestsPerConnection
        if !parser.keepAlive || isLast || isDraining { connections[place].closesAfterAnswer = true }
        connections[place].note = RequestNote(
            isHead: parser.method == .head, hasOrigin: parser[.origin] != nil,
            minorVersion: parser.minorVersion)
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
            default: refuseMethod(place, allow: "POST, OPTIONS")
            }
        case .operation(let operation):
            guard isRead(place) else { return }
            answerOperation(place, operation)
        case .health:
            guard isRead(place) else { return }
            answerHealth(place)
        case .readiness:
            guard isRead(place) else { return }
            answerReadiness(place)
        case .unknown:
            if parser.method == .options, requestBytes.extracting(parser.path.range).equals("*") {
                respond(place, .none, status: 204, allow: "GET, HEAD, POST, OPTIONS")
            } else {
                problem(place, .none, .notFound)
            }
        }
    }

    /// Whether the method only reads; answers 405 where it does not.
    private mutating func isRead(_ place: UInt32) -> Bool {
        if parser.method == .get || parser.method == .head { return true }
        refuseMethod(place, allow: "GET, HEAD")
        return false
    }

    // MARK: Entries

    /// An entry: checked in the order in which a check is cheap, sealed, handed over.
    private mutating func enter(_ place: UInt32, _ name: ByteRange) {
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
        connections[place].note.operation = profile.index
        guard admitOrigin(place, profile) else {
            refuse(place, profile, .refusedOrigin)
            return
        }
        // A closed operation still answers for an entry it has taken: that takes the ledger.
        if parser[.idempotencyKey] == nil, let verdict = closedVerdict(profile) {
            refuse(place, profile, verdict)
            return
        }
        guard hasJSONContent else {
            problem(place, .entries, .unsupportedMediaType)
            return
        }
        let body = requestBytes.extracting(parser.body.range)
        if let failure = document.parse(body) {
            problem(place, .entries, .notJSON(failure))
            return
        }
        let entry = EntryRequest(document, in: body, limits: shared.limits, scratch: &scratch)
        guard entry.faults.isEmpty else {
            problem(place, .entries, .wrongShape(entry.faults))
            return
        }
        handOver(place, entry, key, profile)
    }

    /// The front-end key in `Authorization: Bearer`, if it is one that is valid.
    private mutating func authenticate() -> FrontEndKey? {
        guard let range = parser[.authorization] else { return nil }
        let value = requestBytes.extracting(range.range)
        guard let credential = Bearer.credential(in: value) else { return nil }
        let token = value.extracting(credential)
        guard let key = directory.key(digest: digester.digest(token)), !key.isRevoked else {
            return nil
        }
        return key
    }

    private var hasJSONContent: Bool {
        guard let range = parser[.contentType] else { return false }
        return MediaType.isJSON(requestBytes.extracting(range.range))
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

    /// Writes the entry into the ring to the sequencer, what the person gave already sealed.
    private mutating func handOver(
        _ place: UInt32, _ entry: EntryRequest, _ key: FrontEndKey, _ profile: OperationProfile
    ) {
        let body = requestBytes.extracting(parser.body.range)
        let hasConsents = entry.gives(profile.consents, document, in: body, scratch: &consentText)
        let participant =
            entry.participantIsDecoded
            ? scratch.bytes : body.extracting(entry.participant.range)
        let fields = body.extracting(entry.fields.range)
        let source = body.extracting(entry.source.range)
        var idempotency = Fingerprint.none
        if let range = parser[.idempotencyKey] {
            let value = requestBytes.extracting(range.range)
            guard value.byteCount > 0, value.byteCount <= shared.limits.idempotencyKeyBytes else {
                problem(place, .entries, .badIdempotencyKey)
                return
            }
            idempotency = Fingerprint(fingerprints.hash(value, key: profile.keys.idempotency))
        }
        let command = EntryCommand(
            operation: profile.index, key: key.index,
            participant: Fingerprint(fingerprints.hash(participant, key: profile.keys.participant)),
            idempotency: idempotency, ageConfirmed: entry.ageConfirmed,
            consentsGiven: hasConsents)
        let isHandedOver = lane.push(
            EntryEnvelope(
                connection: connections.token(of: place), handedOver: clock.nanoseconds,
                command: command, sourceBytes: UInt16(source.byteCount), sealedBytes: 0),
            source: source, participant: participant, fields: fields, by: &sealer,
            key: profile.keys.sealing)
        guard isHandedOver else {
            refuse(place, profile, .full)
            return
        }
        connections[place].isAnswerPending = true
        hasHandedOver = true
    }
}
