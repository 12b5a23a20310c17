internal import Ledger
internal import Projections
internal import Time

/// What one turn of a scrape reads.
struct ScrapeReading: Sendable {
    let shared: Shared
    let catalogue: Catalogue
    let now: Timestamp
    /// Of the whole scrape; nil where nothing reads it.
    var robots: RobotFigures?

    init(_ shared: Shared, robots: RobotFigures?) {
        self.shared = shared
        self.robots = robots
        catalogue = shared.projected.catalogue
        now = shared.ledgerTime
    }
}
