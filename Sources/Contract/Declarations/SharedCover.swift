/// What the operations of one client may bring together without a notice (C2: "or several of a
/// client together").
///
/// It counts the client's open operations that announced no more than is free: each has the cover
/// of an operation without a declaration. An operation that announced more is held to its own
/// cover; one that is beyond it lacks that notice already, and is not counted again here.
package struct SharedCover: Equatable, Sendable {
    /// All participants of those operations.
    package private(set) var participants: UInt64 = 0
    /// Participants that they announced.
    private var announced: UInt64 = 0
    /// How many of them there are.
    package private(set) var operations = 0

    package init() {}

    /// - Parameter announced: by the operation's own declarations, at most 50,000.
    package mutating func add(participants: UInt32, announced: UInt32) {
        self.participants += UInt64(participants)
        self.announced += UInt64(announced)
        operations += 1
    }

    /// What they may bring together: 50,000, or all that they announced where that is more.
    package var allowed: UInt64 { max(UInt64(Cover.undeclared.participants), announced) }

    /// Whether their notice is missing. One operation alone never crosses it: it crosses its own
    /// cover first, and is not counted here any more.
    package var isCrossed: Bool { participants > allowed }

    /// How many participants each operation may gain before another look is due, at least 1: if all
    /// gain as many, half of what is left remains.
    package var participantsEach: UInt64 {
        isCrossed ? 1 : max((allowed - participants) / UInt64(2 * max(operations, 1)), 1)
    }
}

extension Declarations {
    /// The participants that declarations which count announce, below the free number too.
    package var announcedInTime: UInt32 {
        let recipients = campaigns.lazy.filter(\.counts)
            .reduce(UInt64(0)) { $0 + UInt64($1.declaration.recipients) }
        return max(notice?.expectedParticipants ?? 0, UInt32(clamping: recipients))
    }
}
