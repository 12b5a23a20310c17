internal import Ledger
internal import Wire

/// One route that a loop answers by itself, of the public listener or of both.
///
/// A loop matches its targets without copying anything (``PublicTarget``); a test holds the two
/// against each other.
struct PublicRoute: Sendable {
    let method: String
    let pattern: PathPattern
    /// What metrics name it.
    let label: Route
    /// The admin listener has it, too.
    let isOfBoth: Bool
    /// Whether it takes a front-end key.
    let needsKey: Bool
    let summary: String
    let body: Shape?
    let answers: [AdminRoute.Answer]
    /// Statuses of its problems.
    let refusals: [HTTPStatus]

    init(
        _ method: String, _ pattern: String, _ label: Route, isOfBoth: Bool = false,
        needsKey: Bool = false, _ summary: String, body: Shape? = nil,
        answers: [AdminRoute.Answer], refusals: [HTTPStatus] = []
    ) {
        self.method = method
        self.pattern = PathPattern(pattern)
        self.label = label
        self.isOfBoth = isOfBoth
        self.needsKey = needsKey
        self.summary = summary
        self.body = body
        self.answers = answers
        self.refusals = refusals
    }
}
