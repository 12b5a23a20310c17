/// The bounds that a level of pressure follows from: beyond the upper one of a level it begins,
/// below half of it it ends. Recorded with each measurement, so that a figure stands beside its
/// limit.
package struct PressureLimits: Equatable, Codable, Sendable, BitwiseCopyable {
    /// The mean wait or loop lag above which the level is strained, in microseconds.
    package var strained: Int
    /// The same for critical.
    package var critical: Int
    /// The mean wait for the sequencer above which the level is strained, in microseconds: longer
    /// by what a commit takes without load, because an entry may wait for the sync in flight.
    package var strainedQueueWait: Int
    /// The same for critical.
    package var criticalQueueWait: Int
    /// The mean time of a commit above which the level is strained, in microseconds: a multiple of
    /// what it takes without load, and never less than ``strained``.
    package var strainedCommit: Int
    /// The same for critical.
    package var criticalCommit: Int
    /// The memory pressure above which the level is strained, in permille.
    package var strainedMemory: Int
    /// The same for critical.
    package var criticalMemory: Int

    /// The bounds on a disk of which a commit takes so long without load, in microseconds.
    package init(
        strained: Int, critical: Int, strainedMemory: Int, criticalMemory: Int, calmCommit: Int = 0
    ) {
        self.strained = strained
        self.critical = critical
        strainedQueueWait = strained + calmCommit
        criticalQueueWait = critical + calmCommit
        strainedCommit = max(strained, 3 * calmCommit)
        criticalCommit = max(critical, 10 * calmCommit)
        self.strainedMemory = strainedMemory
        self.criticalMemory = criticalMemory
    }

    /// Those that ``PressureClassifier`` goes by, on such a disk.
    package static func inForce(calmCommit: Int) -> PressureLimits {
        PressureLimits(
            strained: PressureClassifier.bound(of: .strained),
            critical: PressureClassifier.bound(of: .critical),
            strainedMemory: PressureClassifier.memoryBound(of: .strained),
            criticalMemory: PressureClassifier.memoryBound(of: .critical), calmCommit: calmCommit)
    }

    /// All bounds.
    var all: [Int] {
        [
            strained, critical, strainedQueueWait, criticalQueueWait, strainedCommit,
            criticalCommit, strainedMemory, criticalMemory,
        ]
    }

    private enum CodingKeys: String, CodingKey {
        case strained = "strained_us"
        case critical = "critical_us"
        case strainedQueueWait = "strained_queue_wait_us"
        case criticalQueueWait = "critical_queue_wait_us"
        case strainedCommit = "strained_commit_us"
        case criticalCommit = "critical_commit_us"
        case strainedMemory = "strained_memory_permille"
        case criticalMemory = "critical_memory_permille"
    }
}
