internal import Bytes
internal import Cryptography
internal import Wire

/// Who sends a request: the front-end key in its `Authorization`, remembered or digested.
struct FrontEndKeys: ~Copyable {
    private var recentKeys = RecentKeys()
    private var digester = SHA256()

    /// The front-end key in `Authorization`, if it is one that is valid.
    mutating func authenticate(
        _ head: borrowing RequestParser, _ request: RawSpan, in directory: borrowing Directory
    ) -> DirectoryKey? {
        guard let range = head[.authorization] else { return nil }
        let value = request.extracting(range.range)
        guard let credential = Bearer.credential(in: value) else { return nil }
        let hash = recentKeys.hash(value.extracting(credential))
        if let index = recentKeys.key(hash), let key = directory.key(index) {
            return key.isRevoked ? nil : key
        }
        let digest = digester.digest(value.extracting(credential))
        guard let key = directory.key(digest: digest), !key.isRevoked else { return nil }
        recentKeys.remember(key.index, as: hash)
        return key
    }
}
