internal import Bytes
internal import Contract
internal import Ledger
internal import Time
internal import Wire

/// What entries are answered. Each verdict's row says what stands in its answer.
extension EntryService {
    /// Answers an entry as the sequencer decided.
    mutating func answer(_ decided: AnswerEnvelope, _ writer: inout ResponseWriter) {
        isTest = decided.isTest
        guard let profile = directory.operation(decided.operation) else {
            // A key is known only after its operation, so this cannot be; an answer is due anyway.
            writer.problem(.entries, .overloaded)
            return
        }
        switch decided.verdict {
        case .accepted, .repeated: answerStored(decided, profile, &writer)
        case .waiting: answerWaiting(decided, profile, &writer)
        case .waitingForOpening: answerBeforeOpening(decided, profile, &writer)
        case .refused: refuse(decided.reasons, naming: decided.tool, profile, &writer)
        case .challenged: answerChallenged(decided, profile, &writer)
        default: refuse(decided.verdict, profile, &writer)
        }
    }

    /// 503: the entry waits for the disk, and may be stored all the same. Of which operation it is
    /// is not kept for this, so any page may read the answer: it says nothing about the entry.
    func answerUnknown(_ writer: inout ResponseWriter) {
        writer.body.removeAll()
        writer.body.append("{\"verdict\":\"overloaded\"," as StaticString)
        writer.body.append(Problem.outcomeUnknown.members)
        writer.appendRetry(of: .outcomeUnknown)
        writer.body.append(UInt8(ascii: "}"))
        writer.respond(.entries, .outcomeUnknown, nil)
    }

    /// 201 or 200: the entry is stored, now or before.
    private mutating func answerStored(
        _ decided: AnswerEnvelope, _ profile: OperationProfile, _ writer: inout ResponseWriter
    ) {
        let isFirst = decided.verdict == .accepted
        writer.body.removeAll()
        if isFirst {
            writer.body.append(acceptedOpening)
        } else {
            writer.body.append(repeatedOpening)
        }
        writer.body.append(profile.id)
        writer.body.append("\",\"entry\":\"" as StaticString)
        writer.body.append(decimal: decided.entry)
        writer.body.append("\",\"participant_number\":" as StaticString)
        writer.body.append(decimal: UInt64(decided.participant))
        writer.body.append(",\"at\":\"" as StaticString)
        writtenTime.append(EntryNumber(rawValue: decided.entry).time, to: &writer.body)
        writer.body.append("\"}" as StaticString)
        count(decided.verdict, of: profile)
        writer.respond(.entries, isFirst ? .created : .ok, profile: profile)
    }

    /// An entry that is not taken: why, as a problem with the verdict's own members.
    func refuse(
        _ verdict: EntryVerdict, _ profile: OperationProfile, _ writer: inout ResponseWriter
    ) {
        if verdict == .suspended || verdict == .suspendedForGood {
            return refuseSuspended(verdict, profile, &writer)
        }
        let meaning = verdict.meaning
        count(verdict, profile)
        guard meaning.name != nil else {
            writer.problem(.entries, verdict.problem, profile: profile)
            return
        }
        begin(meaning, profile, &writer)
        switch meaning.addition {
        case .none, .ticket, .reasons, .challenge, .suspension: break
        case .dates: writer.body.append(profile.dates)
        }
        if meaning.retry == .whenOpen, let opens = profile.opens {
            writer.appendRetry(at: opens, after: health.ledgerTime(at: writer.time.now))
        }
        writer.appendRetry(of: verdict.problem)
        finish(meaning, profile, &writer)
    }

    /// Counts an answer, of a test entry apart.
    private func count(_ verdict: EntryVerdict, of profile: OperationProfile) {
        if isTest {
            instruments.countTest(verdict, of: profile.index, lane: lane)
        } else {
            instruments.count(verdict, of: profile.index, lane: lane)
        }
    }

