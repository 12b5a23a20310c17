internal import Bytes
internal import Glibc

/// A store's name: drawn once, at its first start, and written into the parts of it that belong
/// together and lie in folders of their own, in a file `store` each. A part that names another
/// store is not put together with them.
///
/// The file has one line: 32 hexadecimal digits and a line feed.
package struct StoreID: Equatable, Sendable {
    /// 32 hexadecimal digits, lower case.
    package let text: String

    package static var fileName: String { "store" }
    private static var digits: Int { 32 }

    /// A new store's.
    package static func random() -> StoreID {
        let halves = (0..<2).map { _ in
            let digits = String(UInt64.random(in: .min ... .max), radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }
        return StoreID(text: halves.joined())
    }

    private init(text: String) { self.text = text }

    /// Reads a folder's.
    /// - Returns: nil where it has none.
    /// - Throws: ``FileError``; `EBADMSG` where the file holds something else.
    package static func read(in folder: String) throws(FileError) -> StoreID? {
        let path = folder + "/" + fileName
        guard File.exists(path) else { return nil }
        var buffer = ByteBuffer(capacity: 64)
        try File.regular(path).read(64, at: 0, into: &buffer)
        let text = buffer.text
        let id = text.hasSuffix("\n") ? String(text.dropLast()) : text
        guard id.utf8.count == digits,
            id.utf8.allSatisfy({ ASCII.isDigit($0) || (0x61...0x66).contains($0) })
        else { throw FileError("read a store's id from", path, EBADMSG) }
        return StoreID(text: id)
    }

    /// Writes a folder's, durably.
    /// - Throws: ``FileError``.
    package func write(in folder: String) throws(FileError) {
        var line = ByteBuffer(capacity: 64)
        line.append(text)
        line.append(ASCII.lineFeed)
        try DurableFile.write(line.bytes, to: folder + "/" + Self.fileName)
    }
}
