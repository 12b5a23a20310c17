internal import Addresses
internal import Bytes
internal import Sockets
internal import Wire

/// How connections begin: admitted, said whom they are for by a trusted proxy, secured.
extension Turns where Links: ~Copyable, Service: ~Copyable {
    /// Whether connections of this listener begin with a PROXY header.
    private var expectsProxyHeader: Bool {
        edge.kind == .public && edge.proxies.proxyProtocol == .required
    }

    /// Counts a connection that waits to be accepted, or says why it is not.
    ///
    /// Where all places are taken, it may be heard once: see ``ReservedConnections``.
    mutating func admit(_ peer: IPAddress, _ inbox: inout ByteBuffer) -> Admission {
        // Whose connection a proxy brings is known when its header is read.
        if expectsProxyHeader {
            guard edge.proxies.contains(peer) else {
                edge.count(.untrusted)
                return .refused(.silent)
            }
        } else if !mayShakeHands(peer) {
            return .refused(.silent)
        }
        let address = expectsProxyHeader ? nil : peer
        guard var refusal = edge.addresses.admit(address) else { return .admitted }
        if refusal == .connections, let other = service.nextToDisplace() {
            cut(other.place, .displaced)
            guard let second = edge.addresses.admit(address) else { return .admitted }
            refusal = second
        }
        guard refusal == .connections else { return .refused(refuse(refusal)) }
        if let oldest = reserved.nextToGo { refuseReserved(oldest, &inbox) }
        edge.addresses.admitReserved(address)
        return .reserved
    }

    /// The oldest connection beyond the limit makes room for another one. Its request may have
    /// come by now: then that is answered first.
    private mutating func refuseReserved(_ connection: EventToken, _ inbox: inout ByteBuffer) {
        let slot = connection.place
        states[slot].input = states[slot].input.afterEvent(isReadable: true, hasHungUp: false)
        serve(slot, &inbox)
        guard links.isCurrent(connection) else { return }
        switch states[slot].stage.turn {
        case .beginRequests:
            refuseReservedRequest(slot)
            endTurn(slot, &inbox)
        // It would understand no answer yet.
        case .readProxyHeader, .makeHandshake: edge.count(.connections)
        case .hold, .discard: break
        }
        if links.isCurrent(connection) { drop(slot) }
    }

    /// Whether a connection is beyond the limit: its first request is its last one.
    func isReserved(_ slot: UInt32) -> Bool {
        !reserved.isEmpty && reserved.contains(links.token(of: slot))
    }

    /// Whether a request is answered though all places are taken.
    static func isForHealth(_ head: borrowing RequestParser, _ request: RawSpan) -> Bool {
        switch PublicTarget(path: head.path, in: request) {
        case .health, .readiness: true
        default: false
        }
    }

    /// The connection is one more than there may be, and is told so.
    mutating func refuseReservedRequest(_ slot: UInt32) {
        edge.count(.connections)
        writer.append(TooManyConnections.next(edge.kind))
        states[slot].apply(.answered(isLast: true))
    }

    /// Closes the connections that have lost their places to others.
    mutating func cutDisplaced() {
        while let other = service.popDisplaced() {
            if links.isCurrent(other) { cut(other.place, .displaced) }
        }
    }

    /// One connection more than there may be.
    func refuse(_ refusal: ConnectionRefusal) -> AdmissionRefusal {
        edge.count(refusal)
        // A client that expects a handshake understands no answer.
        return tls == nil ? .answered : .silent
    }

    /// Takes an admission back: there is no slot for the connection.
    func withdraw(_ peer: IPAddress, isReserved: Bool) {
        edge.addresses.release(expectsProxyHeader ? nil : peer, isReserved: isReserved)
    }

    /// A connection that was admitted, on a socket.
    /// - Returns: its token; nil where there is no slot for it.
    mutating func begin(
        _ descriptor: Int32, _ peer: SocketAddress, isReserved: Bool
    ) -> EventToken?
    where Links == ConnectionTable {
        guard let connection = links.open(descriptor, peer: peer) else { return nil }
        begin(connection, isReserved: isReserved)
        return connection
    }

    /// A connection that was admitted has a slot.
    mutating func begin(_ connection: EventToken, isReserved: Bool = false) {
        let slot = connection.place
        if isReserved { reserved.add(connection) }
        states.begin(slot)
        edge.instruments.setConnections(links.count, lane: edge.lane)
        service.begin(connection, from: links[slot].peer, at: time)
        cutDisplaced()
        // A proxy sends its header at once; a handshake, if there is one, comes behind it.
        if expectsProxyHeader { settleDeadline(slot) } else { beginClient(slot) }
    }

