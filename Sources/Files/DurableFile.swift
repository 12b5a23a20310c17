package import Bytes
internal import Glibc

/// A file that a crash leaves whole or not at all: it has no name until all of it is on stable
/// storage. What is not committed is gone, however the process ends: the kernel removes what has no
/// name (`O_TMPFILE`, open(2)).
///
/// To commit, each step done before the next:
///
/// 1. the contents are synced;
/// 2. the file gets the name `PATH.new`, and is synced once more: a file system may keep nothing of
///    a sync of a file without a name (btrfs);
/// 3. `PATH.new` is renamed to `PATH`, and the folder is synced.
///
/// A process that is killed between 2 and 3 leaves `PATH.new`, whole; the next attempt removes it.
/// Where the file system has no files without a name (NFS), or no `/proc` is there to name one by,
/// it is `PATH.new` from the start, and a process that is killed leaves it.
package struct DurableFile: ~Copyable {
    private let path: String
    private let file: File
    /// Whether it is called ``temporary(_:)``.
    private var hasTemporaryName: Bool

    /// Begins a file for its owner only (mode 0600), in place of what an interrupted attempt left.
    /// - Throws: ``FileError``.
    package init(_ path: String) throws(FileError) {
        try File.remove(Self.temporary(path))
        if let unnamed = try File.unnamed(for: path) {
            file = unnamed
            hasTemporaryName = false
        } else {
            file = try File(Self.temporary(path), O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
            hasTemporaryName = true
        }
        self.path = path
    }

    deinit {
        // An error has nobody left to tell; the next attempt removes it too.
        if hasTemporaryName { _ = try? File.remove(Self.temporary(path)) }
    }

    /// What the file of this path is called for a moment before it has its name.
    package static func temporary(_ path: String) -> String { path + ".new" }

    /// Writes a whole file.
    /// - Throws: ``FileError``; the file of before, if there was one, is then untouched, unless the
    ///   last step failed, which makes the new name durable. If there was none, there is none.
    package static func write(_ bytes: RawSpan, to path: String) throws(FileError) {
        var file = try DurableFile(path)
        try file.write(bytes, at: 0)
        try file.commit()
    }

    /// Copies what a file holds, in pieces of 4 MiB, whatever its length.
    /// - Returns: its bytes.
    /// - Throws: ``FileError``, as ``write(_:to:)`` does.
    @discardableResult
    package static func copy(
        _ source: borrowing File, to path: String
    ) throws(FileError) -> Int {
        var copy = try DurableFile(path)
        var buffer = ByteBuffer(capacity: pieceBytes)
        var offset = 0
        while true {
            buffer.removeAll()
            try source.read(pieceBytes, at: offset, into: &buffer)
            if buffer.count == 0 { break }
            try copy.write(buffer.bytes, at: offset)
            offset += buffer.count
        }
        try copy.commit()
        return offset
    }

    private static var pieceBytes: Int { 4 << 20 }

    /// Writes all of the bytes, `offset` bytes behind the file's beginning.
    package func write(_ bytes: RawSpan, at offset: Int) throws(FileError) {
        try file.write(bytes, at: offset)
    }

    /// Appends up to `length` bytes of what was written to the buffer, read back.
    package func read(
        _ length: Int, at offset: Int, into buffer: inout ByteBuffer
    ) throws(FileError) {
        try file.read(length, at: offset, into: &buffer)
    }

    /// Puts the file in its place. On return it is on stable storage, its name too.
    /// - Throws: ``FileError``; where there was no such file before, there is none then.
    package mutating func commit() throws(FileError) {
        try file.sync()
        if !hasTemporaryName {
            try file.link(as: Self.temporary(path))
            hasTemporaryName = true
            try file.sync()
        }
        let isNew = !File.exists(path)
        try File.rename(Self.temporary(path), to: path)
        hasTemporaryName = false
        do throws(FileError) {
            try Folder.sync(Folder.containing(path))
        } catch {
            // The first error counts; what cannot be removed is whole.
            if isNew { _ = try? File.remove(path) }
            throw error
        }
    }
}
