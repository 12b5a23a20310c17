import Foundation
import Glibc

/// An output of the process: results go to standard output, the rest to standard error.
///
/// Bytes go straight to the descriptor, so that errors show (a full disk behind `>`). Each line is
/// one write, so that lines of several processes do not mix.
struct Output: Sendable {
    static let standard = Output(descriptor: STDOUT_FILENO, name: "standard output")
    static let error = Output(descriptor: STDERR_FILENO, name: "standard error")

    private let descriptor: Int32
    private let name: String

    private init(descriptor: Int32, name: String) {
        self.descriptor = descriptor
        self.name = name
    }

    /// Whether it is a terminal.
    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Whether a person can be asked.
    static var isInputTerminal: Bool { isatty(STDIN_FILENO) == 1 }

    /// Writes all of the text.
    /// - Throws: ``CommandFailure`` 74 with the system's reason.
    func write(_ text: String) throws(CommandFailure) {
        var text = text
        let code = text.withUTF8 { bytes -> Int32 in
            var done = 0
            while done < bytes.count {
                let rest = unsafe UnsafeRawBufferPointer(
                    rebasing: UnsafeRawBufferPointer(bytes)[done...])
                let count = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count >= 0 {
                    done += count
                } else if errno != EINTR {
                    return errno
                }
            }
            return 0
        }
        guard code == 0 else {
            let reason = systemMessage(code)
            throw CommandFailure(.inputOutput, "cannot write to \(name): \(reason)")
        }
    }

    /// Writes a view as JSON with sorted keys: indented on a terminal, else on one line.
    func write(json value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if isTerminal { encoder.outputFormatting.insert(.prettyPrinted) }
        try write(String(decoding: encoder.encode(value), as: UTF8.self) + "\n")
    }
}
