internal import Bytes
internal import Cryptography
internal import Files
internal import Ledger
internal import Log
internal import Projections
internal import Synchronization

/// Who may use the admin listener: whoever holds the admin token, and those for whom a token was
/// made.
///
/// The process keeps digests only: the admin token's here, from `admin.token`, which the gateway's
/// user alone can read; those of the other tokens, which are shown once, in the projected state.
final class AdminTokens: Sendable {
    private let path: String
    private let digest: Mutex<SHA256Digest>

    /// Where the token of a data directory is.
    static func path(in data: String) -> String { data + "/admin.token" }

    /// Reads the data directory's token; the first start makes one.
    /// - Throws: ``StartError`` naming the file.
    init(data: String) throws(StartError) {
        path = Self.path(in: data)
        if SecretReader.isAbsent(path) {
            try Self.write(Token.secret(prefix: "at_"), in: data)
        }
        digest = Mutex(try Self.read(path))
    }

    /// Reads the file again: the token may have been replaced.
    /// - Returns: whether it is another one.
    /// - Throws: ``StartError`` naming the file; the token is then the one before.
    func reload() throws(StartError) -> Bool {
        let read = try Self.read(path)
        return digest.withLock { digest in
            if constantTimeEquals(digest.bytes, read.bytes) { return false }
            digest = read
            return true
        }
    }

    private static func read(_ path: String) throws(StartError) -> SHA256Digest {
        let token: String
        do throws(SecretError) {
            token = try SecretReader.text(path, for: .process)
        } catch {
            throw .file("admin token \(error)")
        }
        guard token.utf8.count >= 16 else {
            throw .file(
                "\(path): shorter than 16 bytes; remove the file to get a new admin token")
        }
        return Token.digest(of: token)
    }

    /// Whose token an `Authorization` field carries; nil without one that works.
    func holder(_ authorization: String?, among state: ProjectedState) -> Author? {
        guard let authorization else { return nil }
        let given = authorization.withBytes { value -> SHA256Digest? in
            guard let range = Bearer.credential(in: value) else { return nil }
            var digester = SHA256()
            return digester.digest(value.extracting(range))
        }
        guard let given else { return nil }
        let digest = digest.withLock { $0 }
        if constantTimeEquals(given.bytes, digest.bytes) { return .admin }
        // Which slot is looked at follows from a digest, and tells nothing of any token.
        return KeyDigest(given.bytes).flatMap { state.holder($0) }
    }

    private static func write(_ token: String, in data: String) throws(StartError) {
        let line = Array((token + "\n").utf8)
        do {
            try unsafe DurableFile.write(line.span.bytes, to: path(in: data))
        } catch {
            throw .file("\(error): cannot store the admin token; check the disk")
        }
    }
}
