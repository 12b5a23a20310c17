internal import Bytes
internal import Counters
internal import Ledger
internal import Sockets
internal import Wire

/// Answers: written into the outbox, counted, and sent when the connection's turn ends.
extension Worker {
    // MARK: Answers that come later

    /// Answers an entry as the sequencer decided, then goes on with its connection.
    mutating func finish(_ answer: AnswerEnvelope) {
        guard connections.isCurrent(answer.connection) else { return }
        let place = answer.connection.place
        connections[place].isAnswerPending = false
        if let profile = directory.operation(answer.operation) {
            switch answer.verdict {
            case .accepted, .repeated: answerStored(place, answer, profile)
            default: refuse(place, profile, answer.verdict)
            }
        } else {
            // A key is known only after its operation, so this cannot be; an answer is due anyway.
            problem(place, .entries, .overloaded)
        }
        resume(place)
    }

    /// Answers an admin request as the control side said.
    mutating func finish(_ answer: ControlAnswer) {
        guard connections.isCurrent(answer.connection) else { return }
        let place = answer.connection.place
        connections[place].isAnswerPending = false
        body.removeAll()
        answer.body.withBytes { body.append($0) }
        respond(
            place, answer.route, status: answer.status, type: answer.contentType,
            fields: answer.fields)
        resume(place)
    }

    /// Sends the answer, or first begins the requests that have come meanwhile.
    private mutating func resume(_ place: UInt32) {
        let connection = connections[place]
        if connection.parked >= 0 || connection.isReadable { serve(place) } else { settle(place) }
    }

    // MARK: Entries

    /// 201 or 200: the entry is stored, now or before.
    private mutating func answerStored(
        _ place: UInt32, _ answer: AnswerEnvelope, _ profile: OperationProfile
    ) {
        body.removeAll()
        body.append("{\"verdict\":\"")
        body.append(answer.verdict.name)
        body.append("\",\"operation\":\"")
        body.append(profile.id)
        body.append("\",\"entry\":\"")
        body.append(decimal: answer.entry)
        body.append("\",\"participant_number\":")
        body.append(decimal: UInt64(answer.participant))
        body.append(",\"at\":\"")
        body.append(rfc3339: EntryNumber(rawValue: answer.entry).time)
        body.append("\"}")
        shared.instruments.count(answer.verdict, of: profile.index, lane: number)
        respond(place, .entries, status: answer.verdict == .accepted ? 201 : 200)
    }

    /// An entry that is not taken: why, as a problem with the verdict's own members.
    mutating func refuse(_ place: UInt32, _ profile: OperationProfile, _ verdict: EntryVerdict) {
        let problem = verdict.problem
        guard verdict.isAboutTheEntry else {
            self.problem(place, .entries, problem)
            return
        }
        body.removeAll()
        body.append("{\"verdict\":\"")
        body.append(verdict.name)
        body.append("\",\"operation\":\"")
        body.append(profile.id)
        body.append("\",")
        problem.appendMembers(to: &body)
        if let reason = verdict.reason {
            body.append(",\"reasons\":[\"")
            body.append(reason)
            body.append("\"]")
        }
        if verdict == .closed || verdict == .notOpen { appendDates(profile) }
        body.append(UInt8(ascii: "}"))
        shared.instruments.count(verdict, of: profile.index, lane: number)
        respondProblem(place, .entries, problem)
    }

    private mutating func appendDates(_ profile: OperationProfile) {
        body.append(",\"opens\":")
        append(profile.opens)
        body.append(",\"closes\":")
        append(profile.closes)
    }

    private mutating func append(_ time: Timestamp?) {
        guard let time else {
            body.append("null")
            return
        }
        body.append(ASCII.quote)
        body.append(rfc3339: time)
        body.append(ASCII.quote)
    }

    // MARK: Small answers

    /// The operation as front ends may know it.
    mutating func answerOperation(_ place: UInt32, _ name: ByteRange) {
        guard let profile = directory.operation(named: requestBytes.extracting(name.range)) else {
            problem(place, .operation, .unknownOperation)
            return
        }
        body.removeAll()
        body.append("{\"operation\":\"")
        body.append(profile.id)
        body.append("\",\"title\":")
        body.append(jsonString: profile.title)
        body.append(",\"state\":\"")
        body.append(shared.board.state(of: profile.index).name)
        body.append(ASCII.quote)
        appendDates(profile)
        body.append(UInt8(ascii: "}"))
        respond(place, .operation, status: 200) { $0.cacheControl = "public, max-age=1" }
    }

    /// The process turns over: that this answer is written says it.
    mutating func answerHealth(_ place: UInt32) {
        body.removeAll()
        body.append("{\"status\":\"ok\"}")
        respond(place, .health, status: 200)
    }

    /// Whether entries can be accepted, and why not.
    mutating func answerReadiness(_ place: UInt32) {
        var reasons: [StaticString] = []
        if shared.isDraining { reasons.append("draining") }
        if !shared.instruments.hasSpace { reasons.append("disk_full") }
        body.removeAll()
        body.append(reasons.isEmpty ? "{\"status\":\"ready\"" : "{\"status\":\"unready\"")
        body.append(",\"reasons\":[")
        for (index, reason) in reasons.enumerated() {
            if index > 0 { body.append(ASCII.comma) }
            body.append(ASCII.quote)
            body.append(reason)
            body.append(ASCII.quote)
        }
        body.append("]}")
        respond(place, .readiness, status: reasons.isEmpty ? 200 : 503)
    }

    // MARK: Refusals

    mutating func refuseMethod(_ place: UInt32, _ route: Route, allow: StaticString) {
        let problem = Problem.methodNotAllowed(allow)
        writeProblem(problem)
        respond(place, route, status: 405, type: .problem) { $0.allow = allow }
    }

    mutating func problem(_ place: UInt32, _ route: Route, _ problem: Problem) {
        writeProblem(problem)
        respondProblem(place, route, problem)
    }

    /// The bytes are not a request; after the answer the connection ends.
    mutating func reject(_ place: UInt32, _ rejection: HTTPRejection) {
        connections[place].closesAfterAnswer = true
        connections[place].note = RequestNote()
        shared.instruments.count(rejection, kind, lane: number)
        problem(place, .malformed, Problem(rejection))
    }

    private mutating func writeProblem(_ problem: Problem) {
        body.removeAll()
        body.append(UInt8(ascii: "{"))
        problem.appendMembers(to: &body)
        body.append(UInt8(ascii: "}"))
    }

    private mutating func respondProblem(_ place: UInt32, _ route: Route, _ problem: Problem) {
        respond(place, route, status: problem.status, type: .problem) { fields in
            fields.retryAfterSeconds = problem.retryAfterSeconds
            if problem.status == 401 { fields.authenticate = "Bearer realm=\"portillon\"" }
        }
    }
}
