/// The places of one page.
struct ListPage {
    private(set) var places: [Int] = []
    /// What the next page begins behind; nil on the last one.
    private(set) var next: String?

    /// - Parameters:
    ///   - count: places of the whole list.
    ///   - isShown: whether the element of a place belongs into the list.
    init(_ request: PageRequest, of count: Int, where isShown: (Int) -> Bool = { _ in true }) {
        var place = request.after.map { $0 + 1 } ?? 0
        while place < count {
            if isShown(place) {
                if places.count == request.limit {
                    next = places.last.map(String.init)
                    return
                }
                places.append(place)
            }
            place += 1
        }
    }

    /// A list's members: its elements under this name, and `next`.
    static func shape(_ name: String, of element: Shape) -> Shape {
        .object([
            .required(name, .array(element, maximum: ListLimits.pageElements)),
            .optional("next", .text(1...10), "Goes into `after`; absent on the last page."),
        ])
    }
}
