import BitCollections
import Bytes
import HeapModule
import Histogram
import Sockets
import Wire

/// Answers, and what clients do with them.
extension Engine {
    /// Reads what has come on a connection that waits for an answer.
    mutating func receive(_ place: UInt32, _ inbox: inout ByteBuffer) {
        inbox.removeAll()
        if let earlier = partial.removeValue(forKey: place) {
            earlier.withBytes { inbox.append($0) }
        }
        let connection = table[place]
        let stream = slots[Int(place)].stream
        while true {
            let (result, stamp) = connection.receiveStamped(into: &inbox, maximum: 64 << 10)
            switch result {
            case .received(let count):
                switch WholeResponse.read(inbox.bytes) {
                case .complete(let answer):
                    guard answer.end == inbox.count, unsent[place] == nil else {
                        // More than was asked for; or an answer before the request was whole, which
                        // a gateway that has lost its patience sends before it closes.
                        conclude(place, answer, inbox.bytes, stamp, mayReuse: false)
                        return
                    }
                    conclude(place, answer, inbox.bytes, stamp, mayReuse: true)
                    return
                case .malformed:
                    fail(place, .malformed, stream)
                    return
                case .incomplete:
                    // Fewer bytes than there was room for: there are no more now.
                    guard count == 64 << 10 else { return keep(inbox.bytes.array, place) }
                }
            case .wouldBlock: return keep(inbox.bytes.array, place)
            case .finished, .broken:
                fail(place, .closed, stream)
                return
            }
        }
    }

    private mutating func keep(_ bytes: [UInt8], _ place: UInt32) {
        if !bytes.isEmpty { partial[place] = bytes }
    }

    /// Counts an answer, lets the client decide, and uses the connection for the next.
    /// - Parameter stamp: when the bytes came that made it whole, as the kernel says.
    private mutating func conclude(
        _ place: UInt32, _ answer: WholeResponse, _ bytes: RawSpan, _ stamp: Int64?, mayReuse: Bool
    ) {
        let now = MonotonicClock.nanoseconds
        let stream = slots[Int(place)].stream
        let attempt = slots[Int(place)].attempt
        let sentAt = slots[Int(place)].sentAt
        count(attempt, sentAt: sentAt, arrival(stamp, sentAt: sentAt, readAt: now), stream)
        let body = bytes.extracting(answer.bodyStart..<min(answer.end, bytes.byteCount))
        if let verdict = Verdict(in: body) {
            streams[stream].second.verdicts[verdict.rawValue] += 1
            if let reason = Reason(of: verdict, in: body) {
                streams[stream].second.reasons[reason.rawValue] += 1
            }
            react(to: verdict, answer, body, attempt, stream, now)
        } else {
            streams[stream].second.statuses[answer.status, default: 0] += 1
            if let seconds = answer.retryAfterSeconds, answer.status == 429 || answer.status == 503
            {
                comeBack(attempt, in: Double(seconds), body: nil, stream, now)
            }
        }
        timeouts.disarm(place)
        slots[Int(place)].state = .idle
        let maximum = streams[stream].plan.clients.requestsPerConnection
        let isLast = answer.closes || (maximum > 0 && slots[Int(place)].requests >= maximum)
        if isLast || !mayReuse {
            close(place)
            connectForBacklog(stream)
        } else {
            use(place, now)
        }
        if streams[stream].plan.pacing == .closed { sendNextOfLoop(stream, now) }
    }

    /// When an answer was there, in nanoseconds of the monotonic clock: when the kernel had it, and
    /// where that is not known, when it was read.
    private mutating func arrival(_ stamp: Int64?, sentAt: UInt64, readAt: UInt64) -> UInt64 {
        guard let stamp,
            let time = arrivalClock.time(of: stamp, sentAt: sentAt, readAt: readAt)
        else {
            unstamped += 1
            return readAt
        }
        unread.record((readAt - time) / 1_000)
        return time
    }

    private mutating func count(
        _ attempt: Attempt, sentAt: UInt64, _ arrival: UInt64, _ stream: Int
    ) {
        streams[stream].inFlight -= 1
        streams[stream].recordAnswer(
            due: attempt.due, latency: (arrival &- attempt.due) / 1_000,
            service: (arrival &- sentAt) / 1_000)
        // Answers are read in another order than they came in.
        streams[stream].lastAnswer = max(streams[stream].lastAnswer, arrival)
        if arrival <= streams[stream].ends { streams[stream].answeredInTime += 1 }
    }

