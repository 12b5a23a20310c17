/// How a leader trims the log that all nodes share.
package struct LogTrimming: Sendable {
    /// What stays in the log for nodes that were away.
    package var keptBytes = 64 << 20
    /// Between two batches that the log may be trimmed below.
    package var spacingBytes = 1 << 20
    /// Between two trims.
    package var nanoseconds: UInt64 = 5_000_000_000

    package init() {}
}
