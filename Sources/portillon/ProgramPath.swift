import Foundation

/// How a shell reaches this program.
enum ProgramPath {
    /// `portillon` where the shell's PATH finds this very file under that name, else its path as
    /// one word of a shell.
    static var command: String {
        // Linux's own link to the running file; without /proc the name has to do.
        let path = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path
        let environment = ProcessInfo.processInfo.environment
        return command(of: path, in: environment["PATH"] ?? "")
    }

    /// - Parameters:
    ///   - path: the program's file.
    ///   - folders: separated by colons, as in PATH.
    static func command(of path: String, in folders: String) -> String {
        guard path != "/proc/self/exe" else { return name }
        let isFound = folders.split(separator: ":").contains { folder in
            URL(filePath: folder + "/" + name).resolvingSymlinksInPath().path == path
        }
        return isFound ? name : quotedForShell(path)
    }

    private static var name: String { "portillon" }
}
