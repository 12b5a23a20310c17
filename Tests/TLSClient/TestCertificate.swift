internal import COpenSSL
internal import Glibc

/// A certificate made for a test, and its key, in files.
package struct TestCertificate: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case ecdsa, rsa
    }

    package let certificate: String
    package let key: String
    private let pair: Pair

    /// OpenSSL's side of it, freed with the last copy.
    @safe
    private final class Pair: @unchecked Sendable {
        // `@unchecked Sendable`: nobody changes either once they are made.
        let certificate: OpaquePointer
        let key: OpaquePointer

        init(_ certificate: OpaquePointer, _ key: OpaquePointer) {
            unsafe (self.certificate, self.key) = unsafe (certificate, key)
        }

        deinit {
            unsafe X509_free(certificate)
            unsafe EVP_PKEY_free(key)
        }
    }

    /// Makes a certificate and writes it to `<path>.pem` and `<path>.key`.
    /// - Parameters:
    ///   - names: the hosts it is for; the first is its common name too.
    ///   - secondsLeft: until it ends; negative where it has ended.
    ///   - issuer: who signs it; nil signs itself, and may sign others.
    ///   - bits: of an RSA key.
    package init(
        at path: String, names: [String], kind: Kind = .ecdsa, secondsLeft: Int = 86_400,
        issuer: TestCertificate? = nil, bits: Int32 = 2_048
    ) throws(TLSFailure) {
        certificate = path + ".pem"
        key = path + ".key"
        let key = unsafe try Self.makeKey(kind, bits)
        guard let leaf = unsafe X509_new() else { throw TLSFailure.last("X509_new") }
        unsafe pair = Pair(leaf, key)
        let signer = issuer?.pair ?? pair
        unsafe X509_set_version(leaf, 2)
        unsafe ASN1_INTEGER_set(X509_get_serialNumber(leaf), Int.random(in: 1 ... .max))
        unsafe X509_gmtime_adj(X509_getm_notBefore(leaf), -2 * 86_400)
        unsafe X509_gmtime_adj(X509_getm_notAfter(leaf), secondsLeft)
        unsafe X509_set_pubkey(leaf, key)
        let subject = unsafe X509_get_subject_name(leaf)
        unsafe X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, names[0], -1, -1, 0)
        unsafe X509_set_issuer_name(leaf, X509_get_subject_name(signer.certificate))
        let alternatives = names.map { name in
            let isAddress = name.contains(":") || name.first?.isNumber == true
            return isAddress ? "IP:\(name)" : "DNS:\(name)"
        }
        try add(NID_subject_alt_name, alternatives.joined(separator: ","))
        if issuer == nil { try add(NID_basic_constraints, "critical,CA:TRUE") }
        guard unsafe X509_sign(leaf, signer.key, EVP_sha256()) > 0 else {
            throw TLSFailure.last("X509_sign")
        }
        try write()
    }

    private static func makeKey(_ kind: Kind, _ bits: Int32) throws(TLSFailure) -> OpaquePointer {
        let context = unsafe EVP_PKEY_CTX_new_from_name(nil, kind == .rsa ? "RSA" : "EC", nil)
        defer { unsafe EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard unsafe EVP_PKEY_keygen_init(context) == 1,
            unsafe kind == .rsa
                ? EVP_PKEY_CTX_set_rsa_keygen_bits(context, bits) == 1
                : EVP_PKEY_CTX_set_group_name(context, "P-256") == 1,
            unsafe EVP_PKEY_generate(context, &key) == 1, let key = unsafe key
        else { throw TLSFailure.last("EVP_PKEY_generate") }
        return unsafe key
    }

    private func add(_ kind: Int32, _ value: String) throws(TLSFailure) {
        guard let extra = unsafe X509V3_EXT_conf_nid(nil, nil, kind, value) else {
            throw TLSFailure.last(value)
        }
        unsafe X509_add_ext(pair.certificate, extra, -1)
        unsafe X509_EXTENSION_free(extra)
    }

    /// Writes both files anew: what a renewal that changes nothing would do.
    package func write() throws(TLSFailure) {
        unsafe try Self.write(to: certificate) { file in
            unsafe PEM_write_bio_X509(file, pair.certificate)
        }
        unsafe try Self.write(to: key) { file in
            unsafe PEM_write_bio_PrivateKey(file, pair.key, nil, nil, 0, nil, nil)
        }
        unsafe chmod(key, 0o600)
    }

    private static func write(
        to path: String, _ body: (OpaquePointer?) -> Int32
    ) throws(TLSFailure) {
        let file = unsafe BIO_new_file(path, "w")
        defer { unsafe BIO_free(file) }
        guard unsafe body(file) == 1 else { throw TLSFailure.last(path) }
    }
}

/// What OpenSSL says went wrong.
package struct TLSFailure: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }

    static func last(_ subject: String) -> TLSFailure {
        let reason = unsafe ERR_reason_error_string(ERR_get_error()).map {
            unsafe String(cString: $0)
        }
        ERR_clear_error()
        return TLSFailure("\(subject): \(reason ?? "no reason given")")
    }
}
