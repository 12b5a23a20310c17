internal import Addresses
internal import Bytes
internal import Sockets

/// One connection's stream of bytes, as a loop uses it: ``Connection`` on a socket, or a test's.
protocol Link {
    /// The peer's address; or the one that a trusted proxy has announced.
    var peer: IPAddress { get set }
    func receive(into buffer: inout ByteBuffer, maximum: Int) -> ReceiveResult
    func send(_ bytes: RawSpan) -> Int?
    func finishSending()
    /// More is to be read although the last read was a short one, and no event will tell of it.
    var hasMore: Bool { get }
    func peek(into buffer: inout ByteBuffer, maximum: Int) -> ReceiveResult
    func discard(_ count: Int) -> Bool
    func shakeHands() -> HandshakeStep
    var hasBegunHandshake: Bool { get }
    var hasPartialRecord: Bool { get }
    var hasTooManyHandshakes: Bool { get }
    var readsWhenWritable: Bool { get }
    /// It speaks TLS.
    var isSecured: Bool { get }
    /// It speaks TLS 1.3.
    var speaksTLS13: Bool { get }
    /// What the client's first TLS message says of it.
    var clientHello: ClientHelloMarks { get }
    /// Bytes that TLS keeps for a handshake, or a record, that is not complete.
    var sessionBytes: Int { get }
}

/// The links of one loop, found by slot.
protocol LinkTable: ~Copyable {
    associatedtype LinkType: Link
    subscript(place: UInt32) -> LinkType { get set }
    var count: Int { get }
    var openPlaces: [UInt32] { get }
    func isCurrent(_ token: EventToken) -> Bool
    func token(of place: UInt32) -> EventToken
    mutating func secure(
        _ place: UInt32, with context: TLSContext, _ limits: TLSLimits
    ) -> Bool
    mutating func endSession(_ place: UInt32)
    mutating func close(_ place: UInt32)
}

extension Connection: Link {}
extension ConnectionTable: LinkTable {}
