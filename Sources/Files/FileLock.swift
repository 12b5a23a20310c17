internal import Glibc

/// Keeps other processes away from what a file or folder stands for, for as long as it lives
/// (`flock`).
///
/// The lock is the inode's, whatever names it has or loses. Two processes exclude each other only
/// where both have locked the same inode, so the name is looked at again once the lock is held.
package struct FileLock: ~Copyable {
    private let file: File

    /// Takes the lock of a file, without waiting; the file is created where it does not exist.
    /// - Returns: nil if another process has it.
    package init?(_ path: String) throws(FileError) {
        for _ in 0..<Self.attempts {
            let file = try File(path, O_RDWR | O_CREAT)
            guard try file.lock() else { return nil }
            // Somebody may have put another file there between the two calls.
            if try file.isNamed() {
                self.file = file
                return
            }
        }
        throw FileError("lock", path, EAGAIN)
    }

    /// Takes the lock of a folder, without waiting: a folder with files in it cannot be removed, so
    /// this lock outlives whatever is done to the names in it. Where the file system has no locks
    /// for folders (NFS), nothing is locked.
    /// - Returns: nil if another process has it.
    package init?(folder path: String) throws(FileError) {
        let file = try File(path, O_RDONLY | O_DIRECTORY)
        do throws(FileError) {
            guard try file.lock() else { return nil }
        } catch {
            guard Self.unsupported.contains(error.code) else { throw error }
        }
        self.file = file
    }

    private static var attempts: Int { 100 }
    /// What systems answer that have no locks for folders.
    private static var unsupported: [Int32] { [EBADF, EINVAL, ENOLCK, EOPNOTSUPP, ENOSYS] }

    /// Whether the path still leads to what is locked.
    package func isInPlace() throws(FileError) -> Bool { try file.isNamed() }

    deinit {
        // Closing would not do while a child of the process, between fork and exec, still has a
        // copy of the descriptor.
        file.unlock()
    }
}
