import Foundation

/// The repository that these tests were compiled from, read as text.
enum Repository {
    /// The top directory: three levels above this file.
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The Swift files below a directory, in order of their paths; none where it does not exist.
    static func swiftFiles(below directory: String) throws -> [SourceFile] {
        try paths(below: directory).filter { $0.hasSuffix(".swift") }.map { path in
            try SourceFile(path: path, text: text(of: path))
        }
    }

    /// Every file below a directory, relative to the root, hidden ones left out.
    static func paths(below directory: String) throws -> [String] {
        let top = root.appending(path: directory)
        guard FileManager.default.fileExists(atPath: top.path) else { return [] }
        return try FileManager.default.subpathsOfDirectory(atPath: top.path)
            .filter { path in !path.split(separator: "/").contains { $0.hasPrefix(".") } }
            .sorted().map { directory + "/" + $0 }
            .filter { isFile($0) }
    }

    /// The names of the directories right below one.
    static func directories(in directory: String) throws -> [String] {
        let top = root.appending(path: directory)
        return try FileManager.default.contentsOfDirectory(atPath: top.path)
            .filter { !$0.hasPrefix(".") && !isFile(directory + "/" + $0) }.sorted()
    }

    static func text(of path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// What a command prints to its standard output, run at the root; what it says of its errors
    /// is among the tests' output.
    static func output(of command: [String]) throws -> (status: Int32, text: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.currentDirectoryURL = root
        process.standardOutput = pipe
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    private static func isFile(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        let found = unsafe FileManager.default.fileExists(
            atPath: root.appending(path: path).path, isDirectory: &isDirectory)
        return found && !isDirectory.boolValue
    }
}
