import ArgumentParser
import CommandIO
import Foundation

/// What the runner says: results on standard output, the rest on standard error.
enum RunnerOutput {
    /// Prints a command's result.
    /// - Throws: ``UsageError`` where nobody takes it.
    static func result(_ text: String) throws {
        let result = DescriptorWriter(STDOUT_FILENO).write(text)
        guard result.code == 0 else {
            say("portillon-load: cannot write to standard output: \(reason(result.code))\n")
            throw RunnerExit.outputFailed
        }
    }

    /// Says something beside the result. Where standard error takes nothing, the run goes on: its
    /// report is in files.
    static func say(_ text: String) {
        _ = DescriptorWriter(STDERR_FILENO).write(text, withinMilliseconds: 1_000)
    }

    private static func reason(_ code: Int32) -> String {
        unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    }
}
