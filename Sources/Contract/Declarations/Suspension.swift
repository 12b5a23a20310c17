internal import Bytes
package import Time

/// The ground of a suspension (C3, C8).
package enum SuspensionGround: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
    case undeclaredTraffic = "undeclared_traffic"
    case stability, security, maintenance, authority
    case unlawfulContent = "unlawful_content"
    case unpaid
    case contractEnded = "contract_ended"
    case breach, robots
    /// The client asked for it.
    case clientInstruction = "client_instruction"
}

/// A suspension that a person ordered. It ends by a person or at its time (C4, C8).
package struct Suspension: Equatable, Codable, Sendable {
    package var ground: SuspensionGround
    package var since: Timestamp
    /// The first moment at which it no longer holds; `nil` if only a person ends it.
    package var until: Timestamp?
    /// Whether it is for good. Software never suspends for good (C4).
    package var isDefinitive: Bool
    /// What the public is told instead of the ground; `nil`: what the operation's settings say.
    package var publicReason: String?
    /// Whether the operation's own client ordered it, and may end it.
    package var isByClient: Bool

    package init(
        ground: SuspensionGround, since: Timestamp, until: Timestamp?, isDefinitive: Bool,
        publicReason: String? = nil, isByClient: Bool = false
    ) {
        self.ground = ground
        self.since = since
        self.until = until
        self.isDefinitive = isDefinitive
        self.publicReason = publicReason
        self.isByClient = isByClient
    }
}
