import Bytes
import Foundation
import Glibc
import Sockets

/// One blocking request over TLS to an admin listener, and its answer.
///
/// URLSession does not suffice: on Linux it supports neither private certificate authorities nor
/// client certificates. The gateway's own sockets support both.
struct SecureExchange {
    /// PEM files: the authorities to trust, and the client certificate to present.
    struct Files: Equatable, Sendable {
        var authorities: String?
        var own: TLSFiles.Pair?
    }

    /// Why there is no answer, as text for a person.
    struct Failure: Error {
        let reason: String
        /// The request was sent and no answer came in time: the gateway may have carried it out.
        var isLate = false
    }

    private let host: String
    private let port: UInt16
    private let files: Files
    private let deadline: ContinuousClock.Instant

    init(host: String, port: UInt16, files: Files, timeoutSeconds: Int = 30) {
        self.host = host
        self.port = port
        self.files = files
        deadline = .now + .seconds(timeoutSeconds)
    }

    /// - Parameter head: the request line and its fields, each with CR LF, without the empty line.
    /// - Throws: ``Failure``, `SystemError`; `TLSFileError` for an unusable certificate or key
    ///   file.
    func send(head: String, body: Data) throws -> (status: Int, Data) {
        var table = ConnectionTable(capacity: 1)
        let place = try connect(&table)
        try shakeHands(table[place])
        var request = ByteBuffer(capacity: 1 << 10)
        request.append(head)
        request.append("Content-Length: \(body.count)\r\nConnection: close\r\n\r\n")
        [UInt8](body).withBytes { request.append($0) }
        try send(request.bytes, table[place])
        return try Self.answer(in: try receiveAll(table[place]))
    }

    // MARK: The connection

    private func connect(_ table: inout ConnectionTable) throws -> UInt32 {
        let context = try TLSClientContext(
            authorities: files.authorities, own: files.own,
            now: Int64(Date().timeIntervalSince1970))
        guard let address = Self.address(of: host, port) else {
            throw Failure(reason: "the host name has no address")
        }
        let descriptor = try Connector.begin(to: address)
        guard let place = table.open(descriptor, peer: address)?.place else {
            preconditionFailure("a table of one place has room for one")
        }
        try wait(for: POLLOUT, table[place])
        if let error = Connector.outcome(of: descriptor, to: address) { throw error }
        guard table.secure(place, with: context, host: host) else {
            throw Failure(reason: "out of memory")
        }
        return place
    }

    private static func address(of host: String, _ port: UInt16) -> SocketAddress? {
        let known = SocketAddress("\(host):\(port)") ?? SocketAddress("[\(host)]:\(port)")
        if let known { return known }
        return Host(name: host).addresses.lazy.compactMap {
            SocketAddress("\($0):\(port)") ?? SocketAddress("[\($0)]:\(port)")
        }.first
    }

    private func shakeHands(_ connection: Connection) throws {
        while true {
            switch connection.shakeHands() {
            case .done: return
            case .needsMore: try wait(for: POLLIN, connection)
            case .plain: throw Failure(reason: "the listener speaks plain HTTP; use http://")
            case .closed: throw Failure(reason: "the listener closed the connection")
            case .tooLong: throw Failure(reason: "TLS: the handshake is too long")
            case .failed(let reason): throw Failure(reason: "TLS: \(reason)")
            }
        }
    }

    private func send(_ bytes: RawSpan, _ connection: Connection) throws {
        var sent = 0
        while sent < bytes.byteCount {
            guard let count = connection.send(bytes.extracting(sent..<bytes.byteCount)) else {
                throw Failure(reason: "the listener closed the connection")
            }
            sent += count
            if count == 0 { try wait(for: POLLOUT, connection) }
        }
    }

    private func receiveAll(_ connection: Connection) throws -> Data {
        var received = ByteBuffer(capacity: 64 << 10)
        while true {
            switch connection.receive(into: &received, maximum: 64 << 10) {
            case .received: continue
            case .wouldBlock: try wait(for: POLLIN, connection, isSent: true)
            case .finished: return Data(received.bytes.array)
            case .broken:
                // A TLS 1.3 server rejects a client certificate only after the handshake: here.
                throw Failure(
                    reason: received.count == 0
                        ? "the listener closed the connection; if it needs a client certificate, "
                            + "pass --certificate and --key"
                        : "the connection broke")
            }
        }
    }

    private func wait(
        for events: Int32, _ connection: Connection, isSent: Bool = false
    ) throws(Failure) {
        let left = ContinuousClock.now.duration(to: deadline).components.seconds
        var entry = pollfd(fd: connection.descriptor, events: Int16(events), revents: 0)
        guard unsafe poll(&entry, 1, Int32(clamping: max(left, 0) * 1_000)) != 0 else {
            throw Failure(reason: "no answer in time", isLate: isSent)
        }
    }

    // MARK: The answer

    /// Splits an answer with a Content-Length, read up to the end of the connection.
    static func answer(in bytes: Data) throws(Failure) -> (status: Int, Data) {
        let separator = Data("\r\n\r\n".utf8)
        guard let end = bytes.range(of: separator) else {
            throw Failure(reason: "the answer is incomplete")
        }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
            .components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            throw Failure(reason: "the answer is not HTTP")
        }
        let prefix = "content-length:"
        let length = lines.first { $0.lowercased().hasPrefix(prefix) }
            .flatMap { Int($0.dropFirst(prefix.count).trimmingCharacters(in: .whitespaces)) }
        let body = bytes[end.upperBound...]
        guard let length, body.count == length else {
            throw Failure(reason: "the answer is incomplete")
        }
        return (status, Data(body))
    }
}
