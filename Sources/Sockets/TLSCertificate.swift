internal import COpenSSL
internal import Glibc

/// A certificate with its key and what leads to its root, read and checked.
@safe
final class TLSCertificate {
    /// Owned, freed by `deinit`: the certificate, its key, and the certificates behind it.
    private let leaf: OpaquePointer
    private let key: OpaquePointer
    private let chain: OpaquePointer?

    let path: String
    /// Whom it is for, sorted; where it names no host, its subject.
    let names: [String]
    /// When it begins and ends, in seconds since 1970.
    let notBefore: Int64
    let notAfter: Int64
    /// The kind of its key, as OpenSSL counts them.
    let kind: Int32

    /// - Parameter now: seconds since 1970.
    /// - Throws: ``TLSFileError`` naming the file that is missing, unreadable, damaged, not the
    ///   other's or out of time.
    convenience init(_ pair: TLSFiles.Pair, now: Int64) throws(TLSFileError) {
        let certificates = try PEMFile(pair.certificate, .certificate)
        let keys = try PEMFile(pair.key, .key)
        guard let leaf = unsafe PEM_read_bio_X509_AUX(certificates.bio, nil, nil, nil) else {
            throw certificates.error("no certificate found; must be PEM")
        }
        var chain: [OpaquePointer] = unsafe []
        while let next = unsafe PEM_read_bio_X509(certificates.bio, nil, nil, nil) {
            unsafe chain.append(next)
        }
        // The end of the file is one more certificate that is not there; anything else is damage.
        let isWhole = portillon_pem_has_ended() == 1
        ERR_clear_error()
        guard isWhole else {
            let count = unsafe chain.count + 1
            unsafe ([leaf] + chain).forEach { unsafe X509_free($0) }
            throw certificates.error(
                "the data behind certificate \(count) is damaged; must be a chain of "
                    + "certificates in PEM")
        }
        let key: OpaquePointer
        do throws(TLSFileError) {
            unsafe key = try keys.readKey()
        } catch {
            unsafe ([leaf] + chain).forEach { unsafe X509_free($0) }
            throw error
        }
        unsafe self.init(leaf, key, chain, path: pair.certificate)
        try check(pair, now: now)
    }

    private init(
        _ leaf: OpaquePointer, _ key: OpaquePointer, _ chain: [OpaquePointer], path: String
    ) {
        unsafe self.leaf = unsafe leaf
        unsafe self.key = unsafe key
        let stack = unsafe OPENSSL_sk_new_null()
        unsafe chain.forEach { unsafe OPENSSL_sk_push(stack, UnsafeRawPointer($0)) }
        unsafe self.chain = unsafe stack
        self.path = path
        unsafe names = Self.names(of: leaf)
        unsafe notBefore = Self.seconds(X509_get0_notBefore(leaf))
        unsafe notAfter = Self.seconds(X509_get0_notAfter(leaf))
        // The kind is of the public key, which the certificate holds.
        unsafe kind = EVP_PKEY_get_base_id(X509_get0_pubkey(leaf))
    }

    deinit {
        unsafe X509_free(leaf)
        unsafe EVP_PKEY_free(key)
        while let certificate = unsafe OPENSSL_sk_pop(chain) {
            unsafe X509_free(OpaquePointer(certificate))
        }
        unsafe OPENSSL_sk_free(chain)
    }

    private func check(_ pair: TLSFiles.Pair, now: Int64) throws(TLSFileError) {
        guard unsafe X509_check_private_key(leaf, key) == 1 else {
            ERR_clear_error()
            throw TLSFileError(
                .key, pair.key, "does not belong to \(pair.certificate); name the key that does"
            )
        }
        guard notAfter > now else {
            throw TLSFileError(
                .certificate, pair.certificate,
                "has expired; name a valid certificate and its key")
        }
    }

    /// Gives it to a context; a context has one certificate for each kind of key.
    func install(in context: OpaquePointer) throws(TLSFileError) {
        guard unsafe SSL_CTX_use_cert_and_key(context, leaf, key, chain, 1) == 1 else {
            throw TLSFileError(
                .certificate, path, "OpenSSL rejects it (\(OpenSSLErrorQueue.popReason()))")
        }
    }

    // MARK: What it says

    /// The DNS names that it is for; its subject where it has none.
    private static func names(of leaf: OpaquePointer) -> [String] {
        var names: [String] = []
        let list = unsafe X509_get_ext_d2i(leaf, NID_subject_alt_name, nil, nil)
        if let list = unsafe list.map({ OpaquePointer($0) }) {
            for index in unsafe 0..<max(OPENSSL_sk_num(list), 0) {
                guard let value = unsafe OPENSSL_sk_value(list, index) else { continue }
                let name = unsafe value.assumingMemoryBound(to: GENERAL_NAME.self)
                guard unsafe name.pointee.type == GEN_DNS,
                    let text = unsafe name.pointee.d.dNSName,
                    let start = unsafe ASN1_STRING_get0_data(text)
                else { continue }
                let bytes = unsafe UnsafeBufferPointer(
                    start: start, count: Int(ASN1_STRING_length(text)))
                names.append(unsafe String(decoding: bytes, as: UTF8.self).lowercased())
            }
            unsafe GENERAL_NAMES_free(list)
        }
        if !names.isEmpty { return names.sorted() }
        guard let line = unsafe X509_NAME_oneline(X509_get_subject_name(leaf), nil, 0) else {
            return []
        }
        defer { unsafe CRYPTO_free(line, #file, #line) }
        return unsafe [String(cString: line)]
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
        var fields = unsafe tm()
        // A time that cannot be read is one that has passed.
        guard unsafe ASN1_TIME_to_tm(time, &fields) == 1 else { return 0 }
        return unsafe Int64(timegm(&fields))
    }
}
