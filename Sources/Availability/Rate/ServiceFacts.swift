package import Time

/// What is on record of one client's service: what its availability follows from.
///
/// Smoothing is not among it: an entry that waits is answered, and comes in its turn (C4). Neither
/// are the dates of an operation, which are the client's own choice.
package struct ServiceFacts: Equatable, Sendable {
    /// A suspension of the client or of one of its operations that was open by its dates.
    package struct SuspensionPeriod: Equatable, Sendable, BitwiseCopyable {
        package let starts: Timestamp
        /// The first moment after it; in the future where it goes on.
        package let ends: Timestamp
        /// Whether its cause is the operator's own fault alone (B 3.7).
        package let isOperatorsFaultAlone: Bool

        package init(starts: Timestamp, ends: Timestamp, isOperatorsFaultAlone: Bool) {
            self.starts = starts
            self.ends = ends
            self.isOperatorsFaultAlone = isOperatorsFaultAlone
        }

        var interval: Range<Timestamp> { starts..<max(starts, ends) }
    }

    /// The client's contract: minutes outside it are none of its months'.
    package var contract: Range<Timestamp>
    /// What the probes found; of all clients.
    package var platform: MinuteHistory
    /// The minutes that were not accessible for this client alone, since its entries were refused
    /// for lack of room (``MinuteRule/lacksRoom(refused:of:)``).
    package var own: MinuteHistory
    /// Those for all clients and for this one, in the order in which they were recorded.
    package var corrections: [Correction]
    /// What was done of maintenance for all clients and for this one; see
    /// ``Maintenance/periods(until:)``.
    package var maintenance: [MaintenancePeriod]
    package var suspensions: [SuspensionPeriod]

    package init(
        contract: Range<Timestamp>, platform: MinuteHistory, own: MinuteHistory = MinuteHistory(),
        corrections: [Correction] = [], maintenance: [MaintenancePeriod] = [],
        suspensions: [SuspensionPeriod] = []
    ) {
        self.contract = contract
        self.platform = platform
        self.own = own
        self.corrections = corrections
        self.maintenance = maintenance
        self.suspensions = suspensions
    }
}

extension ServiceFacts {
    /// What is on record of a client.
    /// - Parameter now: the end of a maintenance that goes on and knows no end.
    package init(
        of client: String, contract: Range<Timestamp>, _ minutes: RecordedMinutes,
        _ records: ServiceRecords, suspensions: [SuspensionPeriod], until now: Timestamp
    ) {
        self.init(
            contract: contract, platform: minutes.platform, own: minutes.lost(for: client),
            corrections: minutes.corrections(for: client),
            maintenance: records.maintenance.periods(for: client, until: now),
            suspensions: suspensions)
    }
}
