internal import Time

/// The interval of a calendar.
struct CalendarRange {
    let start: Timestamp
    let end: Timestamp
    /// The end that was asked for. Without one, what is announced has none: a calendar program that
    /// subscribes cannot move it.
    let askedEnd: Timestamp?

    /// 62 days.
    static let longestMilliseconds: Int64 = 62 * 86_400_000
    /// 31 days.
    static let usualMilliseconds: Int64 = 31 * 86_400_000

    static let parameters = [
        QueryParameter(
            name: "from", shape: .time, summary: "The first moment; without it, now."),
        QueryParameter(
            name: "to", shape: .time,
            summary: "The first moment that is left out; at most 62 days later. Without it, "
                + "31 days of campaigns (366 of the file's), and all maintenance and changes that "
                + "are announced."),
    ]

    /// Reads it from a query; the last fault is the caller's to throw.
    init(_ query: inout QueryReader, now: Timestamp) {
        let start = query.time("from") ?? now
        let asked = query.time("to")
        let end = asked ?? start.advanced(byMilliseconds: Self.usualMilliseconds)
        let latest = start.advanced(byMilliseconds: Self.longestMilliseconds)
        if end <= start { query.addError("to", "Must be after from.") }
        if end > latest { query.addError("to", "Must be at most 62 days after from.") }
        self.start = start
        self.end = min(max(end, start), latest)
        askedEnd = asked == nil ? nil : self.end
    }
}
