internal import Bytes
internal import Contract
internal import Ledger
internal import Sockets
internal import Time
internal import Wire

/// What is answered: entries as the sequencer decided, and the small things a worker knows itself.
extension Worker {
    // MARK: Answers that come later

    /// Answers an entry as the sequencer decided, then goes on with its connection.
    mutating func answer(_ answer: AnswerEnvelope, _ inbox: inout ByteBuffer) {
        guard connections.isCurrent(answer.connection) else { return }
        let place = answer.connection.place
        endWait(place)
        if let profile = directory.operation(answer.operation) {
            switch answer.verdict {
            case .accepted, .repeated: answerStored(place, answer, profile)
            case .waiting: answerWaiting(place, answer, profile)
            default: refuse(place, profile, answer.verdict)
            }
        } else {
            // A key is known only after its operation, so this cannot be; an answer is due anyway.
            problem(place, .entries, .overloaded)
        }
        resume(place, &inbox)
    }

    /// Answers an admin request as the control side said.
    mutating func answer(_ answer: ControlAnswer, _ inbox: inout ByteBuffer) {
        guard connections.isCurrent(answer.connection) else { return }
        let place = answer.connection.place
        endWait(place)
        switch answer.reply {
        case .content(let content):
            body.removeAll()
            content.body.withBytes { body.append($0) }
            for (name, value) in content.fields { extra.append(name, value) }
            respond(place, content.route, content.status, type: content.type)
        case .problem(let problem, let allow):
            if let allow { extra.append("Allow", allow) }
            self.problem(place, .control, problem)
        }
        resume(place, &inbox)
    }

    /// The answer has come. While draining it is the last one, if nothing more was asked.
    private mutating func endWait(_ place: UInt32) {
        connections[place].isAnswerPending = false
        let connection = connections[place]
        if isDraining, connection.parked < 0, !connection.isReadable {
            connections[place].closesAfterAnswer = true
        }
    }

    /// Sends the answer, or first begins the requests that have come meanwhile.
    private mutating func resume(_ place: UInt32, _ inbox: inout ByteBuffer) {
        let connection = connections[place]
        if connection.parked >= 0 || connection.isReadable {
            serve(place, &inbox)
        } else {
            endTurn(place, &inbox)
        }
    }

    // MARK: Entries

    /// 201 or 200: the entry is stored, now or before.
    private mutating func answerStored(
        _ place: UInt32, _ answer: AnswerEnvelope, _ profile: OperationProfile
    ) {
        let isFirst = answer.verdict == .accepted
        body.removeAll()
        body.append(isFirst ? "{\"verdict\":\"accepted\"" : "{\"verdict\":\"repeated\"")
        body.append(",\"operation\":\"" as StaticString)
        body.append(profile.id)
        body.append("\",\"entry\":\"" as StaticString)
        body.append(decimal: answer.entry)
        body.append("\",\"participant_number\":" as StaticString)
        body.append(decimal: UInt64(answer.participant))
        body.append(",\"at\":\"" as StaticString)
        writtenTime.append(EntryNumber(rawValue: answer.entry).time, to: &body)
        body.append("\"}" as StaticString)
        instruments.count(answer.verdict, of: profile.index, lane: number)
        respond(place, .entries, isFirst ? .created : .ok, profile: profile)
    }

    /// An entry that is not taken: why, as a problem with the verdict's own members.
    mutating func refuse(_ place: UInt32, _ profile: OperationProfile, _ verdict: EntryVerdict) {
        guard let text = RefusalText.of(verdict) else {
            problem(place, .entries, verdict.problem, profile: profile)
            return
        }
        body.removeAll()
        body.append(text.opening)
        body.append(profile.id)
        body.append(text.rest)
        switch text.tail {
        case .none: break
        case .dates:
            body.append(profile.dates)
            if verdict == .notOpen, let opens = profile.opens { appendRetry(at: opens) }
        case .suspensionStatus:
            appendSuspension(of: profile.index, isForGood: verdict == .suspendedForGood)
        }
        body.append(UInt8(ascii: "}"))
        instruments.count(verdict, of: profile.index, lane: number)
        respondProblem(place, .entries, text.problem, profile)
    }

