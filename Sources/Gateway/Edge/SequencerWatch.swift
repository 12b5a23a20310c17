/// How long the sequencer has not turned, as one loop sees it: while a sync hangs, it cannot say so
/// itself.
///
/// Only time that the loop has seen pass counts: a process that was stopped, or a machine that
/// slept, has not waited for a disk.
struct SequencerWatch {
    private var beat: Int64 = 0
    private var seenAt: UInt64 = 0
    /// Nanoseconds for which the beat has been the same.
    private(set) var silence: UInt64 = 0

    /// What one look can add: the pulse has every loop look ten times a second.
    private static var stepNanoseconds: UInt64 { 250_000_000 }

    /// - Parameters:
    ///   - beat: when the sequencer last turned; see ``Heartbeats/sequencerBeat``.
    ///   - now: the monotonic clock, nanoseconds.
    mutating func look(_ beat: Int64, at now: UInt64) {
        let passed = min(now - min(seenAt, now), Self.stepNanoseconds)
        silence = beat == self.beat && beat != Heartbeats.ended ? silence + passed : 0
        self.beat = beat
        seenAt = now
    }
}
