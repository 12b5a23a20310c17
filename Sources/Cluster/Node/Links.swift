internal import Bytes
internal import LockFree
internal import Sockets
internal import Synchronization
internal import Time

/// The links of a ``LinkServer``, and who is at their ends. Owned by its thread.
struct Links: ~Copyable {
    private let listener: Listener
    private let status: ClusterStatus
    private let trust: LinkTrust
    /// Rung where entries are lent, or the thread is to end.
    private let bell: Doorbell
    /// What came of changes, for those who asked for them.
    private let mail: LinkMail
    /// Reads batches for nodes that lack them; nil where this node has no journal on disk.
    private let batches: BatchDesk?
    private var poller: Poller
    private var table: ConnectionTable
    /// By place.
    private var peers: [LinkPeer?] = []
    /// Places with an event in this turn.
    private var touched: [UInt32] = []
    /// Places of which the last turn has not read all.
    private var unread: [UInt32] = []
    private var sentAt: UInt64 = 0
    /// Whether no more entries are taken.
    private var isEnding = false
    /// Whether the listener is not watched: the process had no descriptor left.
    private var isPaused = false
    /// Where entries and changes go while this node leads.
    private var entries: (any LinkedEntries)?
    private var commands: (any LinkedCommands)?
    /// How many peers there were.
    private var peerCount: UInt64 = 0

    private static var frameNanoseconds: UInt64 { 100_000_000 }
    private static var waitMilliseconds: Int32 { 50 }
    /// A link that is silent for so long is closed.
    private static var silenceNanoseconds: UInt64 { 5_000_000_000 }
    /// Reads of one link in a turn, of 64 KiB each: one that brings more waits for the others.
    static var readsAtOnce: Int { 2 }
    /// Connections that one turn takes.
    private static var acceptsAtOnce: Int { 64 }

    /// What events of bells and of the listener carry; places of links are smaller.
    private static var firstBell: UInt32 { .max - 64 }

    init(
        _ listener: consuming Listener, _ status: ClusterStatus, _ trust: LinkTrust,
        _ bell: Doorbell, _ batches: BatchDesk?
    ) throws(SystemError) {
        let poller = try Poller()
        try poller.addLevelTriggered(
            listener.descriptor, token: EventToken(place: .max, generation: 0))
        try poller.add(bell.descriptor, token: EventToken(place: Self.firstBell, generation: 0))
        self.poller = poller
        self.listener = listener
        self.status = status
        self.trust = trust
        self.bell = bell
        mail = LinkMail(bell)
        self.batches = batches
        table = ConnectionTable(capacity: 2 * LinkFrame.maximumMembers)
        peers = Array(repeating: nil, count: table.capacity)
    }

    // MARK: Entries

    var hasEntries: Bool { entries != nil }

    /// Entries, and changes, may come from now on.
    mutating func lend(_ entries: any LinkedEntries, _ commands: (any LinkedCommands)?) {
        self.commands = commands
        for bell in entries.bells {
            do throws(SystemError) {
                try poller.add(
                    bell.descriptor, token: EventToken(place: Self.firstBell, generation: 0))
            } catch {
                // The kernel has no memory to watch it: answers go ten times a second.
                continue
            }
        }
        self.entries = entries
        for place in table.openPlaces { grant(place) }
    }

    /// Takes no more entries; a link ends when all that it has sent is answered.
    /// - Returns: whether none is left.
    mutating func endEntries() -> Bool {
        isEnding = true
        guard let entries else { return true }
        for place in table.openPlaces {
            guard let peer = peers[Int(place)], let lane = peer.lane else { continue }
            guard entries.isQuiet(lane), peer.commands == 0 else { continue }
            if peer.outbox.isEmpty { close(place) }
        }
        return table.openPlaces.allSatisfy { peers[Int($0)]?.lane == nil }
    }

    /// Gives a link that sends entries a lane, and says so.
    private func grant(_ place: UInt32) {
        guard let entries, !isEnding, status.office > 0, !status.succession.isBegun,
            let peer = peers[Int(place)],
            peer.sendsEntries,
            peer.lane == nil, let lane = entries.open()
        else { return }
        peer.lane = lane
        EntryCredit(term: status.office, entries: entries.credit).append(to: &peer.outbox.bytes)
    }

    private func grantLeaves(to peer: LinkPeer) {
        guard let entries, peer.wantsLeaves, peer.lane != nil else { return }
        let leaves = entries.leaves(atMost: LeafGrant.leavesAtOnce)
        guard !leaves.isEmpty else { return }
        peer.wantsLeaves = false
        LeafGrant(leaves).append(to: &peer.outbox.bytes)
    }

    private func appendAnswers(of lane: Int, to peer: LinkPeer) {
        guard let entries else { return }
        while peer.outbox.bytes.count < LinkPeer.unreadBytes {
            let start = peer.outbox.bytes.beginFrame(.answers)
            let count = entries.appendAnswers(
                of: lane, limitBytes: EntryFrame.maximumPayloadBytes, to: &peer.outbox.bytes)
            guard count > 0 else { return peer.outbox.bytes.truncate(to: start) }
            peer.outbox.bytes.endFrame(at: start, count: count)
        }
    }

