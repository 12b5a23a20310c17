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

/// A file of a report, by its path.
struct ReportFile {
    let path: String

    init(_ path: String) {
        self.path = path
    }

    /// Whether two paths lead to one file, however they are spelled.
    func isSame(as other: ReportFile) -> Bool { resolved == other.resolved }

    private var resolved: String { URL(filePath: path).resolvingSymlinksInPath().path }

    func read() throws(ReportFileError) -> Data {
        do {
            return try Data(contentsOf: URL(filePath: path))
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

/// A file that cannot be read or written.
struct ReportFileError: Error, Equatable {
    enum Action: String {
        case read, write
    }

    let action: Action
    let path: String
    let reason: String

    init(_ action: Action, _ path: String, _ error: any Error) {
        self.action = action
        self.path = path
        reason = Self.isFolder(path) ? "it is a folder" : Self.reason(error)
    }

    var explanation: String { "cannot \(action.rawValue) \(path.printableLine): \(reason)" }

    private static func isFolder(_ path: String) -> Bool {
        // What cannot be looked at has its reason in the error.
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return attributes?[.type] as? FileAttributeType == .typeDirectory
    }

    private static func reason(_ error: any Error) -> String {
        switch (error as? CocoaError)?.code {
        case .fileReadNoSuchFile?, .fileNoSuchFile?: "there is no such file or folder"
        case .fileReadNoPermission?, .fileWriteNoPermission?: "permission denied"
        case .fileWriteOutOfSpace?: "no space is left"
        default: (error as NSError).localizedDescription
        }
    }
}
