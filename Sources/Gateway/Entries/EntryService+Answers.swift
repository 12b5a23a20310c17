internal import Bytes
internal import Contract
internal import Ledger
internal import Time
internal import Wire

/// What entries are answered. Each verdict's row says what stands in its answer.
extension EntryService {
    /// Answers an entry as the sequencer decided.
    mutating func answer(_ decided: AnswerEnvelope, _ writer: inout ResponseWriter) {
        guard let profile = directory.operation(decided.operation) else {
            // A key is known only after its operation, so this cannot be; an answer is due anyway.
            writer.problem(.entries, .overloaded)
            return
        }
        switch decided.verdict {
        case .accepted, .repeated: answerStored(decided, profile, &writer)
        case .waiting: answerWaiting(decided, profile, &writer)
        default: refuse(decided.verdict, profile, &writer)
        }
    }

    /// 503: the entry waits for the disk, and may be stored all the same. Of which operation it is
    /// is not kept for this, so any page may read the answer: it says nothing about the entry.
    func answerUnknown(_ writer: inout ResponseWriter) {
        if writer.context.reader != .none { writer.open(to: .any) }
        writer.body.removeAll()
        writer.body.append("{\"verdict\":\"overloaded\"," as StaticString)
        writer.body.append(Problem.outcomeUnknown.members)
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
        instruments.count(decided.verdict, of: profile.index, lane: lane)
        writer.respond(.entries, isFirst ? .created : .ok, profile: profile)
    }

    /// An entry that is not taken: why, as a problem with the verdict's own members.
    func refuse(
        _ verdict: EntryVerdict, _ profile: OperationProfile, _ writer: inout ResponseWriter
    ) {
        let meaning = verdict.meaning
        guard meaning.name != nil else {
            writer.problem(.entries, verdict.problem, profile: profile)
            return
        }
        begin(meaning, profile, &writer)
        switch meaning.addition {
        case .none, .ticket: break
        case .dates: writer.body.append(profile.dates)
        case .suspension: appendSuspension(of: profile.index, meaning, &writer)
        }
        if meaning.retry == .whenOpen, let opens = profile.opens {
            writer.appendRetry(at: opens, after: health.ledgerTime(at: writer.time.now))
        }
        finish(meaning, profile, &writer)
    }

    /// 429: the entry comes before its turn, and is given a ticket for it.
    private mutating func answerWaiting(
        _ decided: AnswerEnvelope, _ profile: OperationProfile, _ writer: inout ResponseWriter
    ) {
        let meaning = decided.verdict.meaning
        begin(meaning, profile, &writer)
        writer.body.append(",\"ticket\":\"" as StaticString)
        let ticket = Ticket(epoch: decided.epoch, number: decided.entry)
        handover.append(ticket, for: decided.person, profile, to: &writer.body)
        writer.body.append("\",\"position\":" as StaticString)
        writer.body.append(decimal: UInt64(decided.participant))
        writer.body.append(",\"retry_after\":" as StaticString)
        writer.body.append(decimal: UInt64(decided.retryAfterSeconds))
        writer.body.append(",\"estimated_at\":\"" as StaticString)
        writer.body.append(
            rfc3339: health.ledgerTime(at: writer.time.now).advanced(
                byMilliseconds: Int64(decided.estimateMilliseconds)))
        writer.body.append(ASCII.quote)
        writer.fields.append("Retry-After", UInt64(decided.retryAfterSeconds))
        finish(meaning, profile, &writer)
    }

    private func begin(
        _ meaning: VerdictMeaning, _ profile: OperationProfile, _ writer: inout ResponseWriter
    ) {
        writer.body.removeAll()
        writer.body.append(meaning.opening)
        writer.body.append(profile.id)
        writer.body.append(meaning.rest)
    }

    private func finish(
        _ meaning: VerdictMeaning, _ profile: OperationProfile, _ writer: inout ResponseWriter
    ) {
        writer.body.append(UInt8(ascii: "}"))
        instruments.count(meaning.verdict, of: profile.index, lane: lane)
        writer.respond(.entries, meaning.verdict.problem, profile)
    }

    /// Why and until when the operation is suspended; the board may have moved on meanwhile, and
    /// what is answered for good stays for good.
    private func appendSuspension(
        of operation: UInt32, _ meaning: VerdictMeaning, _ writer: inout ResponseWriter
    ) {
        let mayResume = meaning.retry == .whenResumed
        guard let status = board.suspensionStatus(of: operation) else {
            // It has ended while the answer was on its way.
            if mayResume { writer.fields.append("Retry-After", 1) }
            return
        }
        writer.body.append(",\"ground\":\"" as StaticString)
        writer.body.append(status.ground.rawValue)
        writer.body.append("\",\"until\":" as StaticString)
        guard mayResume, let end = status.end else {
            writer.body.append("null" as StaticString)
            if mayResume { writer.fields.append("Retry-After", Self.retryUnknownSeconds) }
            return
        }
        writer.body.append(ASCII.quote)
        writer.body.append(rfc3339: end)
        writer.body.append(ASCII.quote)
        writer.appendRetry(at: end, after: health.ledgerTime(at: writer.time.now))
    }

    /// Seconds until it is worth asking again, where nobody knows the end.
    private static var retryUnknownSeconds: UInt64 { 300 }
}

extension ResponseWriter {
    /// When it is worth asking again; a time that is past: at once.
    fileprivate mutating func appendRetry(at moment: Timestamp, after now: Timestamp) {
        let left = max(moment.milliseconds - now.milliseconds, 0)
        fields.append("Retry-After", UInt64(left / 1_000 + 1))
    }
}
