/// Entries of one operation that rose within the policy's window (C1, C2). Whether they had to be
/// announced is for the fold to decide, by what is declared then.
package struct TrafficRise: Equatable, Codable, Sendable {
    package var operation: String
    /// Entries that came within the window, whatever their verdict; those with a ticket, which came
    /// before, are not counted again.
    package var entries: Int
    package var windowSeconds: Int

    package init(operation: String, entries: Int, windowSeconds: Int) {
        self.operation = operation
        self.entries = entries
        self.windowSeconds = windowSeconds
    }

    /// Whether every figure can have been measured.
    var isPlausible: Bool {
        (0...1_000_000_000_000).contains(entries) && (1...3_600).contains(windowSeconds)
    }

    private enum CodingKeys: String, CodingKey {
        case operation, entries
        case windowSeconds = "window_seconds"
    }
}
