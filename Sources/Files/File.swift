package import Bytes
internal import CLinux
package import Glibc

/// A system call that failed: which one, on what, and the system's reason.
package struct FileError: Error, Equatable, Sendable {
    /// What was tried, as a verb for the message: `open`, `write`.
    package var operation: String
    package var path: String
    /// The `errno`.
    package var code: Int32
    /// What was found, where that says more than the system's reason.
    package var found: String?

    package init(
        _ operation: String, _ path: String, _ code: Int32 = errno, found: String? = nil
    ) {
        self.operation = operation
        self.path = path
        self.code = code
        self.found = found
    }

    /// Whether the disk, or what the process may use of it, is full.
    package var isNoSpace: Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }
}

extension FileError: CustomStringConvertible {
    /// `cannot write /data/journal/x: No space left on device`.
    package var description: String { "cannot \(operation) \(path): \(reason)" }

    /// `No space left on device`.
    package var reason: String { found ?? systemMessage(code) }
}

/// The system's text for an `errno`.
package func systemMessage(_ code: Int32) -> String {
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
}

/// An open file or directory, closed when its one owner goes.
///
/// Every system call on files is here or in ``Folder``, one function each, through
/// the C library's own symbols: that is where a fault injector hooks in. No call is repeated after
/// a failure, except that reading and writing go on after a signal or a short count.
package struct File: ~Copyable, Sendable {
    package let descriptor: Int32
    package let path: String

    /// Opens what exists, without waiting: opening a pipe would else wait for its other end.
    /// `O_CLOEXEC`, `O_NONBLOCK` and `O_NOCTTY` are always added; none changes how a regular file
    /// is read or written.
    /// - Parameters:
    ///   - mode: permissions of a file that is created.
    ///   - name: what messages call it, where it is about to be renamed.
    package init(
        _ path: String, _ flags: Int32, mode: UInt32 = 0o600, knownAs name: String? = nil
    ) throws(FileError) {
        let descriptor = unsafe open(path, flags | Self.alwaysFlags, mode)
        guard descriptor >= 0 else { throw FileError("open", path) }
        self.descriptor = descriptor
        self.path = name ?? path
    }

    private static var alwaysFlags: Int32 { O_CLOEXEC | O_NONBLOCK | O_NOCTTY }

    deinit {
        // What matters has been synced before; an error here has nobody left to tell.
        _ = close(descriptor)
    }

    /// Bytes in the file.
    package func size() throws(FileError) -> Int {
        Int(try status().st_size)
    }

    package func status() throws(FileError) -> stat {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw FileError("examine", path) }
        return status
    }

    /// Whether both are the same file or folder, whatever their paths.
    package func isSame(as other: borrowing File) throws(FileError) -> Bool {
        let (mine, others) = (try status(), try other.status())
        return mine.st_dev == others.st_dev && mine.st_ino == others.st_ino
    }

    /// Writes all of the bytes, however many calls it takes.
    package func write(_ bytes: RawSpan, at offset: Int) throws(FileError) {
        var done = 0
        while done < bytes.byteCount {
            let rest = bytes.extracting(done..<bytes.byteCount)
            let written = unsafe rest.withUnsafeBytes { rest in
                unsafe pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
            }
            if written > 0 {
                done += written
            } else if written == 0 {
                throw FileError("write", path, EIO)
            } else if errno != EINTR {
                throw FileError("write", path)
            }
        }
    }

    /// Appends up to `length` bytes of the file to the buffer: fewer only at the file's end.
    package func read(_ length: Int, at offset: Int, into buffer: inout ByteBuffer)
        throws(FileError)
    {
        var done = 0
        while done < length {
            var code: Int32 = 0
            let before = buffer.count
            unsafe buffer.append(maximum: length - done) { room in
                let count = unsafe pread(
                    descriptor, room.baseAddress, room.count, off_t(offset + done))
                if count < 0 { code = errno }
                return max(count, 0)
            }
            if code == EINTR { continue }
            if code != 0 { throw FileError("read", path, code) }
            if buffer.count == before { return }
            done += buffer.count - before
        }
    }

    /// Fills all of the span with the file's bytes.
    /// - Returns: false where the file ends before.
    package func read(
        into bytes: inout MutableRawSpan, at offset: Int
    ) throws(FileError) -> Bool {
        var done = 0
        let length = bytes.byteCount
        while done < length {
            // `unsafe`: the call writes into what is left of the span, during the call only.
            let count = unsafe bytes.withUnsafeMutableBytes { bytes in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[done...])
                return unsafe pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
            }
            if count > 0 {
                done += count
            } else if count == 0 {
                return false
            } else if errno != EINTR {
                throw FileError("read", path)
            }
        }
        return true
    }

    /// Waits until what was written is on stable storage. A failure is final, whatever it is: the
    /// kernel may have dropped the pages that it could not write, and a second call would then
    /// report success (Rebello et al., "Can Applications Recover from fsync Failures?", 2020).
    package func syncData() throws(FileError) {
        guard fdatasync(descriptor) == 0 else { throw FileError("sync", path) }
    }

    /// As ``syncData()``, with the file's size and dates, or a directory's entries.
    package func sync() throws(FileError) {
        guard fsync(descriptor) == 0 else { throw FileError("sync", path) }
    }

    /// Whether the path still leads to this file: it was neither removed nor replaced.
    package func isNamed() throws(FileError) -> Bool {
        guard let named = try FileIdentity(path) else { return false }
        return named == FileIdentity(try status())
    }

    /// Takes the file for this process alone.
    /// - Returns: false if another one has it.
    package func lock() throws(FileError) -> Bool {
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
        if errno == EWOULDBLOCK { return false }
        throw FileError("lock", path)
    }

    /// Gives back what ``lock()`` took. It cannot fail on an open file.
    package func unlock() {
        _ = flock(descriptor, LOCK_UN)
    }

    /// Tells the kernel that the file will be read from front to back: a hint, so a failure of it
    /// changes nothing.
    package func adviseSequential() {
        _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    }
}

