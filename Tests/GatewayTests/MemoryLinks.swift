import Addresses
import Bytes
import Sockets

@testable import Gateway

/// A connection without a socket: what a test has sent, and what it has been sent.
final class MemoryPipe {
    var sent: [UInt8] = []
    var received: [UInt8] = []
    /// The test's side has ended; or the connection is gone.
    var isFinished = false
    var isBroken = false
    /// Bytes that are taken before the test reads; nil for any number.
    var room: Int?
    /// Whose it is.
    var peer = IPAddress(ipv4: 0x7F00_0001)
    /// The loop has ended its side; or closed the connection.
    var isEnded = false
    var isClosed = false
    /// What TLS keeps for it; nil where it is plain.
    var sessionBytes: Int?
}

struct MemoryLink: Link {
    let pipe: MemoryPipe
    var peer: IPAddress {
        get { pipe.peer }
        set { pipe.peer = newValue }
    }

    func receive(into buffer: inout ByteBuffer, maximum: Int) -> ReceiveResult {
        if pipe.isBroken { return .broken }
        let count = min(maximum, pipe.sent.count)
        if count == 0 { return pipe.isFinished ? .finished : .wouldBlock }
        Array(pipe.sent[..<count]).withBytes { buffer.append($0) }
        pipe.sent.removeFirst(count)
        return .received(count)
    }

    func send(_ bytes: RawSpan) -> Int? {
        if pipe.isBroken { return nil }
        let count = min(bytes.byteCount, pipe.room ?? .max)
        pipe.received += bytes.extracting(0..<count).array
        if let room = pipe.room { pipe.room = room - count }
        return count
    }

    func finishSending() { pipe.isEnded = true }
    func peek(into buffer: inout ByteBuffer, maximum: Int) -> ReceiveResult { .wouldBlock }
    func discard(_ count: Int) -> Bool { false }
    func shakeHands() -> HandshakeStep { .closed }
    var hasMore: Bool { false }
    var hasBegunHandshake: Bool { false }
    var hasPartialRecord: Bool { false }
    var hasTooManyHandshakes: Bool { false }
    var readsWhenWritable: Bool { false }
    var isSecured: Bool { pipe.sessionBytes != nil }
    var speaksTLS13: Bool { isSecured }
    var clientHello: ClientHelloMarks { ClientHelloMarks() }
    var sessionBytes: Int { pipe.sessionBytes ?? 0 }
}

/// The links of a loop that a test turns by itself.
struct MemoryLinks: LinkTable, ~Copyable {
    private var links: [MemoryLink?] = []
    private var generations: [UInt32] = []
    /// Places given back.
    private var free: [Int] = []
    private(set) var count = 0

    mutating func open(_ pipe: MemoryPipe) -> EventToken {
        let place = free.popLast() ?? links.count
        if place == links.count {
            links.append(nil)
            generations.append(0)
        }
        count += 1
        links[place] = MemoryLink(pipe: pipe)
        generations[place] += 1
        return token(of: UInt32(place))
    }

    subscript(place: UInt32) -> MemoryLink {
        get { links[Int(place)] ?? MemoryLink(pipe: MemoryPipe()) }
        set { links[Int(place)] = newValue }
    }

    var openPlaces: [UInt32] {
        links.indices.filter { links[$0] != nil }.map { UInt32($0) }
    }

    func isCurrent(_ token: EventToken) -> Bool {
        let place = Int(token.place)
        return place < links.count && links[place] != nil
            && generations[place] == token.generation
    }

    func token(of place: UInt32) -> EventToken {
        EventToken(place: place, generation: generations[Int(place)])
    }

    mutating func secure(
        _ place: UInt32, with context: TLSContext, _ limits: TLSLimits
    ) -> Bool { false }

    mutating func endSession(_ place: UInt32) {}

    mutating func close(_ place: UInt32) {
        links[Int(place)]?.pipe.isClosed = true
        links[Int(place)] = nil
        free.append(Int(place))
        count -= 1
    }
}
