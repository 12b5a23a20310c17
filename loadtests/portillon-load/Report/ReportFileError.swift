import Files
import Foundation
import Glibc

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
        if let error = error as? FileError {
            return error.code == ENOENT ? "there is no such file or folder" : error.reason
        }
        return switch (error as? CocoaError)?.code {
        case .fileReadNoSuchFile?, .fileNoSuchFile?: "there is no such file or folder"
        case .fileReadNoPermission?, .fileWriteNoPermission?: "permission denied"
        case .fileWriteOutOfSpace?: "no space is left"
        default: (error as NSError).localizedDescription
        }
    }
}
