package import Time

/// A time in which maintenance was done, or will be.
package struct MaintenancePeriod: Equatable, Sendable, BitwiseCopyable {
    package let kind: MaintenanceKind
    package let starts: Timestamp
    /// The first moment after it.
    package let ends: Timestamp

    package init(kind: MaintenanceKind, starts: Timestamp, ends: Timestamp) {
        self.kind = kind
        self.starts = starts
        self.ends = ends
    }

    var interval: Range<Timestamp> { starts..<max(starts, ends) }
}
