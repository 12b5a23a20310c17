/// How far a command has come, on one line of a terminal behind standard error, renewed twice a
/// second.
struct ProgressLine {
    private let isShown: Bool
    private var next = ContinuousClock.now
    private var hasLine = false

    /// - Parameter isShown: false where results go to the same terminal.
    init(isShown: Bool) {
        self.isShown = isShown && Output.error.isTerminal
    }

    mutating func show(_ text: () -> String) {
        guard isShown, ContinuousClock.now >= next else { return }
        next = .now + .milliseconds(500)
        hasLine = true
        Output.error.replaceLine(text())
    }

    mutating func clear() {
        if hasLine { Output.error.replaceLine("") }
        hasLine = false
    }
}
