internal import Time

/// One time that an operation was held back: from the first measure against it to the moment when
/// none was in force any more. A fact: places of records, no words.
struct Episode: Encodable, Sendable {
    /// Records of the measures: steps of the ladder, suspensions and paces by hand, their ends.
    var measures: [UInt64]
    /// Records of what was answered meanwhile.
    var answers: [UInt64] = []
    /// The record that ended it; `nil` while a measure is in force.
    var ended: UInt64?
    let began: Timestamp

    private enum CodingKeys: String, CodingKey {
        case measures, answers, ended
    }
}
