internal import COpenSSL

/// The certificates for one set of names, and the context that shows them.
@safe
final class TLSHost {
    /// Owned, released by `deinit`.
    let context: OpaquePointer
    private(set) var names: [String] = []
    private(set) var kinds: Set<Int32> = []

    init(_ files: TLSFiles, _ tickets: TicketKeys?) throws(TLSFileError) {
        guard let context = unsafe portillon_tls_server_new() else {
            preconditionFailure(
                "OpenSSL knows the profile's ciphers: \(OpenSSLErrorQueue.popReason())")
        }
        unsafe self.context = context
        unsafe SSL_CTX_set_alpn_select_cb(context, TLSCallbacks.chooseProtocol, nil)
        unsafe TLSCallbacks.keep(TLSParts(tickets), in: context)
        unsafe SSL_CTX_set_msg_callback(context, TLSCallbacks.watch)
        // A session is resumed where it was made: the other listener has keys of its own.
        let scope: StaticString = "portillon"
        unsafe SSL_CTX_set_session_id_context(
            context, scope.utf8Start, UInt32(scope.utf8CodeUnitCount))
        if let tickets {
            unsafe SSL_CTX_set_tlsext_ticket_key_evp_cb(context, TLSCallbacks.prepareTicket)
            unsafe SSL_CTX_set_timeout(context, tickets.lifetimeSeconds)
        } else {
            unsafe SSL_CTX_set_options(context, TLSCallbacks.noTicket)
            unsafe SSL_CTX_set_num_tickets(context, 0)
        }
        if let path = files.clientAuthorities { try requestClientCertificates(signedBy: path) }
    }

    deinit {
        unsafe SSL_CTX_free(context)
    }

    func add(_ certificate: TLSCertificate) throws(TLSFileError) {
        unsafe try certificate.install(in: context)
        names = certificate.names
        kinds.insert(certificate.kind)
    }

    /// Has clients choose between these by the name that they ask for (RFC 6066, section 3).
    func choose(from hosts: [TLSHost]) {
        unsafe TLSCallbacks.parts(of: context)?.others = hosts.dropFirst().map {
            unsafe TLSParts.Other(context: $0.context)
        }
        unsafe portillon_tls_on_server_name(context, TLSCallbacks.chooseHost)
    }

    private func requestClientCertificates(signedBy path: String) throws(TLSFileError) {
        // Opened by ourselves first: OpenSSL's words for a file that is not there are no help.
        _ = try PEMFile(path, .clientAuthorities)
        guard unsafe SSL_CTX_load_verify_file(context, path) == 1,
            let names = unsafe SSL_load_client_CA_file(path)
        else {
            ERR_clear_error()
            throw TLSFileError(
                .clientAuthorities, path, "no certificate found; must be the authority's in PEM"
            )
        }
        unsafe SSL_CTX_set_client_CA_list(context, names)
        unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
    }
}
