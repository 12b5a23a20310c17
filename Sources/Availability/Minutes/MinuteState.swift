/// What a minute was found to be (C10).
package enum MinuteState: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
    /// Not measured, or not enough. It counts in PC and not in DS: unmeasured is not up.
    case unmeasured
    case accessible
    case notAccessible = "not_accessible"
}
