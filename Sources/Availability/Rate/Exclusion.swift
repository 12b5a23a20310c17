/// Why minutes do not count (C9, C10). Each excluded minute has one kind.
package enum ExclusionKind: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
    /// Maintenance that was announced beforehand.
    case scheduledMaintenance = "scheduled_maintenance"
    /// Maintenance without notice, and what an extension added after the announced end.
    case emergencyMaintenance = "emergency_maintenance"
    /// A suspension that does not come from the operator's own fault alone; by B only (B 3.7).
    case suspension
}

/// The minutes that are excluded for one reason.
package struct Exclusion: Equatable, Sendable {
    package let kind: ExclusionKind
    package let minutes: RangeSet<Minute>
}
