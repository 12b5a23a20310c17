/// How much an answer shows of what there may be many of, in one place. What is left out can be
/// asked for page by page.
enum ListLimits {
    /// Elements of one page of a list.
    static var pageElements: Int { 200 }
    /// Operations of `GET /v1/status`.
    static var statusOperations: Int { 200 }
    /// The newest campaigns, and the newest keys, that an operation in a list has.
    static var listedParts: Int { 5 }
    /// The same of an operation by itself.
    static var shownParts: Int { 50 }
    /// Parts of campaigns that a calendar reckons with; see `ExpectedWave`.
    static var calendarParts: Int { 20_000 }
}
