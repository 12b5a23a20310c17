import Glibc
import TLSClient

/// One blocking connection to the loopback address: what is sent is sent as it stands, so that a
/// test can say anything; what comes back is read strictly.
final class HTTPConnection {
    enum Failure: Error, Equatable {
        case refused(Int32)
        /// The other side closed or reset the connection before an answer was whole.
        case closed
        case timedOut
        case malformed(String)
    }

    private let descriptor: Int32
    /// Its TLS; nil for plain HTTP.
    private(set) var secured: TLSPeer?
    /// What has come, and from where on it was not yet read as an answer.
    private var received: [UInt8] = []
    private var start = 0

    /// Connects and makes a TLS handshake.
    /// - Throws: ``Failure``, or a ``TLSFailure`` with OpenSSL's reason.
    convenience init(port: UInt16, _ options: TLSOptions, at address: in_addr? = nil) throws {
        try self.init(port: port, at: address)
        secured = try TLSPeer(descriptor: descriptor, options)
    }

    /// - Parameters:
    ///   - timeoutSeconds: long, for a gateway makes its long answers with the least priority.
    ///   - other: another address of this machine than 127.0.0.1.
    init(port: UInt16, timeoutSeconds: Int = 120, at other: in_addr? = nil) throws(Failure) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw .refused(errno) }
        var timeout = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, size)
        var address = LoopbackAddress(port: port).value
        if let other { address.sin_addr = other }
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, length)
            }
        }
        // `deinit` closes it, as everything is set by now.
        guard result == 0 else { throw .refused(errno) }
    }

    deinit {
        close(descriptor)
    }

    // MARK: Sending

    func send(_ text: String) throws(Failure) {
        try send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) throws(Failure) {
        if let secured {
            do {
                try secured.send(bytes)
            } catch {
                throw .closed
            }
            return
        }
        var sent = 0
        while sent < bytes.count {
            let rest = bytes[sent...]
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw errno == EAGAIN ? .timedOut : .closed }
            sent += count
        }
    }

    /// Tells the other side that nothing more comes.
    func finishSending() {
        if let secured { return secured.finishSending() }
        shutdown(descriptor, Int32(SHUT_WR))
    }

    // MARK: Receiving

    /// Reads one final answer; interim ones (1xx) are passed over.
    /// - Parameter toHead: whether it answers HEAD, so that it has no body.
    func receive(toHead: Bool = false) throws(Failure) -> HTTPAnswer {
        while true {
            let answer = try receiveOne(toHead: toHead)
            if answer.status >= 200 { return answer }
        }
    }

    /// Sends a request and reads its answer.
    func exchange(_ request: String, toHead: Bool = false) throws(Failure) -> HTTPAnswer {
        try send(request)
        return try receive(toHead: toHead)
    }

    /// Whether the other side closes, with nothing more to read, in time.
    func isClosedByPeer() -> Bool {
        guard start == received.count else { return false }
        do throws(Failure) {
            try fill()
            return false
        } catch {
            return error == .closed
        }
    }

    /// Whether nothing has come by now.
    var isSilent: Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe start == received.count && poll(&waiting, 1, 0) == 0
    }

    private func receiveOne(toHead: Bool) throws(Failure) -> HTTPAnswer {
        let head = try take(through: Array("\r\n\r\n".utf8))
        var answer = try HTTPAnswer(head: head)
        let hasBody =
            !toHead && answer.status >= 200 && answer.status != 204 && answer.status != 304
        if !hasBody { return answer }
        if let text = answer["content-length"] {
            guard let length = Int(text), length >= 0 else {
                throw .malformed("Content-Length: \(text)")
            }
            answer.body = try take(count: length)
        } else if answer["transfer-encoding"] == "chunked" {
            answer.body = try takeChunks()
        } else {
            throw .malformed("neither Content-Length nor chunked: \(answer)")
        }
        return answer
    }

    private func takeChunks() throws(Failure) -> [UInt8] {
        let lineEnd = Array("\r\n".utf8)
        var body: [UInt8] = []
        while true {
            let line = String(decoding: try take(through: lineEnd).dropLast(2), as: UTF8.self)
            guard let size = Int(line, radix: 16) else { throw .malformed("chunk size \(line)") }
            body += try take(count: size)
            guard try take(count: 2) == lineEnd else { throw .malformed("chunk without its end") }
            if size == 0 { return body }
        }
    }

    private func take(through mark: [UInt8]) throws(Failure) -> [UInt8] {
        var searched = start
        while true {
            if let found = firstIndex(of: mark, from: searched) {
                return try take(count: found + mark.count - start)
            }
            searched = max(received.count - mark.count + 1, start)
            try fill()
        }
    }

    /// Where a mark stands that has come whole.
    private func firstIndex(of mark: [UInt8], from first: Int) -> Int? {
        let count = received.count
        return unsafe received.withUnsafeBytes { bytes -> Int? in
            guard let start = bytes.baseAddress else { return nil }
            var index = first
            while index + mark.count <= count {
                guard let found = unsafe memchr(start + index, Int32(mark[0]), count - index)
                else { return nil }
                index = unsafe UnsafeRawPointer(found) - start
                guard index + mark.count <= count else { return nil }
                if unsafe memcmp(start + index, mark, mark.count) == 0 { return index }
                index += 1
            }
            return nil
        }
    }

    private func take(count: Int) throws(Failure) -> [UInt8] {
        while received.count - start < count { try fill() }
        let taken = Array(received[start..<(start + count)])
        start += count
        // What was read goes, but not after each of many short answers.
        if start == received.count || start > 1 << 20 {
            received.removeFirst(start)
            start = 0
        }
        return taken
    }

    private func fill() throws(Failure) {
        if let secured {
            let bytes: [UInt8]
            do {
                bytes = try secured.receive()
            } catch {
                throw error.description.contains("timed out") ? .timedOut : .closed
            }
            if bytes.isEmpty { throw .closed }
            received += bytes
            return
        }
        while true {
            var error: Int32 = 0
            // Not filled with zeros, and searched by the C library: tests are built without
            // optimisation, where a loop over bytes costs more than the exchange.
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { room, count in
                let result = unsafe recv(descriptor, room.baseAddress, room.count, 0)
                error = result < 0 ? errno : 0
                count = max(result, 0)
            }
            if !piece.isEmpty {
                received += piece
                return
            }
            if error == EINTR { continue }
            throw error == EAGAIN ? .timedOut : .closed
        }
    }
}

/// A socket address on 127.0.0.1.
struct LoopbackAddress {
    var value: sockaddr_in

    init(port: UInt16) {
        value = sockaddr_in()
        value.sin_family = sa_family_t(AF_INET)
        value.sin_port = port.bigEndian
        value.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
    }
}
