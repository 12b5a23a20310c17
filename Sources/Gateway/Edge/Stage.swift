/// Where a connection stands. What may happen next, and what the loop does then, follows from it.
///
/// ```
///  proxyHeader ─► handshake ─► idle ◄──────────────────────────┐
///       └──────────────────────►│▲                             │
///                    part came ▼│ answered                     │
///                             reading                          │
///                               │ handed over    decided       │
///                               ├──────────► waiting ──────────┤
///                               │               │ last answer  │
///                               │ stream        ▼              │
///                               ├─► streaming ─► closing ─► lingering ─► (closed)
///                               │      └─────────┐▲
///                               └─ held up ──► writing ────────┘ released
/// ```
///
/// Waiting for a decision and having an earlier answer held up can be at once: a pipelining client.
enum Stage: Equatable, BitwiseCopyable {
    /// Its first bytes tell whom a proxy speaks for; they are looked at, and not read, until the
    /// header is whole.
    case proxyHeader
    /// Its TLS handshake is not made yet.
    case handshake(isBegun: Bool)
    /// Nothing of a request has come.
    case idle
    /// Part of a request has come, or of the TLS record that it comes in.
    case reading(RequestPart)
    /// A request is with another thread; nothing more is begun until it is answered.
    /// - Parameters:
    ///   - isHeldUp: part of an earlier answer is pending that the kernel does not take yet.
    ///   - isLast: its answer is the connection's last.
    case waiting(isHeldUp: Bool, isLast: Bool)
    /// Part of an answer is pending that the kernel does not take yet.
    case writing(isLast: Bool)
    /// An answer whose length is not known goes out piece by piece; it is the connection's last.
    case streaming(isHeldUp: Bool)
    /// The last answer is written.
    case closing
    /// Our side has ended; what still comes is read and thrown away, so that the peer can read our
    /// last answer before the kernel resets the connection.
    case lingering

    /// The part of a request that is not complete.
    enum RequestPart: UInt8, BitwiseCopyable, CaseIterable {
        case head, body
    }
}

extension Stage {
    /// What happened to a connection, as far as it changes where it stands.
    enum Event: Equatable {
        /// The client is known: the connection was accepted, or its PROXY header has been read.
        case begun(isSecured: Bool)
        /// The peer has sent the first byte of its handshake.
        case handshakeBegun
        case handshakeMade
        /// A request is not complete: this part of it.
        case partCame(RequestPart)
        /// A request, or what should have been one, was answered.
        case answered(isLast: Bool)
        /// A request was given to another thread.
        case handedOver(isLast: Bool)
        /// That thread's answer was written. It is the last one too where `isLast` says so.
        case decided(isLast: Bool)
        /// There is no room for what came behind a request: the answer in hand is the last.
        case foundNoRoom
        /// A streamed answer has begun.
        case streamBegun
        /// Its last chunk is written.
        case streamEnded
        /// The kernel takes no more bytes.
        case heldUp
        /// The kernel has taken all that was held up.
        case released
        /// Our side of the stream has ended.
        case ended
    }

