import CommandIO
import Foundation
import Glibc

/// The reason why a command fails: lines for the person who typed it, each with what was found,
/// where, and what to do.
struct CommandFailure: Error, Equatable {
    let status: Int32
    let lines: [String]

    init(_ status: ExitStatus, _ lines: [String]) {
        self.status = status.rawValue
        self.lines = lines
    }

    init(_ status: ExitStatus, _ line: String) {
        self.init(status, [line])
    }

    /// A failure that another module reports with its own exit status.
    init(status: Int32, _ line: String) {
        self.init(status: status, lines: [line])
    }

    private init(status: Int32, lines: [String]) {
        self.status = status
        self.lines = lines
    }

    /// The same failure, and a line more about what it means.
    func adding(_ line: String) -> CommandFailure {
        CommandFailure(status: status, lines: lines + [line])
    }

    /// The lines as they go to standard error.
    var text: String {
        lines.map { "portillon: \(TerminalText.lines($0))\n" }.joined()
    }
}

/// The system's reason for a Foundation error on a file: `No such file or directory`.
func reason(for error: any Error) -> String {
    var error: any Error = error
    for _ in 0..<4 {
        if let system = error as? POSIXError { return systemMessage(system.code.rawValue) }
        let known = error as NSError
        if known.domain == NSPOSIXErrorDomain { return systemMessage(Int32(known.code)) }
        guard let underlying = known.userInfo[NSUnderlyingErrorKey] as? any Error else { break }
        error = underlying
    }
    switch (error as? CocoaError)?.code {
    case .fileReadNoSuchFile?, .fileNoSuchFile?: return systemMessage(ENOENT)
    case .fileReadNoPermission?, .fileWriteNoPermission?: return systemMessage(EACCES)
    default: return (error as NSError).localizedDescription
    }
}

/// The system's text for an `errno`.
func systemMessage(_ code: Int32) -> String {
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
}
