internal import Bytes
internal import Glibc

/// A file of secrets whose earlier contents must not stay behind when it is replaced or removed:
/// the old bytes are overwritten in place and synced before their name goes.
///
/// To replace `PATH`, in this order, each step durable before the next:
///
/// 1. `PATH.new` is written;
/// 2. `PATH.old` becomes a second name of the old file;
/// 3. `PATH.new` is renamed to `PATH`: from here on the new contents count;
/// 4. `PATH.old` is overwritten, then removed.
///
/// A crash before 3 leaves the old contents in force, one after it the new ones; ``recover(_:)``
/// finishes what is left of either. So when ``replace(_:with:)`` or ``recover(_:)`` has returned,
/// no file of the folder holds what was replaced.
///
/// What this cannot reach: a file system that writes to new places (btrfs, ZFS, one with
/// `data=journal`), a solid-state disk that does so by itself, and snapshots and copies of the
/// folder may keep the old bytes. So secrets are stored wrapped by a key that lies elsewhere.
package enum SecretFile {
    private static func newName(_ path: String) -> String { DurableFile.temporary(path) }
    private static func oldName(_ path: String) -> String { path + ".old" }

    /// Puts a file in place of what may be there, which is destroyed.
    /// - Throws: ``FileError``. Then either the old or the new contents are in force, and
    ///   ``recover(_:)`` has to be called before what was replaced is known to be gone. Where there
    ///   was no file, there is none then, as far as the disk lets it be removed.
    package static func replace(_ path: String, with bytes: RawSpan) throws(FileError) {
        try recover(path)
        let folder = Folder.containing(path)
        do throws(FileError) {
            let file = try File(newName(path), O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            try file.write(bytes, at: 0)
            try file.sync()
        } catch {
            // Part of it may be on the disk. Where it cannot be overwritten, the next call does it.
            try? destroy(newName(path))
            throw error
        }
        let isThere = File.exists(path)
        do throws(FileError) {
            if isThere {
                try File.link(path, to: oldName(path))
                try Folder.sync(folder)
            }
            try File.rename(newName(path), to: path)
            try Folder.sync(folder)
        } catch {
            leaveNothing(of: path, isThere: isThere)
            throw error
        }
        if isThere { try destroy(oldName(path)) }
    }

    /// A replacement has failed: what is not in force is destroyed, as far as it can be. The old
    /// contents are not, once the new ones have their name: it may not be durable.
    private static func leaveNothing(of path: String, isThere: Bool) {
        if File.exists(newName(path)) {
            // The first error counts, and the next start finishes what cannot be done now.
            try? recover(path)
        } else if !isThere, File.exists(path) {
            // Likewise.
            try? destroy(path)
        }
    }

    /// Destroys a file for good. On return its name is gone from stable storage.
    /// - Returns: false if there is none.
    /// - Throws: ``FileError``; the file may then be overwritten and still be there.
    @discardableResult
    package static func remove(_ path: String) throws(FileError) -> Bool {
        try recover(path)
        guard File.exists(path) else { return false }
        try destroy(path)
        return true
    }

    /// Finishes what a ``replace(_:with:)`` left that was interrupted.
    /// - Throws: ``FileError``.
    package static func recover(_ path: String) throws(FileError) {
        // It is not in force: its name goes only when it is.
        if File.exists(newName(path)) { try destroy(newName(path)) }
        // Where the file itself is missing, a person took it away: what is left is not touched.
        guard File.exists(oldName(path)), File.exists(path) else { return }
        let old = try File.regular(oldName(path)).status()
        let current = try File.regular(path).status()
        if old.st_ino == current.st_ino, old.st_dev == current.st_dev {
            // Nothing has been replaced yet: two names of one file.
            try File.remove(oldName(path))
            try Folder.sync(Folder.containing(path))
        } else {
            try destroy(oldName(path))
        }
    }

    /// Finishes what was interrupted for every file in a folder.
    /// - Throws: ``FileError``.
    package static func recoverAll(in folder: String) throws(FileError) {
        for name in try File.names(in: folder) {
            for suffix in [newName(""), oldName("")] where name.hasSuffix(suffix) {
                try recover(folder + "/" + String(name.dropLast(suffix.count)))
            }
        }
    }

    /// Overwrites all of a file, syncs it, and removes its name.
    private static func destroy(_ path: String) throws(FileError) {
        let file = try File(path, O_WRONLY)
        let size = try file.size()
        var filling = ByteBuffer(capacity: Self.pieceBytes)
        // Not zeros, which some file systems keep as a hole, leaving the old block as it is.
        for _ in 0..<min(size, Self.pieceBytes) { filling.append(0x5A) }
        for offset in stride(from: 0, to: size, by: Self.pieceBytes) {
            let length = min(Self.pieceBytes, size - offset)
            try file.write(filling.bytes.extracting(0..<length), at: offset)
        }
        try file.sync()
        try File.remove(path)
        try Folder.sync(Folder.containing(path))
    }

    private static var pieceBytes: Int { 64 << 10 }
}
