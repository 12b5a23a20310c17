import Bytes
import DequeModule
import Sockets

/// Requests, from the moment they are due until the kernel has them.
extension Engine {
    /// Sends an attempt on the connection that has been free the longest, or lets it wait for one.
    mutating func dispatch(_ attempt: Attempt, _ stream: Int, _ now: UInt64) {
        while let token = streams[stream].ready.popFirst() {
            guard table.isCurrent(token) else { continue }
            send(attempt, token.place, now)
            return
        }
        streams[stream].backlog.append(attempt)
        connectForBacklog(stream)
    }

    /// Writes and sends one request.
    mutating func send(_ attempt: Attempt, _ place: UInt32, _ now: UInt64) {
        let stream = slots[Int(place)].stream
        outbox.removeAll()
        streams[stream].writer.append(
            participant: attempt.participant, ticket: attempt.ticket, body: &body, to: &outbox)
        slots[Int(place)].attempt = attempt
        slots[Int(place)].state = .waiting
        slots[Int(place)].requests += 1
        streams[stream].inFlight += 1
        streams[stream].second.sent += 1
        timeouts.arm(place, kind: stream, now: now / 1_000_000)
        // What is due at once is sent one after the other: `now` is of the first.
        slots[Int(place)].sentAt = MonotonicClock.nanoseconds
        if let rate = streams[stream].plan.clients.bytesPerSecond {
            unsent[place] = Unsent(bytes: outbox.bytes.array, bytesPerSecond: rate)
            sendUnsent(place, now)
            return
        }
        let connection = table[place]
        guard let sent = connection.send(outbox.bytes) else {
            fail(place, .closed, stream)
            return
        }
        if sent < outbox.count {
            unsent[place] = Unsent(bytes: outbox.bytes.array, sent: sent)
        }
    }

    /// Sends more of a request that goes out in pieces.
    mutating func sendUnsent(_ place: UInt32, _ now: UInt64) {
        guard var rest = unsent[place] else { return }
        var end = rest.bytes.count
        // A slow client's pieces: one byte at a time, or ten a second where it is less slow.
        let atOnce = rest.bytesPerSecond.map { max(1, Int($0 / 10)) }
        if let atOnce { end = min(end, rest.sent + atOnce) }
        let connection = table[place]
        let taken = rest.bytes.withBytes { connection.send($0.extracting(rest.sent..<end)) }
        guard let sent = taken else {
            fail(place, .closed, slots[Int(place)].stream)
            return
        }
        rest.sent += sent
        guard rest.sent < rest.bytes.count else {
            unsent[place] = nil
            return
        }
        unsent[place] = rest
        if let atOnce, let rate = rest.bytesPerSecond {
            let pause = UInt64(Double(atOnce) / rate * 1e9)
            schedule(.drip(table.token(of: place)), at: now + pause)
        }
    }

    // MARK: Closed loops

    /// The first requests of each closed loop: as many as it may have connections, when its stream
    /// starts.
    mutating func startClosedLoops() {
        for index in streams.indices where streams[index].plan.pacing == .closed {
            let now = MonotonicClock.nanoseconds
            let began = streams[index].began
            for _ in 0..<streams[index].plan.connections {
                if began <= now {
                    sendNextOfLoop(index, now)
                } else {
                    streams[index].planned += 1
                    schedule(.refill(stream: index), at: began)
                }
            }
        }
    }

    /// Another request of a closed loop, on whatever connection is free or can be made.
    mutating func sendNextOfLoop(_ stream: Int, _ now: UInt64) {
        guard !streams[stream].isLoopOver(at: now) else { return }
        streams[stream].second.due += 1
        let attempt = Attempt(due: now, participant: streams[stream].newParticipant())
        dispatch(attempt, stream, now)
    }
}
