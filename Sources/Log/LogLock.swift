package import Files

/// Keeps a log's folder to one process.
///
/// Locks in this order: other folders that go with it, which hold where the log's folder is renamed
/// and a copy is put in its place; the folder's own, which no removal or renaming of a file takes
/// away; the file `lock`, for whoever looks at that alone; and the segment that is written
/// (``SegmentStore``), which is the same file in a tree of hard links.
package struct LogLock: ~Copyable {
    package let directory: String
    private let others: [Other]
    private let folder: FileLock
    private let file: FileLock

    /// An array takes no value that cannot be copied.
    private final class Other {
        let lock: FileLock

        init?(_ folder: String) throws(FileError) {
            guard let lock = try FileLock(folder: folder) else { return nil }
            self.lock = lock
        }
    }

    /// Takes the locks, without waiting.
    /// - Parameter folders: other folders to take; they exist.
    /// - Returns: nil if another process has one.
    package init?(_ directory: String, with folders: [String] = []) throws(FileError) {
        var others: [Other] = []
        for folder in folders {
            guard let other = try Other(folder) else { return nil }
            others.append(other)
        }
        guard let folder = try FileLock(folder: directory) else { return nil }
        guard let file = try FileLock(directory + "/" + LogFormat.lockName) else { return nil }
        self.directory = directory
        self.others = others
        self.folder = folder
        self.file = file
    }

    /// The folders that go with the journal of a data folder: its keys must not change under a
    /// gateway either, and neither may a second one begin on a copy of its journal put in place.
    package static func folders(ofStore data: String) -> [String] {
        let keys = data + "/keys"
        return Folder.exists(keys) ? [data, keys] : [data]
    }

    /// Whether the folder's path still leads to the folder that is locked.
    func isInPlace() throws(FileError) -> Bool { try folder.isInPlace() }
}
