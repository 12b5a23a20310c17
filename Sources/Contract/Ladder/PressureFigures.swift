/// The recent measurements that determine the level. Times are means without single outliers
/// (``SettledMean``), over the last half second if it has enough measurements.
package struct PressureFigures: Equatable, Codable, Sendable, BitwiseCopyable {
    /// The mean wait of an entry for the sequencer, in microseconds.
    package var queueWait = 0
    /// The mean time of a commit, in microseconds.
    package var commit = 0
    /// The time of a commit on the same disk without load, in microseconds; see ``CalmCommit``.
    package var calmCommit = 0
    /// The mean time until an event loop reads its messages, in microseconds.
    package var loopLag = 0
    /// The mean time that a request's bytes lie in the kernel before a loop reads them, in
    /// microseconds.
    package var unreadWait = 0
    /// Requests a second that were shed because a ring was full.
    package var shed = 0
    /// The share of the last ten seconds in which a task waited for memory (PSI), in permille.
    package var memory = 0

    package init() {}

    /// How long a client waits for the gateway, in microseconds: until its entry is read and then
    /// until it is decided, or for a loop where that is longer. What an entry waits for the sync in
    /// flight is the disk's own time, and no sign of load.
    package var wait: Int { max(unreadWait + max(queueWait - calmCommit, 0), loopLag) }

    /// The wait that smoothing holds at its target. On average an entry waits for half of the sync
    /// in flight.
    package var smoothedWait: Int {
        max(unreadWait + max(queueWait - calmCommit / 2, 0), loopLag)
    }

    /// All figures.
    var all: [Int] { [queueWait, commit, calmCommit, loopLag, unreadWait, shed, memory] }

    private enum CodingKeys: String, CodingKey {
        case shed
        case queueWait = "queue_wait_us"
        case commit = "commit_us"
        case calmCommit = "calm_commit_us"
        case loopLag = "loop_lag_us"
        case unreadWait = "unread_wait_us"
        case memory = "memory_permille"
    }
}
