/// Those who follow the events, and how far each has been sent. Owned by the dispatcher's thread.
/// It knows no clock, thread or file: what it needs of those it asks for.
///
/// A follower is sent from the memory of events, or from the log where that does not reach back so
/// far: one piece, and the next one when the kernel has taken it. So one that reads slowly is
/// behind, and nothing else: it holds one piece, and holds up nobody. How far it has been sent is
/// one number, and every piece begins there: nothing is left out, and nothing is sent twice.
struct EventFollowers {
    /// Work for another thread, whose result comes back by the ``EventFeed``.
    enum Need {
        case status
        /// The last events up to this record, for the memory.
        case recentEvents(upTo: UInt64)
        /// The next piece of the past, for one follower.
        case piece(PastEvents, upTo: UInt64, follower: UInt64)
    }

    private struct Follower {
        let subscriber: EventSubscriber
        /// It has been sent what it selects of the records up to this one.
        var position: UInt64
        /// Reads the log for it; nil while the memory reaches back so far.
        var past: PastEvents?
        /// Read from the log, and not sent yet.
        var piece: PastEvents.Piece?
        var isBeingRead = false
        var isStatusDue = false
        /// It begins where the memory begins, once that has what was recorded last.
        var awaitsRecent: Bool
        /// Whether something was sent since the last beat.
        var wasSent = true

        var stream: EventStream { subscriber.stream }

        init(_ subscriber: EventSubscriber) {
            self.subscriber = subscriber
            position = subscriber.after
            awaitsRecent = subscriber.beginsWithRecent
        }
    }

    /// Whether the memory has what a process before this one recorded last.
    private enum Recall {
        case notNeeded, underway, done
    }

    private let journal: String
    /// Bytes of one piece.
    private let pieceBytes: Int
    /// Has the dispatcher take another turn.
    private let wake: @Sendable () -> Void
    private var memory: EventMemory
    private var recall = Recall.notNeeded
    private var followers: [UInt64: Follower] = [:]
    /// How many have begun: the next one's number.
    private var begun: UInt64 = 0
    private var isStatusUnderway = false
    private var status: [UInt8] = []
    /// The status as an event behind a record: most followers are at the same one.
    private var statusEvent: (record: UInt64, bytes: [UInt8])?

    /// - Parameters:
    ///   - record: the last one before this process's first.
    ///   - streamBytes: that may wait on a stream: `limits.stream_bytes`.
    init(
        after record: UInt64, journal: String, streamBytes: Int,
        wake: @escaping @Sendable () -> Void
    ) {
        memory = EventMemory(after: record)
        self.journal = journal
        pieceBytes = min(streamBytes / 4, 64 << 10)
        self.wake = wake
    }

    var isEmpty: Bool { followers.isEmpty }

    /// Events of the records behind this one are in the memory.
    var remembered: UInt64 { memory.start }

    // MARK: The dispatcher's turn

    /// Takes in what has come, and sends each follower what it can be sent now.
    /// - Parameter published: a record up to which all events have been handed over; 0 where that
    ///   is not known.
    mutating func turn(_ work: EventFeed.Work, published: UInt64) -> [Need] {
        memory.append(work.events, upTo: max(work.end, published))
        if let recent = work.recent {
            memory.prepend(recent.events, after: recent.start, upTo: recent.end)
            recall = .done
        }
        for read in work.pieces { receive(read) }
        for subscriber in work.subscribers { begin(subscriber) }
        if let status = work.status { receive(status) }
        var needs: [Need] = []
        for number in Array(followers.keys) { advance(number, &needs) }
        return needs
    }

    /// To be called once a second: marks where nothing was sent, so that both ends see that the
    /// stream is alive; ends the streams whose tokens permit them no longer.
    mutating func beat() -> [Need] {
        var showsStatus = false
        for (number, follower) in followers {
            guard follower.stream.isOpen else {
                followers[number] = nil
                continue
            }
            guard follower.subscriber.isPermitted() else {
                follower.stream.finish()
                followers[number] = nil
                continue
            }
            if follower.subscriber.showsStatus { showsStatus = true }
            if !follower.wasSent, !follower.awaitsRecent, follower.stream.isTaken {
                follower.stream.send(StreamedEvent.mark(follower.position))
            }
            followers[number]?.wasSent = false
        }
        guard showsStatus, !isStatusUnderway else { return [] }
        isStatusUnderway = true
        return [.status]
    }

    // MARK: What comes

    private mutating func begin(_ subscriber: EventSubscriber) {
        if !subscriber.beginsWithRecent {
            subscriber.stream.send(StreamedEvent.beginning(subscriber.after))
        }
        followers[begun] = Follower(subscriber)
        begun += 1
    }

