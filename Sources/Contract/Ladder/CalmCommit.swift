/// The time that a commit takes on this disk without load: what its time under load is compared
/// with.
///
/// Entries never make a disk quicker. So what is quicker than what was known shows it, whatever
/// goes on; and a commit of a few records shows it, because so few are no load. Of larger ones that
/// take longer only those in calm count, and little: they may be the load. But where all commits of
/// a second take longer, and carry fewer records than any disk stores in that time, the disk itself
/// has become slow. So a disk whose every sync takes 300 ms is known within two seconds, from the
/// start of a process or from the moment it became so slow; a disk that entries keep busy is not
/// mistaken for one that is slow by itself, nor one that stands still now and then.
package struct CalmCommit: Sendable {
    /// Microseconds; `nil` before the first commit.
    private var mean: Double?
    /// While all commits take longer, and few records cannot be why: the quickest tenth of a second
    /// of them, in microseconds, and tenths of a second since the first.
    private var slow: (quickest: Double, tenths: Int)?

    /// A commit of at most so many records is no load for the disk.
    private static var smallRecords: UInt64 { 4 }
    /// The weight of a tenth of a second that small commits took, of one with larger ones that are
    /// quicker, and of one with larger ones in calm.
    private static var smallWeight: Double { 0.2 }
    private static var quickerWeight: Double { 0.05 }
    private static var calmWeight: Double { 0.002 }
    /// A disk stores more records than this in a second, whatever they need of it: of the time of a
    /// commit with fewer, most is the disk's own.
    private static var storedPerSecond: Double { 500 }
    /// Tenths of a second of slow commits after which a disk is slow by itself: longer than it may
    /// stand still without being strained (``SettledMean``), nearly.
    private static var tellingTenths: Int { 9 }
    /// A disk that takes longer stands still, in microseconds.
    private static var maximum: Double { 1_000_000 }

    package init() {}

    /// Adds the commits of a tenth of a second.
    /// - Parameters:
    ///   - count: the number of commits.
    ///   - sum: the time that they took together, in nanoseconds.
    ///   - records: the number of records that they stored.
    ///   - level: the level of pressure before.
    package mutating func add(
        count: UInt64, sum: UInt64, records: UInt64, level: PressureLevel
    ) {
        slow?.tenths += 1
        guard count > 0 else { return }
        let time = min(Double(sum) / Double(count) / 1_000, Self.maximum)
        guard let mean else {
            self.mean = time
            return
        }
        if time <= mean || Self.isLoaded(sum: sum, records: records) {
            slow = nil
        } else {
            slow = (min(slow?.quickest ?? time, time), slow?.tenths ?? 0)
        }
        if let known = slow, known.tenths >= Self.tellingTenths {
            self.mean = known.quickest
            slow = nil
            return
        }
        let weight: Double
        if records <= count * Self.smallRecords {
            // One that takes longer than a tenth of a second is worth as many.
            let tenths = min(max(Double(sum) / 1e8, 1), 10)
            weight = 1 - Self.power(1 - Self.smallWeight, tenths)
        } else if time < mean {
            weight = Self.quickerWeight
        } else if level == .calm {
            weight = Self.calmWeight
        } else {
            return
        }
        self.mean = mean + (time - mean) * weight
    }

    /// Whether the records may be why commits took so long.
    private static func isLoaded(sum: UInt64, records: UInt64) -> Bool {
        Double(records) > storedPerSecond * Double(sum) / 1e9
    }

    /// A power with a whole number of factors.
    private static func power(_ base: Double, _ exponent: Double) -> Double {
        (0..<Int(exponent)).reduce(1) { product, _ in product * base }
    }

    /// Microseconds; 0 while it is not known.
    package var microseconds: Int { Int(mean ?? 0) }
}
