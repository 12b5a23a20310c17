internal import Bytes
package import LockFree
package import Sockets
internal import Synchronization
internal import Threads
internal import Time

/// Takes other nodes' links, on a thread of its own: hears where they are, and tells them that this
/// node lives and where it is, ten times a second. It listens from the start to the end of the
/// process, whoever leads.
package final class LinkServer: Sendable {
    private let status: ClusterStatus
    private let trust: LinkTrust
    private let thread = StoppableThread()
    /// Wakes the thread.
    private let bell: Doorbell
    private let isNewsDue = Atomic<Bool>(false)

    private static var frameNanoseconds: UInt64 { 100_000_000 }
    /// A link that is silent for so long is closed.
    private static var silenceNanoseconds: UInt64 { 5_000_000_000 }

    /// - Throws: ``DoorbellError`` where the machine has no descriptor for it.
    package init(_ status: ClusterStatus, _ trust: LinkTrust) throws(DoorbellError) {
        self.status = status
        self.trust = trust
        bell = try Doorbell()
    }

    /// - Throws: ``SystemError`` where the machine has no descriptor for it; `ThreadFailure`.
    package func start(_ listener: consuming Listener) throws {
        let handover = Handover(try Links(listener, status, trust, bell))
        try thread.start(name: "links") { [self] in
            var links = handover.receive()
            while !thread.isStopping {
                links.turn(within: Self.frameNanoseconds / 2, isNewsDue)
            }
        }
    }

    /// Tells all nodes at once what this one has to say.
    package func tell() {
        isNewsDue.store(true, ordering: .releasing)
        bell.ring()
    }

    /// Closes all links: the other nodes see at once that this one is gone.
    package func stop() { thread.stop { bell.ring() } }

    private final class Handover: @unchecked Sendable {
        // `@unchecked Sendable`: stored before the thread starts, received once, by that thread.
        private var links: Links?

        init(_ links: consuming Links) { self.links = consume links }

        func receive() -> Links {
            guard let received = links.take() else { preconditionFailure("received once") }
            return received
        }
    }

    /// The links, and who is at their ends. Owned by the thread.
    private struct Links: ~Copyable {
        private let listener: Listener
        private let status: ClusterStatus
        private let trust: LinkTrust
        private let bell: Doorbell
        private var poller: Poller
        private var table: ConnectionTable
        /// By place.
        private var peers: [Peer] = []
        private var sentAt: UInt64 = 0

        private struct Peer {
            var hasShakenHands = false
            var heardAt: UInt64 = 0
            var inbox: [UInt8] = []
        }

        init(
            _ listener: consuming Listener, _ status: ClusterStatus, _ trust: LinkTrust,
            _ bell: Doorbell
        ) throws(SystemError) {
            let poller = try Poller()
            try poller.addLevelTriggered(
                listener.descriptor, token: EventToken(place: .max, generation: 0))
            // Edge-triggered: each ring is an event, and `wokeUp` reads it off.
            try poller.add(bell.descriptor, token: EventToken(place: .max - 1, generation: 0))
            self.bell = bell
            self.poller = poller
            self.listener = listener
            self.status = status
            self.trust = trust
            table = ConnectionTable(capacity: 2 * LinkFrame.maximumMembers)
            peers = Array(repeating: Peer(), count: table.capacity)
        }

        /// - Parameter isNewsDue: whether what is told does not wait for its time.
        mutating func turn(within nanoseconds: UInt64, _ isNewsDue: borrowing Atomic<Bool>) {
            bell.prepareToSleep()
            let isAwaited = isNewsDue.load(ordering: .acquiring)
            _ = poller.wait(
                timeoutMilliseconds: isAwaited ? 0 : Int32(nanoseconds / 1_000_000))
            bell.wokeUp()
            let now = SystemClock.monotonicNanoseconds()
            accept(at: now)
            let isNews = isNewsDue.exchange(false, ordering: .acquiring)
            let isDue = isNews || now - sentAt >= LinkServer.frameNanoseconds
            if isDue { sentAt = now }
            for place in table.openPlaces { serve(place, sends: isDue, at: now) }
        }

        private mutating func accept(at now: UInt64) {
            while case .accepted(let descriptor, let peer) = listener.accept() {
                guard let token = table.open(descriptor, peer: peer) else {
                    Connection.refuse(descriptor, with: ByteBuffer(capacity: 1).bytes)
                    continue
                }
                peers[Int(token.place)] = Peer(heardAt: now)
                if let context = trust.server,
                    !table.secure(token.place, with: context, TLSLimits())
                {
                    table.close(token.place)
                    continue
                }
                do throws(SystemError) {
                    try poller.add(descriptor, token: token)
                } catch {
                    table.close(token.place)
                    continue
                }
                if trust.server == nil { send(token.place) }
            }
        }

        private mutating func serve(_ place: UInt32, sends: Bool, at now: UInt64) {
            if trust.server != nil, !peers[Int(place)].hasShakenHands {
                switch table[place].shakeHands() {
                case .done: peers[Int(place)].hasShakenHands = true
                case .needsMore: return closeIfSilent(place, at: now)
                default: return table.close(place)
                }
                send(place)
            }
            guard table.isOpen(place), receive(place, at: now) else { return }
            if sends { send(place) }
            if table.isOpen(place) { closeIfSilent(place, at: now) }
        }

        private mutating func closeIfSilent(_ place: UInt32, at now: UInt64) {
            if now - min(peers[Int(place)].heardAt, now) >= LinkServer.silenceNanoseconds {
                table.close(place)
            }
        }

        private mutating func send(_ place: UInt32) {
            var outbox = ByteBuffer(capacity: LinkFrame.maximumBytes)
            status.frame(clock: SystemClock.wallClock().milliseconds).append(to: &outbox)
            guard let sent = table[place].send(outbox.bytes), sent == 0 || sent == outbox.count
            else { return table.close(place) }
        }

        /// Reads what has come.
        /// - Returns: whether the link is still there.
        private mutating func receive(_ place: UInt32, at now: UInt64) -> Bool {
            var inbox = ByteBuffer(capacity: LinkFrame.maximumBytes)
            peers[Int(place)].inbox.withBytes { inbox.append($0) }
            while true {
                switch table[place].receive(into: &inbox, maximum: LinkFrame.maximumBytes) {
                case .received:
                    guard take(&inbox, place, at: now) else {
                        table.close(place)
                        return false
                    }
                case .wouldBlock:
                    peers[Int(place)].inbox = inbox.bytes.array
                    return true
                case .finished, .broken:
                    table.close(place)
                    return false
                }
            }
        }

        private mutating func take(
            _ inbox: inout ByteBuffer, _ place: UInt32, at now: UInt64
        ) -> Bool {
            do throws(LinkFrame.Fault) {
                while let (frame, count) = try LinkFrame.first(in: inbox.bytes) {
                    peers[Int(place)].heardAt = now
                    note(frame)
                    inbox.removeFirst(count)
                }
                return true
            } catch {
                return false
            }
        }

        private func note(_ frame: LinkFrame) {
            guard status.office > 0, frame.node != status.node else { return }
            let clock = SystemClock.wallClock().milliseconds
            status.note(
                ClusterMember(
                    node: frame.node, position: frame.position, durable: frame.durable,
                    clockOffset: frame.clock.subtractingSaturating(clock)))
        }
    }
}
