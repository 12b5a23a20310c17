internal import Bytes
internal import Contract
internal import Ledger
internal import Time

struct UnknownSourceView: Encodable {
    let source: String
    /// Entries that carried it when it was found, within the window.
    let entries: Int
    /// Of the operation's entries meanwhile.
    let share: Double
    let windowSeconds: Int
    /// Entries with any undeclared tag, within the window.
    let undeclaredEntries: Int
    /// Accepted with it since it was found, or since the process started.
    let entriesSince: UInt64
    let perSecond: Double

    /// - Parameter now: what it has brought; nil where it has no count of its own.
    init(_ surge: UnknownSource, now: PushView.Source?) {
        source = surge.source
        entries = surge.entries
        share = Double(surge.permille) / 1_000
        windowSeconds = surge.windowSeconds
        undeclaredEntries = surge.undeclaredEntries
        entriesSince = now?.entries ?? 0
        perSecond = now?.perSecond ?? 0
    }

    private enum CodingKeys: String, CodingKey {
        case source, entries, share
        case windowSeconds = "window_seconds"
        case undeclaredEntries = "undeclared_entries"
        case entriesSince = "entries_since"
        case perSecond = "per_second"
    }
}

extension UnknownSourceView {
    static let shape = Shape.object([
        .required("source", .text(1...LedgerLimits.sourceBytes)), .required("entries", .count),
        .required("share", .number, "Of the operation's entries in the window, 0 to 1."),
        .required("window_seconds", .count),
        .required("undeclared_entries", .count, "With any undeclared tag, in the window."),
        .required(
            "entries_since", .count, "Accepted since it was found, or the process started."),
        .required("per_second", .number),
    ])
}
