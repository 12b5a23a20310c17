/// How a leader trims the log that all nodes share.
package struct LogTrimming: Sendable {
    /// What stays in the log for nodes that were away.
    package var keptBytes: Int
    /// Between two batches that the log may be trimmed below.
    package var spacingBytes: Int
    /// Between two trims.
    package var nanoseconds: UInt64 = 5_000_000_000

    /// 64 MiB: a node that was away for some seconds of the busiest day, or for some minutes of a
    /// usual one, finds there what it lacks.
    package static var usualKeptBytes: Int { 64 << 20 }
    /// Few marks to remember, and little that stays beyond what is to.
    private static var mostSpacingBytes: Int { 1 << 20 }

    package init(keptBytes: Int = usualKeptBytes) {
        self.keptBytes = keptBytes
        spacingBytes = min(Self.mostSpacingBytes, keptBytes / 4)
    }
}
