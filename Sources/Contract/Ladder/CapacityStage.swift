/// A stage that every accepted entry passes. The one that is busiest limits what the platform
/// takes.
package enum CapacityStage: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
    /// The worker thread that is busiest.
    case worker
    /// The thread that decides.
    case sequencer
    /// The disk that the log is on.
    case disk
}
