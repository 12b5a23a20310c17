internal import Foundation

/// A directory of its own for one test, removed with everything in it.
package final class TemporaryDirectory {
    package let path: String

    /// - Parameter isInMemory: in a file system in memory, where the machine has one: for tests
    ///   that write many small files, and do not ask what a loss of power leaves of them.
    package init(isInMemory: Bool = false) {
        let memory = URL(filePath: "/dev/shm")
        let parent =
            isInMemory && FileManager.default.fileExists(atPath: memory.path)
            ? memory : FileManager.default.temporaryDirectory
        let url = parent.appending(path: "portillon-test-\(UUID().uuidString.lowercased())")
        do {
            try FileManager.default.createDirectory(
                at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            fatalError("a test gets no directory: \(error)")
        }
        // The fault injector compares resolved paths.
        path = url.resolvingSymlinksInPath().path
    }

    deinit {
        // A temporary directory that stays is a nuisance, not a failure.
        try? FileManager.default.removeItem(atPath: path)
    }

    package func path(_ name: String) -> String { path + "/" + name }

    /// The text of a file in it; empty if there is none.
    package func text(_ name: String) -> String {
        // A log that was never written is an empty one.
        (try? String(contentsOfFile: path(name), encoding: .utf8)) ?? ""
    }
}
