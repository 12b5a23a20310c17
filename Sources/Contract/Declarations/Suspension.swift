internal import Bytes
package import Time

/// Why an operation is suspended (C3, C8).
package enum SuspensionGround: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
    case undeclaredTraffic = "undeclared_traffic"
    case stability, security, maintenance, authority
    case unlawfulContent = "unlawful_content"
    case unpaid
    case contractEnded = "contract_ended"
    case breach, robots
}

/// A suspension that a person decided. Only a person ends it, or its time (C4, C8).
package struct Suspension: Equatable, Codable, Sendable {
    package var ground: SuspensionGround
    package var since: Timestamp
    /// The first moment at which it no longer holds; `nil`: until a person ends it.
    package var until: Timestamp?
    /// Never to be ended. Software does not do that (C4).
    package var isDefinitive: Bool

    package init(ground: SuspensionGround, since: Timestamp, until: Timestamp?, isDefinitive: Bool)
    {
        self.ground = ground
        self.since = since
        self.until = until
        self.isDefinitive = isDefinitive
    }
}