    // MARK: A turn

    /// Waits, takes what has come, sends what there is.
    /// - Parameters:
    ///   - isNewsDue: whether what is told does not wait for its time.
    ///   - isLent: whether entries were lent meanwhile.
    mutating func turn(_ isNewsDue: borrowing Atomic<Bool>, _ isLent: () -> Bool) {
        let mayWait =
            prepareToSleep(isLent) && unread.isEmpty && !isNewsDue.load(ordering: .acquiring)
        let count = poller.wait(timeoutMilliseconds: mayWait ? Self.waitMilliseconds : 0)
        wakeUp()
        swap(&touched, &unread)
        unread.removeAll(keepingCapacity: true)
        for index in 0..<count {
            let place = poller.event(index).token.place
            if place < Self.firstBell, !touched.contains(place) { touched.append(place) }
        }
        let now = SystemClock.monotonicNanoseconds()
        accept(at: now)
        let isNews = isNewsDue.exchange(false, ordering: .acquiring)
        if isNews || now - sentAt >= Self.frameNanoseconds {
            sentAt = now
            resumeAccepting()
            for place in table.openPlaces { serve(place, tells: true, at: now) }
        } else {
            for place in touched where table.isOpen(place) { serve(place, tells: false, at: now) }
        }
        if let entries {
            entries.passOn()
            takeMail()
            sendAnswers()
        }
        sendBatches()
    }

    /// - Returns: whether there is nothing to do but to wait.
    private func prepareToSleep(_ isLent: () -> Bool) -> Bool {
        bell.prepareToSleep()
        for bell in entries?.bells ?? [] { bell.prepareToSleep() }
        guard placeForBatches == nil else { return false }
        guard let entries else { return !isLent() }
        return !entries.hasAnswers && mail.isEmpty
    }

    private func wakeUp() {
        bell.wokeUp()
        guard let entries else { return }
        for bell in entries.bells { bell.wokeUp() }
    }

    private mutating func accept(at now: UInt64) {
        // The listener's event comes again while others wait.
        for _ in 0..<Self.acceptsAtOnce {
            guard case .accepted(let descriptor, let peer) = nextConnection() else { return }
            guard let token = table.open(descriptor, peer: peer) else {
                Connection.refuse(descriptor, with: ByteBuffer(capacity: 1).bytes)
                continue
            }
            peerCount += 1
            peers[Int(token.place)] = LinkPeer(
                number: peerCount, heardAt: now, mayChange: trust.carriesChanges(to: peer))
            if let context = trust.server, !table.secure(token.place, with: context, TLSLimits()) {
                close(token.place)
                continue
            }
            do throws(SystemError) {
                try poller.add(descriptor, token: token)
            } catch {
                close(token.place)
                continue
            }
            if trust.server == nil { send(token.place) }
        }
    }

    private mutating func nextConnection() -> AcceptResult {
        let result = listener.accept()
        if case .outOfDescriptors = result, !isPaused {
            // What waits is not taken, and would wake the thread for ever.
            poller.remove(listener.descriptor)
            isPaused = true
        }
        return result
    }

    private mutating func resumeAccepting() {
        guard isPaused else { return }
        do throws(SystemError) {
            try poller.addLevelTriggered(
                listener.descriptor, token: EventToken(place: .max, generation: 0))
            isPaused = false
        } catch {
            // The kernel has no memory for it yet; the next try is near.
            return
        }
    }

    private mutating func close(_ place: UInt32) {
        if let lane = peers[Int(place)]?.lane { entries?.close(lane) }
        if let peer = peers[Int(place)] { batches?.end(peer.number) }
        peers[Int(place)] = nil
        table.close(place)
    }

    private mutating func serve(_ place: UInt32, tells: Bool, at now: UInt64) {
        guard let peer = peers[Int(place)] else { return }
        if trust.server != nil, !peer.hasShakenHands {
            switch table[place].shakeHands() {
            case .done: peer.hasShakenHands = true
            case .needsMore: return closeIfSilent(place, at: now)
            default: return close(place)
            }
            send(place)
        }
        guard table.isOpen(place), receive(place, peer, at: now) else { return }
        if tells {
            grant(place)
            send(place)
        } else if !peer.outbox.isEmpty {
            flush(place, peer)
        }
        if table.isOpen(place) { closeIfSilent(place, at: now) }
    }

    private mutating func closeIfSilent(_ place: UInt32, at now: UInt64) {
        guard let peer = peers[Int(place)] else { return }
        if now - min(peer.heardAt, now) >= Self.silenceNanoseconds { close(place) }
    }

    // MARK: Sending

