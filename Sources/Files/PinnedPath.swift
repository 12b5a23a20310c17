internal import Glibc

/// A path and the file or folder that it led to, which stays open: so its number is nobody else's
/// while this lives. What it held is remembered by its length.
package final class PinnedPath: Sendable {
    package let path: String
    private let file: File
    private let identity: FileIdentity

    /// - Throws: ``FileError``.
    package init(_ path: String) throws(FileError) {
        let file = try File(path, O_RDONLY)
        identity = FileIdentity(try file.status())
        self.file = file
        self.path = path
    }

    /// What is wrong with the path, as a sentence's end; nil while it leads where it led.
    package func finding() -> String? {
        do {
            guard let now = try FileIdentity(path) else { return "\(path) was removed or renamed" }
            return now == identity ? nil : "\(path) was replaced by another"
        } catch {
            return "\(error)"
        }
    }

    /// What the file has lost of the bytes that it had, as a sentence's end; nil while it has them.
    /// Of a file that only grows: what a folder has says nothing.
    package func cut() -> String? {
        do throws(FileError) {
            let length = try file.size()
            return length < identity.lengthBytes
                ? "\(path) was cut to \(length) of \(identity.lengthBytes) bytes" : nil
        } catch {
            return "\(error)"
        }
    }
}
