import Bytes
import Files
import Glibc

/// Copies of single files, whole or not at all.
enum BackupFile {
    /// No key file is longer.
    private static var maximumSecretBytes: Int { 256 << 20 }

    /// Copies a file in place of what may be there.
    /// - Returns: its bytes; nil where there is no such file any more.
    static func copy(_ source: String, to destination: String) throws(FileError) -> Int? {
        guard let file = try open(source) else { return nil }
        return try DurableFile.copy(file, to: destination)
    }

    /// Copies a file of secrets where it differs; what it replaces is destroyed.
    static func copySecret(_ source: String, to destination: String) throws(FileError) {
        guard let file = try open(source) else { return }
        let contents = try read(file)
        if File.exists(destination) {
            let there = try read(try File.regular(destination))
            if there.bytes.equals(contents.bytes) { return }
        }
        try SecretFile.replace(destination, with: contents.bytes)
    }

    /// Whether two files have the same length, the same first and the same last sector, and the
    /// last one is not empty: of a segment, that both are closed and say the same of what follows.
    static func isSameClosed(_ one: String, _ other: String) throws(FileError) -> Bool {
        guard let first = try open(one), let second = try open(other) else { return false }
        let size = try first.size()
        guard size == (try second.size()), size >= 2 * sectorBytes else { return false }
        for offset in [0, size - sectorBytes] {
            var left = ByteBuffer(capacity: sectorBytes)
            var right = ByteBuffer(capacity: sectorBytes)
            try first.read(sectorBytes, at: offset, into: &left)
            try second.read(sectorBytes, at: offset, into: &right)
            guard left.bytes.equals(right.bytes) else { return false }
            if offset > 0, left.bytes[0] == 0 { return false }
        }
        return true
    }

    private static var sectorBytes: Int { 512 }

    private static func open(_ path: String) throws(FileError) -> File? {
        do throws(FileError) {
            return try File.regular(path)
        } catch {
            guard error.code == ENOENT else { throw error }
            return nil
        }
    }

    private static func read(_ file: borrowing File) throws(FileError) -> ByteBuffer {
        let size = min(try file.size(), maximumSecretBytes)
        var buffer = ByteBuffer(capacity: max(size, 1))
        try file.read(size, at: 0, into: &buffer)
        return buffer
    }
}
