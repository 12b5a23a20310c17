internal import COpenSSL

/// What a client's TLS sessions are made from: whom it trusts, and what it shows of itself.
@safe
package final class TLSClientContext: @unchecked Sendable {
    // `@unchecked Sendable`: OpenSSL counts references to a context with atomics, and nobody
    // changes one that sessions are made from.

    /// Owned, released by `deinit`. Sessions hold it too.
    let context: OpaquePointer
    /// What is shown: its file, and when it ends, in seconds since 1970; nil for nothing.
    package let own: (path: String, notAfter: Int64)?

    /// - Parameters:
    ///   - authorities: a PEM file of those whose certificates are taken; nil for the system's.
    ///   - own: what is shown to a server that asks for it.
    ///   - now: seconds since 1970.
    ///   - protocols: offered to the server, the best first (ALPN, RFC 7301); none where the
    ///     port says it.
    /// - Throws: ``TLSFileError`` naming the file that is not as it must be.
    package init(
        authorities: String?, own: TLSFiles.Pair? = nil, now: Int64, protocols: [String] = []
    ) throws(TLSFileError) {
        var certificate: TLSCertificate?
        if let own { certificate = try TLSCertificate(own, now: now) }
        self.own = certificate.map { ($0.path, $0.notAfter) }
        guard let context = unsafe portillon_tls_client_new() else {
            preconditionFailure(
                "OpenSSL makes a client's context: \(OpenSSLErrorQueue.popReason())")
        }
        unsafe self.context = context
        unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        if let authorities {
            _ = try PEMFile(authorities, .authorities)
            guard unsafe SSL_CTX_load_verify_file(context, authorities) == 1 else {
                OpenSSLErrorQueue.clear()
                throw TLSFileError(.authorities, authorities, "no certificate found; must be PEM")
            }
        } else {
            unsafe SSL_CTX_set_default_verify_paths(context)
        }
        unsafe try certificate?.install(in: context)
        if !protocols.isEmpty { offer(protocols) }
    }

    deinit {
        unsafe SSL_CTX_free(context)
    }

    private func offer(_ protocols: [String]) {
        let names = protocols.flatMap { name in [UInt8(name.utf8.count)] + name.utf8 }
        // This one of OpenSSL's calls returns 0 for success.
        let error = unsafe SSL_CTX_set_alpn_protos(context, names, UInt32(names.count))
        precondition(error == 0, "OpenSSL takes the protocols' names")
    }
}

extension TLSSession {
    /// As ``Connection/certificateError``.
    var certificateError: String? {
        let code = unsafe SSL_get_verify_result(state.pointee.session)
        guard code != X509_V_OK else { return nil }
        // Safe: OpenSSL's texts are static.
        return unsafe String(cString: X509_verify_cert_error_string(code))
    }

    /// A client's session on a connection that is made.
    /// - Parameter host: whose certificate is expected: a name, which is asked for, or an address.
    /// - Returns: nil where OpenSSL has no memory for it.
    init?(_ context: TLSClientContext, host: String, descriptor: Int32) {
        unsafe self.init(context.context, TLSLimits(), descriptor: descriptor)
        let session = unsafe state.pointee.session
        unsafe state.pointee.keepsReason = true
        unsafe SSL_set_connect_state(session)
        // Without a name to expect, OpenSSL takes a certificate of anybody's.
        precondition(!host.isEmpty, "a certificate is expected to be somebody's")
        unsafe SSL_set_hostflags(session, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        guard unsafe SSL_set1_host(session, host) == 1 else {
            end()
            OpenSSLErrorQueue.clear()
            return nil
        }
        // An address is not asked for by name (RFC 6066, section 3).
        if SocketAddress(literal: host, port: 0) == nil {
            unsafe _ = portillon_tls_set_server_name(session, host)
        }
    }
}
