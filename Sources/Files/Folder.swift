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

    /// Makes the names in a folder durable.
    /// - Throws: ``FileError``.
    package static func sync(_ path: String) throws(FileError) {
        try File(path, O_RDONLY | O_DIRECTORY).sync()
    }
}
