import Foundation

/// A directory of a test's own, gone with its owner.
final class TemporaryDirectory {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory
            .appending(path: "portillon-test-\(UUID().uuidString.lowercased())")
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        // The fault injector compares resolved paths.
        path = url.resolvingSymlinksInPath().path
    }

    deinit {
        // A temporary directory that stays is a nuisance, not a failure.
        try? FileManager.default.removeItem(atPath: path)
    }

    func path(_ name: String) -> String { path + "/" + name }

    /// The text of a file in it; empty if there is none.
    func text(_ name: String) -> String {
        // A log that was never written is an empty one.
        (try? String(contentsOfFile: path(name), encoding: .utf8)) ?? ""
    }
}
