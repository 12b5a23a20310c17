package import Files

/// Keeps a log's folder to one process.
///
/// Three locks, in this order: the folder's own, which no removal or renaming of a file takes away;
/// the file `lock`, for whoever looks at that alone; and the segment that is written
/// (``SegmentStore``), which is the same file in a tree of hard links.
package struct LogLock: ~Copyable {
    package let directory: String
    private let folder: FileLock
    private let file: FileLock

    /// Takes the locks, without waiting.
    /// - Returns: nil if another process has one.
    package init?(_ directory: String) throws(FileError) {
        guard let folder = try FileLock(folder: directory) else { return nil }
        guard let file = try FileLock(directory + "/" + LogFormat.lockName) else { return nil }
        self.directory = directory
        self.folder = folder
        self.file = file
    }

    /// Whether the folder's path still leads to the folder that is locked.
    func isInPlace() throws(FileError) -> Bool { try folder.isInPlace() }
}