    /// The client is known: makes ready for its first bytes, a handshake's or a request's.
    private mutating func beginClient(_ slot: UInt32) {
        if let tls, !links.secure(slot, with: tls, limits.tls) {
            // There is no memory for its session: it cannot be served.
            drop(slot)
            return
        }
        states[slot].apply(.begun(isSecured: tls != nil))
        settleDeadline(slot)
        if tls != nil { settleSession(slot) }
    }

    // MARK: PROXY headers

    /// Reads the PROXY header that a connection begins with, once all of it is there.
    ///
    /// The header is looked at where it lies, in the kernel, and taken out when it is whole: what
    /// follows it, be it a request or a TLS handshake, is read by whoever reads the connection.
    ///
    /// - Parameter inbox: empty; it lends its room.
    /// - Returns: whether the client is known, and may be served.
    mutating func readProxyHeader(_ slot: UInt32, _ inbox: inout ByteBuffer) -> Bool {
        let limit = limits.proxyHeaderBytes
        let received = links[slot].peek(into: &inbox, maximum: limit)
        let step = ProxyHeader.parse(inbox.bytes, limit: limit)
        inbox.removeAll()
        switch step {
        case .complete(let header):
            guard links[slot].discard(header.byteCount) else {
                drop(slot)
                return false
            }
            return begin(slot, for: header.source ?? links[slot].peer, &inbox)
        case .failed(let rejection):
            edge.count(ProxyRefusal(rejection))
            drop(slot)
        case .needMore:
            awaitProxyHeader(slot, received)
        }
        return false
    }

    /// The rest of a header has not come; its deadline runs since the connection was accepted.
    private mutating func awaitProxyHeader(_ slot: UInt32, _ received: ReceiveResult) {
        // No event follows the end of the stream: a header that is not whole will not be.
        let isOver = received == .finished || states[slot].input == .ending
        let isSilent = drain.isDraining && received == .wouldBlock
        if isOver || received == .broken || isSilent {
            drop(slot)
        } else {
            states[slot].input = .quiet
        }
    }

    /// The connection is this client's from now on, and counted as such.
    private mutating func begin(
        _ slot: UInt32, for client: IPAddress, _ inbox: inout ByteBuffer
    ) -> Bool {
        guard edge.addresses.name(client) else {
            edge.count(.address)
            if tls == nil { writer.append(TooManyConnections.next(edge.kind)) }
            states[slot].apply(.answered(isLast: true))
            endTurn(slot, &inbox)
            return false
        }
        links[slot].peer = client
        guard mayShakeHands(client) else {
            // It counts as the client's already.
            states[slot].apply(.begun(isSecured: false))
            drop(slot)
            return false
        }
        let connection = links.token(of: slot)
        beginClient(slot)
        return links.isCurrent(connection)
    }

    // MARK: Handshakes

    /// What a handshake costs, in units of a plain request; about (`loadtests/tls`).
    private static var handshakeUnits: Int { 16 }

    /// Whether an address may begin one more handshake. If not, its connection is closed before
    /// anything is allocated for it. A trusted proxy speaks for everyone, and has no limit.
    private func mayShakeHands(_ client: IPAddress) -> Bool {
        if tls == nil || edge.proxies.contains(client)
            || edge.handshakes.admit(client, now: time.nanoseconds)
        {
            return true
        }
        edge.count(.refused)
        return false
    }

    /// Goes on with a connection's handshake.
    /// - Returns: whether it is made, and there may be a request behind it.
    mutating func makeHandshake(_ slot: UInt32) -> Bool {
        guard states[slot].input.isReadable else { return false }
        let step = links[slot].shakeHands()
        // The peer's first bytes bring the work: our part of the key exchange, and a signature.
        if states[slot].stage == .handshake(isBegun: false), links[slot].hasBegunHandshake {
            work &+= Self.handshakeUnits
        }
        switch step {
        case .done(let handshake):
            edge.count(HandshakeResult(handshake))
            deadlines.disarm(slot)
            states[slot].apply(.handshakeMade)
            return true
        case .needsMore:
            states[slot].input = .quiet
            // A client that has begun may finish, also while the loop drains.
            if links[slot].hasBegunHandshake { states[slot].apply(.handshakeBegun) }
        case .plain:
            edge.count(.plain)
            links.endSession(slot)
            beginLast(slot)
            writer.problem(.malformed, .needsTLS)
            states[slot].apply(.answered(isLast: true))
        case .closed:
            states[slot].input = .broken
        case .tooLong:
            edge.count(HandshakeResult.tooLong)
            states[slot].input = .broken
        case .failed:
            edge.count(.failed)
            states[slot].input = .broken
        }
        return false
    }
}