    /// Tells where this node is. A peer that has not read what it was told is told nothing more.
    private mutating func send(_ place: UInt32) {
        guard let peer = peers[Int(place)] else { return }
        if peer.outbox.isEmpty {
            status.frame(clock: SystemClock.wallClock().milliseconds)
                .append(to: &peer.outbox.bytes)
        }
        flush(place, peer)
    }

    private mutating func flush(_ place: UInt32, _ peer: LinkPeer) {
        if !peer.outbox.flush(to: table[place]) { close(place) }
    }

    /// What came of changes goes with the next answers.
    private func takeMail() {
        for letter in mail.drain() {
            let peer = peers.first { $0?.number == letter.peer } ?? nil
            // One that is gone takes it that nobody knows.
            guard let peer else { continue }
            peer.commands -= 1
            let start = peer.outbox.bytes.beginFrame(.outcome)
            letter.outcome.withBytes { peer.outbox.bytes.append($0) }
            peer.outbox.bytes.endFrame(at: start, count: 0)
        }
    }

    private mutating func sendAnswers() {
        for place in table.openPlaces {
            guard let peer = peers[Int(place)], let lane = peer.lane else { continue }
            grantLeaves(to: peer)
            appendAnswers(of: lane, to: peer)
            if !peer.outbox.isEmpty { flush(place, peer) }
        }
    }

    /// Where batches that were read can go now.
    private var placeForBatches: UInt32? {
        guard let number = batches?.waitingPeer else { return nil }
        return table.openPlaces.first { place in
            peers[Int(place)].map { $0.number == number && $0.outbox.isEmpty } ?? false
        }
    }

    /// One chunk a turn: answers to entries do not wait for more.
    private mutating func sendBatches() {
        guard let place = placeForBatches, let peer = peers[Int(place)],
            let chunk = batches?.next()
        else { return }
        chunk.withBytes { peer.outbox.bytes.append($0) }
        flush(place, peer)
    }

    // MARK: Receiving

    /// Reads what has come, as far as one link's part of a turn goes.
    /// - Returns: whether the link is still there.
    private mutating func receive(_ place: UInt32, _ peer: LinkPeer, at now: UInt64) -> Bool {
        if isEnding, peer.lane != nil { return true }
        for _ in 0..<Self.readsAtOnce {
            switch peer.inbox.receive(from: table[place]) {
            case .received:
                do throws(LinkFrame.Fault) {
                    try peer.inbox.drain { message, payload throws(LinkFrame.Fault) in
                        peer.heardAt = now
                        try take(message, payload, from: peer, at: now)
                    }
                } catch {
                    close(place)
                    return false
                }
                if peer.sendsEntries, peer.lane == nil { grant(place) }
            case .wouldBlock: return true
            case .finished, .broken:
                close(place)
                return false
            }
        }
        unread.append(place)
        return true
    }

    private func take(
        _ message: LinkMessage, _ payload: RawSpan, from peer: LinkPeer, at now: UInt64
    ) throws(LinkFrame.Fault) {
        switch message {
        case .status(let frame):
            status.hear(frame, clock: SystemClock.wallClock().milliseconds)
        case .frame(let frame):
            switch frame.kind {
            case .hello:
                peer.node = try EntryHello(payload).node
                peer.sendsEntries = true
            case .leavesWanted: peer.wantsLeaves = true
            case .entries:
                // Nobody may send any who was given no credit.
                guard let lane = peer.lane, let entries else { throw .malformed }
                try frame.forEachItem(in: payload) { item throws(LinkFrame.Fault) in
                    guard entries.take(item, into: lane, at: now) else { throw .malformed }
                }
            case .command: try take(command: payload, from: peer)
            case .sample:
                guard let node = peer.node, let entries,
                    entries.note(sample: payload, of: node, at: now)
                else { throw .malformed }
            case .batchesWanted:
                // What people gave is sealed in them, and still goes to nodes alone.
                guard peer.mayChange, peer.outbox.bytes.count < LinkPeer.unreadBytes
                else { throw .malformed }
                let request = try BatchRequest(payload)
                let refusal =
                    batches.map { $0.begin(request, for: peer.number) }
                    ?? BatchesEnd(.unfit, record: request.first)
                refusal?.append(to: &peer.outbox.bytes)
            case .credit, .answers, .leaves, .outcome, .batch, .batchesEnd: throw .malformed
            }
        }
    }

    private func take(
        command: RawSpan, from peer: LinkPeer
    ) throws(LinkFrame.Fault) {
        // As with entries: nobody may send any before there is credit, nor more than permitted.
        guard peer.mayChange, peer.lane != nil, let commands,
            peer.commands < EntryFrame.commandsAtOnce
        else { throw .malformed }
        let (mail, number) = (mail, peer.number)
        let isTaken = commands.take(command.array) { outcome in
            mail.post(LinkMail.Letter(peer: number, outcome: outcome))
        }
        guard isTaken else { throw .malformed }
        peer.commands += 1
    }
}
