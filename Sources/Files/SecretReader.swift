package import Bytes
internal import CLinux
internal import Glibc

/// Reads the small files that others deliver: master keys, tokens, certificates and their keys. By
/// hand, from Kubernetes (symbolic links, `root:gid 0440`), Docker, systemd (access lists), with
/// the line ends and the byte order mark of whatever wrote them.
package enum SecretReader {
    /// Who may be able to read or change a file beside the process.
    package enum Secrecy: Sendable {
        /// Everybody: a certificate.
        case none
        /// The file's group, whichever it is: a private key that a group of services reads.
        case group
        /// The owner, and a group of the process where that is how the process reads the file.
        case process
        /// Whoever the supervisor lets: a credential of systemd.
        case supervisor
    }

    /// Bytes of a file at most.
    package static var maximumBytes: Int { 1 << 20 }

    /// Reads a whole file, without a byte order mark. Symbolic links are followed; nothing waits
    /// for a pipe.
    /// - Throws: ``SecretError``.
    package static func read(
        _ path: String, for secrecy: Secrecy
    ) throws(SecretError) -> ByteBuffer {
        let file = try open(path)
        let status = try wrap(path) { () throws(FileError) in try file.status() }
        guard status.st_mode & S_IFMT == S_IFREG else { throw SecretError(path, .notAFile) }
        try AccessCheck(file, status).require(secrecy, path)
        guard status.st_size <= maximumBytes else { throw SecretError(path, .tooLong) }
        // One byte more, so that the buffer never grows and leaves a copy behind.
        var bytes = ByteBuffer(capacity: maximumBytes + 1)
        let wanted = maximumBytes + 1
        do throws(FileError) {
            try file.read(wanted, at: 0, into: &bytes)
        } catch {
            throw SecretError(path, .system(error.operation, error.code))
        }
        guard bytes.count <= maximumBytes else { throw SecretError(path, .tooLong) }
        if bytes.count >= 2, bytes.bytes[0] >= 0xFE, bytes.bytes[1] >= 0xFE {
            throw SecretError(path, .sixteenBits)
        }
        if bytes.count >= 3, bytes.bytes[0] == 0xEF, bytes.bytes[1] == 0xBB, bytes.bytes[2] == 0xBF
        {
            bytes.removeFirst(3)
        }
        return bytes
    }

    /// Reads a file of one word, without white space around it: a line end or several, of Unix or
    /// of Windows, are none of it.
    /// - Throws: ``SecretError``, also where it is empty or more than one word.
    package static func word(
        _ path: String, for secrecy: Secrecy
    ) throws(SecretError) -> ByteBuffer {
        var bytes = try read(path, for: secrecy)
        defer { wipe(&bytes) }
        let text = bytes.bytes
        var (start, end) = (0, text.byteCount)
        while start < end, isSpace(text[start]) { start += 1 }
        while end > start, isSpace(text[end - 1]) { end -= 1 }
        guard start < end else { throw SecretError(path, .empty) }
        for offset in start..<end where isSpace(text[offset]) || text[offset] == 0 {
            throw SecretError(path, .severalWords)
        }
        var word = ByteBuffer(capacity: end - start)
        word.append(text.extracting(start..<end))
        return word
    }

    /// As ``word(_:for:)``, as a text.
    package static func text(
        _ path: String, for secrecy: Secrecy
    ) throws(SecretError) -> String {
        let word = try word(path, for: secrecy)
        return word.bytes.text
    }

    /// Whether nothing has this name, not even a symbolic link that leads nowhere: that one is a
    /// volume that is not mounted, and not a file to be made.
    package static func isAbsent(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) != 0 && errno == ENOENT
    }

    /// Overwrites what is held before the memory is given back.
    package static func wipe(_ buffer: inout ByteBuffer) {
        let count = buffer.count
        buffer.removeAll()
        buffer.append(zeros: count)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (byte >= 0x09 && byte <= 0x0D)
    }

    private static func open(_ path: String) throws(SecretError) -> File {
        try wrap(path) { () throws(FileError) in try File(path, O_RDONLY) }
    }

    private static func wrap<Value: ~Copyable>(
        _ path: String, _ body: () throws(FileError) -> Value
    ) throws(SecretError) -> Value {
        do throws(FileError) {
            return try body()
        } catch {
            throw SecretError(path, .system(error.operation, error.code))
        }
    }
}
