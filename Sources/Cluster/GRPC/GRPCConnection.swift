package import Bytes
internal import Glibc
package import Sockets

/// A connection to one server of gRPC, and one call after the other on it; the calling thread
/// waits. A call that fails leaves the connection useless, whatever the reason but the server's own
/// refusal: the caller drops it.
package struct GRPCConnection: ~Copyable {
    private var table = ConnectionTable(capacity: 1)
    private var slot: UInt32 = 0
    private var session = GRPCSession()
    private let authority: String
    private let isSecure: Bool
    private var inbox = ByteBuffer(capacity: GRPCConnection.pieceBytes)
    private var outbox = ByteBuffer(capacity: GRPCConnection.pieceBytes)

    /// Bytes of one read of the socket, and of what is kept to be written to it.
    private static var pieceBytes: Int { 64 << 10 }
    /// Between two looks at the time.
    private static var readsAtOnce: Int { 16 }

    /// Tries the addresses of the host, one after the other, each for its part of the time.
    /// - Parameters:
    ///   - context: for TLS; nil for plain text. It offers HTTP/2 (ALPN).
    ///   - names: of the process.
    ///   - wait: what else the thread does meanwhile.
    /// - Throws: ``GRPCError``.
    package init(
        _ endpoint: EtcdEndpoint, _ context: TLSClientContext?, _ names: EtcdAddresses,
        _ wait: borrowing Waiting
    ) throws(GRPCError) {
        authority = endpoint.authority
        isSecure = context != nil
        let addresses = try names.addresses(of: endpoint, wait)
        var reasons: [String] = []
        for (place, address) in addresses.enumerated() {
            let part = wait.part(of: addresses.count - place)
            guard let reason = connect(to: address, part) else {
                if let context { try secure(context, host: endpoint.host, wait) }
                return
            }
            reasons.append("\(address): \(reason)")
        }
        throw .unreachable(reasons.joined(separator: "; "))
    }

    /// - Returns: nil when the connection is made; else why not.
    private mutating func connect(
        to address: SocketAddress, _ wait: borrowing Waiting
    ) -> String? {
        do throws(ConnectionTable.ConnectFailure) {
            slot = try table.connect(to: address, wait)
            return nil
        } catch {
            switch error {
            case .system(let error): return error.reason
            case .timedOut: return "no answer within the time to connect"
            case .handshake(let reason): return reason
            }
        }
    }

    private mutating func secure(
        _ context: TLSClientContext, host: String, _ wait: borrowing Waiting
    ) throws(GRPCError) {
        do throws(ConnectionTable.ConnectFailure) {
            try table.secure(slot, with: context, host: host, wait)
        } catch {
            switch error {
            case .system(let error): throw .tls(error.reason)
            case .timedOut: throw .timedOut
            case .handshake(let reason): throw .tls(reason)
            }
        }
    }

    // MARK: A call

    /// Sends a message and waits for the answer.
    /// - Parameters:
    ///   - path: `/package.Service/Method`.
    ///   - maximumBytes: of the answer.
    /// - Throws: ``GRPCError``; after any but ``GRPCError/status(code:message:)`` the connection
    ///   is useless.
    package mutating func call(
        _ path: String, _ message: RawSpan, maximumBytes: Int, _ wait: borrowing Waiting
    ) throws(GRPCError) -> ByteBuffer {
        try session.begin(
            path, authority: authority, isSecure: isSecure, message, maximumBytes: maximumBytes)
        while true {
            try send()
            let mayHaveMore = try receive()
            if session.isOver { return try session.takeAnswer() }
            // What was read may have asked for an answer.
            try session.output(into: &outbox, maximum: Self.pieceBytes)
            if mayHaveMore {
                guard wait.goesOn() else { throw .timedOut }
                continue
            }
            let wantsToSend = outbox.count > 0 || table[slot].readsWhenWritable
            let events = wantsToSend ? POLLIN | POLLOUT : POLLIN
            guard wait.forEvents(Int16(events), of: table[slot].descriptor) else {
                throw .timedOut
            }
        }
    }

    /// Writes as much as the kernel takes.
    private mutating func send() throws(GRPCError) {
        while true {
            try session.output(into: &outbox, maximum: Self.pieceBytes)
            guard outbox.count > 0 else { return }
            guard let sent = table[slot].send(outbox.bytes) else {
                throw .closed("the server closed the connection\(breakReason)")
            }
            if sent == 0 { return }
            outbox.removeFirst(sent)
        }
    }

    /// Reads what has come, as far as some reads take it.
    /// - Returns: whether there may be more, of which no descriptor tells.
    private mutating func receive() throws(GRPCError) -> Bool {
        for _ in 0..<Self.readsAtOnce where !session.isOver {
            inbox.removeAll()
            switch table[slot].receive(into: &inbox, maximum: Self.pieceBytes) {
            case .received: try session.receive(inbox.bytes)
            case .wouldBlock: return false
            case .finished, .broken:
                throw .closed("the server closed the connection\(breakReason)")
            }
        }
        return true
    }

    /// What OpenSSL said when the session broke: a certificate that the server does not take shows
    /// only here.
    private var breakReason: String { table[slot].breakReason.map { ": \($0)" } ?? "" }
}
