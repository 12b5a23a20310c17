internal import Availability
internal import Ledger
internal import Projections
internal import Synchronization
internal import Time

/// How fast error budgets are used up, reckoned for all clients once a minute: a scrape asks more
/// often.
final class BurnFigures: Sendable {
    private let shared: Shared
    private let kept = Mutex<Kept?>(nil)

    private struct Kept {
        /// Up to when minutes were counted.
        let end: Timestamp
        let burn: ServiceBurn?
    }

    init(_ shared: Shared) {
        self.shared = shared
    }

    /// - Returns: nil where no probe reports, so that nothing is measured.
    func read() -> ServiceBurn? {
        let catalogue = shared.projected.catalogue
        let now = shared.ledgerTime
        let end = catalogue.measuredEnd(at: now)
        return kept.withLock { kept in
            // The first report of a probe counts at once.
            if let kept, kept.end == end, kept.burn != nil { return kept.burn }
            let burn = catalogue.burns(at: now)
            kept = Kept(end: end, burn: burn)
            return burn
        }
    }
}
