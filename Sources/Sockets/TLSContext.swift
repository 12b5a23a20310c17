internal import COpenSSL

/// What a listener's TLS sessions are made from: its certificates, by Mozilla's intermediate
/// profile. It does not change; new files make a new context, and sessions keep the one they have.
@safe
package final class TLSContext: @unchecked Sendable {
    // `@unchecked Sendable`: OpenSSL counts references to a context with atomics, and nobody
    // changes one that sessions are made from.

    /// The default context; owned, released by `deinit`. Sessions hold it too.
    let context: OpaquePointer
    /// A certificate that is shown: its file, and when it ends, in seconds since 1970.
    package let certificates: [(path: String, notAfter: Int64)]
    /// What is not wrong, but not well either: a line each.
    package let warnings: [String]

    /// - Parameters:
    ///   - tickets: nil for no tickets: with client certificates, who was let in once would come
    ///     back by a ticket, whatever has become of the certificate.
    ///   - now: seconds since 1970.
    /// - Throws: ``TLSFileError`` naming the file that is not as it must be.
    package init(_ files: TLSFiles, tickets: TicketKeys?, now: Int64) throws(TLSFileError) {
        var hosts: [TLSHost] = []
        var certificates: [(path: String, notAfter: Int64)] = []
        var warnings: [String] = []
        for pair in files.pairs {
            let certificate = try TLSCertificate(pair, now: now)
            certificates.append((pair.certificate, certificate.notAfter))
            if certificate.isKeyOpen {
                warnings.append(
                    "\(pair.key): others than its owner can read or change this key; chmod 600 "
                        + "keeps them out")
            }
            if certificate.notBefore > now {
                warnings.append(
                    "\(pair.certificate): it is not valid yet; clients refuse it until it is")
            }
            try Self.add(certificate, to: &hosts, files, tickets)
        }
        unsafe context = hosts[0].context
        unsafe SSL_CTX_up_ref(context)
        self.certificates = certificates
        self.warnings = warnings
        if hosts.count > 1 { hosts[0].choose(from: hosts) }
    }

    deinit {
        unsafe SSL_CTX_free(context)
    }

    /// A certificate joins the one of another kind that has the same names, or is a host by itself.
    private static func add(
        _ certificate: TLSCertificate, to hosts: inout [TLSHost], _ files: TLSFiles,
        _ tickets: TicketKeys?
    ) throws(TLSFileError) {
        let names = certificate.names
        for host in hosts where host.names == names {
            guard !host.kinds.contains(certificate.kind) else {
                throw TLSFileError(
                    .certificate, certificate.path,
                    "another one has the same names and the same kind of key; leave one of them out"
                )
            }
            try host.add(certificate)
            return
        }
        let host = try TLSHost(files, tickets)
        try host.add(certificate)
        hosts.append(host)
    }
}

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
                .clientAuthorities, path, "it holds no certificate; it takes the authority's in PEM"
            )
        }
        unsafe SSL_CTX_set_client_CA_list(context, names)
        unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
    }
}
