package import Bytes
internal import CNghttp2

/// The client's side of gRPC over one connection of HTTP/2, one call at a time, without sockets:
/// bytes that have come go in, bytes to be sent come out.
///
///     begin ─► output, receive … until isOver ─► takeAnswer ─► begin …
///
/// nghttp2 holds what HTTP/2 asks for. What a server may send is bounded: pushed streams are
/// refused, a head and an answer have limits, and nghttp2 ends a session that floods it.
@safe
package struct GRPCSession: ~Copyable {
    /// Owned, freed by `deinit`.
    private let session: OpaquePointer
    /// What the session's callbacks write to; alive as long as the session.
    private let exchange: GRPCExchange

    /// Bytes that a server may send before it hears from us.
    private static let windowBytes: UInt32 = 2 << 20

    /// - Precondition: there is memory for it.
    package init() {
        let exchange = GRPCExchange()
        self.exchange = exchange
        unsafe session = Self.makeSession(exchange)
        let announced = unsafe portillon_http2_announce(
            session, Self.windowBytes, UInt32(GRPCExchange.headBytes))
        precondition(announced == 0, "nghttp2 takes a client's settings")
    }

    private static func makeSession(_ exchange: GRPCExchange) -> OpaquePointer {
        var callbacks: OpaquePointer?
        var session: OpaquePointer?
        let made = unsafe nghttp2_session_callbacks_new(&callbacks)
        precondition(made == 0, "nghttp2 has memory for callbacks")
        defer { unsafe nghttp2_session_callbacks_del(callbacks) }
        unsafe nghttp2_session_callbacks_set_on_header_callback(callbacks, onHeader)
        unsafe nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, onData)
        unsafe nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, onClose)
        let owner = unsafe Unmanaged.passUnretained(exchange).toOpaque()
        let opened = unsafe nghttp2_session_client_new(&session, callbacks, owner)
        guard opened == 0, let session = unsafe session else {
            preconditionFailure("nghttp2 has memory for a session")
        }
        return unsafe session
    }

    deinit {
        unsafe nghttp2_session_del(session)
    }

    // MARK: A call

    /// Begins a call; the one before is over.
    /// - Parameters:
    ///   - path: `/package.Service/Method`.
    ///   - authority: the server's host and port, as in its URL.
    ///   - maximumBytes: of the answer's message.
    package mutating func begin(
        _ path: String, authority: String, isSecure: Bool, _ message: RawSpan, maximumBytes: Int
    ) throws(GRPCError) {
        precondition(exchange.stream == 0 || exchange.isOver, "one call at a time")
        guard unsafe nghttp2_session_check_request_allowed(session) != 0 else {
            throw .closed("the server takes no more calls on this connection")
        }
        exchange.begin(message, maximumBytes: maximumBytes)
        let stream = unsafe portillon_grpc_submit(
            session, isSecure ? "https" : "http", authority, path, readRequest)
        guard stream > 0 else { throw .closed("HTTP/2: \(Self.reason(for: stream))") }
        exchange.stream = stream
    }

    /// Whether the call's outcome is known.
    package var isOver: Bool { exchange.isOver }

    /// Takes what has come.
    /// - Throws: ``GRPCError/malformed(_:)`` where it is not HTTP/2; the session is then useless.
    package func receive(_ bytes: RawSpan) throws(GRPCError) {
        let taken = unsafe bytes.withUnsafeBytes { bytes in
            unsafe nghttp2_session_mem_recv(
                session, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
        }
        guard taken == bytes.byteCount else {
            throw .malformed("HTTP/2: \(Self.reason(for: Int32(clamping: taken)))")
        }
    }

    /// Appends what is to be sent now, about `maximum` bytes at most: a frame may go beyond.
    /// - Throws: ``GRPCError/malformed(_:)`` where what has come breaks HTTP/2's rules:
    ///   nghttp2 then says farewell and reads no more.
    package mutating func output(
        into buffer: inout ByteBuffer, maximum: Int
    ) throws(GRPCError) {
        while buffer.count < maximum {
            var start: UnsafePointer<UInt8>?
            let count = unsafe nghttp2_session_mem_send(session, &start)
            guard count >= 0 else {
                throw .malformed("HTTP/2: \(Self.reason(for: Int32(clamping: count)))")
            }
            guard count > 0, let start = unsafe start else {
                if !isOver, unsafe nghttp2_session_want_read(session) == 0 {
                    throw .malformed("HTTP/2: the server breaks its rules")
                }
                return
            }
            // Lent by nghttp2 until the next call.
            unsafe buffer.append(maximum: count) { room in
                unsafe room.baseAddress?.copyMemory(from: start, byteCount: count)
                return count
            }
        }
    }

    /// The answer's message, of a call that is over.
    /// - Throws: ``GRPCError`` where there is none.
    package mutating func takeAnswer() throws(GRPCError) -> ByteBuffer {
        precondition(exchange.isOver, "an answer is taken when the call is over")
        try exchange.check()
        var answer = ByteBuffer(capacity: 4 << 10)
        swap(&answer, &exchange.answer)
        answer.removeFirst(GRPCExchange.prefixBytes)
        return answer
    }

    private static func reason(for error: Int32) -> String {
        // The library's own texts, which are static.
        guard let text = unsafe nghttp2_strerror(error) else { return "error \(error)" }
        return unsafe String(cString: text)
    }
}

// MARK: What nghttp2 calls

/// The exchange that a session's callbacks were given.
private func exchange(_ owner: UnsafeMutableRawPointer?) -> GRPCExchange? {
    unsafe owner.map { unsafe Unmanaged<GRPCExchange>.fromOpaque($0).takeUnretainedValue() }
}

private func text(_ start: UnsafePointer<UInt8>?, _ count: Int) -> String {
    // Lent for the call, so many bytes.
    unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
}

private let onHeader: nghttp2_on_header_callback = {
    _, frame, name, nameBytes, value, valueBytes, _, owner in
    guard let exchange = unsafe exchange(owner), let frame = unsafe frame,
        unsafe portillon_http2_stream(frame) == exchange.stream
    else { return 0 }
    unsafe exchange.receive(name: text(name, nameBytes), value: text(value, valueBytes))
    return 0
}

private let onData: nghttp2_on_data_chunk_recv_callback = { _, _, stream, start, count, owner in
    guard let exchange = unsafe exchange(owner), stream == exchange.stream else { return 0 }
    unsafe exchange.receive(UnsafeRawBufferPointer(start: start, count: count).bytes)
    return 0
}

private let onClose: nghttp2_on_stream_close_callback = { _, stream, code, owner in
    guard let exchange = unsafe exchange(owner), stream == exchange.stream else { return 0 }
    exchange.closeCode = code
    return 0
}

/// Hands over the next bytes of the request, and says which are the last.
private let readRequest: nghttp2_data_source_read_callback = {
    _, stream, room, length, flags, _, owner in
    guard let exchange = unsafe exchange(owner), let room = unsafe room,
        stream == exchange.stream
    else { return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue) }
    let count = min(length, exchange.request.count - exchange.sentBytes)
    unsafe exchange.request.bytes.withUnsafeBytes { bytes in
        guard let start = bytes.baseAddress else { return }
        unsafe UnsafeMutableRawPointer(room).copyMemory(
            from: start + exchange.sentBytes, byteCount: count)
    }
    exchange.sentBytes += count
    if exchange.sentBytes == exchange.request.count {
        unsafe flags?.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
    }
    return count
}
