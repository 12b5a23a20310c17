/// The counts of one operation.
package struct OperationCounts: Equatable, Sendable, BitwiseCopyable {
    /// Entries accepted.
    package var entries: UInt64
    /// Persons with at least one entry.
    package var participants: UInt32

    package init(entries: UInt64, participants: UInt32) {
        self.entries = entries
        self.participants = participants
    }
}
