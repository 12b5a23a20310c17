import Bytes
import Foundation
import Glibc
import Sockets
import Synchronization
import TLSClient
import Testing

/// A server of one connection at a time, on a thread of its own, that does with each what a test
/// says. It reads requests the plainest way, with nothing of the client's.
final class ScriptedServer: Sendable {
    let port: UInt16
    private let listener: Mutex<Listener?>
    private let context: Mutex<TLSContext?>
    private let stopping = Atomic<Bool>(false)
    private let received = Mutex<[String]>([])
    private let script: @Sendable (borrowing Visit) throws -> Void

    /// - Parameters:
    ///   - address: port 0 has the kernel choose.
    ///   - files: nil serves plain HTTP.
    ///   - script: what happens on a connection; it is closed when it returns or throws.
    init(
        on address: String = "127.0.0.1:0", _ files: TLSFiles? = nil,
        script: @escaping @Sendable (borrowing Visit) throws -> Void
    ) throws {
        let listener = try Self.listener(on: address)
        port = listener.address.port
        self.listener = Mutex(consume listener)
        context = Mutex(
            try files.map { try TLSContext($0, tickets: nil, now: Int64(time(nil))) })
        self.script = script
        Thread.detachNewThread { self.run() }
    }

    /// A listener; one of IPv6 has a port that nobody has on the IPv4 loopback address: `localhost`
    /// is both.
    private static func listener(on address: String) throws -> Listener {
        while true {
            let listener = try Listener(on: try #require(SocketAddress(address)))
            guard address == "[::1]:0" else { return listener }
            let twin = try #require(SocketAddress("127.0.0.1:\(listener.address.port)"))
            do {
                _ = try Listener(on: twin)
                return listener
            } catch {
                // Somebody else's.
                continue
            }
        }
    }

    /// Requests so far, head and body as they came.
    var requests: [String] { received.withLock { $0 } }

    func stop() { stopping.store(true, ordering: .relaxed) }

    private func run() {
        guard let listener = listener.withLock({ $0.take() }) else { return }
        var table = ConnectionTable(capacity: 1)
        while !stopping.load(ordering: .relaxed) {
            guard isReady(listener.descriptor, POLLIN, milliseconds: 20),
                case .accepted(let descriptor, let peer) = listener.accept(),
                let place = table.open(descriptor, peer: peer)?.place
            else { continue }
            serve(&table, place)
            table.close(place)
        }
    }

    private func serve(_ table: inout ConnectionTable, _ place: UInt32) {
        if let context = context.withLock({ $0 }) {
            guard table.secure(place, with: context, TLSLimits()) else { return }
            while true {
                let step = table[place].shakeHands()
                if case .done = step { break }
                guard step == .needsMore, isReady(table[place].descriptor, POLLIN) else { return }
            }
        }
        let visit = Visit(connection: table[place]) { request in
            self.received.withLock { $0.append(request) }
        }
        // A client that has left ends the script; what the test expects of it is its own.
        try? script(visit)
    }
}

/// One connection, as a script sees it.
struct Visit {
    fileprivate let connection: Connection
    fileprivate let note: @Sendable (String) -> Void

    struct Gone: Error {}

    /// Reads a request to the end of its body.
    @discardableResult
    func request(bodyBytes limit: Int = .max) throws -> String {
        var bytes = ByteBuffer(capacity: 4_096)
        while true {
            let text = bytes.text
            if let end = text.firstRange(of: "\r\n\r\n") {
                let length =
                    text.firstMatch(of: /Content-Length: (\d+)\r\n/)
                    .flatMap { Int($0.1) } ?? 0
                let body = text[end.upperBound...].utf8.count
                if body >= min(length, limit) {
                    note(text)
                    return text
                }
            }
            guard try receive(&bytes) else { throw Gone() }
        }
    }

    /// Waits until the client ends the connection, whatever it sends before.
    func waitForEnd() throws {
        var bytes = ByteBuffer(capacity: 4_096)
        while try receive(&bytes) { bytes.removeAll() }
    }

    func send(_ text: String) throws {
        var rest = Array(text.utf8)
        while !rest.isEmpty {
            guard let sent = rest.withBytes({ connection.send($0) }) else { throw Gone() }
            rest.removeFirst(sent)
            if sent == 0, !isReady(connection.descriptor, POLLOUT) { throw Gone() }
        }
    }

    /// Says that nothing more comes, and reads on: closing over unread bytes takes the answer back.
    func finish() throws {
        connection.finishSending()
        try waitForEnd()
    }

    private func receive(_ bytes: inout ByteBuffer) throws -> Bool {
        while true {
            switch connection.receive(into: &bytes, maximum: 64 << 10) {
            case .received: return true
            case .wouldBlock:
                guard isReady(connection.descriptor, POLLIN) else { throw Gone() }
            case .finished, .broken: return false
            }
        }
    }
}

/// Waits for events of a descriptor; a minute is more than a machine under load takes.
private func isReady(_ descriptor: Int32, _ events: Int32, milliseconds: Int32 = 60_000) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    return unsafe poll(&entry, 1, milliseconds) > 0
}

/// Runs a body beside a server that is stopped behind it.
func withServer<Result>(
    on address: String = "127.0.0.1:0", _ files: TLSFiles? = nil,
    script: @escaping @Sendable (borrowing Visit) throws -> Void,
    _ body: (ScriptedServer) throws -> Result
) throws -> Result {
    let server = try ScriptedServer(on: address, files, script: script)
    defer { server.stop() }
    return try body(server)
}

/// Answers every request with this.
func answering(_ answer: String) -> @Sendable (borrowing Visit) throws -> Void {
    { visit in
        try visit.request()
        try visit.send(answer)
        try visit.finish()
    }
}

extension TLSFiles {
    init(_ certificates: TestCertificate..., clientAuthorities: String? = nil) {
        self.init(
            pairs: certificates.map { Pair(certificate: $0.certificate, key: $0.key) },
            clientAuthorities: clientAuthorities)
    }
}
