internal import Contract
internal import Ledger
internal import Projections
internal import Synchronization
internal import Time

/// Reads who pushes, from counters that nobody stops writing, as differences to one note of some
/// seconds ago.
struct PushReader {
    private let shared: Shared
    private let older: RecentCounts.Note
    private let seconds: Double

    init(_ shared: Shared) {
        self.shared = shared
        older = shared.recent.older
        let now = shared.clock.monotonicNanoseconds()
        seconds = Double(max(now, older.nanoseconds) - older.nanoseconds) / 1e9
    }

    /// Operations that are told of together.
    static var maximumOperations: Int { 10 }

    /// The operations that are pushed at most now, the hardest first; those that nobody pushes at
    /// are left out.
    func hardest(_ catalogue: Catalogue) -> [PushView] {
        var rates: [(index: UInt32, rate: Double)] = []
        for index in catalogue.standing {
            let now = shared.instruments.operations.answers(of: index)
            let rate = perSecond(now, since: older.operations[index]?.times.count ?? 0)
            if rate > 0 { rates.append((index, rate)) }
        }
        rates.sort { ($1.rate, $0.index) < ($0.rate, $1.index) }
        return rates.prefix(Self.maximumOperations).map { view($0.index, catalogue) }
    }

    func view(_ index: UInt32, _ catalogue: Catalogue) -> PushView {
        let operation = catalogue.operations[Int(index)]
        let now = PushCounts(of: index, shared) ?? PushCounts()
        let then = older.operations[index] ?? PushCounts()
        let times = now.times.since(then.times)
        var refusals: [String: UInt64] = [:]
        for cause in RefusalCause.allCases {
            let count = shared.instruments.operations.refusals(cause, of: index)
            if count > 0 { refusals["\(cause.code)"] = count }
        }
        return PushView(
            operation: operation.id,
            attemptsPerSecond: perSecond(now.times.count, since: then.times.count),
            acceptedPerSecond: perSecond(now.accepted, since: then.accepted),
            p50Seconds: times.quantile(0.5), p99Seconds: times.quantile(0.99),
            refusals: refusals,
            sources: Array(
                sources(of: operation, index, now, then).prefix(PushView.maximumSources)))
    }

    /// What tags have brought, those that bring most first; those that brought nothing left out.
    private func sources(
        of operation: Catalogue.Operation, _ index: UInt32, _ now: PushCounts, _ then: PushCounts
    ) -> [PushView.Source] {
        let declared = Set(
            operation.declarations.campaigns.lazy.filter { $0.withdrawnAt == nil }.map(\.source))
        let tags: [String?] = [nil] + shared.sources.tags(of: index).map(\.source)
        let found = zip(tags, now.sources).enumerated().map { place, counted in
            let (tag, entries) = counted
            return PushView.Source(
                source: tag, declared: tag.map { declared.contains($0) } ?? false,
                entries: entries,
                perSecond: perSecond(
                    entries, since: place < then.sources.count ? then.sources[place] : 0))
        }
        return found.filter { $0.entries > 0 }
            .sorted { ($1.perSecond, $1.entries) < ($0.perSecond, $0.entries) }
    }

    /// What a tag has brought; nil where it has no count of its own.
    func source(_ tag: String, of index: UInt32) -> PushView.Source? {
        let tags = shared.sources.tags(of: index)
        guard let place = tags.firstIndex(where: { $0.source == tag }) else { return nil }
        let entries = shared.sources.counts(tags.count, of: index)[place + 1]
        let then = older.operations[index]?.sources ?? []
        return PushView.Source(
            source: tag, declared: tags[place].isDeclared, entries: entries,
            perSecond: perSecond(
                entries, since: place + 1 < then.count ? then[place + 1] : 0))
    }

    /// A rate to hundredths. Counters are read one after the other: a difference may be below 0.
    private func perSecond(_ now: UInt64, since then: UInt64) -> Double {
        guard seconds > 0, now > then else { return 0 }
        return (Double(now - then) / seconds * 100).rounded() / 100
    }
}
