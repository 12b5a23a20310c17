/// The recent measurements that determine the level. Times are means without single outliers
/// (``SettledMean``), over the last half second if it has enough measurements.
package struct PressureFigures: Equatable, Codable, Sendable, BitwiseCopyable {
    /// The mean wait of an entry for the sequencer, in microseconds.
    package var queueWait = 0
    /// The mean time of a commit, in microseconds.
    package var commit = 0
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

    /// All figures.
    var all: [Int] { [queueWait, commit, loopLag, unreadWait, shed, memory] }

    private enum CodingKeys: String, CodingKey {
        case shed
        case queueWait = "queue_wait_us"
        case commit = "commit_us"
        case loopLag = "loop_lag_us"
        case unreadWait = "unread_wait_us"
        case memory = "memory_permille"
    }
}
