internal import Exposition
internal import Time

/// `GET /metrics`: written on the control side, from tables that nobody stops writing, as a reader
/// takes it (``ScrapeBody``).
final class Metrics: Sendable {
    let shared: Shared
    let places: ControlPlaces
    let startedAt: Timestamp
    /// What the log takes of the disk.
    let journal: JournalFigures
    /// How fast error budgets are used up.
    let burns: BurnFigures

    init(_ shared: Shared, _ places: ControlPlaces, journal: String, startedAt: Timestamp) {
        self.shared = shared
        self.places = places
        self.journal = JournalFigures(shared, folder: journal)
        burns = BurnFigures(shared)
        self.startedAt = startedAt
    }

    // MARK: Families

    /// Those that have no series of each operation, in their order.
    static let families: [@Sendable (Metrics, inout MetricsWriter) -> Void] = [
        { $0.writeRequests(&$1) },
        { $0.writeRequestDurations(&$1) },
        { $0.writeRejections(&$1) },
        { $0.writeSheddings(&$1) },
        { $0.writeConnections(&$1) },
        { $0.writePlaces(&$1) },
        { $0.writeRobots(&$1) },
        { $0.writeWebhooks(&$1) },
        { $0.writeService(&$1) },
        { $0.writeTLS(&$1) },
        { $0.writeAvailability(&$1) },
        { $0.writeJournal(&$1) },
        { $0.writeCluster(&$1) },
        { $0.writeDisk(&$1) },
        { $0.writePressure(&$1) },
        { $0.writeProcess(&$1) },
        { $0.writeReloads(&$1) },
    ]
}