    /// What a client does with a verdict.
    private mutating func react(
        to verdict: Verdict, _ answer: WholeResponse, _ body: RawSpan, _ attempt: Attempt,
        _ stream: Int,
        _ now: UInt64
    ) {
        switch verdict {
        case .accepted:
            serve(attempt, body, stream)
            if let wait = attempt.wait { streams[stream].waits.end(wait, at: now) }
            let share = streams[stream].plan.clients.repeating
            if share > 0, !attempt.isRepeat, streams[stream].random.unit() < share {
                var again = attempt
                again.due = now + 1_000_000_000
                again.isRepeat = true
                again.number += 1
                plan(again, at: again.due, stream)
            }
        case .repeated: serve(attempt, body, stream)
        case .waiting, .overloaded, .suspended:
            guard let seconds = answer.retryAfterSeconds else { return }
            comeBack(attempt, in: Double(seconds), body: body, stream, now)
        case .challenged, .refused, .closed: break
        }
    }

    /// Somebody's entry is in: now, or with an attempt whose answer was lost.
    private mutating func serve(_ attempt: Attempt, _ body: RawSpan, _ stream: Int) {
        guard streams[stream].served.insert(Int(attempt.participant)).inserted,
            streams[stream].plan.givesNumbersOnce,
            let start = body.end(ofFirst: "\"participant_number\":"),
            let number = body.decimal(at: start), number < Self.numberLimit
        else { return }
        if !numbers[streams[stream].plan.operation].insert(number).inserted {
            streams[stream].duplicateNumbers += 1
        }
    }

    /// Somebody was told when to come back, and does or does not want to; latency counts anew. Who
    /// has once decided to wait goes on waiting.
    /// - Parameter body: of an answer with a verdict: what it gives to come back with is in it.
    private mutating func comeBack(
        _ attempt: Attempt, in seconds: Double, body: RawSpan?, _ stream: Int, _ now: UInt64
    ) {
        let isPatient =
            attempt.isPatient
            || streams[stream].random.unit() < streams[stream].plan.clients.patience
        guard isPatient, attempt.number < streams[stream].plan.clients.attempts else {
            streams[stream].second.abandoned += 1
            return
        }
        var invitation: Invitation?
        if let body { invitation = Invitation(in: body) }
        // The field has whole seconds, the body the rest.
        let time = now + UInt64((invitation?.retrySeconds ?? seconds) * 1e9)
        var again = attempt
        again.isPatient = true
        again.due = time
        again.number += 1
        if let invitation {
            // Refused meanwhile for another reason: the ticket stays.
            again.ticket = invitation.ticket ?? attempt.ticket
            if again.wait == nil, let estimate = invitation.estimateNanoseconds {
                again.wait = streams[stream].waits.begin(at: now, estimate: estimate)
            }
        }
        plan(again, at: time, stream)
    }

    /// Has something done later.
    mutating func schedule(_ task: Task, at due: UInt64) {
        agenda.insert(ScheduledTask(due: due, task: task))
    }

    private mutating func plan(_ attempt: Attempt, at time: UInt64, _ stream: Int) {
        streams[stream].second.retries += 1
        streams[stream].planned += 1
        schedule(.attempt(stream: stream, attempt), at: time)
    }

    // MARK: Failures

    /// A request that got no answer; its connection is over.
    mutating func fail(_ place: UInt32, _ failure: Tally.Failure, _ stream: Int) {
        let attempt = slots[Int(place)].attempt
        close(place)
        streams[stream].inFlight -= 1
        note(failure, attempt, stream)
        connectForBacklog(stream)
    }

    /// Counts a failure; who wants to tries again in a second.
    mutating func note(_ failure: Tally.Failure, _ attempt: Attempt, _ stream: Int) {
        streams[stream].second.errors[failure.rawValue] += 1
        let now = MonotonicClock.nanoseconds
        if streams[stream].plan.clients.retriesErrors {
            tryAgain(attempt, stream, now)
        } else if streams[stream].plan.pacing == .closed {
            // A loop that failed goes on a little later: it would spin where nobody listens.
            streams[stream].planned += 1
            schedule(.refill(stream: stream), at: now + 100_000_000)
        }
    }

    /// Whoever got no answer waits a second and goes on waiting: latency counts from the first
    /// attempt.
    private mutating func tryAgain(_ attempt: Attempt, _ stream: Int, _ now: UInt64) {
        guard attempt.number < streams[stream].plan.clients.attempts else {
            streams[stream].second.abandoned += 1
            return
        }
        var again = attempt
        again.number += 1
        plan(again, at: now + 1_000_000_000, stream)
    }
}
