/// The time that a commit takes on this disk without load: what its time under load is compared
/// with.
///
/// A commit of a few records shows it, whatever else goes on, because so few records are no load.
/// Of larger ones only those in calm count, and little. So a disk whose every sync takes 30 ms is
/// known within a second, from the start of a process or from the moment it became so slow, and a
/// disk that entries keep busy is not mistaken for one that is slow by itself.
package struct CalmCommit: Sendable {
    /// Microseconds; `nil` before the first commit.
    private var mean: Double?

    /// A commit of at most so many records is no load for the disk.
    private static var smallRecords: UInt64 { 4 }
    /// The weight of a tenth of a second with small commits, and with larger ones in calm.
    private static var smallWeight: Double { 0.2 }
    private static var calmWeight: Double { 0.002 }
    /// A disk that takes longer is slow whatever its calm is, in microseconds.
    private static var maximum: Double { 100_000 }

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
        guard count > 0 else { return }
        let isSmall = records <= count * Self.smallRecords
        guard isSmall || level == .calm else { return }
        let time = min(Double(sum) / Double(count) / 1_000, Self.maximum)
        let weight = isSmall ? Self.smallWeight : Self.calmWeight
        mean = mean.map { $0 + (time - $0) * weight } ?? time
    }

    /// Microseconds; 0 while it is not known.
    package var microseconds: Int { Int(mean ?? 0) }
}
