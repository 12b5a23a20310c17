import Foundation

/// Where a run leaves what it found: `report.json` and `report.html`.
struct ReportFolder {
    let path: String

    init(_ path: String) {
        self.path = path
    }

    /// Writes both files, over older ones; the folder is made if it is missing.
    /// - Returns: their paths, `report.json` first.
    /// - Throws: ``ReportFileError`` where one cannot be written.
    func write(_ report: RunReport) throws -> [String] {
        let folder = URL(filePath: path, directoryHint: .isDirectory)
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true)
        } catch {
            throw ReportFileError(.write, path, error)
        }
        let data = folder.appending(path: "report.json").path
        let page = folder.appending(path: "report.html").path
        try ReportFile(data).write(report.json())
        try ReportFile(page).write(Data(ReportPage(report).text.utf8))
        return [data, page]
    }
}
