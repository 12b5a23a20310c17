internal import Bytes
package import Time

/// All that was said of an operation's traffic before it came.
package struct Declarations: Equatable, Sendable {
    /// The notice that counts now.
    package var notice: TrafficNotice?
    /// Every campaign that was declared, in order, the withdrawn ones too.
    package var campaigns: [Campaign] = []

    package init() {}
}

/// Announces that an operation will have more participants than any operation may (C2).
package struct TrafficNotice: Equatable, Sendable, BitwiseCopyable {
    package var expectedParticipants: UInt32
    package var declaredAt: Timestamp

    package init(expectedParticipants: UInt32, declaredAt: Timestamp) {
        self.expectedParticipants = expectedParticipants
        self.declaredAt = declaredAt
    }

    /// Whether a notice comes too late to be one: the operation is beyond its cover already, and
    /// C2 asks for a notice beforehand. It is recorded, and changes no cover.
    package static func isLate(participants: UInt32, cover: Cover) -> Bool {
        !cover.holds(participants)
    }
}
