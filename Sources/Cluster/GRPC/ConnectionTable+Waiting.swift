internal import Glibc
internal import Sockets

/// A connection to a server, made and secured while the calling thread waits.
extension ConnectionTable {
    /// Why there is none.
    enum ConnectFailure: Error {
        case system(SystemError)
        case timedOut
        case handshake(String)
    }

    /// - Precondition: the table has a free place.
    /// - Returns: the connection's place.
    mutating func connect(
        to address: SocketAddress, _ wait: borrowing Waiting
    ) throws(ConnectFailure) -> UInt32 {
        let descriptor: Int32
        do throws(SystemError) {
            descriptor = try Connector.begin(to: address)
        } catch {
            throw .system(error)
        }
        guard let token = open(descriptor, peer: address) else {
            preconditionFailure("the table has a free place")
        }
        let isSettled = wait.forEvents(Int16(POLLOUT), of: descriptor)
        let error = isSettled ? Connector.outcome(of: descriptor, to: address) : nil
        if isSettled, error == nil { return token.place }
        close(token.place)
        throw error.map { .system($0) } ?? .timedOut
    }

    /// Makes the client's handshake on a connection.
    mutating func secure(
        _ slot: UInt32, with context: TLSClientContext, host: String, _ wait: borrowing Waiting
    ) throws(ConnectFailure) {
        guard secure(slot, with: context, host: host) else {
            throw .handshake("OpenSSL has no memory for a session")
        }
        while true {
            switch self[slot].shakeHands() {
            case .done: return
            case .needsMore:
                let events = self[slot].readsWhenWritable ? POLLOUT : POLLIN
                guard wait.forEvents(Int16(events), of: self[slot].descriptor) else {
                    throw .timedOut
                }
            case .plain: throw .handshake("the other end speaks plain text")
            case .closed: throw .handshake("the other end closed the connection")
            case .tooLong: throw .handshake("the other end's handshake is beyond the limit")
            case .failed(let reason):
                throw .handshake(self[slot].certificateError.map { "\(reason): \($0)" } ?? reason)
            }
        }
    }
}
