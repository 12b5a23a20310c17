internal import Bytes
internal import Glibc
internal import Sockets

/// A follower's link to its leader; the calling thread waits.
struct LinkClient: ~Copyable {
    private let trust: LinkTrust
    private let meanwhile: () -> Void
    private var table = ConnectionTable(capacity: 1)
    private var slot: UInt32?
    private var inbox = ByteBuffer(capacity: LinkFrame.maximumBytes)

    /// A leader whose machine lives accepts at once.
    private static var connectSeconds: Double { 0.3 }

    /// Why there is no link.
    enum Failure: Error {
        /// Nobody listens there: the process has ended.
        case refused
        /// Another reason; it may pass.
        case other(String)
    }

    enum Received {
        case frame(LinkFrame)
        case nothing
        case lost(String)
    }

    init(_ trust: LinkTrust, meanwhile: @escaping () -> Void) {
        self.trust = trust
        self.meanwhile = meanwhile
    }

    var isOpen: Bool { slot != nil }

    mutating func close() {
        if let slot { table.close(slot) }
        slot = nil
        inbox.removeAll()
    }

    mutating func open(to address: SocketAddress) throws(Failure) {
        close()
        let wait = Waiting(seconds: Self.connectSeconds, meanwhile: meanwhile)
        let descriptor: Int32
        do throws(SystemError) {
            descriptor = try Connector.begin(to: address)
        } catch {
            throw Self.failure(error)
        }
        guard let token = table.open(descriptor, peer: address) else {
            preconditionFailure("a table of one place has room for one")
        }
        slot = token.place
        do throws(Failure) {
            guard wait.forEvents(Int16(POLLOUT), of: descriptor) else {
                throw .other("no answer within \(Self.connectSeconds) s")
            }
            if let error = Connector.outcome(of: descriptor, to: address) {
                throw Self.failure(error)
            }
            if let context = trust.client {
                try secure(token.place, context, host: "\(address.octets)", wait)
            }
        } catch {
            close()
            throw error
        }
    }

    private static func failure(_ error: SystemError) -> Failure {
        error.code == ECONNREFUSED ? .refused : .other(error.reason)
    }

    private mutating func secure(
        _ slot: UInt32, _ context: TLSClientContext, host: String, _ wait: borrowing Waiting
    ) throws(Failure) {
        guard table.secure(slot, with: context, host: host) else {
            throw .other("OpenSSL has no memory for a session")
        }
        while true {
            switch table[slot].shakeHands() {
            case .done: return
            case .needsMore:
                let events = table[slot].readsWhenWritable ? POLLOUT : POLLIN
                guard wait.forEvents(Int16(events), of: table[slot].descriptor) else {
                    throw .other("no handshake within \(Self.connectSeconds) s")
                }
            case .plain: throw .other("the other node speaks plain text")
            case .closed: throw .other("the other node closed the connection")
            case .tooLong: throw .other("the other node's handshake is beyond the limit")
            case .failed(let reason):
                throw .other(table[slot].certificateError.map { "\(reason): \($0)" } ?? reason)
            }
        }
    }

    /// Tells the leader of this node, where the kernel takes it: a frame that does not go leaves
    /// room for the next one.
    mutating func send(_ frame: LinkFrame) {
        guard let slot else { return }
        var outbox = ByteBuffer(capacity: LinkFrame.maximumBytes)
        frame.append(to: &outbox)
        // A frame is less than what a socket keeps; part of one ends the link.
        guard let sent = table[slot].send(outbox.bytes), sent == 0 || sent == outbox.count else {
            return close()
        }
    }

    /// The last frame of those that have come, waited for as long as given.
    mutating func receive(seconds: Double) -> Received {
        guard let slot else { return .lost("not connected") }
        if !table[slot].hasMore {
            let wait = Waiting(seconds: seconds, meanwhile: meanwhile)
            _ = wait.forEvents(Int16(POLLIN), of: table[slot].descriptor)
        }
        var last: LinkFrame?
        while true {
            switch table[slot].receive(into: &inbox, maximum: LinkFrame.maximumBytes) {
            case .received:
                do throws(LinkFrame.Fault) {
                    while let (frame, count) = try LinkFrame.first(in: inbox.bytes) {
                        last = frame
                        inbox.removeFirst(count)
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
    }
}