extension File {
    /// Begins a file that has no name, in the folder of the path that it is for; it is gone when it
    /// is closed, unless ``link(as:)`` has given it one.
    /// - Parameter path: what messages call it.
    /// - Returns: nil where the file system has no such files, or where the kernel does not show
    ///   this process's (`/proc`): then it could never get a name.
    static func unnamed(for path: String) throws(FileError) -> File? {
        do throws(FileError) {
            let file = try File(
                Folder.containing(path), O_RDWR | linux_unnamed_file_flag(), mode: 0o600,
                knownAs: path)
            guard exists(file.linkPath) else { return nil }
            return file
        } catch {
            // The second is what a kernel says that takes the flag for a folder to be written to.
            guard error.code == EOPNOTSUPP || error.code == EISDIR else {
                throw FileError(error.operation, path, error.code)
            }
            return nil
        }
    }

    /// Gives a file of ``unnamed(for:)`` a name, which must be free.
    func link(as name: String) throws(FileError) {
        try Self.link(linkPath, to: name, followingLinks: true)
    }

    /// A link to the open file, by which it can be named without more rights (open(2)).
    private var linkPath: String { "/proc/self/fd/\(descriptor)" }

    package static func rename(_ old: String, to new: String) throws(FileError) {
        guard unsafe Glibc.rename(old, new) == 0 else { throw FileError("rename", old) }
    }

    /// Gives a file a second name.
    /// - Parameter followingLinks: whether a path that is a symbolic link stands for its target.
    static func link(
        _ path: String, to name: String, followingLinks: Bool = false
    ) throws(FileError) {
        let flags = followingLinks ? AT_SYMLINK_FOLLOW : 0
        guard unsafe linkat(AT_FDCWD, path, AT_FDCWD, name, flags) == 0 else {
            throw FileError("link", name)
        }
    }

    /// - Returns: false if there is no such file.
    @discardableResult
    package static func remove(_ path: String) throws(FileError) -> Bool {
        if unsafe unlink(path) == 0 { return true }
        if errno == ENOENT { return false }
        throw FileError("remove", path)
    }

    /// Bytes of the file at this path; nil where there is none.
    package static func size(_ path: String) throws(FileError) -> Int? {
        var status = stat()
        if unsafe lstat(path, &status) == 0 { return Int(status.st_size) }
        if errno == ENOENT { return nil }
        throw FileError("examine", path)
    }

    package static func exists(_ path: String) -> Bool {
        unsafe access(path, F_OK) == 0
    }

    /// The names in a directory, sorted.
    package static func names(in path: String) throws(FileError) -> [String] {
        guard let directory = unsafe opendir(path) else { throw FileError("list", path) }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        errno = 0
        while let entry = unsafe readdir(directory) {
            // `unsafe`: readdir ends the name with a zero byte, inside the entry.
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        guard errno == 0 else { throw FileError("list", path) }
        return names.sorted()
    }
}
