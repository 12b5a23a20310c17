package import Availability
package import Time

/// How many entries of an operation were answered otherwise than `accepted`, over a quarter of an
/// hour at most (C15).
///
/// What is not accepted leaves no record of its own, so the process puts its counts on record: one
/// record a quarter of an hour and operation at most, and none without such an answer. What a
/// process has counted and not recorded when it is killed is lost.
package struct NotAcceptedEntries: Equatable, Sendable {
    package var operation: String
    /// When the counting began, and when it ended. The month that it began in has the counts:
    /// every time zone's months begin with a quarter of an hour.
    package var since: Timestamp
    package var until: Timestamp
    package var counts: AnswerCounts

    package init(operation: String, since: Timestamp, until: Timestamp, counts: AnswerCounts) {
        self.operation = operation
        self.since = since
        self.until = until
        self.counts = counts
    }

    /// Whether every figure can have been counted.
    var isPlausible: Bool {
        since <= until
            && AnswerCounts.verdicts.allSatisfy {
                counts[keyPath: $0.count] <= 1_000_000_000_000
            }
    }

    var sentence: String {
        let counts = AnswerCounts.verdicts.map { "\(self.counts[keyPath: $0.count]) \($0.name)" }
        return "From \(since.rfc3339) to \(until.rfc3339) the entries that were not accepted were "
            + "answered: " + counts.joined(separator: ", ") + "."
    }
}

/// In JSON one flat object: the counts stand beside the other members.
extension NotAcceptedEntries: Codable {
    private enum Member: String, CodingKey {
        case operation, since, until
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        operation = try members.decode(String.self, forKey: .operation)
        since = try members.decode(Timestamp.self, forKey: .since)
        until = try members.decode(Timestamp.self, forKey: .until)
        counts = try AnswerCounts(from: decoder)
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(operation, forKey: .operation)
        try members.encode(since, forKey: .since)
        try members.encode(until, forKey: .until)
        try counts.encode(to: encoder)
    }
}
