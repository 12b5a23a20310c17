/// The log of the process that a gateway runs in, beside the messages: what got lost on the way
/// out, and the way out itself.
package protocol ProcessLog: Sendable {
    /// Lines that were not written since the process started.
    var droppedLines: UInt64 { get }

    /// Waits until everything that was logged is written, and no longer than this. For the end of
    /// the process: no thread that serves calls it.
    func flush(withinMilliseconds milliseconds: Int)
}

/// A log whose messages go out at once.
struct DirectLog: ProcessLog {
    var droppedLines: UInt64 { 0 }

    func flush(withinMilliseconds milliseconds: Int) {}
}
