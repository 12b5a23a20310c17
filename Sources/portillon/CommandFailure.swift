import Foundation
import Glibc

/// What a command exits with beside 0; the numbers above 63 are those of `sysexits.h`.
enum ExitStatus: Int32 {
    /// The thing asked for failed: the gateway said no.
    case refused = 1
    case usage = 64
    /// No gateway answers where one was expected.
    case unreachable = 69
    /// A file, a disk, a damaged log.
    case inputOutput = 74
    case configuration = 78
}

/// Why a command ends: lines for the person who typed it, each naming the thing and what to do.
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

    /// What another module reports with an exit status of its own.
    init(status: Int32, _ line: String) {
        self.status = status
        lines = [line]
    }

    /// Lines as standard error shows them.
    var text: String {
        lines.map { "portillon: \($0)\n" }.joined()
    }
}

/// The system's reason behind a Foundation error on a file: `No such file or directory`.
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
