internal import Glibc

/// Files that somebody names, and that may be anything: a pipe that nobody writes to, a device that
/// never ends, a folder.
extension File {
    /// Opens a regular file, or a link to one, for reading.
    /// - Throws: ``FileError``, at once, where it is anything else; ``FileError/found`` says what.
    package static func regular(_ path: String) throws(FileError) -> File {
        let file = try File(path, O_RDONLY)
        let mode = try file.status().st_mode
        guard mode & S_IFMT == S_IFREG else {
            throw FileError(
                "read", path, mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL,
                found: "it is \(Self.kind(mode)); must be a regular file")
        }
        return file
    }

    /// Whether a regular file has this name: neither a link to one, nor anything else.
    /// - Throws: ``FileError`` where it cannot be opened.
    package static func isRegular(_ path: String) throws(FileError) -> Bool {
        do throws(FileError) {
            return try File(path, O_RDONLY | O_NOFOLLOW).status().st_mode & S_IFMT == S_IFREG
        } catch {
            guard error.code == ENOENT || error.code == ELOOP else { throw error }
            return false
        }
    }

    private static func kind(_ mode: mode_t) -> String {
        switch mode & S_IFMT {
        case S_IFDIR: "a folder"
        case S_IFIFO: "a pipe"
        case S_IFCHR, S_IFBLK: "a device"
        case S_IFSOCK: "a socket"
        default: "no regular file"
        }
    }
}
