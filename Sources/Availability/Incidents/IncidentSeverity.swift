/// How much an incident prevents (C11).
package enum IncidentSeverity: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
    /// All use, without being an outage: work starts within 3 business hours.
    case critical
    /// One or more functions: work starts within 3 business days.
    case minor
}
