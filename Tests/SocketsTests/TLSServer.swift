import Bytes
import Glibc
import Synchronization
import TLSClient
import Testing

@testable import Sockets

/// Certificates made once for all tests of this module: RSA keys take their time.
struct Certificates: Sendable {
    let folder: String
    let authority: TestCertificate
    let ecdsa: TestCertificate
    let rsa: TestCertificate
    let other: TestCertificate
    let client: TestCertificate

    static let shared = Result { try Certificates() }

    private init() throws {
        var template = Array("/tmp/portillon-tls-XXXXXX".utf8CString)
        let made = unsafe template.withUnsafeMutableBufferPointer { bytes -> String? in
            guard let start = bytes.baseAddress, unsafe mkdtemp(start) != nil else { return nil }
            return unsafe String(cString: start)
        }
        folder = try #require(made)
        authority = try TestCertificate(at: folder + "/authority", names: ["authority.test"])
        let names = ["a.test", "*.a.test", "127.0.0.1"]
        ecdsa = try TestCertificate(at: folder + "/ecdsa", names: names, issuer: authority)
        rsa = try TestCertificate(at: folder + "/rsa", names: names, kind: .rsa, issuer: authority)
        other = try TestCertificate(at: folder + "/other", names: ["b.test"], issuer: authority)
        client = try TestCertificate(at: folder + "/client", names: ["operator"], issuer: authority)
    }

    /// Seconds since 1970.
    static var now: Int64 { Int64(time(nil)) }
}

extension TLSFiles {
    init(_ certificates: TestCertificate..., clientAuthorities: String? = nil) {
        self.init(
            pairs: certificates.map { Pair(certificate: $0.certificate, key: $0.key) },
            clientAuthorities: clientAuthorities)
    }
}

/// A server of one connection at a time, on a thread of its own: it makes the handshake through the
/// connection table as the loops do, and sends back what it receives.
final class TLSServer: Sendable {
    /// What became of a connection.
    struct Outcome: Equatable {
        var step: HandshakeStep
        var received = 0
        var ending: ReceiveResult?
    }

    let port: UInt16
    private let stopping = Atomic<Bool>(false)
    private let context: Mutex<TLSContext>
    private let outcomes = Mutex<[Outcome]>([])
    private let clientHello = Mutex(ClientHelloMarks())
    private let cargo: Mutex<Listener?>

    init(_ files: TLSFiles, tickets: TicketKeys? = TicketKeys(now: 0)) throws {
        let listener = try Listener(on: try #require(SocketAddress("127.0.0.1:0")))
        port = listener.address.port
        cargo = Mutex(consume listener)
        context = Mutex(try TLSContext(files, tickets: tickets, now: Certificates.now))
        let server = unsafe Unmanaged.passRetained(self).toOpaque()
        var thread = pthread_t()
        let started = unsafe pthread_create(
            &thread, nil,
            { server in
                guard let server = unsafe server else { return nil }
                unsafe Unmanaged<TLSServer>.fromOpaque(server).takeRetainedValue().run()
                return nil
            }, server)
        try #require(started == 0)
        pthread_detach(thread)
    }

    func stop() { stopping.store(true, ordering: .relaxed) }

    /// Of the last client that made its handshake.
    var lastClientHello: ClientHelloMarks { clientHello.withLock { $0 } }

    /// What becomes of the next connection that has ended, in the order of their ends.
    func nextOutcome() throws -> Outcome {
        for _ in 0..<patienceMilliseconds {
            let first = outcomes.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            if let first { return first }
            _ = poll(nil, 0, 2)
        }
        throw TLSFailure("the server has not ended a connection")
    }

    private func run() {
        guard let listener = cargo.withLock({ $0.take() }) else { return }
        var table = ConnectionTable(capacity: 1)
        while !stopping.load(ordering: .relaxed) {
            var entry = pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&entry, 1, 50) == 1,
                case .accepted(let descriptor, let peer) = listener.accept(),
                let place = table.open(descriptor, peer: peer)?.place
            else { continue }
            let context = context.withLock { $0 }
            guard table.secure(place, with: context, TLSLimits()) else { continue }
            let outcome = serve(&table, place)
            table.close(place)
            outcomes.withLock { $0.append(outcome) }
        }
    }

    private func serve(_ table: inout ConnectionTable, _ place: UInt32) -> Outcome {
        while true {
            let step = table[place].shakeHands()
            if step == .needsMore {
                guard happenings(table[place].descriptor) != 0 else { return Outcome(step: step) }
                continue
            }
            guard case .done = step else { return Outcome(step: step) }
            let hello = table[place].clientHello
            clientHello.withLock { $0 = hello }
            var outcome = Outcome(step: step)
            echo(table[place], &outcome)
            return outcome
        }
    }

    private func echo(_ connection: Connection, _ outcome: inout Outcome) {
        var inbox = ByteBuffer(capacity: 64 << 10)
        while true {
            switch connection.receive(into: &inbox, maximum: 48 << 10) {
            case .received(let count):
                outcome.received += count
                guard send(inbox.bytes, connection) else { return }
                inbox.removeAll()
            case .wouldBlock:
                guard happenings(connection.descriptor) != 0 else { return }
            case .finished:
                outcome.ending = .finished
                connection.finishSending()
                return
            case .broken:
                outcome.ending = .broken
                return
            }
        }
    }

    /// Sends all of it, from other places in memory each time, as an outbox that was parked would.
    private func send(_ bytes: RawSpan, _ connection: Connection) -> Bool {
        var rest = ByteBuffer(capacity: bytes.byteCount)
        rest.append(bytes)
        while rest.count > 0 {
            guard let sent = connection.send(rest.bytes) else { return false }
            var moved = ByteBuffer(capacity: rest.count)
            moved.append(rest.bytes.extracting(sent..<rest.count))
            rest = moved
            if rest.count > 0, happenings(connection.descriptor, POLLOUT) == 0 { return false }
        }
        return true
    }
}

/// Starts a server, lets a test use it, and stops it.
func withServer(
    _ files: TLSFiles, tickets: TicketKeys? = TicketKeys(now: 0), _ test: (TLSServer) throws -> Void
) throws {
    let server = try TLSServer(files, tickets: tickets)
    defer { server.stop() }
    try test(server)
}

/// A client with its socket.
final class SecureClient {
    let socket: Client
    let peer: TLSPeer

    init(
        _ server: TLSServer, _ options: TLSOptions = TLSOptions(), receiveBufferBytes: Int32? = nil
    ) throws {
        socket = try Client(port: server.port, receiveBufferBytes: receiveBufferBytes)
        peer = try TLSPeer(descriptor: socket.descriptor, options)
    }

    /// Sends, and expects the same to come back.
    func exchange(_ bytes: [UInt8]) throws {
        try peer.send(bytes)
        var received: [UInt8] = []
        while received.count < bytes.count {
            let more = try peer.receive()
            try #require(!more.isEmpty, "the stream ended after \(received.count) bytes")
            received += more
        }
        #expect(received == bytes)
    }
}
