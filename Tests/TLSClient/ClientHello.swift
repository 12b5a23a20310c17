internal import COpenSSL

/// The first message of a handshake, as OpenSSL's client writes it: for a test that holds a
/// handshake half made, without a thread or a session for each.
package enum ClientHello {
    /// The record, whole.
    package static func bytes() throws(TLSFailure) -> [UInt8] {
        guard let context = unsafe SSL_CTX_new(TLS_client_method()) else {
            throw TLSFailure.last("SSL_CTX_new")
        }
        defer { unsafe SSL_CTX_free(context) }
        guard let session = unsafe SSL_new(context) else { throw TLSFailure.last("SSL_new") }
        defer { unsafe SSL_free(session) }
        let output = unsafe BIO_new(BIO_s_mem())
        unsafe SSL_set_bio(session, BIO_new(BIO_s_mem()), output)
        unsafe SSL_set_connect_state(session)
        // It wants an answer, which never comes.
        _ = unsafe SSL_do_handshake(session)
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = unsafe BIO_read(output, &bytes, Int32(bytes.count))
        guard count > 0 else { throw TLSFailure.last("SSL_do_handshake") }
        return Array(bytes.prefix(Int(count)))
    }

    /// The beginning of one that says that it is as long as OpenSSL takes.
    package static let endless: [UInt8] =
        [0x16, 3, 1, 0, 100, 1, 0x01, 0xFF, 0xB8] + [UInt8](repeating: 0, count: 96)
}
