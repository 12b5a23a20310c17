/// For whom results are written: tables, listings and numbers follow it, each in one place.
enum TextStyle: Sendable {
    /// A terminal: aligned columns, digits in groups of three.
    case people
    /// A pipe or a file: one record a line, fields separated by a tab, plain numbers, `-` where
    /// there is nothing, always the same columns.
    case programs

    /// The style in force. `main()` chooses it by standard output; task-local, so that a test can
    /// choose another, and the texts in between need not hand it on.
    @TaskLocal static var current: TextStyle = .people

    /// What an output asks for.
    init(for output: Output) {
        self = output.isTerminal ? .people : .programs
    }
}
