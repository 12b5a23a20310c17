/// What an operation used in a month, in counts (C15).
package struct Consumption: Equatable, Sendable, BitwiseCopyable {
    /// Entries of participants. Those of agreed load tests are none (C7), whether their run was
    /// purged or not.
    package var entries: UInt64 = 0
    /// Participants who entered the operation for the first time.
    package var participants: UInt64 = 0
    /// Entries that were let in and count as robots' (C6): among none of the others.
    package var robotEntries: UInt64 = 0
    /// Attempts that were taken for a robot's, whatever they were answered.
    package var robots: UInt64 = 0
    /// What was answered otherwise than `accepted`; a load test's entries are not among them.
    package var answers = AnswerCounts()

    package init(
        entries: UInt64 = 0, participants: UInt64 = 0, robotEntries: UInt64 = 0, robots: UInt64 = 0
    ) {
        self.entries = entries
        self.participants = participants
        self.robotEntries = robotEntries
        self.robots = robots
    }

    package var isEmpty: Bool { self == Consumption() }

    /// Adds each count; the largest number where that is more.
    package static func += (left: inout Consumption, right: Consumption) {
        left.entries = left.entries.addingOrMaximum(right.entries)
        left.participants = left.participants.addingOrMaximum(right.participants)
        left.robotEntries = left.robotEntries.addingOrMaximum(right.robotEntries)
        left.robots = left.robots.addingOrMaximum(right.robots)
        left.answers += right.answers
    }
}
