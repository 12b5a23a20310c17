/// The counts of one operation.
package struct OperationCounts: Equatable, Sendable, BitwiseCopyable {
    /// Entries of participants.
    package var entries: UInt64
    /// Persons with at least one entry.
    package var participants: UInt32
    /// Entries that count as robots, and as tests whose run was not purged: they were let in, and
    /// are nobody's.
    package var robots: UInt64
    package var tests: UInt64

    package init(entries: UInt64, participants: UInt32, robots: UInt64 = 0, tests: UInt64 = 0) {
        self.entries = entries
        self.participants = participants
        self.robots = robots
        self.tests = tests
    }

    /// All entries that an export has, whatever they count as: those of load tests are left out.
    package var stored: UInt64 { entries &+ robots }
}
