internal import Ledger
internal import Time

/// How long tokens of the admin listener live, in one place (C16). They are checked where a token
/// is asked for, and not in the fold: a log with other lifetimes still replays.
enum TokenLifetime {
    /// Seconds for which a renewed token and its successor both work.
    static var overlapSeconds: Int { 86_400 }
    static var maximumOverlapSeconds: Int { 30 * 86_400 }
    /// The age from which on the log asks to replace `admin.token`.
    static var adminFileDays: Int { 400 }

    static var dayMilliseconds: Int64 { 86_400_000 }

    /// Whole days from one time to another; 0 where the other is earlier.
    static func days(from start: Timestamp, to end: Timestamp) -> Int {
        let (length, overflow) = end.milliseconds.subtractingReportingOverflow(start.milliseconds)
        return overflow || length < 0 ? 0 : Int(length / dayMilliseconds)
    }

    /// Days until `end`, the one that has begun among them: a token of 90 days has 90 on its first
    /// day, and one that works has 1 at least.
    static func daysLeft(until end: Timestamp, at now: Timestamp) -> Int {
        let (length, overflow) = end.milliseconds.subtractingReportingOverflow(now.milliseconds)
        guard !overflow, length > 0 else { return 0 }
        return Int((length - 1) / dayMilliseconds) + 1
    }
}

extension TokenRole {
    /// Days that a token lives where nothing else is asked for.
    var defaultDays: Int {
        switch self {
        case .operator: 90
        case .auditor: 30
        case .client, .scrape: 365
        }
    }

    /// Days that a token may live at most.
    var maximumDays: Int {
        switch self {
        case .operator, .auditor, .client: 400
        // A program does not notice that its token ends soon.
        case .scrape: 800
        }
    }

    init?(_ role: Author.Role) {
        self.init(rawValue: role.rawValue)
    }
}
