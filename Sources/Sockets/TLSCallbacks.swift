internal import COpenSSL
internal import Glibc

/// What OpenSSL asks in the middle of a handshake.
enum TLSCallbacks {
    /// `SSL_OP_NO_TICKET`: a macro that Swift does not see.
    static var noTicket: UInt64 { 1 << 14 }

    // MARK: Parts

    /// Where a context keeps its parts.
    private static let place = unsafe portillon_tls_context_place { _, parts, _, _, _, _ in
        if let parts = unsafe parts { unsafe Unmanaged<TLSParts>.fromOpaque(parts).release() }
    }

    static func keep(_ parts: TLSParts, in context: OpaquePointer) {
        let kept = unsafe SSL_CTX_set_ex_data(
            context, place, Unmanaged.passRetained(parts).toOpaque())
        precondition(kept == 1, "there is memory for a pointer")
    }

    static func parts(of context: OpaquePointer?) -> TLSParts? {
        guard let parts = unsafe SSL_CTX_get_ex_data(context, place) else { return nil }
        return unsafe Unmanaged<TLSParts>.fromOpaque(parts).takeUnretainedValue()
    }

    // MARK: Questions

    typealias ChooseHost =
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<Int32>?, UnsafeMutableRawPointer?
        ) -> Int32
    typealias Watch =
        @convention(c) (
            Int32, Int32, Int32, UnsafeRawPointer?, Int, OpaquePointer?, UnsafeMutableRawPointer?
        ) -> Void
    typealias PrepareTicket =
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt8>?,
            OpaquePointer?, OpaquePointer?, Int32
        ) -> Int32

    /// ALPN (RFC 7301): `http/1.1` or nothing. Who offers only others is told so, and not left to
    /// speak HTTP/2 to a server that does not.
    static let chooseProtocol: SSL_CTX_alpn_select_cb_func = {
        _, chosen, length, offered, count, _ in
        let ours: StaticString = "\u{8}http/1.1"
        var found: UnsafeMutablePointer<UInt8>?
        let answer = unsafe SSL_select_next_proto(
            &found, length, ours.utf8Start, UInt32(ours.utf8CodeUnitCount), offered, count)
        guard answer == OPENSSL_NPN_NEGOTIATED else { return SSL_TLSEXT_ERR_ALERT_FATAL }
        unsafe chosen?.pointee = UnsafePointer(found)
        return SSL_TLSEXT_ERR_OK
    }

    /// The first context whose certificate is for the name; the default where none is.
    static let chooseHost: ChooseHost = { session, _, _ in
        let context = unsafe SSL_get_SSL_CTX(session)
        guard let name = unsafe SSL_get_servername(session, TLSEXT_NAMETYPE_host_name),
            let parts = unsafe parts(of: context)
        else { return SSL_TLSEXT_ERR_OK }
        if unsafe isShown(by: context, name) { return SSL_TLSEXT_ERR_OK }
        for other in parts.others where unsafe isShown(by: other.context, name) {
            unsafe SSL_set_SSL_CTX(session, other.context)
            break
        }
        return SSL_TLSEXT_ERR_OK
    }

    /// Whether a certificate is for the name, which may end with the root's dot.
    private static func isShown(by context: OpaquePointer?, _ name: UnsafePointer<CChar>) -> Bool {
        let dot = CChar(bitPattern: UInt8(ascii: "."))
        var length = unsafe strlen(name)
        if length > 1, unsafe name[length - 1] == dot { length -= 1 }
        // To OpenSSL a dot in front stands for any name below.
        guard length > 0, unsafe name[0] != dot else { return false }
        let certificate = unsafe SSL_CTX_get0_certificate(context)
        return unsafe X509_check_host(certificate, name, length, 0, nil) == 1
    }

    /// Looks at each message of a handshake that comes: at the first, which tells of the client;
    /// and when the handshake is made, because OpenSSL goes on reading them until it has found
    /// something for us.
    static let watch: Watch = { isSent, _, type, message, length, session, _ in
        guard isSent == 0, type == SSL3_RT_HANDSHAKE,
            let state = unsafe TLSSession.state(of: SSL_get_rbio(session))
        else { return }
        guard unsafe state.pointee.isEstablished else {
            unsafe recordHello(message, length, in: state)
            return
        }
        unsafe state.pointee.postHandshakeMessages += 1
        guard unsafe state.pointee.hasTooManyMessages else { return }
        unsafe state.pointee.hasFailed = true
        // As if the peer had ended: nothing more is read.
        unsafe SSL_set_shutdown(session, SSL_RECEIVED_SHUTDOWN)
    }

    /// Notes what the ClientHello says; the first one, where the server asks for another.
    private static func recordHello(
        _ message: UnsafeRawPointer?, _ length: Int,
        in state: UnsafeMutablePointer<TLSSession.State>
    ) {
        guard unsafe state.pointee.clientHello == ClientHelloMarks(), let message = unsafe message
        else { return }
        let bytes = unsafe UnsafeRawBufferPointer(start: message, count: length)
        unsafe state.pointee.clientHello = unsafe ClientHelloMarks(bytes.bytes)
    }

    /// A ticket is about to be sealed (`sealing` is 1) or opened.
    ///
    /// Returns as `SSL_CTX_set_tlsext_ticket_key_evp_cb` has it: 1 it is prepared, 2 the same but
    /// give the client a new ticket, 0 there is no such key: go on without, below 0 stop.
    static let prepareTicket: PrepareTicket = { session, name, iv, cipher, mac, sealing in
        guard let tickets = unsafe parts(of: SSL_get_SSL_CTX(session))?.tickets,
            let name = unsafe name, let iv = unsafe iv, let cipher = unsafe cipher,
            let mac = unsafe mac
        else { return -1 }
        if sealing == 1 {
            return unsafe tickets.seal(name: name, iv: iv, cipher: cipher, mac: mac) ? 1 : -1
        }
        return switch unsafe tickets.open(name: name, iv: iv, cipher: cipher, mac: mac) {
        case .none: 0
        case .current: 1
        case .previous: 2
        }
    }
}
