internal import Addresses
internal import Bytes
internal import Robots
internal import Sockets
internal import Wire

/// Whoever answers a loop's requests. It sees a request that has been read whole, and writes its
/// answer; it knows neither sockets nor where a connection stands.
protocol LoopService: ~Copyable {
    /// Answers a request, or gives it to another thread.
    /// - Parameters:
    ///   - head: what the request says; its ranges count from the first byte of `request`.
    mutating func answer(
        _ head: borrowing RequestParser, _ request: RawSpan, from source: RequestSource,
        _ writer: inout ResponseWriter
    ) -> Disposition

    /// Answers a request whose head decides it, so that nobody sends a body for nothing, and
    /// nothing of a stranger's is kept. Called once for a request whose body is not complete when
    /// its head is; never for one that comes whole.
    /// - Returns: whether it was answered; its body is then thrown away, and its connection ends.
    mutating func answerHead(
        _ head: borrowing RequestParser, _ request: RawSpan, from source: RequestSource,
        _ writer: inout ResponseWriter
    ) -> Bool

    /// Answers an entry as the sequencer decided.
    mutating func answer(_ decided: AnswerEnvelope, _ writer: inout ResponseWriter)

    /// Answers a request that another thread has had for too long: whether what it asks for will
    /// be done is not known.
    mutating func answerUnknown(_ writer: inout ResponseWriter)

    /// Answers a request as the control side says.
    mutating func answer(_ answer: ControlAnswer, _ writer: inout ResponseWriter) -> Disposition

    /// Learns of operations, keys and limits.
    mutating func apply(_ message: LoopMessage)

    /// A turn is over, or a good part of it: what was handed over is to be decided.
    mutating func passOn()

    /// How connections of an operation are read, while more wait than a turn can serve, or while
    /// the operation is held.
    func readShare(of operation: UInt32) -> ReadShare

    /// Whether an operation is smoothed or suspended: its connections always wait for their turn.
    func isHeld(_ operation: UInt32) -> Bool

    // MARK: Places

    /// A connection has begun.
    mutating func begin(_ connection: EventToken, from peer: IPAddress, at time: LoopTime)

    /// A connection is closed.
    mutating func end(_ slot: UInt32)

    /// Whose token a connection has shown; nil for none.
    func tokenHolder(of slot: UInt32) -> TokenHolder?

    /// Whether a connection must show soon that it may be here.
    func isUnauthenticated(_ slot: UInt32) -> Bool

    /// All places are taken: which connection makes room for a newcomer; nil where none does.
    func nextToDisplace() -> EventToken?

    /// A connection that has lost its place to another one, and is to be closed.
    mutating func popDisplaced() -> EventToken?
}

/// Requests without operations; connections that need no token, and keep their places.
extension LoopService where Self: ~Copyable {
    func readShare(of operation: UInt32) -> ReadShare { .newcomers }
    func isHeld(_ operation: UInt32) -> Bool { false }
    mutating func begin(_ connection: EventToken, from peer: IPAddress, at time: LoopTime) {}
    mutating func end(_ slot: UInt32) {}
    func tokenHolder(of slot: UInt32) -> TokenHolder? { nil }
    func isUnauthenticated(_ slot: UInt32) -> Bool { false }
    func nextToDisplace() -> EventToken? { nil }
    mutating func popDisplaced() -> EventToken? { nil }
}

/// Where a request came from.
struct RequestSource: BitwiseCopyable {
    /// The connection that waits for its answer.
    let connection: EventToken
    /// The connection's peer, or the one that a trusted proxy has announced.
    let peer: IPAddress
    /// How the request came, as far as that decides what its head can tell.
    let transport: RobotTransport
    /// What its first TLS message says of the client; nothing where something else ended TLS.
    var clientHello = ClientHelloMarks()
    /// Of an entry: ``FormTimes``, where it is asked for.
    var formMilliseconds: UInt32 = 0
}

extension RequestSource {
    init(_ link: some Link, token: EventToken, _ edge: Edge) {
        connection = token
        peer = link.peer
        if edge.isProxy(peer) {
            transport = .proxied
        } else if link.isSecured {
            transport = link.speaksTLS13 ? .tls13 : .tls
            clientHello = link.clientHello
        } else {
            transport = peer.isLoopback ? .loopback : .plain
        }
    }
}

/// What was done with a request.
enum Disposition {
    /// Its answer is written.
    case answered
    /// Another thread has it; the answer comes by the loop's lane.
    case handedOver
    /// The head of its answer is written; the rest goes out piece by piece.
    case streams(any AnswerStream)
}
