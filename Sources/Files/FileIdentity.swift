internal import Glibc

/// Which file or folder it is, whatever it is called.
package struct FileIdentity: Equatable, Sendable {
    /// The file system's number for it; given again once the file is gone.
    package let number: UInt64
    package let device: UInt64
    /// When its owner, mode or names changed last, in nanoseconds since 1970. No copy keeps it.
    package let changed: Int64
    /// When its contents changed last; of a folder: the names in it.
    package let modified: Int64
    /// Bytes in it.
    package let lengthBytes: Int

    init(_ status: stat) {
        number = UInt64(status.st_ino)
        device = UInt64(status.st_dev)
        changed = Self.nanoseconds(status.st_ctim)
        modified = Self.nanoseconds(status.st_mtim)
        lengthBytes = Int(status.st_size)
    }

    /// What the path leads to; nil if it leads nowhere.
    /// - Throws: ``FileError`` where the system does not say.
    package init?(_ path: String) throws(FileError) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw FileError("examine", path)
        }
        self.init(status)
    }

    /// Two of the same file are equal at any time.
    package static func == (one: FileIdentity, other: FileIdentity) -> Bool {
        one.number == other.number && one.device == other.device
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
