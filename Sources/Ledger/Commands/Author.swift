/// Who acted (C8, C15). What is done with a client's key is taken as done by the client (C16).
package struct Author: Equatable, Codable, Sendable {
    /// In what capacity.
    package enum Role: String, CaseIterable, Codable, Sendable {
        /// The process itself: it measures, and goes by the rules.
        case gateway
        case admin
        /// Reads, suspends, resumes, sets paces.
        case `operator`
        /// Reads everything but the data of persons, and changes nothing.
        case auditor
        /// Its own operations only.
        case client
        /// Metrics only.
        case scrape
    }

    package var role: Role
    /// The token's name; of a client, the client's identifier.
    package var name: String

    package init(_ role: Role, name: String) {
        self.role = role
        self.name = name
    }

    package static let gateway = Author(.gateway, name: "gateway")
    package static let admin = Author(.admin, name: "admin")
}

extension Author {
    /// Whether a person acts, and not a program.
    package var isPerson: Bool { role == .admin || role == .operator }
}
