internal import Bytes
internal import Time

/// That a key or a token is suspected: it works, and its uses are counted (C16).
struct SuspicionView: Encodable {
    let since: String
    let uses: UInt64
    let lastUse: String?

    /// Nil where it is not.
    init?(since: Timestamp?, _ uses: SuspectedUses.Uses) {
        guard let since else { return nil }
        self.since = since.rfc3339
        self.uses = uses.count
        lastUse = uses.last?.rfc3339
    }

    private enum CodingKeys: String, CodingKey {
        case since = "suspected_at"
        case uses = "suspected_uses"
        case lastUse = "suspected_last_use"
    }
}

extension SuspicionView {
    static let members: [Shape.Member] = [
        .optional("suspected_at", .time, "Since when it is watched; it is not refused."),
        .optional(
            "suspected_uses", .count, "Since then, and since the process started; refused ones too."
        ),
        .optional("suspected_last_use", .time),
    ]
}