    /// The next stage; nil where this cannot happen in this one.
    func after(_ event: Event) -> Stage? {
        switch (self, event) {
        case (.proxyHeader, .begun(let isSecured)): isSecured ? .handshake(isBegun: false) : .idle
        case (.handshake, .handshakeBegun): .handshake(isBegun: true)
        case (.handshake, .handshakeMade): .idle
        case (.idle, .partCame(let part)), (.reading, .partCame(let part)): .reading(part)
        case (.idle, .answered(let isLast)), (.reading, .answered(let isLast)):
            isLast ? .closing : .idle
        // One that cannot begin is answered as well: too many connections, or plain HTTP.
        case (.proxyHeader, .answered(isLast: true)), (.handshake, .answered(isLast: true)):
            .closing
        case (.idle, .handedOver(let isLast)), (.reading, .handedOver(let isLast)):
            .waiting(isHeldUp: false, isLast: isLast)
        case (.waiting(isHeldUp: true, let wasLast), .decided(let isLast)):
            .writing(isLast: wasLast || isLast)
        case (.waiting(isHeldUp: false, let wasLast), .decided(let isLast)):
            wasLast || isLast ? .closing : .idle
        case (.waiting(let isHeldUp, _), .foundNoRoom): .waiting(isHeldUp: isHeldUp, isLast: true)
        case (.writing, .foundNoRoom): .writing(isLast: true)
        case (.idle, .streamBegun), (.reading, .streamBegun): .streaming(isHeldUp: false)
        case (.waiting(let isHeldUp, _), .streamBegun): .streaming(isHeldUp: isHeldUp)
        case (.streaming(let isHeldUp), .streamEnded): isHeldUp ? .writing(isLast: true) : .closing
        case (.idle, .heldUp), (.reading, .heldUp): .writing(isLast: false)
        case (.closing, .heldUp): .writing(isLast: true)
        case (.waiting(_, let isLast), .heldUp): .waiting(isHeldUp: true, isLast: isLast)
        case (.writing, .heldUp): self
        case (.streaming, .heldUp): .streaming(isHeldUp: true)
        case (.waiting(_, let isLast), .released): .waiting(isHeldUp: false, isLast: isLast)
        case (.writing(let isLast), .released): isLast ? .closing : .idle
        case (.streaming, .released): .streaming(isHeldUp: false)
        case (.closing, .ended): .lingering
        default: nil
        }
    }

    /// Whether part of an answer is held up.
    var isHeldUp: Bool {
        switch self {
        case .writing, .waiting(isHeldUp: true, _), .streaming(isHeldUp: true): true
        default: false
        }
    }

    /// Whether an answer is due from another thread.
    var isWaiting: Bool {
        if case .waiting = self { true } else { false }
    }

    var isStreaming: Bool {
        if case .streaming = self { true } else { false }
    }

    /// The deadline that a connection has at rest; nil where something else is sure to come.
    /// - Parameter isUnauthenticated: it must show a token soon.
    func deadline(isDraining: Bool, isUnauthenticated: Bool = false) -> Deadline? {
        switch self {
        case .handshake(isBegun: true), .reading(.head):
            isUnauthenticated ? .token : .head
        case .proxyHeader, .handshake(isBegun: false):
            isDraining ? .leave : isUnauthenticated ? .token : .head
        case .idle: isDraining ? .leave : isUnauthenticated ? .token : .idle
        case .reading(.body): .body
        // An answer always comes.
        case .waiting(let isHeldUp, _): isHeldUp ? .write : nil
        case .writing: .write
        case .streaming(let isHeldUp): isHeldUp ? .write : .stream
        case .closing: nil
        case .lingering: isDraining ? .leave : .linger
        }
    }
}

extension Stage {
    /// What a loop does with a connection whose bytes have come.
    enum Turn: Equatable {
        case readProxyHeader
        case makeHandshake
        /// Reads, and begins the requests that are complete.
        case beginRequests
        /// Reads, and throws away.
        case discard
        /// Leaves the bytes where they are: an answer comes first.
        case hold
    }

    var turn: Turn {
        switch self {
        case .proxyHeader: .readProxyHeader
        case .handshake: .makeHandshake
        case .idle, .reading: .beginRequests
        case .waiting, .writing, .closing: .hold
        case .streaming, .lingering: .discard
        }
    }

    /// What a loop does with a connection at the end of its turn, all answers sent or pending.
    enum TurnEnd: Equatable {
        /// Closes it.
        case drop
        /// Ends our side, and waits for the peer's end.
        case linger
        /// Keeps what was received of requests that cannot be begun yet.
        case keep
        /// Nothing: it has what it waits for.
        case rest
    }

    /// - Parameter hasRest: bytes were received that no request of this turn was made of.
    func turnEnd(_ input: Input, hasRest: Bool) -> TurnEnd {
        if input == .broken { return .drop }
        switch self {
        case .waiting, .writing: return hasRest ? .keep : .rest
        case .streaming: return input == .finished ? .drop : .rest
        case .closing: return input == .finished ? .drop : .linger
        case .lingering: return input == .finished ? .drop : .rest
        case .proxyHeader, .handshake, .idle, .reading:
            if input == .finished { return .drop }
            return hasRest ? .keep : .rest
        }
    }
}
