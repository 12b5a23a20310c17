/// Both kinds are taken out of PC (C10); they are told apart in every figure (C13).
package enum MaintenanceKind: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
    /// Announced with its times before it begins.
    case scheduled
    /// Begins when it is recorded.
    case emergency
}
