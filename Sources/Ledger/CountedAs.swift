/// What an entry counts as. Who counts as a participant has a number, and fills cover, cap and
/// second keys; the others are let in, have an entry's number, and count apart (C6, C7).
@usableFromInline
package enum CountedAs: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case participant = 0
    /// What came with it gives a robot away, and its operation only observes them.
    case robot = 1
    /// It came with a permit for a load test.
    case test = 2

    /// The name in JSON: nil for a participant.
    package var name: String? {
        switch self {
        case .participant: nil
        case .robot: "robot"
        case .test: "test"
        }
    }
}
