internal import Bytes
package import Time

/// The declarations of an operation's traffic.
package struct Declarations: Equatable, Codable, Sendable {
    /// The notice in force.
    package var notice: TrafficNotice?
    /// Every declared campaign, in order, including withdrawn ones.
    package var campaigns: [Campaign] = []

    package init() {}
}

/// A notice that an operation will have more participants than are allowed without one (C2).
package struct TrafficNotice: Equatable, Codable, Sendable, BitwiseCopyable {
    package var expectedParticipants: UInt32
    package var declaredAt: Timestamp

    package init(expectedParticipants: UInt32, declaredAt: Timestamp) {
        self.expectedParticipants = expectedParticipants
        self.declaredAt = declaredAt
    }

    /// Whether a notice comes too late: the operation is already beyond its cover, and C2 requires
    /// a notice beforehand. A late notice is recorded and does not change the cover.
    package static func isLate(participants: UInt32, cover: Cover) -> Bool {
        !cover.holds(participants)
    }
}
