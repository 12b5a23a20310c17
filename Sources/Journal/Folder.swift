internal import Glibc

/// Folders whose names outlive a loss of power.
package enum Folder {
    /// Makes the folder, for its owner only, where it does not exist; its parent must.
    /// - Throws: ``FileError``.
    package static func make(_ path: String) throws(FileError) {
        if unsafe mkdir(path, 0o700) == 0 {
            try sync(path + "/..")
        } else if errno != EEXIST {
            throw FileError("create", path)
        }
    }

    /// Makes the names in a folder durable.
    /// - Throws: ``FileError``.
    package static func sync(_ path: String) throws(FileError) {
        try File(path, O_RDONLY | O_DIRECTORY).sync()
    }
}
