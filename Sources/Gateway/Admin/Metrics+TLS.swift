internal import Exposition
internal import Sockets

/// The families of listeners that speak TLS, and of what a node of a cluster shows; a plain one has
/// none.
extension Metrics {
    func writeTLS(_ writer: inout MetricsWriter) {
        writeHandshakes(&writer)
        let shown = shared.certificates.shown
        guard !shown.isEmpty else { return }
        writer.family(
            "portillon_tls_certificate_expiry_timestamp_seconds", .gauge, unit: "seconds",
            help: "When a certificate in use expires, since 1970-01-01T00:00:00Z.")
        for certificate in shown {
            writer.sample(Double(certificate.notAfter)) { labels in
                labels.add("listener", certificate.listener)
                labels.add("certificate", certificate.path)
            }
        }
    }

    private func writeHandshakes(_ writer: inout MetricsWriter) {
        let certificates = shared.certificates
        guard !certificates.isEmpty else { return }
        writer.family(
            "portillon_tls_handshakes", .counter,
            help: "TLS handshakes, by result and negotiated version.")
        for kind in ListenerKind.allCases where certificates.context(kind) != nil {
            for result in HandshakeResult.allCases {
                writer.sample(shared.instruments.handshakes(result, kind)) { labels in
                    labels.add("listener", kind.label)
                    labels.add("result", result.label)
                    labels.add("version", result.version)
                }
            }
        }
    }
}
