internal import Glibc

/// Keeps other processes from opening the journal, for as long as it lives.
struct JournalLock: ~Copyable {
    private let file: File

    /// - Throws: ``JournalError/inUse(directory:)`` if another one has it.
    init(directory: String) throws {
        let file = try File(directory + "/" + JournalFormat.lockName, O_RDWR | O_CREAT)
        guard try file.lock() else { throw JournalError.inUse(directory: directory) }
        self.file = file
    }

    deinit {
        // Closing would not do while a child of the process, between fork and exec, still has a
        // copy of the descriptor.
        file.unlock()
    }
}
