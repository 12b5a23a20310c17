internal import Bytes
internal import Glibc
package import Sockets

/// A link that batches come over from another node's journal; the calling thread waits.
package final class BatchLink: BatchSource {
    private let trust: LinkTrust
    private let meanwhile: () -> Void
    private var table = ConnectionTable(capacity: 1)
    private var slot: UInt32?
    private var inbox = LinkInbox()
    private var outbox = LinkOutbox()
    /// Whether the last read may have left something, of which no descriptor tells.
    private var mayHaveMore = false

    /// A node whose machine lives accepts at once.
    private static var connectSeconds: Double { 0.3 }
    /// Reads of one call, of 64 KiB each: it returns often enough for heartbeats.
    private static var readsAtOnce: Int { 8 }

    /// - Parameter meanwhile: called ten times a second while this waits.
    package init(_ trust: LinkTrust, meanwhile: @escaping () -> Void) {
        self.trust = trust
        self.meanwhile = meanwhile
    }

    package func mayAsk(_ address: SocketAddress) -> Bool { trust.carriesChanges(to: address) }

    package func close() {
        if let slot { table.close(slot) }
        slot = nil
        inbox = LinkInbox()
        outbox = LinkOutbox()
        mayHaveMore = false
    }

    package func open(to address: SocketAddress, _ request: BatchRequest) throws(LinkFailure) {
        close()
        let wait = Waiting(seconds: Self.connectSeconds, meanwhile: meanwhile)
        do throws(ConnectionTable.ConnectFailure) {
            slot = try table.link(to: address, trust, wait)
        } catch {
            throw LinkFailure(error, withinSeconds: Self.connectSeconds)
        }
        request.append(to: &outbox.bytes)
        flush()
    }

    package func tell(_ frame: LinkFrame) {
        if outbox.isEmpty { frame.append(to: &outbox.bytes) }
        flush()
    }

    private func flush() {
        guard let slot else { return }
        if !outbox.flush(to: table[slot]) { close() }
    }

    package func receive(seconds: Double) -> ReceivedBatches {
        var received = ReceivedBatches()
        guard let slot else {
            received.lost = "the link was closed"
            return received
        }
        if !mayHaveMore, !table[slot].hasMore {
            let wait = Waiting(seconds: seconds, meanwhile: meanwhile)
            _ = wait.forEvents(Int16(POLLIN), of: table[slot].descriptor)
        }
        mayHaveMore = true
        for _ in 0..<Self.readsAtOnce where mayHaveMore {
            switch inbox.receive(from: table[slot]) {
            case .received:
                guard drain(&received) else {
                    close()
                    received.lost = "what came is no frame of a node"
                    return received
                }
            case .wouldBlock: mayHaveMore = false
            case .finished, .broken:
                received.lost = table[slot].breakReason ?? "the other node closed it"
                close()
                return received
            }
        }
        return received
    }

    /// - Returns: false where what came is none of what may come.
    private func drain(_ received: inout ReceivedBatches) -> Bool {
        do throws(LinkFrame.Fault) {
            try inbox.drain { message, payload throws(LinkFrame.Fault) in
                guard case .frame(let frame) = message else {
                    if case .status(let status) = message { received.frame = status }
                    return
                }
                // One is asked for at a time.
                guard received.ending == nil else { throw .malformed }
                switch frame.kind {
                case .batch: received.batches.append(payload.array)
                case .batchesEnd: received.ending = try BatchesEnd(payload)
                default: throw .malformed
                }
            }
            return true
        } catch {
            return false
        }
    }
}
