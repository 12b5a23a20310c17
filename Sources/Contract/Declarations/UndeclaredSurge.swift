package import Time

/// A surge of entries that no declaration announced, as the fold keeps it (C1).
///
/// It is found by a fact on record, and holds for ``lifetimeSeconds`` after the last one: a surge
/// that goes on is found again within half of that. Two things end it sooner: a declaration that
/// announces it, and a reset of the operation.
package struct UndeclaredSurge: Equatable, Codable, Sendable {
    /// The tag of its entries; `nil` for a rise, which needs none.
    package var source: String?
    /// When it was found first, while it held without a gap.
    package var since: Timestamp
    /// The first moment at which it no longer holds, unless it is found again.
    package var until: Timestamp
    /// Entries within the window, when it was found last.
    package var entries: Int
    /// Entries within the window that need no declaration.
    package var allowed: Int
    package var windowSeconds: Int

    /// Ten minutes.
    package static var lifetimeSeconds: Int { 600 }

    package init(
        source: String?, foundAt time: Timestamp, entries: Int, allowed: Int, windowSeconds: Int
    ) {
        self.source = source
        since = time
        until = time.advanced(byMilliseconds: Int64(Self.lifetimeSeconds) * 1_000)
        self.entries = entries
        self.allowed = allowed
        self.windowSeconds = windowSeconds
    }

    package func holds(at time: Timestamp) -> Bool { time < until }

    /// As the notice that it lacks.
    package var missingNotice: MissingNotice {
        MissingNotice(
            source == nil ? .rise : .campaign, since: since, count: entries, allowed: allowed,
            source: source, windowSeconds: windowSeconds)
    }

    private enum CodingKeys: String, CodingKey {
        case source, since, until, entries, allowed
        case windowSeconds = "window_seconds"
    }
}
