import Foundation
import Synchronization

/// The repository that these tests were compiled from, read as text.
enum Repository {
    /// The top directory: three levels above this file.
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The Swift files below a directory, in order of their paths; none where it does not exist.
    static func swiftFiles(below directory: String) throws -> [SourceFile] {
        try paths(below: directory).filter { $0.hasSuffix(".swift") }.map(swiftFile)
    }

    /// A Swift file, read and taken apart once: a dozen tests look at each.
    static func swiftFile(_ path: String) throws -> SourceFile {
        if let known = known.withLock({ $0[path] }) { return known }
        let file = try SourceFile(path: path, text: text(of: path))
        known.withLock { $0[path] = file }
        return file
    }

    private static let known = Mutex<[String: SourceFile]>([:])

    /// Every file below a directory, relative to the root, hidden ones left out.
    static func paths(below directory: String) throws -> [String] {
        let top = root.appending(path: directory)
        guard FileManager.default.fileExists(atPath: top.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: top.path)
            // A hidden folder, where others build, is not even looked into.
            .filter { !$0.hasPrefix(".") }
            .map { directory + "/" + $0 }
            .flatMap { path in
                if isFile(path) { return [path] }
                // What a link to a folder leads to is somewhere else.
                return isLink(path) ? [] : try paths(below: path)
            }
            .sorted()
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

    private static func isLink(_ path: String) -> Bool {
        // What is no link has no destination.
        let destination = try? FileManager.default.destinationOfSymbolicLink(
            atPath: root.appending(path: path).path)
        return destination != nil
    }

    private static func isFile(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        let found = unsafe FileManager.default.fileExists(
            atPath: root.appending(path: path).path, isDirectory: &isDirectory)
        return found && !isDirectory.boolValue
    }
}
