/// How many participants an operation's declarations allow for.
package struct Cover: Equatable, Sendable, BitwiseCopyable {
    /// Participants up to which the operation keeps its service level.
    package var participants: UInt32

    package init(participants: UInt32) {
        self.participants = participants
    }

    /// The cover of an operation without any declaration: 50,000 participants (C2).
    package static var undeclared: Cover { Cover(participants: 50_000) }

    /// Whether so many participants are within the cover; the cover itself still is (C2: "more
    /// than").
    package func holds(_ participants: UInt32) -> Bool {
        participants <= self.participants
    }
}
