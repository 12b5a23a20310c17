internal import Bytes
internal import Glibc
internal import Sockets

/// A connection to one of a host's addresses, its TLS handshake made where there is one.
struct Link: ~Copyable {
    private var table = ConnectionTable(capacity: 1)
    private var place: UInt32 = 0

    /// Tries the addresses of the client's host, one after the other.
    /// - Throws: ``HTTPClientError``.
    init(_ client: HTTPClient, by deadline: Deadline) throws(HTTPClientError) {
        let addresses: [SocketAddress]
        do throws(HostLookupError) {
            addresses = try HostLookup.addresses(of: client.base.host, port: client.base.port)
        } catch {
            throw .unknownHost(client.base.host, reason: error.reason)
        }
        var attempts: [HTTPClientError.Attempt] = []
        for address in addresses {
            // The one that is waited for has its own limit, so that a silent one leaves time.
            let limit = deadline.or(seconds: client.connectSeconds)
            guard let reason = try connect(to: address, by: limit) else {
                if let context = client.context {
                    try secure(context, host: client.base.host, client.connectSeconds, deadline)
                }
                return
            }
            attempts.append(HTTPClientError.Attempt(address: address, reason: reason))
        }
        throw .unreachable(attempts)
    }

    /// - Returns: nil when the connection is made; else why not.
    private mutating func connect(
        to address: SocketAddress, by deadline: Deadline
    ) throws(HTTPClientError) -> String? {
        let descriptor: Int32
        do throws(SystemError) {
            descriptor = try Connector.begin(to: address)
        } catch {
            // No route, no IPv6 here: the next address may do. No descriptor: none will.
            if error.code == EMFILE || error.code == ENFILE { throw .system("\(error)") }
            return error.reason
        }
        guard let token = table.open(descriptor, peer: address) else {
            preconditionFailure("a table of one place has room for one")
        }
        place = token.place
        guard wait(for: POLLOUT, by: deadline) else {
            table.close(place)
            return "no answer within the time to connect"
        }
        guard let error = Connector.outcome(of: descriptor, to: address) else { return nil }
        table.close(place)
        return error.reason
    }

    private mutating func secure(
        _ context: TLSClientContext, host: String, _ seconds: Double, _ deadline: Deadline
    ) throws(HTTPClientError) {
        guard table.secure(place, with: context, host: host) else {
            throw .system("OpenSSL has no memory for a session")
        }
        let deadline = deadline.or(seconds: seconds)
        while true {
            let connection = table[place]
            switch connection.shakeHands() {
            case .done: return
            case .needsMore:
                let events = connection.readsWhenWritable ? POLLOUT : POLLIN
                guard wait(for: events, by: deadline) else { throw .late(isSent: false) }
            case .plain: throw .tls("the server speaks plain HTTP: use http://")
            case .closed: throw .tls("the server closed the connection during the handshake")
            case .tooLong: throw .tls("the server's handshake is beyond the limit")
            case .failed(let reason):
                throw .tls(connection.certificateError.map { "\(reason): \($0)" } ?? reason)
            }
        }
    }

    var isSecure: Bool { table[place].isSecured }

    /// What OpenSSL said when the session broke.
    var breakReason: String? { table[place].breakReason }

    // MARK: Bytes

    /// Sends all of it, or as much as the server takes: one that refuses a request may answer and
    /// close before it has read all, and that answer counts.
    func send(_ bytes: RawSpan, by deadline: Deadline) throws(HTTPClientError) {
        let connection = table[place]
        var sent = 0
        while sent < bytes.byteCount {
            guard let count = connection.send(bytes.extracting(sent..<bytes.byteCount)) else {
                return
            }
            sent += count
            if count == 0, !wait(for: POLLOUT, by: deadline) { throw .late(isSent: true) }
        }
    }

    func receive(into buffer: inout ByteBuffer, maximum: Int) -> ReceiveResult {
        table[place].receive(into: &buffer, maximum: maximum)
    }

    /// - Returns: false where time is over.
    func waitToReceive(by deadline: Deadline) -> Bool {
        wait(for: table[place].readsWhenWritable ? POLLOUT : POLLIN, by: deadline)
    }

    /// - Returns: whether one of the events, or an error, has come; false where time is over.
    private func wait(for events: Int32, by deadline: Deadline) -> Bool {
        var entry = pollfd(fd: table[place].descriptor, events: Int16(events), revents: 0)
        while true {
            let count = unsafe poll(&entry, 1, deadline.millisecondsLeft)
            if count > 0 { return true }
            // A signal, or a poll that ended before its time.
            if deadline.isOver { return false }
        }
    }
}
