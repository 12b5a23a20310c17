import ArgumentParser
import CVersion
import Gateway

/// `portillon version`: the same line as `--version`.
struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Print the version, and the commit if it is known.",
        discussion: "portillon version")

    /// `0.1.0 (commit 1d883f1a2b3c)`; without the commit where the build was told none.
    static var text: String {
        // `unsafe`: a constant of the program, which ends with a zero byte.
        let commit = unsafe String(cString: version_commit())
        return Gateway.version + (commit.isEmpty ? "" : " (commit \(commit))")
    }

    func run() throws {
        try Output.standard.write(Self.text + "\n")
    }
}
