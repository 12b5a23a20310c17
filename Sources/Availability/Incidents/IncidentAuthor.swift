/// The author of an action on an incident (C12).
package struct IncidentAuthor: Equatable, Codable, Sendable {
    package enum Role: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
        case `operator`
        /// The client, by its token, at any hour.
        case client
        /// A rule of the gateway's own, such as probes that fail.
        case rule
    }

    package let role: Role
    /// The token's name, the client's identifier, or the rule's.
    package let name: String

    package init(_ role: Role, name: String) {
        self.role = role
        self.name = name
    }
}