/// Connections that wait to be read, and when they are.
extension Turns where Links: ~Copyable, Service: ~Copyable {
    /// Sees whether the sequencer has enough to decide, so that what is held is not read now.
    mutating func weighBacklog() {
        ready.setBehind(inFlight >= enoughInFlight && !isHalted)
    }

    /// Whether connections wait that may be read now.
    var hasReady: Bool { ready.hasReadable(at: time.nanoseconds) }
    /// Whether connections wait to be read, now or later.
    var hasWaiting: Bool { !ready.isEmpty }
    /// Connections to accept in a turn while others wait: the newcomers' share. To accept one costs
    /// about two units.
    var acceptedPerCrowdedTurn: Int {
        max(4, ReadyQueues.unitsPerTurn / 2 / (ready.waitingShares + 1))
    }

    // MARK: Reading those that wait

    /// Reads connections that wait, each share in its turn, until so many units are spent.
    mutating func serveReady(units: Int, _ inbox: inout ByteBuffer) {
        weighBacklog()
        var left = units
        while left > 0, let next = Self.pop(&ready, service, at: time.nanoseconds) {
            let isLast = ready.isLast(next.share)
            unread.begin(arrivedAt: next.since, isHeldBack: isLast)
            let before = work
            serve(next.slot, isCrowded: hasReady || isLast, &inbox)
            let cost = max(work &- before, 1)
            ready.charge(cost - 1, to: next.share)
            left -= cost
            if isLast { weighBacklog() }
            if ready.isBesideCrowd(next.share) { endsGathering = true }
            if pending.isFull { relieve(&inbox) }
        }
        unread.begin(arrivedAt: UnreadMeter.unwaited, isHeldBack: false)
    }

    /// Takes the queues and the service one by one: one is changed while the other is asked.
    private static func pop(
        _ ready: inout ReadyQueues, _ service: borrowing Service, at now: UInt64
    ) -> ReadyQueues.Ready? {
        ready.pop(at: now) { share in service.readShare(of: share - 1) }
    }

    // MARK: Beginning to wait

    /// Has a connection wait until it is its share's turn to be read.
    mutating func queue(_ slot: UInt32, since nanoseconds: UInt64) {
        let operation = states[slot].operation
        let isNew =
            operation == ConnectionState.noOperation || states[slot].stage.turn != .beginRequests
        let share = isNew ? .newcomers : service.readShare(of: operation)
        ready.enqueue(slot, in: share, since: min(nanoseconds, time.nanoseconds))
    }

    /// Goes on with what a connection has sent meanwhile: at once where none waits, or else in its
    /// turn. Until then it has no deadline, for it is sure to be read.
    mutating func proceed(_ slot: UInt32, _ inbox: inout ByteBuffer) {
        if hasReady || isHeld(slot) {
            if !writer.isEmpty { sendOutbox(slot) }
            let state = states[slot]
            if case .beginRequests = state.stage.turn, state.input != .broken {
                queue(slot, since: time.nanoseconds)
                return
            }
        }
        serve(slot, &inbox)
    }

    /// Whether a connection's requests are read only as fast as the pace of its operation allows.
    /// One load, where its last request was an entry.
    func isHeld(_ slot: UInt32) -> Bool {
        let operation = states[slot].operation
        return operation != ConnectionState.noOperation && service.isHeld(operation)
            && states[slot].stage.turn == .beginRequests
    }

    /// A connection's request was for another operation than the one before. One that is held pays
    /// for it all the same, though it was not known when the request was read.
    mutating func change(_ slot: UInt32, to operation: UInt32) {
        states[slot].operation = operation
        if operation != ConnectionState.noOperation, service.isHeld(operation) {
            ready.chargeAllowance()
        }
    }
}

/// What becomes of a connection that waits to be accepted.
enum Admission {
    /// It has a place.
    case admitted
    /// All places are taken: it is heard once.
    case reserved
    case refused(AdmissionRefusal)
}

/// What a peer receives whose connection is not taken.
enum AdmissionRefusal {
    /// Why; as well as may be.
    case answered
    /// Nothing.
    case silent
}
