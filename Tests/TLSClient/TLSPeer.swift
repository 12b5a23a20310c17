internal import COpenSSL
internal import Glibc

/// A TLS client over a connected socket that somebody else owns. It waits, fifteen seconds at most.
///
/// It is OpenSSL without anything of the gateway's, so that a test asks what others would ask.
@safe
package final class TLSPeer {
    private let descriptor: Int32
    /// Owned, freed by `deinit`.
    private let session: OpaquePointer
    /// Filled with zeros once, not for each piece: in a test that takes longer than all else.
    private var incoming = [UInt8](repeating: 0, count: TLSPeer.roomBytes)
    private var outgoing = [UInt8](repeating: 0, count: TLSPeer.roomBytes)
    /// A record's.
    private static let roomBytes = 16_384
    private let pieceBytes: Int

    /// Makes the handshake.
    /// - Throws: ``TLSFailure`` with OpenSSL's reason: the alert that came, or what it minds.
    package init(descriptor: Int32, _ options: TLSOptions = TLSOptions()) throws(TLSFailure) {
        self.descriptor = descriptor
        pieceBytes = options.pieceBytes
        let context = unsafe try Self.makeContext(options)
        // The session holds it from now on.
        defer { unsafe SSL_CTX_free(context) }
        guard let session = unsafe SSL_new(context) else { throw TLSFailure.last("SSL_new") }
        unsafe self.session = unsafe session
        if let name = options.serverName {
            unsafe portillon_tls_set_server_name(session, name)
            unsafe SSL_set1_host(session, name)
        }
        if let ticket = options.ticket { unsafe SSL_set_session(session, ticket.session) }
        let protocols = options.protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        if !protocols.isEmpty {
            unsafe SSL_set_alpn_protos(session, protocols, UInt32(protocols.count))
        }
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        // What it sends is kept until it is known in which pieces.
        unsafe SSL_set_bio(session, BIO_new_socket(descriptor, BIO_NOCLOSE), BIO_new(BIO_s_mem()))
        _ = try complete("handshake") { unsafe SSL_connect(session) }
    }

    deinit {
        unsafe SSL_free(session)
    }

    private static func makeContext(_ options: TLSOptions) throws(TLSFailure) -> OpaquePointer {
        guard let context = unsafe SSL_CTX_new(TLS_client_method()) else {
            throw TLSFailure.last("SSL_CTX_new")
        }
        // SSL_OP_IGNORE_UNEXPECTED_EOF, a macro that Swift does not see: an end without a farewell
        // is an end, too. Whether all has come is HTTP's to say.
        unsafe SSL_CTX_set_options(context, 1 << 7)
        let configuration = unsafe SSL_CONF_CTX_new()
        defer { unsafe SSL_CONF_CTX_free(configuration) }
        let flags = SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_CLIENT | SSL_CONF_FLAG_CERTIFICATE
        unsafe SSL_CONF_CTX_set_flags(configuration, UInt32(flags))
        unsafe SSL_CONF_CTX_set_ssl_ctx(configuration, context)
        for (name, value) in options.commands {
            guard unsafe SSL_CONF_cmd(configuration, name, value) > 0 else {
                throw TLSFailure.last("\(name) \(value)")
            }
        }
        if let authorities = options.authorities {
            guard unsafe SSL_CTX_load_verify_file(context, authorities) == 1 else {
                throw TLSFailure.last(authorities)
            }
            unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        }
        return unsafe context
    }

    // MARK: What the handshake came to

    /// `TLSv1.3`.
    package var version: String { unsafe String(cString: SSL_get_version(session)) }
    package var cipher: String {
        unsafe String(cString: SSL_CIPHER_get_name(SSL_get_current_cipher(session)))
    }
    package var isResumed: Bool { unsafe SSL_session_reused(session) == 1 }

    /// The protocol that the server chose by ALPN.
    package var chosenProtocol: String? {
        var start: UnsafePointer<UInt8>?
        var length: UInt32 = 0
        unsafe SSL_get0_alpn_selected(session, &start, &length)
        let bytes = unsafe UnsafeBufferPointer(start: start, count: Int(length))
        return unsafe bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    /// The first name of the server's certificate, and the kind of its key.
    package var certificate: (name: String, kind: TestCertificate.Kind)? {
        guard let leaf = unsafe SSL_get1_peer_certificate(session) else { return nil }
        defer { unsafe X509_free(leaf) }
        var text = [CChar](repeating: 0, count: 256)
        let subject = unsafe X509_get_subject_name(leaf)
        let length = unsafe X509_NAME_get_text_by_NID(subject, NID_commonName, &text, 256)
        let name = text.prefix(max(Int(length), 0)).map { UInt8(bitPattern: $0) }
        let isRSA = unsafe EVP_PKEY_get_base_id(X509_get0_pubkey(leaf)) == EVP_PKEY_RSA
        return (String(decoding: name, as: UTF8.self), isRSA ? .rsa : .ecdsa)
    }

    /// What to go on with in another connection; of TLS 1.3 it comes after the handshake, so
    /// something must have been received.
    package var ticket: TLSTicket? {
        guard let session = unsafe SSL_get1_session(session) else { return nil }
        return unsafe TLSTicket(session)
    }

    // MARK: Bytes

    package func send(_ bytes: [UInt8]) throws(TLSFailure) {
        var sent = 0
        while sent < bytes.count {
            let piece = bytes[sent..<min(sent + min(pieceBytes, 65_536), bytes.count)]
            sent += Int(
                try complete("send") {
                    unsafe piece.withUnsafeBytes {
                        unsafe SSL_write(session, $0.baseAddress, Int32($0.count))
                    }
                })
        }
    }

    /// What comes next; empty at the end of the stream.
    package func receive(atMost maximum: Int = 65_536) throws(TLSFailure) -> [UInt8] {
        let count = try complete("receive") {
            unsafe SSL_read(session, &incoming, Int32(min(maximum, Self.roomBytes)))
        }
        return Array(incoming[..<Int(count)])
    }

    /// Says close_notify, and ends our half of the connection.
    package func finishSending() {
        unsafe _ = SSL_shutdown(session)
        // The other side may be gone, which is as good.
        try? flush()
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Asks for another handshake in the middle of this one's session (TLS 1.2).
    package func renegotiate() throws(TLSFailure) {
        unsafe SSL_renegotiate(session)
        _ = try complete("renegotiate") { unsafe SSL_do_handshake(session) }
        _ = try receive()
    }

    /// Has the server change its keys too (TLS 1.3).
    package func updateKeys() throws(TLSFailure) {
        guard unsafe SSL_key_update(session, SSL_KEY_UPDATE_REQUESTED) == 1 else {
            throw TLSFailure.last("SSL_key_update")
        }
        _ = try complete("key update") { unsafe SSL_do_handshake(session) }
    }

    // MARK: The socket

    /// Repeats a call until it has done something, sending and waiting as it asks.
    /// - Returns: what the call returned; 0 at the end of the stream.
    private func complete(
        _ what: String, _ call: () -> Int32
    ) throws(TLSFailure) -> Int32 {
        while true {
            ERR_clear_error()
            let result = call()
            let reason = unsafe SSL_get_error(session, result)
            // An alert of ours is worth sending; that it cannot be sent is not what went wrong.
            if result > 0 || reason == SSL_ERROR_WANT_READ { try flush() } else { try? flush() }
            switch reason {
            case SSL_ERROR_NONE: return result
            case SSL_ERROR_ZERO_RETURN where what == "receive": return 0
            case SSL_ERROR_ZERO_RETURN: throw TLSFailure("\(what): the connection is closed")
            case SSL_ERROR_WANT_READ: try wait(for: POLLIN, what)
            case SSL_ERROR_WANT_WRITE: try wait(for: POLLOUT, what)
            case SSL_ERROR_SYSCALL: throw TLSFailure("\(what): the connection is closed")
            default: throw TLSFailure.last(what)
            }
        }
    }

    private func flush() throws(TLSFailure) {
        while true {
            let count = unsafe BIO_read(
                SSL_get_wbio(session), &outgoing, Int32(Self.roomBytes))
            guard count > 0 else { return }
            var sent = 0
            while sent < count {
                let end = sent + min(pieceBytes, Int(count) - sent)
                let taken = unsafe outgoing[sent..<end].withUnsafeBytes {
                    unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if taken < 0 && errno == EAGAIN {
                    try wait(for: POLLOUT, "send")
                    continue
                }
                guard taken > 0 else { throw TLSFailure("send: the connection is closed") }
                sent += taken
            }
        }
    }

    private func wait(for events: Int32, _ what: String) throws(TLSFailure) {
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        guard unsafe poll(&entry, 1, 60_000) != 0 else { throw TLSFailure("\(what): timed out") }
    }
}
