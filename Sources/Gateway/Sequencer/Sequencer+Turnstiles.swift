internal import Bytes
internal import Contract
internal import Cryptography
internal import Ledger

/// Smoothing: who comes too early is given a number, and told when to come again (C4).
///
/// Beside the fold, not in it: what waits leaves no trace in the log, and a replay takes an
/// entry that was let in for what it is.
extension Sequencer {
    /// Whether an entry may be decided now; if not, fills the answer in.
    mutating func passes(_ envelope: EntryEnvelope, _ answer: inout AnswerEnvelope) -> Bool {
        let command = envelope.command
        guard turnstiles[command.operation] != nil else { return true }
        // Nobody waits for an answer that is known, or for a refusal.
        guard ledger.refusal(of: command, at: latest) == nil,
            ledger.earlier(command, at: latest) == nil
        else { return true }
        let now = Int64(clamping: clock.milliseconds)
        guard let admission = turnstiles[command.operation]?.arrive(envelope, at: now) else {
            return true
        }
        switch admission {
        case .admitted: return true
        case .full: answer.verdict = .crowded
        case .waiting(let place):
            answer.verdict = .waiting
            answer.entry = place.number
            answer.epoch = turnstiles[command.operation]?.epoch ?? 0
            answer.participant = UInt32(clamping: place.position)
            answer.person = command.participant
            answer.estimateMilliseconds = UInt32(clamping: place.estimateMilliseconds)
            answer.retryAfterSeconds = UInt16(clamping: place.retryAfterSeconds)
        }
        return false
    }

    /// Makes, changes or takes away the operation's turnstile, as its pace says.
    mutating func updateTurnstile(of operation: UInt32) {
        let now = Int64(clamping: clock.milliseconds)
        guard let perSecond = ledger.catalogue.operations[Int(operation)].perSecond else {
            if turnstiles.removeValue(forKey: operation) != nil {
                shared.board.publish(waiting: 0, isFull: false, of: operation)
            }
            return
        }
        if turnstiles[operation] != nil {
            turnstiles[operation]?.setPace(perSecond, at: now)
        } else {
            // Drawn: no number of an earlier turnstile is taken for one of this one's.
            var epoch = ByteBuffer(capacity: 8)
            Random.append(8, to: &epoch)
            let number = epoch.bytes.envelope(as: UInt64.self)
            turnstiles[operation] = Turnstile(perSecond: perSecond, epoch: number, at: now)
        }
        publishTurnstile(of: operation)
    }

    /// What front ends and operators are told of a turnstile.
    mutating func publishTurnstile(of operation: UInt32) {
        turnstiles[operation]?.advance(to: Int64(clamping: clock.milliseconds))
        guard let turnstile = turnstiles[operation] else { return }
        shared.board.publish(
            waiting: turnstile.waiting, isFull: turnstile.isFull, of: operation)
    }
}

extension Turnstile {
    /// One who comes, with the ticket that the worker has found right, or without.
    fileprivate mutating func arrive(_ envelope: EntryEnvelope, at now: Int64) -> Admission {
        envelope.ticket > 0 && envelope.ticketEpoch == epoch
            ? arrive(with: envelope.ticket, at: now) : arrive(at: now)
    }
}
