internal import Bytes
package import Time

/// The ground of a suspension (C3, C3b, C8).
package enum SuspensionGround: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
    case undeclaredTraffic = "undeclared_traffic"
    case degradation, stability, security, maintenance, authority
    case unlawfulContent = "unlawful_content"
    case unpaid
    case contractEnded = "contract_ended"
    case breach, fraud
    case accountInformation = "account_information"
    case clientInstruction = "client_instruction"
    case forceMajeure = "force_majeure"
    case robots
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
    package var basis: SuspensionBasis
    /// Whether the operation's own client ordered it, and may end it.
    package var isByClient: Bool

    package init(
        ground: SuspensionGround, since: Timestamp, until: Timestamp?, isDefinitive: Bool,
        publicReason: String? = nil, basis: SuspensionBasis = SuspensionBasis(),
        isByClient: Bool = false
    ) {
        self.ground = ground
        self.since = since
        self.until = until
        self.isDefinitive = isDefinitive
        self.publicReason = publicReason
        self.basis = basis
        self.isByClient = isByClient
    }

    /// Whether it still holds at a moment.
    package func holds(at time: Timestamp) -> Bool { until.map { time < $0 } ?? true }
}
