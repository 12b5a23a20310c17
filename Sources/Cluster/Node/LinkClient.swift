internal import Bytes
internal import Glibc
package import Sockets

/// A follower's link to its leader; the calling thread waits.
package struct LinkClient: LeaderLink, ~Copyable {
    private let trust: LinkTrust
    private let meanwhile: () -> Void
    private var table = ConnectionTable(capacity: 1)
    private var slot: UInt32?
    private var inbox = LinkInbox()

    /// A leader whose machine lives accepts at once.
    private static var connectSeconds: Double { 0.3 }
    /// Reads of one call, of 64 KiB each: it returns often enough for heartbeats.
    private static var readsAtOnce: Int { 8 }

    /// - Parameter meanwhile: called ten times a second while this waits.
    package init(_ trust: LinkTrust, meanwhile: @escaping () -> Void) {
        self.trust = trust
        self.meanwhile = meanwhile
    }

    package var isOpen: Bool { slot != nil }

    package mutating func close() {
        if let slot { table.close(slot) }
        slot = nil
        inbox = LinkInbox()
    }

    package mutating func open(to address: SocketAddress) throws(LinkFailure) {
        close()
        let wait = Waiting(seconds: Self.connectSeconds, meanwhile: meanwhile)
        do throws(ConnectionTable.ConnectFailure) {
            slot = try table.link(to: address, trust, wait)
        } catch {
            throw LinkFailure(error, withinSeconds: Self.connectSeconds)
        }
    }

    package mutating func send(_ frame: LinkFrame) {
        guard let slot else { return }
        var outbox = ByteBuffer(capacity: LinkFrame.maximumBytes)
        frame.append(to: &outbox)
        // A frame is less than what a socket keeps; part of one ends the link.
        guard let sent = table[slot].send(outbox.bytes), sent == 0 || sent == outbox.count else {
            return close()
        }
    }

    package mutating func receive(seconds: Double, waking bell: Int32?) -> LinkReceived {
        guard let slot else { return .lost("not connected") }
        if !table[slot].hasMore {
            let wait = Waiting(seconds: seconds, meanwhile: meanwhile)
            _ = wait.forEvents(Int16(POLLIN), of: table[slot].descriptor, orInput: bell)
        }
        var last: LinkFrame?
        for _ in 0..<Self.readsAtOnce {
            switch inbox.receive(from: table[slot]) {
            case .received:
                do throws(LinkFrame.Fault) {
                    try inbox.drain { message, _ in
                        if case .status(let frame) = message { last = frame }
                    }
                } catch {
                    close()
                    return .lost("what came is no frame of a node")
                }
            case .wouldBlock: return last.map { .frame($0) } ?? .nothing
            case .finished, .broken:
                let reason = table[slot].breakReason ?? "the other node closed it"
                close()
                return .lost(reason)
            }
        }
        return last.map { .frame($0) } ?? .nothing
    }

    package func pass(seconds: Double) { Waiting(seconds: seconds, meanwhile: meanwhile).pass() }
}
