internal import COpenSSL
internal import Glibc

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
            throw TLSFileError(part, path, "not a file; must be a PEM file")
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
        throw error(
            isEncrypted
                ? "is encrypted; must be a key without a passphrase"
                : "no private key found; must be PEM")
    }

    func error(_ detail: String) -> TLSFileError {
        ERR_clear_error()
        return TLSFileError(part, path, detail)
    }
}
