import Foundation

/// One line that says how the run goes, again and again in the same place on a terminal; a line
/// every 5 s elsewhere.
struct ProgressLine {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let totalSeconds: Int

    init(totalSeconds: Double) {
        self.totalSeconds = Int(totalSeconds.rounded(.up))
    }

    /// After a second of the run.
    func show(_ engine: borrowing Engine, second: Int) {
        guard isTerminal || second % 5 == 4 else { return }
        var due = 0
        var answered = 0
        var errors = 0
        var backlog = 0
        var slowest = 0.0
        for stream in engine.streams {
            guard let last = stream.seconds.last else { continue }
            due += last.due
            answered += last.answered
            errors += last.errors
            backlog += last.backlog
            slowest = max(slowest, last.p99)
        }
        let accepted = engine.streams.reduce(0) { $0 + $1.whole.count(.accepted) }
        var line = "\(second + 1)/\(totalSeconds) s  due \(due)/s  answered \(answered)/s"
        line += String(format: "  p99 %.1f ms", slowest)
        line += "  accepted \(accepted)  errors \(errors)"
        if backlog > 0 { line += "  waiting for a connection \(backlog)" }
        write(isTerminal ? "\r\u{1B}[2K" + line.prefix(100) : line + "\n")
    }

    /// Before what comes after the run.
    func end() {
        if isTerminal { write("\r\u{1B}[2K") }
    }

    private func write(_ text: String) {
        RunnerOutput.say(text)
    }
}
