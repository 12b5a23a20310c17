/// The bounds that a level of pressure follows from: beyond the upper one of a level it begins,
/// below half of it it ends. Recorded with each measurement, so that a figure stands beside its
/// limit.
package struct PressureLimits: Equatable, Codable, Sendable, BitwiseCopyable {
    /// The mean wait, commit time or loop lag above which the level is strained, in microseconds.
    package var strained: Int
    /// The same for critical.
    package var critical: Int
    /// The memory pressure above which the level is strained, in permille.
    package var strainedMemory: Int
    /// The same for critical.
    package var criticalMemory: Int

    package init(strained: Int, critical: Int, strainedMemory: Int, criticalMemory: Int) {
        self.strained = strained
        self.critical = critical
        self.strainedMemory = strainedMemory
        self.criticalMemory = criticalMemory
    }

    /// Those that ``PressureClassifier`` goes by.
    package static var inForce: PressureLimits {
        PressureLimits(
            strained: PressureClassifier.bound(of: .strained),
            critical: PressureClassifier.bound(of: .critical),
            strainedMemory: PressureClassifier.memoryBound(of: .strained),
            criticalMemory: PressureClassifier.memoryBound(of: .critical))
    }

    /// All bounds.
    var all: [Int] { [strained, critical, strainedMemory, criticalMemory] }

    private enum CodingKeys: String, CodingKey {
        case strained = "strained_us"
        case critical = "critical_us"
        case strainedMemory = "strained_memory_permille"
        case criticalMemory = "critical_memory_permille"
    }
}