    /// Counts why an entry is not taken. What lacks room lacks it for everybody: test entries, too.
    private func count(_ verdict: EntryVerdict, _ profile: OperationProfile) {
        if let cause = RefusalCause(verdict) { count(cause, of: profile) }
        if let missing = MissingRoom(verdict) { instruments.count(missing, lane: lane) }
    }

    /// Counts a reason, unless it is a test entry's: those are the run's own, and say nothing of
    /// how people fare. But for the permit's rate, which no other number tells of.
    func count(_ cause: RefusalCause, of profile: OperationProfile) {
        if !isTest || cause == .permitRate {
            operations.count(cause, of: profile.index, lane: lane)
        }
    }

    /// An entry that cannot be read: what is wrong with the request.
    func refuse(
        _ problem: Problem, _ profile: OperationProfile, _ writer: inout ResponseWriter
    ) {
        count(.invalid, of: profile)
        writer.problem(.entries, problem, profile: profile)
    }

    /// 403: the operation's settings do not allow the entry; all that is wrong with it is named.
    func refuse(
        _ reasons: RefusalReasons, naming tool: NamedTool = NamedTool(),
        _ profile: OperationProfile, _ writer: inout ResponseWriter
    ) {
        let meaning = EntryVerdict.refused.meaning
        begin(meaning, profile, &writer)
        var separator: StaticString = ",\"reasons\":[\""
        for reason in RefusalReason.allCases where reasons.contains(reason) {
            writer.body.append(separator)
            writer.body.append(reason.code)
            separator = "\",\""
            count(RefusalCause(reason), of: profile)
        }
        writer.body.append("\"]" as StaticString)
        append(tool, to: &writer.body)
        appendMissing(reasons.missingConsents, profile, &writer)
        // What came too fast may come again.
        if reasons.contains(.permitRate) { writer.appendRetry(afterMilliseconds: 1_000) }
        finish(meaning, profile, &writer)
    }

    /// `missing_consents`: which of the required consents the entry does not give.
    private func appendMissing(
        _ missing: UInt16, _ profile: OperationProfile, _ writer: inout ResponseWriter
    ) {
        guard missing != 0 else { return }
        var separator: StaticString = ",\"missing_consents\":["
        for index in 0..<profile.consents.required where missing & 1 << UInt16(index) != 0 {
            writer.body.append(separator)
            profile.consents.append(codeAt: index, to: &writer.body)
            separator = ","
        }
        // The settings may have changed since: then there may be none to name.
        if separator.utf8CodeUnitCount == 1 { writer.body.append(UInt8(ascii: "]")) }
    }

    /// 429: the entry comes before its turn, and is given a ticket for it.
    private mutating func answerWaiting(
        _ decided: AnswerEnvelope, _ profile: OperationProfile, _ writer: inout ResponseWriter
    ) {
        let turn = Timestamp(milliseconds: decided.turnAt)
        // The pace may grow: the ticket may come in time all the same.
        let isTooLate = profile.closes.map { turn >= $0 } ?? false
        let verdict = isTooLate ? EntryVerdict.waitingPastClosing : .waiting
        begin(verdict.meaning, profile, &writer)
        if isTooLate { writer.body.append(profile.dates) }
        appendTicket(decided, profile, &writer)
        writer.body.append(",\"position\":" as StaticString)
        writer.body.append(decimal: UInt64(decided.participant))
        appendRetry(decided, &writer)
        writer.body.append(",\"estimated_at\":\"" as StaticString)
        writer.body.append(rfc3339: turn)
        writer.body.append(
            (isTooLate ? "\",\"closes_before_turn\":true" : "\"") as StaticString)
        finish(verdict.meaning, profile, &writer)
    }

    /// 429: the operation has not opened, and its start is shuffled: the place is known then.
    private mutating func answerBeforeOpening(
        _ decided: AnswerEnvelope, _ profile: OperationProfile, _ writer: inout ResponseWriter
    ) {
        begin(decided.verdict.meaning, profile, &writer)
        writer.body.append(profile.dates)
        appendTicket(decided, profile, &writer)
        writer.body.append(",\"position\":null" as StaticString)
        appendRetry(decided, &writer)
        writer.body.append(",\"estimated_at\":null" as StaticString)
        finish(decided.verdict.meaning, profile, &writer)
    }

