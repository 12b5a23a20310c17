import AdminClient
import ArgumentParser
import Foundation
import Sockets

/// What a failed call ends with: one line, and a status that scripts can tell apart.
enum RunnerExit {
    /// Standard output takes nothing: the number of failed input and output in `sysexits.h`.
    static var outputFailed: ExitCode { ExitCode(74) }

    static func status(for error: any Error) -> any Error {
        let status: Int32 =
            switch error {
            case is UsageError, is ScenarioError, is TLSFileError: 64
            case let error as AdminAPIError: Self.status(of: error)
            case is SystemError, is CocoaError, is ReportFileError: 74
            default: 1
            }
        let text =
            switch error {
            case let error as CocoaError: error.localizedDescription
            case let error as ReportFileError: error.explanation
            default: "\(error)"
            }
        RunnerOutput.say("portillon-load: \(text)\n")
        return ExitCode(status)
    }

    /// A gateway that refuses, one that breaks off in the middle of an answer, and none at all.
    private static func status(of error: AdminAPIError) -> Int32 {
        if error.isPartOfAnAnswer { return 74 }
        if case .refused = error.reason { return 1 }
        return 69
    }
}
