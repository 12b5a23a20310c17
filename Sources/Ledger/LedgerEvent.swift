internal import Bytes
package import Contract
package import Time

/// What the fold finds out by itself while it decides: nobody asked for it, and it is on record.
///
/// The log keeps each one as JSON behind the record that brought it about, so names and fields
/// here are a stored format. A replay comes to the same events, and compares.
package enum LedgerEvent: Equatable, Sendable {
    /// The participants reached 80 % of the operation's cover.
    case coverNear(operation: String, participants: UInt32, cover: UInt32)
    /// The first participant beyond the cover (C2).
    case coverCrossed(operation: String, participants: UInt32, cover: UInt32)
    /// The ladder took a step (C3, C4), or would have under another policy.
    case step(step: LadderStep)
    /// A person's suspension has come to its time.
    case suspensionEnded(operation: String, ground: SuspensionGround, until: Timestamp)

    /// The operation that it is about.
    package var operation: String {
        switch self {
        case .coverNear(let operation, _, _), .coverCrossed(let operation, _, _),
            .suspensionEnded(let operation, _, _):
            operation
        case .step(let step): step.operation
        }
    }
}

/// A step of the ladder, with all that it rests on.
package struct LadderStep: Equatable, Codable, Sendable {
    package enum Kind: String, Codable, Sendable {
        case smooth, suspend, resume
    }

    package var operation: String
    package var kind: Kind
    /// Whether it is done; otherwise the operation's policy is to advise, and it is only said.
    package var isEnforced: Bool
    /// The rule it follows from.
    package var rule: String
    /// Of `smooth`: entries a second from now on.
    package var perSecond: UInt32?
    /// Of `suspend`: when it ends at the latest.
    package var until: Timestamp?
    /// Of `resume`: why.
    package var reason: Ladder.Reason?
    package var participants: UInt32
    package var cover: UInt32
    /// When the cover was crossed; `nil` while it is not.
    package var crossedAt: Timestamp?
    /// What was measured; `nil` where time or a person brought it about.
    package var report: PressureReport?

    private enum CodingKeys: String, CodingKey {
        case operation, kind, rule, until, reason, participants, cover, report
        case isEnforced = "enforced"
        case perSecond = "per_second"
        case crossedAt = "crossed_at"
    }
}

extension LedgerEvent: Codable {
    private enum CodingKeys: String, CodingKey {
        case coverNear = "cover_near"
        case coverCrossed = "cover_crossed"
        case suspensionEnded = "suspension_ended"
        case step
    }
}

/// The log's record of an event (kind 3): its JSON.
package struct EventRecord: Equatable, Sendable {
    /// How the log marks such a record.
    package static var kind: UInt8 { 3 }

    package var event: LedgerEvent

    package init(_ event: LedgerEvent) {
        self.event = event
    }
}
