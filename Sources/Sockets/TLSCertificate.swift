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
    /// Whether every user may read the key's file, or others than its owner may change it.
    private(set) var isKeyOpen = false

    /// - Parameter now: seconds since 1970.
    /// - Throws: ``TLSFileError`` naming the file that is missing, unreadable, damaged, not the other's
    ///   or out of time.
    convenience init(_ pair: TLSFiles.Pair, now: Int64) throws(TLSFileError) {
        let certificates = try PEMFile(pair.certificate, .certificate)
        let keys = try PEMFile(pair.key, .key)
        guard let leaf = unsafe PEM_read_bio_X509_AUX(certificates.bio, nil, nil, nil) else {
            throw certificates.fault("it holds no certificate; it takes one in PEM")
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
            throw certificates.fault(
                "what stands behind its certificate \(count) is damaged; it takes a chain of "
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
        isKeyOpen = keys.isOpenToOthers
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
                .key, pair.key, "it is not the key of \(pair.certificate); it takes the one that is"
            )
        }
        guard notAfter > now else {
            throw TLSFileError(
                .certificate, pair.certificate,
                "it has expired; it takes one that is valid, and the key that goes with it")
        }
    }

    /// Gives it to a context; a context has one certificate for each kind of key.
    func install(in context: OpaquePointer) throws(TLSFileError) {
        guard unsafe SSL_CTX_use_cert_and_key(context, leaf, key, chain, 1) == 1 else {
            throw TLSFileError(
                .certificate, path, "OpenSSL does not take it (\(OpenSSLErrorQueue.popReason()))")
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

/// A file of PEM, open for reading.
@safe
struct PEMFile: ~Copyable {
    private let part: TLSFileError.Part
    private let path: String
    /// Owned, freed by `deinit`, which closes the file.
    let bio: OpaquePointer
    /// Whether every user may read it, or others than its owner may change it.
    let isOpenToOthers: Bool

    init(_ path: String, _ part: TLSFileError.Part) throws(TLSFileError) {
        // Without waiting: a pipe that nobody writes to is not to be waited for.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw TLSFileError(part, path, "\(unsafe String(cString: strerror(errno)))")
        }
        var state = stat()
        guard unsafe fstat(descriptor, &state) == 0, state.st_mode & S_IFMT == S_IFREG,
            let file = unsafe fdopen(descriptor, "r"),
            let bio = unsafe BIO_new_fp(file, BIO_CLOSE)
        else {
            // A stream that has no BIO is lost with its buffer: there was no memory for either.
            _ = close(descriptor)
            throw TLSFileError(part, path, "it is not a file; it takes one in PEM")
        }
        self.path = path
        self.part = part
        unsafe self.bio = bio
        isOpenToOthers = state.st_mode & (S_IROTH | S_IWOTH | S_IWGRP) != 0
    }

    deinit {
        unsafe BIO_free(bio)
    }

    func readKey() throws(TLSFileError) -> OpaquePointer {
        var isEncrypted = false
        let key = unsafe PEM_read_bio_PrivateKey(
            bio, nil,
            { _, _, _, asked in
                // Nobody is there who could be asked for a passphrase.
                unsafe asked?.storeBytes(of: true, as: Bool.self)
                return -1
            }, &isEncrypted)
        if let key = unsafe key { return unsafe key }
        throw fault(
            isEncrypted
                ? "it is encrypted; it takes a key without a passphrase"
                : "it holds no private key; it takes one in PEM")
    }

    func fault(_ detail: String) -> TLSFileError {
        ERR_clear_error()
        return TLSFileError(part, path, detail)
    }
}

/// OpenSSL's list of what went wrong on this thread.
enum OpenSSLErrorQueue {
    /// The first entry's reason, in words; the list is empty afterwards.
    static func popReason() -> String {
        let first = ERR_get_error()
        ERR_clear_error()
        guard let text = unsafe ERR_reason_error_string(first) else { return "error \(first)" }
        return unsafe String(cString: text)
    }

    /// Empties it: what an earlier call has left would be taken for the next one's.
    static func clear() {
        if ERR_peek_error() != 0 { ERR_clear_error() }
    }
}
