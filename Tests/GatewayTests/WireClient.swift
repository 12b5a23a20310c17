import Foundation
import Glibc
import Testing

@testable import Sockets

/// A blocking client that says what a test wants said and reads strictly what comes back. It gives
/// up after two minutes: threads of a low priority may have a busy machine to wait for.
final class WireClient: @unchecked Sendable {
    // `@unchecked Sendable`: one thread may send while another receives; only the number is shared.

    enum Ending: Error, Equatable {
        /// The end of the stream, between two answers or within one.
        case finished
        case broken(Int32)
        case timedOut
        case malformed(String)
    }

    /// Its socket, for whoever speaks TLS over it.
    let descriptor: Int32
    private var received: [UInt8] = []
    /// Where in `received` the next answer begins.
    private var start = 0

    init(port: UInt16, receiveBufferBytes: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        try #require(descriptor >= 0)
        var timeout = timeval(tv_sec: 120, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, size)
        var one: Int32 = 1
        let width = socklen_t(MemoryLayout<Int32>.size)
        unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, width)
        if var bytes = receiveBufferBytes {
            unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, width)
        }
        let address = try #require(SocketAddress("127.0.0.1:\(port)"))
        let number = descriptor
        let result = unsafe address.withKernelForm { unsafe connect(number, $0, $1) }
        try #require(result == 0, "connect: \(errno)")
    }

    deinit { close(descriptor) }

    // MARK: Sending

    func send(_ text: String) throws(Ending) {
        try send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) throws(Ending) {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { all in
                unsafe Glibc.send(
                    descriptor, all.baseAddress.map { unsafe $0 + sent }, all.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw errno == EAGAIN ? .timedOut : .broken(errno) }
            sent += count
        }
    }

    /// Sends as much as the kernel takes at once; the rest, and what comes of it, is nobody's care.
    func sendWhatIsTaken(_ text: String) {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { all in
                unsafe Glibc.send(
                    descriptor, all.baseAddress.map { unsafe $0 + sent }, all.count - sent,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Has `deinit` end the connection with a reset.
    func beRude() {
        var rude = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_LINGER, &rude, socklen_t(MemoryLayout<linger>.size))
    }

    // MARK: Receiving

    func exchange(_ request: String) throws -> Answer {
        try send(request)
        return try receive()
    }

    /// One answer, interim ones (1xx) too.
    /// - Parameters:
    ///   - toHead: it answers HEAD: there is no body.
    ///   - atMost: bytes to ask the kernel for at once.
    func receive(toHead: Bool = false, atMost maximum: Int = 65_536) throws(Ending) -> Answer {
        var answer = try Answer(head: try takeHead(maximum))
        if toHead || answer.status < 200 || answer.status == 204 || answer.status == 304 {
            return answer
        }
        if answer["transfer-encoding"] == "chunked" {
            while true {
                let chunk = try receiveChunk()
                if chunk.isEmpty { return answer }
                answer.body += chunk
            }
        }
        guard let text = answer["content-length"], let length = Int(text) else {
            throw .malformed("no length: \(answer)")
        }
        while received.count - start < length { try fill(maximum) }
        answer.body = Array(received[start..<(start + length)])
        start += length
        return answer
    }

    /// The head of an answer whose body comes piece by piece.
    func receiveHead() throws(Ending) -> Answer {
        try Answer(head: try takeHead(65_536))
    }

    /// The next chunk of a chunked body; empty for the last one.
    func receiveChunk() throws(Ending) -> [UInt8] {
        var line: [UInt8] = []
        while line.suffix(2) != [13, 10] { line.append(try take(1)[0]) }
        guard let count = Int(String(decoding: line.dropLast(2), as: UTF8.self), radix: 16) else {
            throw .malformed("no chunk: \(line)")
        }
        let chunk = try take(count)
        guard try take(2) == [13, 10] else { throw .malformed("a chunk without an end") }
        return chunk
    }

    /// Everything up to the end of the stream.
    func receiveAll() throws(Ending) -> [UInt8] {
        while true {
            do throws(Ending) {
                try fill(65_536)
            } catch {
                guard error == .finished else { throw error }
                return Array(received[start...])
            }
        }
    }

    func take(_ count: Int) throws(Ending) -> [UInt8] {
        while received.count - start < count { try fill(65_536) }
        defer { start += count }
        return Array(received[start..<(start + count)])
    }

    /// Takes one byte, whatever it is, if one is there.
    func takeByte() {
        var byte: UInt8 = 0
        _ = unsafe recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT))
    }

    /// How the stream goes on: `finished` or `broken` where it ends, nil where more comes.
    func ending() -> Ending? {
        if start < received.count { return nil }
        do throws(Ending) {
            try fill(65_536)
            return nil
        } catch {
            return error
        }
    }

    private func takeHead(_ maximum: Int) throws(Ending) -> [UInt8] {
        var searched = start
        while true {
            while searched + 4 <= received.count {
                if received[searched] == 13, received[searched + 1] == 10,
                    received[searched + 2] == 13, received[searched + 3] == 10
                {
                    let head = Array(received[start..<(searched + 4)])
                    start = searched + 4
                    return head
                }
                searched += 1
            }
            searched -= start
            try fill(maximum)
            searched += start
        }
    }

    private func fill(_ maximum: Int) throws(Ending) {
        received.removeFirst(start)
        start = 0
        var room = [UInt8](repeating: 0, count: maximum)
        let count = unsafe room.withUnsafeMutableBytes {
            unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
        }
        if count == 0 { throw .finished }
        guard count > 0 else { throw errno == EAGAIN ? .timedOut : .broken(errno) }
        received += room[..<count]
    }
}

/// An answer as it came over the wire.
struct Answer: CustomStringConvertible {
    var status: Int
    /// Of a field that comes several times, the last value.
    var fields: [String: String] = [:]
    /// Names, in lower case, and values, as they came.
    private var lines: [(name: String, value: String)] = []
    var body: [UInt8] = []

    init(head: [UInt8]) throws(WireClient.Ending) {
        let lines = String(decoding: head, as: UTF8.self).components(separatedBy: "\r\n")
        let first = lines[0].split(separator: " ")
        guard first.count >= 2, first[0] == "HTTP/1.1", let status = Int(first[1]) else {
            throw .malformed(lines[0])
        }
        self.status = status
        for line in lines.dropFirst() where !line.isEmpty {
            guard let colon = line.firstIndex(of: ":") else { throw .malformed(line) }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            fields[line[..<colon].lowercased()] = value
            self.lines.append((line[..<colon].lowercased(), value))
        }
    }

    subscript(name: String) -> String? { fields[name] }

    func fields(named name: String) -> [String] {
        lines.filter { $0.name == name }.map(\.value)
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as a JSON object; empty if it is none, so that what a test asks of it fails.
    var object: [String: Any] {
        // What is not JSON is as wrong as the wrong JSON.
        let value = try? JSONSerialization.jsonObject(with: Data(body))
        return value as? [String: Any] ?? [:]
    }

    var description: String { "\(status) \(fields) \(text)" }
}
