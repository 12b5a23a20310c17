/// A campaign tag that no declaration names, and the surge that carried it (C1).
package struct UnknownSource: Equatable, Codable, Sendable {
    package var operation: String
    package var source: String
    /// Entries with the tag within the window.
    package var entries: Int
    /// Share of the operation's entries within the window, permille.
    package var permille: Int
    package var windowSeconds: Int

    package init(
        operation: String, source: String, entries: Int, permille: Int, windowSeconds: Int
    ) {
        self.operation = operation
        self.source = source
        self.entries = entries
        self.permille = permille
        self.windowSeconds = windowSeconds
    }

    /// Whether every figure can have been measured.
    var isPlausible: Bool {
        (1...LedgerLimits.sourceBytes).contains(source.utf8.count) && entries >= 0
            && (0...1_000).contains(permille) && windowSeconds >= 0
    }

    private enum CodingKeys: String, CodingKey {
        case operation, source, entries, permille
        case windowSeconds = "window_seconds"
    }
}
