/// The files that a listener's TLS is made of, all in PEM.
package struct TLSFiles: Sendable, Equatable {
    /// A certificate, followed by what leads to its root, and the key that goes with it.
    package struct Pair: Sendable, Equatable {
        package let certificate: String
        package let key: String

        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// The first is shown to who asks for no name, or for one that none of them has. An ECDSA and
    /// an RSA certificate of the same names stand in for each other.
    package let pairs: [Pair]
    /// Who has to have signed a client's certificate; nil asks clients for none.
    package let clientAuthorities: String?

    /// - Precondition: there is a pair.
    package init(pairs: [Pair], clientAuthorities: String? = nil) {
        precondition(!pairs.isEmpty, "TLS takes a certificate")
        self.pairs = pairs
        self.clientAuthorities = clientAuthorities
    }
}
