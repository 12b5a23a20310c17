/// Entries of an operation that were answered, and those of them that were refused for lack of
/// room: what its client's minutes are judged by (C10). Load tests are none of them.
struct RoomCount: Equatable, Sendable {
    var attempts: UInt64 = 0
    /// ``attempts`` or fewer.
    var refused: UInt64 = 0

    /// What came after an earlier count. Two counters, read one after the other: what came between
    /// may show in the next one.
    func since(_ earlier: RoomCount) -> RoomCount {
        let more = attempts - min(earlier.attempts, attempts)
        return RoomCount(
            attempts: more, refused: min(refused - min(earlier.refused, refused), more))
    }

    static func += (count: inout RoomCount, other: RoomCount) {
        count.attempts += other.attempts
        count.refused += other.refused
    }
}

extension Instruments {
    /// What this node's listeners have answered of an operation since the process started.
    func room(of operation: UInt32) -> RoomCount {
        var found = RoomCount()
        for name in VerdictName.allCases {
            let count = verdicts(name.rawValue, of: operation)
            found.attempts += count
            if name == .overloaded { found.refused += count }
        }
        for cause in RefusalCause.withoutLackOfRoom {
            found.refused -= min(operations.refusals(cause, of: operation), found.refused)
        }
        return found
    }
}
