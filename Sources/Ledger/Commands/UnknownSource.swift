/// A campaign tag that no declaration names, and the surge that carried it (C1).
package struct UnknownSource: Equatable, Codable, Sendable {
    package var operation: String
    /// Of the operation's undeclared tags the one that brought most.
    package var source: String
    /// Entries with the tag within the window.
    package var entries: Int
    /// Share of the operation's entries within the window, permille.
    package var permille: Int
    package var windowSeconds: Int
    /// Entries with any undeclared tag within the window: campaigns that run together add up (C1).
    package var undeclaredEntries: Int
    /// All entries of the operation that were accepted within the window.
    package var operationEntries: Int

    /// - Parameters:
    ///   - undeclaredEntries: `nil` if it is the only undeclared tag.
    ///   - operationEntries: `nil` for what `entries` and `permille` give.
    package init(
        operation: String, source: String, entries: Int, permille: Int, windowSeconds: Int,
        undeclaredEntries: Int? = nil, operationEntries: Int? = nil
    ) {
        self.operation = operation
        self.source = source
        self.entries = entries
        self.permille = permille
        self.windowSeconds = windowSeconds
        self.undeclaredEntries = undeclaredEntries ?? entries
        self.operationEntries = operationEntries ?? entries * 1_000 / max(permille, 1)
    }

    /// Share of the operation's entries that carried any undeclared tag, permille.
    package var undeclaredPermille: Int {
        min(undeclaredEntries * 1_000 / max(operationEntries, 1), 1_000)
    }

    /// Whether every figure can have been measured, so that arithmetic on it cannot overflow.
    var isPlausible: Bool {
        (1...LedgerLimits.sourceBytes).contains(source.utf8.count)
            && [entries, undeclaredEntries, operationEntries, windowSeconds]
                .allSatisfy((0...1_000_000_000_000).contains)
            && (0...1_000).contains(permille)
    }

    private enum CodingKeys: String, CodingKey {
        case operation, source, entries, permille
        case windowSeconds = "window_seconds"
        case undeclaredEntries = "undeclared_entries"
        case operationEntries = "operation_entries"
    }
}
