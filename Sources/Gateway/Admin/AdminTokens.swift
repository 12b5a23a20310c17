internal import Bytes
internal import Cryptography
internal import Files
internal import Foundation
internal import Ledger
internal import Log
internal import Projections
internal import Synchronization
internal import Time

/// Who may use the admin listener: whoever holds the admin token, and those for whom a token was
/// made.
///
/// The process keeps digests only: the admin token's here, from `admin.token`, which the gateway's
/// user alone can read; those of the other tokens, which are shown once, in the projected state.
///
/// The admin token does not expire: it is what an operator gets back in by, and whoever can read
/// its file can replace it. Where it is old, the log says so, once a day while it is in use.
final class AdminTokens: Sendable {
    private let path: String
    private let state: Mutex<State>

    private struct State {
        var digest: SHA256Digest
        /// When the file was written; nil where the system does not say.
        var writtenAt: Timestamp?
        /// When its age was reported last.
        var reportedAt: Timestamp?
    }

    /// What an `Authorization` field carries.
    enum Credential {
        /// No token, or none that works.
        case unknown
        case admin
        /// The token at this index of the catalogue.
        case token(UInt32, Catalogue.AccessToken)
        /// The same, where its time is over.
        case expired(Catalogue.AccessToken)
    }

    /// Where the token of a data directory is.
    static func path(in data: String) -> String { data + "/admin.token" }

    /// Reads the data directory's token; the first start makes one.
    /// - Throws: ``StartError`` naming the file.
    init(data: String) throws(StartError) {
        path = Self.path(in: data)
        if SecretReader.isAbsent(path) {
            try Self.write(Token.secret(prefix: "at_"), in: data)
        }
        state = Mutex(State(digest: try Self.read(path), writtenAt: Self.modification(of: path)))
    }

    /// Reads the file again: the token may have been replaced.
    /// - Returns: whether it is another one.
    /// - Throws: ``StartError`` naming the file; the token is then the one before.
    func reload() throws(StartError) -> Bool {
        let read = try Self.read(path)
        let writtenAt = Self.modification(of: path)
        return state.withLock { state in
            if constantTimeEquals(state.digest.bytes, read.bytes) { return false }
            state = State(digest: read, writtenAt: writtenAt)
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

    /// When a file was changed last; links are followed.
    private static func modification(of path: String) -> Timestamp? {
        let file = URL(filePath: path).resolvingSymlinksInPath()
        // A time that cannot be read leaves out a warning, and nothing else.
        let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
        return (attributes?[.modificationDate] as? Date).map {
            Timestamp(milliseconds: Int64($0.timeIntervalSince1970 * 1_000))
        }
    }

    /// What an `Authorization` field carries.
    /// - Parameter now: the ledger's time, which decides what has expired.
    func credential(
        _ authorization: String?, among projected: ProjectedState, at now: Timestamp
    ) -> Credential {
        credential(of: Self.digest(in: authorization), among: projected, at: now)
    }

    /// The digest of the token that an `Authorization` field carries; nil without one.
    static func digest(in authorization: String?) -> SHA256Digest? {
        guard let authorization else { return nil }
        return authorization.withBytes { value -> SHA256Digest? in
            guard let range = Bearer.credential(in: value) else { return nil }
            var digester = SHA256()
            return digester.digest(value.extracting(range))
        }
    }

    /// What a token is now, by its digest: for what goes on after its request was permitted.
    func credential(
        of given: SHA256Digest?, among projected: ProjectedState, at now: Timestamp
    ) -> Credential {
        guard let given else { return .unknown }
        let digest = state.withLock { $0.digest }
        if constantTimeEquals(given.bytes, digest.bytes) { return .admin }
        // Which slot is looked at follows from a digest, and tells nothing of any token.
        guard let found = KeyDigest(given.bytes).flatMap({ projected.token($0) }) else {
            return .unknown
        }
        return found.token.hasExpired(at: now)
            ? .expired(found.token) : .token(found.index, found.token)
    }

    /// The admin token's age in days, where it is so old that somebody should replace it, and where
    /// that was not said within the last day. To be asked when it is used.
    func overdueDays(at now: Timestamp) -> Int? {
        state.withLock { state in
            guard let writtenAt = state.writtenAt else { return nil }
            let days = TokenLifetime.days(from: writtenAt, to: now)
            guard days >= TokenLifetime.adminFileDays else { return nil }
            if let reported = state.reportedAt, TokenLifetime.days(from: reported, to: now) < 1 {
                return nil
            }
            state.reportedAt = now
            return days
        }
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
