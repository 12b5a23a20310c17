import CommandIO
import Foundation
import Glibc

/// An output of the process: results go to standard output, the rest to standard error.
///
/// Bytes go straight to the descriptor, so that errors show (a full disk behind `>`). Each line is
/// one write, so that lines of several processes do not mix.
struct Output: Sendable {
    static let standard = Output(descriptor: STDOUT_FILENO, name: "standard output")
    static let error = Output(descriptor: STDERR_FILENO, name: "standard error")

    private let writer: DescriptorWriter
    private let name: String

    private init(descriptor: Int32, name: String) {
        writer = DescriptorWriter(descriptor)
        self.name = name
    }

    /// Whether it is a terminal.
    var isTerminal: Bool { writer.isTerminal }

    /// Whether a person can be asked.
    static var isInputTerminal: Bool { isatty(STDIN_FILENO) == 1 }

    /// Writes all of the text, and waits as long as it takes. On a terminal, characters that would
    /// steer it become U+FFFD.
    /// - Throws: ``CommandFailure`` 74 with the system's reason.
    func write(_ text: String) throws(CommandFailure) {
        try check(writer.write(isTerminal ? TerminalText.lines(text) : text))
    }

    /// Writes the text, and gives up when `giveUp` returns true while a reader does not read.
    /// - Throws: ``CommandFailure`` 74 with the system's reason.
    func write(_ text: String, giveUp: () -> Bool) throws(CommandFailure) {
        try check(writer.write(text, giveUp: giveUp))
    }

    /// Writes the last words of a process, for five seconds at most: a reader that does not read
    /// must not keep the process.
    func writeLast(_ text: String) {
        _ = writer.write(text, withinMilliseconds: 5_000)
    }

    /// Puts a text in the place of the terminal's line. Where it cannot be shown, nothing is lost.
    func replaceLine(_ text: String) {
        _ = writer.write("\r\u{1B}[2K" + TerminalText.line(text))
    }

    private func check(_ result: DescriptorWriter.Result) throws(CommandFailure) {
        guard result.code == 0 else {
            let reason = systemMessage(result.code)
            throw CommandFailure(.inputOutput, "cannot write to \(name): \(reason)")
        }
    }

    /// Writes over what a terminal shows: the text's lines as far as they fit, each cut at the
    /// terminal's width, and nothing below them.
    func redraw(_ text: String) throws(CommandFailure) {
        let size = writer.windowSize
        var lines = TerminalText.lines(text).split(
            separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        // The last line stays free for the cursor.
        let fitting = lines.prefix(max(1, size.rows - 1)).map {
            TerminalText.prefix(of: $0, columns: size.columns)
        }
        // Control sequences (ECMA-48): home, clear to the line's end, clear to the screen's end.
        let screen = fitting.map { $0 + "\u{1B}[K\n" }.joined()
        try check(writer.write("\u{1B}[H" + screen + "\u{1B}[J"))
    }

    /// Writes a view as JSON with sorted keys: indented on a terminal, else on one line.
    func write(json value: some Encodable, isOneLine: Bool = false) throws {
        try write(Self.text(json: value, isIndented: isTerminal && !isOneLine) + "\n")
    }

    /// A view as JSON with sorted keys, safe to print.
    static func text(json value: some Encodable, isIndented: Bool = false) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if isIndented { encoder.outputFormatting.insert(.prettyPrinted) }
        return TerminalText.json(try String(decoding: encoder.encode(value), as: UTF8.self))
    }
}
