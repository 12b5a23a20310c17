internal import Bytes
internal import Wire

/// The requests of the connection in hand, as they are read from the loop's inbox one after the
/// other. One for each loop: what a connection must keep until its next turn goes into its
/// ``PendingBuffers``.
///
/// The inbox itself is a variable of the loop: spans of it are alive while fields change, and Swift
/// 6.3 holds the span of a field against the whole of the field's owner.
struct Exchange: ~Copyable {
    /// What is read of the request that begins at `start`.
    private(set) var parser: RequestParser
    /// Where that request begins in the inbox.
    private(set) var start = 0
    /// What requests from now on are held to.
    private var limits: HTTPLimits
    /// Whether the parser holds nothing of a request: then it need not be reset.
    private var isFresh = true

    /// Bytes read at once; an entry's head and body together are less.
    static var inboxBytes: Int { 64 << 10 }
    /// Pending bytes up to which copying is cheaper than exchanging buffers.
    private static var copiedBytes: Int { 16 << 10 }

    init(limits: HTTPLimits) {
        self.limits = limits
        parser = RequestParser(limits: limits)
    }

    /// Other limits from the next request on: one that is half there keeps those it began with.
    mutating func change(to limits: HTTPLimits) {
        self.limits = limits
        isFresh = false
        reset()
    }

    private mutating func reset() {
        if isFresh { return }
        parser.reset(to: limits)
        isFresh = true
    }

    /// Buffers in which a request of this exchange can wait.
    func acquire(from pool: inout PendingBufferPool) -> Int32 { pool.acquire(limits) }

    // MARK: Reading

    /// Whether bytes are there that have not been parsed as a whole request.
    func hasRest(_ inbox: borrowing ByteBuffer) -> Bool { inbox.count > start }

    /// Reads on in the request that begins at `start`.
    mutating func parse(_ inbox: inout ByteBuffer) -> ParseStep {
        isFresh = false
        let end = inbox.count
        var everything = inbox.mutableBytes
        var received = everything._mutatingExtracting(start..<end)
        return parser.parse(&received)
    }

    /// The request has been dealt with: the next one begins behind it.
    mutating func advance() {
        start += parser.consumedBytes
        reset()
    }

    /// The client waits for a go-ahead, and is given it.
    mutating func acknowledgeContinue() { parser.acknowledgeContinue() }

    /// Moves the rest of the inbox to its front, to make room behind it.
    /// - Returns: bytes to receive at once.
    mutating func makeRoom(_ inbox: inout ByteBuffer) -> Int {
        if start > 0 {
            inbox.removeFirst(start)
            start = 0
        }
        return max(Self.inboxBytes - inbox.count, Self.inboxBytes / 4)
    }

    /// Forgets what was received: the connection's turn is over.
    mutating func clear(_ inbox: inout ByteBuffer) {
        inbox.removeAll()
        start = 0
        reset()
    }

    // MARK: Between turns

    /// Keeps the rest of the inbox, and how far it has been read.
    mutating func keep(_ inbox: inout ByteBuffer, in buffers: PendingBuffers) {
        swap(&parser, &buffers.parser)
        isFresh = false
        if start == 0, inbox.count > Self.copiedBytes {
            // A large body in many pieces: the buffers change places, and nothing is copied.
            swap(&inbox, &buffers.received)
        } else {
            buffers.received.append(inbox.bytes.extracting(start..<inbox.count))
        }
    }

    /// Goes on with what was kept. The inbox is empty.
    mutating func resume(_ inbox: inout ByteBuffer, from buffers: PendingBuffers) {
        guard buffers.received.count > 0 else { return }
        swap(&parser, &buffers.parser)
        isFresh = false
        if buffers.received.count > Self.copiedBytes {
            swap(&inbox, &buffers.received)
        } else {
            inbox.append(buffers.received.bytes)
        }
        buffers.received.removeAll()
    }
}
