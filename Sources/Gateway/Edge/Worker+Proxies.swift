internal import Addresses
internal import Bytes
internal import Sockets
internal import Wire

/// Whom a connection, or a request, speaks for when a trusted proxy is in between.
extension Worker {
    /// Whether connections of this listener begin with a PROXY header.
    var expectsProxyHeader: Bool {
        kind == .public && shared.proxies.proxyProtocol == .required
    }

    /// The client of the request in hand. Found when it is asked for, and only then: an entry does
    /// not need it. It goes into no journal and into no metric.
    func clientAddress(_ place: UInt32, _ request: RawSpan) -> ClientAddress {
        ClientAddress.of(
            request, readBy: parser, peer: connections[place].peer, shared.proxies)
    }

    /// Reads the PROXY header that a connection begins with, once all of it is there.
    ///
    /// The header is looked at where it lies, in the kernel, and taken out when it is whole: what
    /// follows it, be it a request or a TLS handshake, is read by whoever reads the connection.
    ///
    /// - Parameter inbox: empty; it lends its room.
    /// - Returns: whether the connection has begun, and may be served.
    mutating func readProxyHeader(_ place: UInt32, _ inbox: inout ByteBuffer) -> Bool {
        let limit = shared.limits.proxyHeaderBytes
        let received = connections[place].peek(into: &inbox, maximum: limit)
        let step = ProxyHeader.parse(inbox.bytes, limit: limit)
        inbox.removeAll()
        switch step {
        case .complete(let header):
            guard connections[place].discard(header.byteCount) else {
                drop(place)
                return false
            }
            return begin(place, for: header.source ?? connections[place].peer, &inbox)
        case .failed(let fault):
            instruments.countRefusedProxy(ProxyRefusal(fault), lane: number)
            drop(place)
        case .needMore:
            awaitProxyHeader(place, received)
        }
        return false
    }

    /// The rest of a header has not come; its deadline runs since the connection was accepted.
    private mutating func awaitProxyHeader(_ place: UInt32, _ received: ReceiveResult) {
        // No event follows the end of the stream: a header that is not whole will not be.
        let isOver = received == .finished || connections[place].hasHungUp
        let isSilent = isDraining && received == .wouldBlock
        if isOver || received == .broken || isSilent {
            drop(place)
        } else {
            connections[place].isReadable = false
        }
    }

    /// The connection is this client's from now on, and counted as such.
    private mutating func begin(
        _ place: UInt32, for client: IPAddress, _ inbox: inout ByteBuffer
    ) -> Bool {
        guard shared.addresses(kind).name(client) else {
            instruments.count(.address, kind, lane: number)
            connections[place].closesAfterAnswer = true
            // Who expects a handshake understands no answer.
            if tls == nil { outbox.append(Self.refusal) }
            endTurn(place, &inbox)
            return false
        }
        connections[place].peer = client
        connections[place].awaitsProxyHeader = false
        guard mayShakeHands(client) else {
            drop(place)
            return false
        }
        let token = connections.token(of: place)
        awaitFirst(place)
        return connections.isCurrent(token)
    }
}

/// Why a connection that should begin with a PROXY header was closed.
enum ProxyRefusal: Int, CaseIterable {
    /// It does not come from a trusted proxy.
    case untrusted
    /// It does not begin with a header that can be read.
    case malformed, tooLong, wrongChecksum
    /// The header did not come in time.
    case late

    init(_ fault: ProxyHeader.Rejection) {
        switch fault {
        case .malformed: self = .malformed
        case .tooLong: self = .tooLong
        case .wrongChecksum: self = .wrongChecksum
        }
    }

    var label: StaticString {
        switch self {
        case .untrusted: "untrusted"
        case .malformed: "malformed"
        case .tooLong: "too_long"
        case .wrongChecksum: "wrong_checksum"
        case .late: "late"
        }
    }
}
