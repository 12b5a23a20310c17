internal import Bytes
internal import COpenSSL
internal import Files

/// A file of PEM, read.
@safe
struct PEMFile: ~Copyable {
    private let part: TLSFileError.Part
    private let path: String
    /// Owned, freed by `deinit`. It has a copy of the file, which OpenSSL overwrites when it goes.
    let bio: OpaquePointer

    init(_ path: String, _ part: TLSFileError.Part) throws(TLSFileError) {
        var bytes: ByteBuffer
        do throws(SecretError) {
            bytes = try SecretReader.read(path, for: part == .key ? .group : .none)
        } catch {
            throw TLSFileError(part, path, error.detail)
        }
        defer { SecretReader.wipe(&bytes) }
        guard let bio = unsafe BIO_new(BIO_s_mem()),
            // `unsafe`: OpenSSL copies the bytes during the call.
            unsafe bytes.bytes.withUnsafeBytes({
                unsafe BIO_write(bio, $0.baseAddress, Int32($0.count))
            }) == Int32(bytes.count)
        else { throw TLSFileError(part, path, "no memory to read it") }
        self.path = path
        self.part = part
        unsafe self.bio = bio
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
