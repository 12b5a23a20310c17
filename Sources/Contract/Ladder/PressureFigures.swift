/// What was measured of the gateway lately, as far as the level goes by it. Times are means that
/// one hiccup does not move (``SettledMean``), of the last half second where there was enough.
package struct PressureFigures: Equatable, Codable, Sendable, BitwiseCopyable {
    /// Mean wait of an entry for the sequencer, microseconds.
    package var queueWait = 0
    /// Mean time of a commit, microseconds.
    package var commit = 0
    /// Mean time until a loop read what was left for it, microseconds.
    package var loopLag = 0
    /// Requests that were shed because a ring was full, a second.
    package var shed = 0
    /// Share of ten seconds that a task waited for memory (PSI), permille.
    package var memory = 0

    package init() {}

    /// Every one of them.
    var all: [Int] { [queueWait, commit, loopLag, shed, memory] }

    private enum CodingKeys: String, CodingKey {
        case shed
        case queueWait = "queue_wait_us"
        case commit = "commit_us"
        case loopLag = "loop_lag_us"
        case memory = "memory_permille"
    }
}
