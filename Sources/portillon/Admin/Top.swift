import ArgumentParser
import Foundation
import Wire

/// `portillon top`: the operator's room in a terminal.
struct Top: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Show who is pushing, and what the gate does, once a second.",
        discussion: """
            portillon top
            portillon top --admin http://10.0.0.5:8081
            portillon top | head

            The same as the page at / of the admin listener. On a terminal it is drawn anew each \
            second, and q ends it; once the gateway has answered, it waits for one that restarts. \
            Elsewhere it is written once, for programs: fields are separated by a tab.
            """)

    @OptionGroup var options: AdminOptions

    private static var seconds: Double { 1 }

    func run() throws {
        if options.json || !Output.standard.isTerminal {
            return try options.show(fetch(), as: TopText.of)
        }
        let keyboard = Keyboard()
        defer { keyboard?.restore() }
        let signals = EndingSignals.exitOnAny { keyboard?.restore() }
        defer { signals.forEach { $0.cancel() } }
        var shown: String?
        while true {
            let begun = ContinuousClock.now
            try draw(&shown)
            let left = Self.seconds - (ContinuousClock.now - begun) / .seconds(1)
            if Keyboard.isEndAsked(keyboard, withinSeconds: max(0.05, left)) {
                return try Output.standard.write("\n")
            }
        }
    }

    /// Draws the next answer; where none comes, what is wrong above the one before.
    /// - Throws: ``CommandFailure`` of the first request, or of the output.
    private func draw(_ shown: inout String?) throws(CommandFailure) {
        var failure: CommandFailure?
        do throws(CommandFailure) {
            shown = TopText.of(try fetch())
        } catch {
            // The first answer must come; after it a gateway that is away is waited for.
            guard shown != nil else { throw error }
            failure = error
        }
        let head = failure.map { $0.text + "The last answer:\n" } ?? ""
        // First: a terminal shows as many lines as it has.
        try Output.standard.redraw("q ends it.\n\n" + head + (shown ?? ""))
    }

    private func fetch() throws(CommandFailure) -> JSONValue {
        try options.client().call("GET", ["v1", "status"])
    }
}
