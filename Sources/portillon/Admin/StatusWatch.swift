import Foundation
import Wire

/// `portillon status --watch`: asks again and again, and shows each answer.
///
/// A terminal is drawn anew in place; elsewhere each answer is appended. The first answer must
/// come; after it a gateway that is away is waited for.
struct StatusWatch {
    let seconds: Double
    let isJSON: Bool
    let text: (JSONValue) -> String
    let fetch: () throws(CommandFailure) -> JSONValue

    /// Runs until SIGINT or SIGTERM ends the process, with status 0: that is how a watch ends.
    /// - Throws: ``CommandFailure`` of the first request, or of the output.
    func run() throws {
        let signals = EndingSignals.exitOnAny()
        defer { signals.forEach { $0.cancel() } }
        let isRedrawn = Output.standard.isTerminal && !isJSON
        var shown = ""
        var outage: CommandFailure?
        var hasAnswered = false
        while true {
            let begun = ContinuousClock.now
            do throws(CommandFailure) {
                let answer = try fetch()
                if outage != nil, !isRedrawn {
                    try Output.error.write("portillon: the gateway answers again\n")
                }
                outage = nil
                hasAnswered = true
                if isJSON {
                    try writeLine(answer)
                } else {
                    shown = text(answer)
                    try isRedrawn ? draw(shown, nil) : Output.standard.write(shown + "\n")
                }
            } catch {
                // An output that fails ends the watch; the gateway's own failures are waited out.
                guard hasAnswered, error.status != ExitStatus.inputOutput.rawValue else {
                    throw error
                }
                if isRedrawn {
                    try draw(shown, error)
                } else if outage != error {
                    try Output.error.write(error.text + "portillon: still asking\n")
                }
                outage = error
            }
            let left = (ContinuousClock.now - begun) / .seconds(1)
            Thread.sleep(forTimeInterval: max(0.05, seconds - left))
        }
    }

    /// One line of JSON for each answer, also on a terminal.
    private func writeLine(_ answer: JSONValue) throws(CommandFailure) {
        do {
            try Output.standard.write(json: answer, isOneLine: true)
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(.inputOutput, "cannot write the answer as JSON: \(error)")
        }
    }

    /// Draws the screen: the last answer, and above it what is wrong.
    private func draw(_ text: String, _ failure: CommandFailure?) throws(CommandFailure) {
        let number = String(format: "%g", seconds)
        let head = failure.map { $0.text + "The last answer:\n" } ?? ""
        try Output.standard.redraw("Every \(number) s; Ctrl-C ends it.\n\n" + head + text)
    }
}