    /// Why and until when the operation is suspended; the board may have moved on meanwhile, and
    /// what is answered for good stays for good.
    private mutating func appendSuspension(of operation: UInt32, isForGood: Bool) {
        guard let suspensionStatus = shared.board.suspensionStatus(of: operation) else {
            // It has ended while the answer was on its way.
            if !isForGood { extra.append("Retry-After", 1) }
            return
        }
        body.append(",\"ground\":\"" as StaticString)
        body.append(suspensionStatus.ground.rawValue)
        body.append("\",\"until\":" as StaticString)
        guard !isForGood, let end = suspensionStatus.end else {
            body.append("null" as StaticString)
            if !isForGood { extra.append("Retry-After", Self.retryUnknownSeconds) }
            return
        }
        body.append(ASCII.quote)
        body.append(rfc3339: end)
        body.append(ASCII.quote)
        appendRetry(at: end)
    }

    /// When it is worth asking again; a time that is past: at once.
    private mutating func appendRetry(at time: Timestamp) {
        let left = max(time.milliseconds - clock.now.milliseconds, 0)
        extra.append("Retry-After", UInt64(left / 1_000 + 1))
    }

    /// Seconds until it is worth asking again, where nobody knows the end.
    private static var retryUnknownSeconds: UInt64 { 300 }

    /// 429: the entry comes before its turn, and is given a ticket for it.
    private mutating func answerWaiting(
        _ place: UInt32, _ answer: AnswerEnvelope, _ profile: OperationProfile
    ) {
        guard let text = RefusalText.of(.waiting) else { return }
        body.removeAll()
        body.append(text.opening)
        body.append(profile.id)
        body.append(text.rest)
        body.append(",\"ticket\":\"" as StaticString)
        let ticket = Ticket(epoch: answer.epoch, number: answer.entry)
        ticket.append(to: &body, for: answer.person, key: profile.keys.ticket, &fingerprints)
        body.append("\",\"position\":" as StaticString)
        body.append(decimal: UInt64(answer.participant))
        body.append(",\"retry_after\":" as StaticString)
        body.append(decimal: UInt64(answer.retryAfterSeconds))
        body.append(",\"estimated_at\":\"" as StaticString)
        body.append(
            rfc3339: clock.now.advanced(byMilliseconds: Int64(answer.estimateMilliseconds)))
        body.append("\"}" as StaticString)
        extra.append("Retry-After", UInt64(answer.retryAfterSeconds))
        instruments.count(.waiting, of: profile.index, lane: number)
        respondProblem(place, .entries, text.problem, profile)
    }

    // MARK: What a worker knows itself

    /// The operation as front ends may know it.
    mutating func answerOperation(_ place: UInt32, _ name: RawSpan) {
        guard let profile = directory.operation(named: name) else {
            problem(place, .operation, .unknownOperation)
            return
        }
        body.removeAll()
        body.append("{\"operation\":\"" as StaticString)
        body.append(profile.id)
        body.append("\",\"title\":" as StaticString)
        body.append(jsonString: profile.title)
        body.append(",\"state\":\"" as StaticString)
        body.append(shared.board.state(of: profile.index).name)
        body.append(ASCII.quote)
        body.append(profile.dates)
        body.append(UInt8(ascii: "}"))
        extra.append("Cache-Control", "public, max-age=1")
        // Always: a cache gives to a page what it got for somebody else.
        connections[place].responseContext.reader = .any
        respond(place, .operation, .ok)
    }

    /// A browser asks whether its page may post entries (CORS preflight).
    mutating func answerPreflight(_ place: UInt32, _ request: RawSpan, _ name: ByteRange) {
        guard let profile = directory.operation(named: request.extracting(name.range)) else {
            problem(place, .entriesPreflight, .unknownOperation)
            return
        }
        body.removeAll()
        extra.append("Allow", "POST, OPTIONS")
        if admitOrigin(place, request, profile) {
            extra.append("Access-Control-Allow-Methods", "POST")
            extra.append(
                "Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key")
            extra.append("Access-Control-Max-Age", "600")
        }
        respond(place, .entriesPreflight, .noContent, profile: profile)
    }

    /// The process turns over: that this answer is written says it.
    mutating func answerHealth(_ place: UInt32) {
        body.removeAll()
        body.append("{\"status\":\"ok\"}" as StaticString)
        respond(place, .health, .ok)
    }

    /// Whether entries can be accepted, and why not.
    mutating func answerReadiness(_ place: UInt32) {
        let reasons = shared.unreadyReasons
        body.removeAll()
        body.append(reasons.isEmpty ? "{\"status\":\"ready\"" : "{\"status\":\"unready\"")
        body.append(",\"reasons\":[" as StaticString)
        for (index, reason) in reasons.enumerated() {
            if index > 0 { body.append(ASCII.comma) }
            body.append(jsonString: reason)
        }
        body.append("]}" as StaticString)
        respond(place, .readiness, reasons.isEmpty ? .ok : .serviceUnavailable)
    }
}
