import Bytes
import Foundation
import Glibc
import Sockets
import Synchronization
import TLSClient
import Testing

/// A receiver of webhooks that speaks TLS, one connection at a time: it keeps what it gets, and
/// answers 204.
final class SecureReceiver: Sendable {
    let port: UInt16
    private let listener: Mutex<Listener?>
    private let context: Mutex<TLSContext>
    private let stopping = Atomic<Bool>(false)
    private let received = Mutex<[String]>([])

    init(_ certificate: TestCertificate) throws {
        let files = TLSFiles(
            pairs: [
                TLSFiles.Pair(certificate: certificate.certificate, key: certificate.key)
            ])
        let listener = try Listener(on: try #require(SocketAddress("127.0.0.1:0")))
        port = listener.address.port
        self.listener = Mutex(consume listener)
        context = Mutex(try TLSContext(files, tickets: nil, now: Int64(time(nil))))
        Thread.detachNewThread { self.run() }
    }

    var url: String { "https://127.0.0.1:\(port)/" }

    /// Requests so far, as they came.
    var requests: [String] { received.withLock { $0 } }

    func stop() { stopping.store(true, ordering: .relaxed) }

    private func run() {
        guard let listener = listener.withLock({ $0.take() }) else { return }
        var table = ConnectionTable(capacity: 1)
        while !stopping.load(ordering: .relaxed) {
            guard Self.isReady(listener.descriptor, milliseconds: 20),
                case .accepted(let descriptor, let peer) = listener.accept(),
                let place = table.open(descriptor, peer: peer)?.place
            else { continue }
            serve(&table, place)
            table.close(place)
        }
    }

    private func serve(_ table: inout ConnectionTable, _ place: UInt32) {
        let context = context.withLock { $0 }
        guard table.secure(place, with: context, TLSLimits()) else { return }
        while true {
            let step = table[place].shakeHands()
            if case .done = step { break }
            guard step == .needsMore, Self.isReady(table[place].descriptor) else { return }
        }
        var bytes = ByteBuffer(capacity: 4_096)
        while !Self.isWhole(bytes.text) {
            switch table[place].receive(into: &bytes, maximum: 65_536) {
            case .received: continue
            case .wouldBlock:
                guard Self.isReady(table[place].descriptor) else { return }
            case .finished, .broken: return
            }
        }
        let text = bytes.text
        received.withLock { $0.append(text) }
        let answer = Array("HTTP/1.1 204 No Content\r\n\r\n".utf8)
        _ = answer.withBytes { table[place].send($0) }
        table[place].finishSending()
    }

    private static func isWhole(_ text: String) -> Bool {
        guard let end = text.firstRange(of: "\r\n\r\n") else { return false }
        let length = text.firstMatch(of: /Content-Length: (\d+)\r\n/).flatMap { Int($0.1) } ?? 0
        return text[end.upperBound...].utf8.count >= length
    }

    private static func isReady(_ descriptor: Int32, milliseconds: Int32 = 30_000) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&entry, 1, milliseconds) > 0
    }
}
