/// The times at which the machine ran as it should: not within a margin of a standstill.
///
/// Requests are told apart by the moment when they were due, and never by how long they took: those
/// that are slow of themselves would be left out more often otherwise. One that was due before the
/// margin and still waited when the machine stood still counts, with all of its wait.
struct QuietTimes: Sendable {
    /// In order, and apart: nanoseconds of the monotonic clock.
    private let disturbed: [Range<UInt64>]

    /// Before a standstill requests are due that it finds unanswered, and behind it a gateway has
    /// what came meanwhile to answer. As long as the standstill itself, where that is longer.
    static let marginNanoseconds: UInt64 = 20_000_000

    /// - Parameter standstills: in any order.
    init(without standstills: [Range<UInt64>]) {
        disturbed = StandstillMeter.merged(
            standstills.map { one in
                let margin = max(Self.marginNanoseconds, one.upperBound - one.lowerBound)
                return one.lowerBound - min(one.lowerBound, margin)..<one.upperBound + margin
            })
    }

    func contains(_ time: UInt64) -> Bool {
        // The last that begins at that time or before it.
        var (low, high) = (0, disturbed.count)
        while low < high {
            let middle = (low + high) / 2
            if disturbed[middle].lowerBound <= time { low = middle + 1 } else { high = middle }
        }
        return low == 0 || time >= disturbed[low - 1].upperBound
    }
}
