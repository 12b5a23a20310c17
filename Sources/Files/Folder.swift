internal import Glibc

/// Folders whose names outlive a loss of power.
package enum Folder {
    /// Makes the folder, for its owner only, where it does not exist; its parent must. What comes
    /// to rest in it needs ``syncName(of:)`` too.
    /// - Throws: ``FileError``.
    package static func make(_ path: String) throws(FileError) {
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw FileError("create", path)
        }
    }

    /// Makes the folder's own name durable, also where it was there: whoever made it may have ended
    /// before that.
    /// - Throws: ``FileError``.
    package static func syncName(of path: String) throws(FileError) {
        try sync(path + "/..")
    }

    /// The folder that a file is in.
    static func containing(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    }

    /// Whether something is there.
    package static func exists(_ path: String) -> Bool { File.exists(path) }

    /// When its names changed last, in nanoseconds since 1970 by the file system's clock. Opens
    /// nothing: a disk that stalls may let that wait.
    /// - Throws: ``FileError``.
    package static func namesChanged(_ path: String) throws(FileError) -> Int {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw FileError("examine", path) }
        return status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
    }

    /// Bytes of the file system that it is in: those that this user may still take, and all.
    /// - Throws: ``FileError``.
    package static func room(of path: String) throws(FileError) -> (free: Int, total: Int) {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else { throw FileError("examine", path) }
        let unit = UInt64(status.f_frsize)
        func bytes(_ blocks: UInt64) -> Int {
            let (bytes, isTooMany) = blocks.multipliedReportingOverflow(by: unit)
            return isTooMany ? .max : Int(clamping: bytes)
        }
        return (bytes(UInt64(status.f_bavail)), bytes(UInt64(status.f_blocks)))
    }

    /// Makes the names in a folder durable.
    /// - Throws: ``FileError``.
    package static func sync(_ path: String) throws(FileError) {
        try File(path, O_RDONLY | O_DIRECTORY).sync()
    }
}
