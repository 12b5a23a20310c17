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
            if certificate.notBefore > now {
                warnings.append(
                    "\(pair.certificate): not valid yet; clients refuse it until it is")
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
                    "another certificate has the same names and kind of key; remove one"
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
