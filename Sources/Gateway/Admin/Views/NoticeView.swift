internal import Bytes
internal import Contract
internal import Ledger
internal import Time

struct NoticeView: Encodable {
    let expectedParticipants: Int
    let declaredAt: String

    init(_ notice: TrafficNotice) {
        expectedParticipants = Int(notice.expectedParticipants)
        declaredAt = notice.declaredAt.rfc3339
    }

    private enum CodingKeys: String, CodingKey {
        case expectedParticipants = "expected_participants"
        case declaredAt = "declared_at"
    }
}

/// The answer to a traffic notice.
struct TrafficNoticeView: Encodable {
    let operation: String
    let expectedParticipants: UInt32
    let declaredAt: String
    /// It came when the operation was beyond its cover already, and changes none.
    let late: Bool
    /// From now on.
    let cover: Int
    /// Participants that all declarations together let expect; nil without any that counts.
    let expected: Int?

    private enum CodingKeys: String, CodingKey {
        case operation, late, cover, expected
        case expectedParticipants = "expected_participants"
        case declaredAt = "declared_at"
    }
}

extension NoticeView {
    static let shape = Shape.object([
        .required("expected_participants", .count), .required("declared_at", .time),
    ])
}

extension TrafficNoticeView {
    static let shape = Shape.object([
        .required("operation", .identifier), .required("expected_participants", .count),
        .required("declared_at", .time),
        .required("late", .boolean, "Given beyond the cover already; it changes nothing."),
        .required("cover", .count, "From now on."),
        .optional("expected", .count, "Participants, by all declarations together."), .changed,
    ])
    static let body = Shape.object([
        .required("expected_participants", .integer(1...Int(UInt32.max))),
        .optional("note", .nullable(Shape.noteText)),
    ])
}
