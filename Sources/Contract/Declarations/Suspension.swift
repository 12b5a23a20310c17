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

    package init(
        ground: SuspensionGround, since: Timestamp, until: Timestamp?, isDefinitive: Bool,
        publicReason: String? = nil
    ) {
        self.ground = ground
        self.since = since
        self.until = until
        self.isDefinitive = isDefinitive
        self.publicReason = publicReason
    }
}
