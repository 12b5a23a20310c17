internal import Bytes
internal import COpenSSL

/// The TLS of one connection, from the first byte of its handshake to its end.
///
/// It is a pointer, so that ``Connection`` stays plain; the connection table makes it and ends it,
/// and the connection's one thread uses it. OpenSSL reads and writes the socket through
/// `TLSSession+Socket`, which notes what an edge-triggered loop has to know: whether the kernel's
/// buffer has been emptied.
@safe
package struct TLSSession: BitwiseCopyable {
    let state: UnsafeMutablePointer<State>

    @safe
    struct State {
        /// OpenSSL's session; owned.
        var session: OpaquePointer
        let descriptor: Int32
        let limits: TLSLimits
        /// The last read of the kernel found less than there was room for.
        var isDrained = false
        /// The peer's end of the stream has been read.
        var isAtEnd = false
        /// The peer has sent something.
        var hasBegun = false
        /// What it sent first is no TLS, but the beginning of an HTTP request.
        var isPlain = false
        /// OpenSSL has something to send before it can go on reading, and the kernel has no room.
        var waitsForRoom = false
        /// OpenSSL has given up, or the socket is gone: not even a farewell can be said.
        var hasFailed = false
        /// The handshake is made.
        var isEstablished = false
        /// Bytes that were read before it was.
        var handshakeBytes = 0
        /// What the peer's ClientHello says of it; a server's sessions alone know it.
        var clientHello = ClientHelloMarks()
        /// Messages of handshakes that came behind it.
        var postHandshakeMessages = 0
        /// A client's: what ended it is kept for its owner, who tells a person.
        var keepsReason = false
        /// What OpenSSL said when it gave up, the peer's alert among it.
        var reason: String?
        /// How the stream ended, where bytes that came before had to be handed over first.
        var ending: ReceiveResult?

        /// The handshake is longer than it may be; nothing more of it is read.
        var isTooLong: Bool { handshakeBytes > limits.handshakeBytes }
        var hasTooManyMessages: Bool { postHandshakeMessages > limits.postHandshakeMessages }
    }

    /// A server's session on an accepted connection.
    /// - Returns: nil where OpenSSL has no memory for it.
    init?(_ context: TLSContext, _ limits: TLSLimits, descriptor: Int32) {
        unsafe self.init(context.context, limits, descriptor: descriptor)
        unsafe SSL_set_accept_state(state.pointee.session)
    }

    /// - Parameter context: OpenSSL's, lent.
    init?(_ context: OpaquePointer, _ limits: TLSLimits, descriptor: Int32) {
        guard let session = unsafe SSL_new(context) else {
            OpenSSLErrorQueue.clear()
            return nil
        }
        guard let bio = unsafe Self.makeSocketBIO() else {
            unsafe SSL_free(session)
            OpenSSLErrorQueue.clear()
            return nil
        }
        unsafe state = UnsafeMutablePointer.allocate(capacity: 1)
        unsafe state.initialize(to: State(session: session, descriptor: descriptor, limits: limits))
        unsafe BIO_set_data(bio, state)
        // One for both directions; the session owns it.
        unsafe SSL_set_bio(session, bio, bio)
    }

    /// Says farewell where that is still possible, and frees everything.
    func end() {
        sendCloseNotify()
        unsafe SSL_free(state.pointee.session)
        unsafe state.deinitialize(count: 1)
        unsafe state.deallocate()
    }

    // MARK: The handshake

    /// Goes on with the handshake as far as what has come allows.
    func shakeHands() -> HandshakeStep {
        OpenSSLErrorQueue.clear()
        unsafe state.pointee.waitsForRoom = false
        let result = unsafe SSL_do_handshake(state.pointee.session)
        if result == 1 {
            unsafe state.pointee.isEstablished = true
            return unsafe .done(
                Handshake(
                    isResumed: SSL_session_reused(state.pointee.session) == 1,
                    isOfVersion13: SSL_version(state.pointee.session) == TLS1_3_VERSION))
        }
        if unsafe state.pointee.isPlain { return .plain }
        switch unsafe SSL_get_error(state.pointee.session, result) {
        case SSL_ERROR_WANT_READ: return .needsMore
        case SSL_ERROR_WANT_WRITE:
            unsafe state.pointee.waitsForRoom = true
            return .needsMore
        default:
            unsafe state.pointee.hasFailed = true
            if unsafe !state.pointee.hasBegun { return .closed }
            let reason = OpenSSLErrorQueue.popReason()
            return unsafe state.pointee.isTooLong ? .tooLong : .failed(reason)
        }
    }

    var speaksTLS13: Bool { unsafe SSL_version(state.pointee.session) == TLS1_3_VERSION }

    // MARK: Bytes

    /// As ``Connection/receive(into:maximum:)``: record by record, until the room is full or there
    /// is nothing left, in OpenSSL's buffer or in the kernel's.
    func receive(into buffer: inout ByteBuffer, maximum: Int) -> ReceiveResult {
        if let ending = unsafe state.pointee.ending { return ending }
        var ending = ReceiveResult.wouldBlock
        var total = 0
        unsafe buffer.append(maximum: maximum) { room in
            guard let start = room.baseAddress else { return 0 }
            while total < room.count {
                var count = 0
                OpenSSLErrorQueue.clear()
                let result = unsafe SSL_read_ex(
                    state.pointee.session, start + total, room.count - total, &count)
                guard result == 1 else {
                    ending = reason(for: result)
                    break
                }
                total += count
                // Nothing is left anywhere: to ask again would cost a call that finds nothing.
                if unsafe state.pointee.isDrained,
                    unsafe SSL_has_pending(state.pointee.session) == 0
                {
                    break
                }
            }
            return total
        }
        if total == 0 { return ending }
        if ending != .wouldBlock { unsafe state.pointee.ending = ending }
        return .received(total)
    }

    /// Bytes of a record that is not complete are kept.
    var isWithinRecord: Bool { unsafe SSL_has_pending(state.pointee.session) == 1 }

    var hasTooManyMessages: Bool { unsafe state.pointee.hasTooManyMessages }

    /// Bytes that OpenSSL keeps for a handshake, or a record, that is not complete: not less than
    /// it takes (OpenSSL 3.0; a test measures it), and 0 where nothing is incomplete. An
    /// established session that waits takes 16 KiB beside that.
    var keptBytes: Int {
        if unsafe state.pointee.isEstablished {
            return isWithinRecord ? TLSLimits.recordBytes : 0
        }
        guard unsafe state.pointee.hasBegun else { return TLSLimits.sessionBytes }
        let step = unsafe SSL_get_state(state.pointee.session)
        let mayBeLong = unsafe SSL_get_verify_mode(state.pointee.session) != SSL_VERIFY_NONE
        if mayBeLong || step == TLS_ST_BEFORE || step == TLS_ST_SR_CLNT_HELLO {
            return TLSLimits.helloBytes
        }
        // The buffer of a ClientHello stays, and is a third longer than that.
        return unsafe TLSLimits.begunBytes + state.pointee.handshakeBytes / 2 * 3
    }

    private func reason(for result: Int32) -> ReceiveResult {
        unsafe state.pointee.waitsForRoom = false
        if unsafe state.pointee.hasFailed { return .broken }
        switch unsafe SSL_get_error(state.pointee.session, result) {
        case SSL_ERROR_WANT_READ: return .wouldBlock
        case SSL_ERROR_WANT_WRITE:
            unsafe state.pointee.waitsForRoom = true
            return .wouldBlock
        case SSL_ERROR_ZERO_RETURN: return .finished
        default:
            unsafe state.pointee.hasFailed = true
            if unsafe state.pointee.keepsReason, ERR_peek_error() != 0 {
                unsafe state.pointee.reason = OpenSSLErrorQueue.popReason()
            }
            OpenSSLErrorQueue.clear()
            return .broken
        }
    }

    /// As ``Connection/send(_:)``. What it does not take must be offered again with the same bytes
    /// in front: a record of them may be sealed already.
    func send(_ bytes: RawSpan) -> Int? {
        guard unsafe !state.pointee.hasFailed else { return nil }
        return unsafe bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return 0 }
            var sent = 0
            while sent < bytes.count {
                var count = 0
                OpenSSLErrorQueue.clear()
                let result = unsafe SSL_write_ex(
                    state.pointee.session, start + sent, bytes.count - sent, &count)
                if result == 1 {
                    sent += count
                    continue
                }
                switch unsafe SSL_get_error(state.pointee.session, result) {
                case SSL_ERROR_WANT_WRITE, SSL_ERROR_WANT_READ: return sent
                default:
                    unsafe state.pointee.hasFailed = true
                    OpenSSLErrorQueue.clear()
                    return nil
                }
            }
            return sent
        }
    }

    /// Sends close_notify (RFC 8446, 6.1), once, if the handshake was made and nothing went wrong.
    func sendCloseNotify() {
        guard unsafe !state.pointee.hasFailed,
            unsafe SSL_is_init_finished(state.pointee.session) == 1,
            unsafe SSL_get_shutdown(state.pointee.session) & SSL_SENT_SHUTDOWN == 0
        else { return }
        OpenSSLErrorQueue.clear()
        // The kernel may have no room for it, or the peer be gone: it is a courtesy, no more.
        unsafe _ = SSL_shutdown(state.pointee.session)
        OpenSSLErrorQueue.clear()
    }
}
