internal import Bytes
package import Files
internal import Glibc

/// Where a log was when it was opened last, so that a start knows that it has a copy: in the file
/// `place`, in words and numbers that no way of copying keeps.
///
/// A copy of a folder that was being written may end in the middle of what was written meanwhile;
/// the folder itself never does. And what is copied is there twice: what must not be used twice,
/// such as the keys of sealed entries, is not used further from where the copy stands.
package struct LogPlace: Equatable, Sendable {
    /// The folder's number in its file system.
    private let folder: UInt64
    /// The number of the file `lock`, and when its owner, mode or name changed last.
    private let lock: UInt64
    private let lockChanged: Int64

    package static var fileName: String { "place" }

    /// Where the log in a folder is now; its file `lock` is there.
    /// - Throws: ``FileError``.
    package init(of directory: String) throws(FileError) {
        let lockPath = directory + "/" + LogFormat.lockName
        guard let folder = try FileIdentity(directory) else {
            throw FileError("examine", directory, ENOENT)
        }
        guard let lock = try FileIdentity(lockPath) else {
            throw FileError("examine", lockPath, ENOENT)
        }
        self.folder = folder.number
        self.lock = lock.number
        lockChanged = lock.changed
    }

    private init(folder: UInt64, lock: UInt64, lockChanged: Int64) {
        self.folder = folder
        self.lock = lock
        self.lockChanged = lockChanged
    }

    /// Where it was when it was opened last.
    /// - Returns: nil where that is not known: nobody opened it, or a version that kept no place.
    package static func last(in directory: String) throws(FileError) -> LogPlace? {
        let path = directory + "/" + fileName
        guard File.exists(path) else { return nil }
        var buffer = ByteBuffer(capacity: 128)
        try File.regular(path).read(128, at: 0, into: &buffer)
        let words = buffer.text.split(whereSeparator: { $0 == " " || $0 == "\n" })
        guard words.count == 5, words[0] == "folder", words[2] == "lock",
            let folder = UInt64(words[1]), let lock = UInt64(words[3]),
            let changed = Int64(words[4])
        else { return nil }
        return LogPlace(folder: folder, lock: lock, lockChanged: changed)
    }

    /// Whether the folder is a copy: another one than the log was opened in last.
    static func isCopy(_ directory: String) throws(FileError) -> Bool {
        guard let last = try last(in: directory), let now = try FileIdentity(directory) else {
            return false
        }
        return last.folder != now.number
    }

    /// Keeps the place, durably.
    /// - Throws: ``FileError``.
    package func write(in directory: String) throws(FileError) {
        var text = ByteBuffer(capacity: 128)
        text.append("folder \(folder)\nlock \(lock) \(lockChanged)\n")
        try DurableFile.write(text.bytes, to: directory + "/" + Self.fileName)
    }
}
