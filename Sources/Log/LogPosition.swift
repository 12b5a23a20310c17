package import Cryptography

/// A place between two batches: everything before a record, and nothing behind it.
package struct LogPosition: Equatable, Sendable {
    /// The number of the record that comes next; records count from 1.
    package var nextSequence: UInt64
    /// The chain value of the batch before; zeros where the log begins.
    package var chain: SHA256Digest

    package init(nextSequence: UInt64, chain: SHA256Digest) {
        self.nextSequence = nextSequence
        self.chain = chain
    }

    /// Before the first record of all.
    package static var beginning: LogPosition {
        LogPosition(nextSequence: 1, chain: SHA256Digest())
    }
}
