import Files
import Foundation

/// A file of a report, by its path.
struct ReportFile {
    let path: String

    init(_ path: String) {
        self.path = path
    }

    /// Whether two paths lead to one file, however they are spelled.
    func isSame(as other: ReportFile) -> Bool { resolved == other.resolved }

    private var resolved: String { URL(filePath: path).resolvingSymlinksInPath().path }

    private static var maximumBytes: Int { 64 << 20 }

    func read() throws(ReportFileError) -> Data {
        do throws(FileError) {
            return Data(try WholeFile.read(path, atMost: Self.maximumBytes))
        } catch {
            throw ReportFileError(.read, path, error)
        }
    }

    /// Writes beside the file and renames: whoever looks sees the old one or the new one, whole.
    func write(_ data: Data) throws(ReportFileError) {
        do {
            try data.write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw ReportFileError(.write, path, error)
        }
    }
}
