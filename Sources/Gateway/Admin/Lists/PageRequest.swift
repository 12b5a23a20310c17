/// The page of a list that a request asks for: `?after=&limit=`.
///
/// Every list here has places that are never given to another element, and grows at its end alone.
/// So a place is what a page begins behind, whatever was added, revoked or deleted meanwhile.
struct PageRequest: Sendable {
    /// The place of the last element that is known; nil begins with the first.
    let after: Int?
    /// Elements of the page at most.
    let limit: Int

    static let parameters = [
        QueryParameter(
            name: "after", shape: .integer(places),
            summary: "`next` of the page before; without it, the list begins.",
            allowsEmpty: true),
        QueryParameter(
            name: "limit", shape: .integer(limits),
            summary: "Elements at most; \(ListLimits.pageElements) without it, and no more."),
    ]

    private static let places = 0...Int(UInt32.max)
    private static let limits = 1...1_000_000

    init(_ query: inout QueryReader) {
        // `?after=` begins the list, as programs write it that have no `next` yet.
        after = query.integer(
            "after", Self.places, "Must be `next` of the page before.", allowsEmpty: true)
        let limit = query.integer("limit", Self.limits, "Must be a whole number from 1 on.")
        self.limit = min(limit ?? ListLimits.pageElements, ListLimits.pageElements)
    }
}
