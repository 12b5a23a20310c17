internal import Bytes
internal import Cryptography
internal import Foundation
internal import Glibc
internal import Journal
internal import Ledger

/// Who may use the admin listener: for now whoever holds the admin token.
///
/// The process keeps the token's digest only; the token itself is in `admin.token`, readable by
/// the gateway's user alone.
struct AdminTokens: Sendable {
    private let digest: SHA256Digest

    /// Where the token of a data directory is.
    static func path(in data: String) -> String { data + "/admin.token" }

    /// Reads the data directory's token; the first start makes one.
    /// - Throws: ``StartError`` naming the file.
    init(data: String) throws(StartError) {
        let path = Self.path(in: data)
        if !FileManager.default.fileExists(atPath: path) {
            try Self.write(Token.secret(prefix: "at_"), to: path)
        }
        let token: String
        do {
            token = try String(contentsOfFile: path, encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
        } catch {
            throw .file("\(path): the admin token cannot be read; make it readable for this user")
        }
        guard token.utf8.count >= 16 else {
            throw .file(
                "\(path): an admin token has 16 bytes or more; remove the file for a new one")
        }
        digest = Token.digest(of: token)
    }

    /// Who sends the request.
    /// - Throws: ``Problem`` 401 where it does not carry the token.
    @discardableResult
    func require(_ authorization: String?) throws(Problem) -> Author {
        guard permits(authorization) else { throw .noToken }
        return .admin
    }

    /// Whether an `Authorization` field carries the token.
    func permits(_ authorization: String?) -> Bool {
        guard let authorization else { return false }
        let given = authorization.withBytes { value -> SHA256Digest? in
            guard let range = Bearer.credential(in: value) else { return nil }
            var digester = SHA256()
            return digester.digest(value.extracting(range))
        }
        guard let given else { return false }
        return constantTimeEquals(given.bytes, digest.bytes)
    }

    /// Under another name first, so that a half-written token is never in the way of a later start.
    private static func write(_ token: String, to path: String) throws(StartError) {
        let draft = path + ".new"
        let line = Array((token + "\n").utf8)
        let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .file("\(draft): the admin token cannot be written; make the folder writable")
        }
        let count = unsafe line.withUnsafeBytes {
            unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
        }
        let isStored = count == line.count && fsync(descriptor) == 0
        _ = close(descriptor)
        guard isStored, unsafe rename(draft, path) == 0 else {
            throw .file("\(draft): the disk did not take the admin token")
        }
    }
}
