internal import Bytes
internal import Files
internal import Foundation
internal import Glibc
internal import Time

/// The system's time-zone database (tzdata): a folder with a file for each name.
struct TimeZoneDatabase {
    let folder: String

    /// The one that the C library reads: of `TZDIR`, or where distributions put it.
    /// - Returns: nil where none is installed.
    static func system(
        _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> TimeZoneDatabase? {
        let named = environment["TZDIR"].map { [$0] } ?? []
        let usual = ["/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/etc/zoneinfo"]
        return (named + usual).first { $0.hasPrefix("/") && Folder.exists($0) }
            .map(TimeZoneDatabase.init)
    }

    /// Reads a zone.
    /// - Returns: nil where the database has no such name.
    /// - Throws: ``FileError``, ``TimeZoneFileError``: it has the name, and the file is no good.
    func zone(_ name: String) throws -> TimeZoneFile? {
        let path = folder + "/" + name
        guard Self.isName(name), File.exists(path) else { return nil }
        let file = try File(path, O_RDONLY)
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        guard status.st_size <= TimeZoneFile.maximumBytes else {
            throw TimeZoneFileError.notTimeZone
        }
        var buffer = ByteBuffer(capacity: max(Int(status.st_size), 1))
        try file.read(Int(status.st_size), at: 0, into: &buffer)
        return try TimeZoneFile(buffer.bytes)
    }

    /// Whether a text is written like a name of IANA's ("Theory and pragmatics of the tz code and
    /// data"): words of letters, digits, `+`, `-` and `_`, with slashes between them. So it leads
    /// nowhere outside the folder. All begin with a capital; what else lies in the folder (`posix`,
    /// `right`, `localtime`, lists) does not. `Factory` is the name of no place.
    static func isName(_ text: String) -> Bool {
        guard text.utf8.count <= 64, text != "Factory",
            let first = text.utf8.first, (0x41...0x5A).contains(first)
        else { return false }
        let words = text.utf8.split(separator: ASCII.slash, omittingEmptySubsequences: false)
        return words.allSatisfy { word in
            word.first.map { $0 != UInt8(ascii: "-") } ?? false && word.allSatisfy(isPartOfName)
        }
    }

    private static func isPartOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: ASCII.isDigit(byte) || (0x61...0x7A).contains(byte | 0x20)
        }
    }
}
