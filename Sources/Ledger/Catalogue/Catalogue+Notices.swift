package import Contract
package import Time

/// Which notices an operation lacks (C1-C3).
extension Catalogue.Operation {
    /// Every notice that is missing at this moment, while it is open: its own cover's first, then
    /// its client's, then those of surges, the newest first.
    package func missingNotices(at time: Timestamp) -> [MissingNotice] {
        guard phase == .open else { return [] }
        var missing: [MissingNotice] = []
        if isBeyondCover, let crossedAt {
            missing.append(
                MissingNotice(.cover, since: crossedAt, allowed: Int(cover.participants)))
        }
        if let crossing = traffic.sharedCrossing {
            missing.append(
                MissingNotice(
                    .client, since: crossing.since, count: Int(clamping: crossing.participants),
                    allowed: Int(clamping: crossing.cover)))
        }
        return missing
            + traffic.surges.lazy.filter { $0.holds(at: time) }.map(\.missingNotice)
    }

    /// The same as a step of the ladder tells of them: a bounded number of surges.
    func missingNotices(ofStepAt time: Timestamp) -> [MissingNotice] {
        let missing = missingNotices(at: time)
        let surges = missing.filter { $0.kind == .campaign || $0.kind == .rise }
        return missing.filter { $0.kind == .cover || $0.kind == .client }
            + surges.prefix(LedgerLimits.surgesOfStep)
    }

    /// Whether a notice is missing: the first half of what C3 asks for.
    package func lacksNotice(at time: Timestamp) -> Bool {
        phase == .open
            && (coverStage == .crossed || traffic.sharedCrossing != nil
                || traffic.surges.contains { $0.holds(at: time) })
    }

    /// The same without the time: some of what was found may be over.
    var mayLackNotice: Bool {
        phase == .open
            && (coverStage == .crossed || traffic.sharedCrossing != nil || !traffic.surges.isEmpty)
    }

    /// Whether its participants count among those that its client's operations may have together
    /// without a notice; see ``SharedCover``.
    func sharesCover(at time: Timestamp) -> Bool {
        retirement == nil && phase == .open && cover == .undeclared && coverStage != .crossed
            && (settings.closes.map { time < $0 } ?? true)
    }
}