    private mutating func receive(_ read: EventFeed.PieceRead) {
        guard let follower = followers[read.follower] else { return }
        guard var piece = read.piece else {
            // Without a gap or not at all: the client comes back, and is told what is missing.
            follower.stream.finish()
            followers[read.follower] = nil
            return
        }
        piece.events.removeAll { !follower.subscriber.selection.contains($0) }
        followers[read.follower]?.piece = piece
        followers[read.follower]?.isBeingRead = false
    }

    private mutating func receive(_ status: [UInt8]) {
        isStatusUnderway = false
        self.status = status
        statusEvent = nil
        for (number, follower) in followers where follower.subscriber.showsStatus {
            followers[number]?.isStatusDue = true
        }
    }

    // MARK: What goes

    /// Sends a follower what it can be sent now. Where the kernel has not taken what it was sent
    /// before, the dispatcher is woken when it has.
    private mutating func advance(_ number: UInt64, _ needs: inout [Need]) {
        guard var follower = followers.removeValue(forKey: number) else { return }
        while follower.stream.isOpen, isWanting(follower),
            follower.stream.isTaken(orElse: wake), step(&follower, number, &needs)
        {}
        if isDone(follower) {
            follower.stream.send(StreamedEvent.end(follower.position))
            follower.stream.finish()
        }
        // One whose stream has ended is forgotten.
        if follower.stream.isOpen { followers[number] = follower }
    }

    /// Whether it has been sent all that it asked for.
    private func isDone(_ follower: Follower) -> Bool {
        guard let end = follower.subscriber.end, !follower.awaitsRecent else { return false }
        return follower.position >= end && follower.piece == nil
    }

    /// Whether there may be something to send.
    private func isWanting(_ follower: Follower) -> Bool {
        follower.isStatusDue || follower.awaitsRecent || follower.piece != nil
            || !follower.isBeingRead && follower.position < memory.end
    }

    /// Sends one piece, or has it read.
    /// - Returns: false where it must be read first.
    private mutating func step(
        _ follower: inout Follower, _ number: UInt64, _ needs: inout [Need]
    ) -> Bool {
        if follower.awaitsRecent {
            guard memory.isFull || isRecalled(&needs) else { return false }
            follower.awaitsRecent = false
            follower.position = memory.start
            send([StreamedEvent.beginning(memory.start)], to: &follower)
            return true
        }
        if follower.isStatusDue {
            follower.isStatusDue = false
            send([statusEvent(behind: follower.position)], to: &follower)
            return true
        }
        if var piece = follower.piece {
            let count = piece.events.prefixCount(within: pieceBytes)
            send(piece.events[..<count].map(\.bytes), to: &follower)
            follower.position = piece.events[..<count].last?.record ?? piece.end
            piece.events.removeFirst(count)
            if piece.events.isEmpty { follower.position = piece.end }
            follower.piece = piece.events.isEmpty ? nil : piece
            return true
        }
        let remembered = memory.piece(
            after: follower.position, follower.subscriber.selection, maximumBytes: pieceBytes)
        if let remembered {
            follower.past = nil
            send(remembered.events.map(\.bytes), to: &follower)
            follower.position = remembered.end
            return true
        }
        if isRecalled(&needs) {
            let past = follower.past ?? PastEvents(journal: journal, after: follower.position)
            follower.past = past
            follower.isBeingRead = true
            needs.append(.piece(past, upTo: memory.start, follower: number))
        }
        return false
    }

    /// Whether the memory has what a process before this one recorded last; where not, it is read.
    private mutating func isRecalled(_ needs: inout [Need]) -> Bool {
        if recall == .notNeeded {
            recall = .underway
            needs.append(.recentEvents(upTo: memory.start))
        }
        return recall == .done
    }

    private func send(_ events: [[UInt8]], to follower: inout Follower) {
        for event in events { follower.stream.send(event) }
        if !events.isEmpty { follower.wasSent = true }
    }

    private mutating func statusEvent(behind record: UInt64) -> [UInt8] {
        if let statusEvent, statusEvent.record == record { return statusEvent.bytes }
        let bytes = StreamedEvent.bytes(of: "status", id: record, status)
        statusEvent = (record, bytes)
        return bytes
    }
}

extension [StreamedEvent] {
    /// How many of the first have so many bytes together; one is counted in any case.
    fileprivate func prefixCount(within maximumBytes: Int) -> Int {
        var bytes = 0
        for (index, event) in enumerated() {
            bytes += event.bytes.count
            if index > 0, bytes > maximumBytes { return index }
        }
        return count
    }
}
