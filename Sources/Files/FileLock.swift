internal import Glibc

/// Keeps other processes away from what a file stands for, for as long as it lives (`flock`).
package struct FileLock: ~Copyable {
    private let file: File

    /// Takes the lock, without waiting; the file is created where it does not exist.
    /// - Returns: nil if another process has it.
    package init?(_ path: String) throws(FileError) {
        let file = try File(path, O_RDWR | O_CREAT)
        guard try file.lock() else { return nil }
        self.file = file
    }

    deinit {
        // Closing would not do while a child of the process, between fork and exec, still has a
        // copy of the descriptor.
        file.unlock()
    }
}
