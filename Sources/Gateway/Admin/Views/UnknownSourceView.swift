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

    init(_ surge: UnknownSource) {
        source = surge.source
        entries = surge.entries
        share = Double(surge.permille) / 1_000
        windowSeconds = surge.windowSeconds
    }

    private enum CodingKeys: String, CodingKey {
        case source, entries, share
        case windowSeconds = "window_seconds"
    }
}

extension UnknownSourceView {
    static let shape = Shape.object([
        .required("source", .text(1...LedgerLimits.sourceBytes)), .required("entries", .count),
        .required("share", .number, "Of the operation's entries in the window, 0 to 1."),
        .required("window_seconds", .count),
    ])
}
