/// Limits of what an answer of etcd may hold; an answer beyond one is an error, as a broken one is.
package enum EtcdLimits {
    /// Bytes of an answer: a page of the log, with room for keys and lengths.
    package static let answerBytes = 10 << 20
    /// Bytes of the answers that hold no batches.
    package static let smallAnswerBytes = 1 << 20
    /// Bytes of one batch; etcd must take requests that are a little longer.
    package static let batchBytes = 1 << 20
    /// Batches in one answer.
    package static let pageBatches: UInt64 = 8
    /// Keys in one answer that holds no values, and in one that holds them: the largest of a vault
    /// are its heads, 320 KiB at most.
    static let pageKeys: UInt64 = 512
    static let pageValues: UInt64 = 32
    /// Keys that one change beside the log may touch.
    package static let changes = 64
    static let keyValues = 1_024
    static let members = 64
    static let texts = 64
    static let textBytes = 2_048
    static let responses = 128
}
