package import Bytes
internal import Glibc

/// A file that a crash leaves whole or not at all: it is written beside its place as `PATH.new`,
/// synced, and only then renamed to `PATH`. What is not committed is removed.
package struct DurableFile: ~Copyable {
    private let path: String
    private let file: File
    private var isCommitted = false

    /// Begins a file for its owner only (mode 0600), in place of what an interrupted attempt left.
    /// - Throws: ``FileError``.
    package init(_ path: String) throws(FileError) {
        try File.remove(Self.temporary(path))
        file = try File(Self.temporary(path), O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
        self.path = path
    }

    deinit {
        // An error has nobody left to tell; the next attempt removes it too.
        if !isCommitted { _ = try? File.remove(Self.temporary(path)) }
    }

    /// What the file of this path is called until it is whole.
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
        let isNew = !File.exists(path)
        try File.rename(Self.temporary(path), to: path)
        isCommitted = true
        do throws(FileError) {
            try Folder.sync(Folder.containing(path))
        } catch {
            // The first error counts; what cannot be removed is whole.
            if isNew { _ = try? File.remove(path) }
            throw error
        }
    }
}