    private mutating func appendTicket(
        _ decided: AnswerEnvelope, _ profile: OperationProfile, _ writer: inout ResponseWriter
    ) {
        writer.body.append(",\"ticket\":\"" as StaticString)
        let ticket = Ticket(epoch: decided.epoch, number: decided.entry)
        handover.append(ticket, for: decided.person, profile, to: &writer.body)
        writer.body.append(UInt8(ascii: "\""))
    }

    /// `retry_after` with milliseconds, and `Retry-After` in whole seconds.
    private func appendRetry(_ decided: AnswerEnvelope, _ writer: inout ResponseWriter) {
        let retry = UInt64(decided.retryAfterMilliseconds)
        writer.body.append(",\"retry_after\":" as StaticString)
        writer.body.append(seconds: retry)
        writer.appendRetry(milliseconds: retry)
    }

    func begin(
        _ meaning: VerdictMeaning, _ profile: OperationProfile, _ writer: inout ResponseWriter
    ) {
        writer.body.removeAll()
        writer.body.append(meaning.opening)
        writer.body.append(profile.id)
        writer.body.append(meaning.rest)
    }

    func finish(
        _ meaning: VerdictMeaning, _ profile: OperationProfile, _ writer: inout ResponseWriter
    ) {
        writer.body.append(UInt8(ascii: "}"))
        count(meaning.verdict, of: profile)
        writer.respond(.entries, meaning.verdict.problem, profile)
    }

    /// 503 or 410: why and until when the operation is suspended, as the public is told. The board
    /// may have moved on meanwhile, and what is answered for good stays for good.
    private func refuseSuspended(
        _ decided: EntryVerdict, _ profile: OperationProfile, _ writer: inout ResponseWriter
    ) {
        let status = board.suspensionStatus(of: profile.index)
        let now = health.ledgerTime(at: writer.time.now)
        let end = decided == .suspended ? status?.end : nil
        // Nobody is sent back to an operation that is over by then. Without a status the suspension
        // has ended while the answer was on its way.
        let again =
            end
            ?? now.advanced(
                byMilliseconds: status == nil
                    ? Self.retryEndedMilliseconds : Self.retryUnknownMilliseconds)
        let isTooLate = decided == .suspended && profile.closes.map { again >= $0 } ?? false
        let verdict = isTooLate ? EntryVerdict.suspendedPastClosing : decided
        count(verdict, profile)
        begin(verdict.meaning, profile, &writer)
        if status != nil {
            writer.body.append(",\"reason\":" as StaticString)
            writer.body.append(profile.publicReason)
            writer.body.append(",\"until\":" as StaticString)
            append(end, to: &writer.body)
        }
        if isTooLate {
            writer.body.append(profile.dates)
            writer.body.append(",\"closes_before_until\":true" as StaticString)
        } else if let end {
            writer.appendRetry(at: end, after: now)
        } else if decided == .suspended {
            writer.appendRetry(afterMilliseconds: again.milliseconds - now.milliseconds)
        }
        finish(verdict.meaning, profile, &writer)
    }

    private func append(_ time: Timestamp?, to body: inout ByteBuffer) {
        guard let time else { return body.append("null" as StaticString) }
        body.append(ASCII.quote)
        body.append(rfc3339: time)
        body.append(ASCII.quote)
    }

    /// Milliseconds until it is worth asking again, where the suspension has just ended.
    private static var retryEndedMilliseconds: Int64 { 1_000 }
    /// Milliseconds until it is worth asking again, where nobody knows the end.
    private static var retryUnknownMilliseconds: Int64 { 300_000 }
}

extension ResponseWriter {
    /// When it is worth asking again; a time that is past: at once.
    fileprivate mutating func appendRetry(at moment: Timestamp, after now: Timestamp) {
        appendRetry(untilMilliseconds: moment.milliseconds - now.milliseconds)
    }
}
