package import Time

/// A notice that an operation lacks: the first half of what C3 asks for before the ladder may act.
///
/// The other half is strain. Neither half alone allows a measure.
package struct MissingNotice: Equatable, Codable, Sendable {
    package enum Kind: String, CaseIterable, Codable, Sendable {
        /// The operation has more participants than its declarations allow for (C2).
        case cover
        /// The operations of its client that announced nothing above what is free have more
        /// participants together than is free (C2: "several of a client together").
        case client
        /// Entries carry the tag of a campaign that was not declared (C1).
        case campaign
        /// More entries came within the policy's window than was announced (C1, C2). It needs no
        /// tag, and counts entries, not participants.
        case rise
    }

    package var kind: Kind
    /// When the gateway found it.
    package var since: Timestamp
    /// What was counted when it was found last: participants (`client`), or entries within the
    /// window (`campaign`, `rise`); `nil` for `cover`, whose participants stand elsewhere.
    package var count: Int?
    /// What may come without this notice, in the same unit.
    package var allowed: Int
    /// The tag; of `campaign`.
    package var source: String?
    /// What the entries were counted over; of `campaign` and `rise`.
    package var windowSeconds: Int?

    package init(
        _ kind: Kind, since: Timestamp, count: Int? = nil, allowed: Int, source: String? = nil,
        windowSeconds: Int? = nil
    ) {
        self.kind = kind
        self.since = since
        self.count = count
        self.allowed = allowed
        self.source = source
        self.windowSeconds = windowSeconds
    }

    private enum CodingKeys: String, CodingKey {
        case since, count, allowed, source
        case kind = "notice"
        case windowSeconds = "window_seconds"
    }
}
