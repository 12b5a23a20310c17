internal import Files

/// The file that a master key was read from, looked at while the process runs: a start that does
/// not find the same key in it opens nothing.
///
/// The contents count, and not which file it is: Kubernetes puts another one in its place, with the
/// same key. It is read again only where something about it has changed.
package struct WatchedMasterKey: Sendable {
    private let path: String
    /// Tells the key from others, and says nothing of it.
    private let check: String
    /// The file as it was when it held the key last.
    private var seen: FileIdentity

    /// Reads the file, and remembers what it holds. It is none of a supervisor's credentials: those
    /// go with the process.
    package init(_ path: String) throws(KeyVaultError) {
        self.path = path
        guard let seen = try Self.identity(path) else { throw .masterKeyMissing(file: path) }
        self.seen = seen
        check = MasterKey.check(try MasterKey.key(path, isGuarded: false))
    }

    /// What a start would say of the file, as a sentence's end; nil while it holds the key.
    package mutating func finding() -> String? {
        do throws(KeyVaultError) {
            guard let now = try Self.identity(path) else {
                return "master key \(path) was removed or renamed"
            }
            if isAsSeen(now) { return nil }
            guard MasterKey.check(try MasterKey.key(path, isGuarded: false)) == check else {
                return "master key \(path) was replaced by another key"
            }
            seen = now
            return nil
        } catch {
            return "\(error)"
        }
    }

    private func isAsSeen(_ now: FileIdentity) -> Bool {
        now == seen && now.changed == seen.changed && now.modified == seen.modified
            && now.lengthBytes == seen.lengthBytes
    }

    private static func identity(_ path: String) throws(KeyVaultError) -> FileIdentity? {
        do throws(FileError) {
            return try FileIdentity(path)
        } catch {
            throw .system(error)
        }
    }
}
