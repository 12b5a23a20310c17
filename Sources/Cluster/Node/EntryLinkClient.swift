internal import Bytes
internal import Glibc
internal import Sockets
internal import Time

/// A follower's link to its leader for entries. Used by one thread, which waits for it and for a
/// bell at once.
package struct EntryLinkClient: ~Copyable {
    private let trust: LinkTrust
    private let node: String
    private var table = ConnectionTable(capacity: 1)
    private var slot: UInt32?
    private var inbox = LinkInbox()
    /// Whether the last read may have left something, of which no descriptor tells.
    private var mayHaveMore = false
    /// What goes with the next ``flush()``.
    package var outbox = LinkOutbox()
    private var heardAt: UInt64 = 0
    private var greetedAt: UInt64 = 0
    /// The term of the leader that it was made to.
    package private(set) var term: UInt64 = 0

    /// A leader whose machine lives accepts at once.
    private static var connectSeconds: Double { 0.3 }
    /// A leader says ten times a second where it is.
    private static var silenceNanoseconds: UInt64 { 1_000_000_000 }
    private static var greetingNanoseconds: UInt64 { 1_000_000_000 }
    /// Reads of one call, of 64 KiB each: what is to be sent does not wait for more.
    private static var readsAtOnce: Int { 8 }

    /// - Parameter node: the name of this one.
    package init(_ trust: LinkTrust, node: String) {
        self.trust = trust
        self.node = node
    }

    package var isOpen: Bool { slot != nil }

    /// Whether the last frame has not gone yet.
    package var isBusy: Bool { !outbox.isEmpty }

    package mutating func close() {
        if let slot { table.close(slot) }
        slot = nil
        inbox = LinkInbox()
        outbox = LinkOutbox()
        mayHaveMore = false
    }

    /// Makes a link to a leader; waits for it.
    /// - Returns: whether there is one.
    package mutating func open(to leader: LogOwner, at now: UInt64) -> Bool {
        close()
        guard let address = SocketAddress(leader.address) else { return false }
        let wait = Waiting(seconds: Self.connectSeconds)
        do throws(ConnectionTable.ConnectFailure) {
            slot = try table.link(to: address, trust, wait)
        } catch {
            return false
        }
        term = leader.term
        heardAt = now
        greetedAt = now
        EntryHello(node: node, term: term).append(to: &outbox.bytes)
        return flush()
    }

    /// Waits for the leader, for room to send, or for a bell.
    package func wait(or bell: Int32, milliseconds: Int32) {
        var entries = (
            pollfd(fd: bell, events: Int16(POLLIN), revents: 0),
            pollfd(fd: -1, events: Int16(POLLIN), revents: 0)
        )
        if let slot {
            entries.1.fd = table[slot].descriptor
            if !outbox.isEmpty { entries.1.events |= Int16(POLLOUT) }
        }
        // A signal, or the end of time, is as good as an event: everything is looked at.
        _ = unsafe withUnsafeMutableBytes(of: &entries) { entries in
            unsafe poll(
                entries.baseAddress?.assumingMemoryBound(to: pollfd.self), 2,
                mayHaveMore ? 0 : milliseconds)
        }
    }

    /// Reads what has come, as far as one call goes.
    /// - Parameter body: gets each frame, and what follows its head.
    /// - Returns: whether the link is still there; it is closed where it is not, where the leader
    ///   is silent, and where what has come is no message.
    package mutating func receive(
        at now: UInt64, _ body: (EntryFrame, RawSpan) throws(LinkFrame.Fault) -> Void
    ) -> Bool {
        guard let slot else { return false }
        var heardAt = heardAt
        mayHaveMore = false
        for _ in 0..<Self.readsAtOnce {
            switch inbox.receive(from: table[slot]) {
            case .received:
                do throws(LinkFrame.Fault) {
                    try inbox.drain { message, payload throws(LinkFrame.Fault) in
                        heardAt = now
                        if case .frame(let frame) = message { try body(frame, payload) }
                    }
                } catch {
                    close()
                    return false
                }
            case .wouldBlock:
                self.heardAt = heardAt
                if now - min(heardAt, now) < Self.silenceNanoseconds { return true }
                close()
                return false
            case .finished, .broken:
                close()
                return false
            }
        }
        self.heardAt = heardAt
        mayHaveMore = true
        return true
    }

    /// Sends what there is, as far as the kernel takes it.
    /// - Returns: whether the link is still there.
    package mutating func flush() -> Bool {
        guard let slot else { return false }
        if outbox.flush(to: table[slot]) { return true }
        close()
        return false
    }

    /// Says once a second that this node is there.
    package mutating func greet(at now: UInt64) {
        guard isOpen, outbox.isEmpty, now - min(greetedAt, now) >= Self.greetingNanoseconds
        else { return }
        greetedAt = now
        EntryHello(node: node, term: term).append(to: &outbox.bytes)
    }
}
