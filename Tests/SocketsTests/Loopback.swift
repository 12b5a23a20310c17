import Glibc
import Testing

@testable import Sockets

/// How long a test waits for what is certain to come: far longer than a machine stands still.
let patienceMilliseconds: Int32 = 30_000

/// A plain blocking client of a listener on this machine; it gives up in time.
final class Client {
    private(set) var descriptor: Int32

    init(port: UInt16, receiveBufferBytes: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        try #require(descriptor >= 0)
        var timeout = timeval(tv_sec: Int(patienceMilliseconds) / 1_000, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, size)
        if var bytes = receiveBufferBytes {
            unsafe setsockopt(
                descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
        }
        let address = try #require(SocketAddress("127.0.0.1:\(port)"))
        let number = descriptor
        let connected = unsafe address.withKernelForm { unsafe connect(number, $0, $1) }
        try #require(connected == 0, "connect: \(errno)")
    }

    deinit { end() }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes[sent...].withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            try #require(count > 0, "send: \(errno)")
            sent += count
        }
    }

    /// Whatever comes next, at most so many bytes; empty at the end of the stream.
    func receive(atMost maximum: Int = 65_536) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: maximum)
        let count = unsafe bytes.withUnsafeMutableBytes {
            unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
        }
        try #require(count >= 0, "recv: \(errno)")
        return Array(bytes[..<count])
    }

    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Ends with a reset: the peer learns that nothing it sent was waited for.
    func reset() {
        var rude = linger(l_onoff: 1, l_linger: 0)
        let size = socklen_t(MemoryLayout<linger>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &rude, size)
        end()
    }

    func end() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }
}

/// Waits until something happens to a descriptor.
/// - Returns: poll's answer; 0 after half a minute of nothing.
func happenings(_ descriptor: Int32, _ wanted: Int32 = POLLIN) -> Int32 {
    var entry = pollfd(fd: descriptor, events: Int16(wanted), revents: 0)
    _ = unsafe poll(&entry, 1, patienceMilliseconds)
    return Int32(entry.revents)
}

/// Waits until one of the listeners has a connection: the last step of connecting is the kernel's,
/// and may come after `connect` has returned.
func somethingWaits(at descriptors: [Int32]) -> Bool {
    var entries = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    return unsafe poll(&entries, nfds_t(entries.count), patienceMilliseconds) > 0
}

/// Accepts the next connection, waiting for it.
func acceptNext(_ listener: borrowing Listener) throws -> (descriptor: Int32, peer: SocketAddress) {
    try #require(happenings(listener.descriptor) & POLLIN != 0)
    guard case .accepted(let descriptor, let peer) = listener.accept() else {
        throw AcceptFailure()
    }
    return (descriptor, peer)
}

struct AcceptFailure: Error {}

/// Both ends of one connection over the loopback: a plain client, and ours in a table.
final class Link {
    let client: Client
    let table = Places(capacity: 1)
    let token: EventToken
    let peer: SocketAddress

    init(receiveBufferBytes: Int32? = nil) throws {
        let listener = try Listener(on: try #require(SocketAddress("127.0.0.1:0")))
        client = try Client(
            port: listener.address.port, receiveBufferBytes: receiveBufferBytes)
        let accepted = try acceptNext(listener)
        peer = accepted.peer
        token = try #require(table.open(accepted.descriptor, peer: accepted.peer))
    }

    var connection: Connection { table[token.place] }
}

/// A pipe whose far end goes to the code under test; whether that end was closed can be told
/// without asking for its number, which another test may have been given since.
final class Witness {
    private let near: Int32
    let far: Int32

    init() throws {
        var ends: (read: Int32, write: Int32) = (-1, -1)
        let made = unsafe withUnsafeMutableBytes(of: &ends) { raw in
            unsafe pipe(raw.bindMemory(to: Int32.self).baseAddress)
        }
        try #require(made == 0)
        (near, far) = (ends.read, ends.write)
    }

    deinit { close(near) }

    var isFarEndClosed: Bool {
        var entry = pollfd(fd: near, events: Int16(POLLIN), revents: 0)
        _ = unsafe poll(&entry, 1, 0)
        return Int32(entry.revents) & POLLHUP != 0
    }
}
