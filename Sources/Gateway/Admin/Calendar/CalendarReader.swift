internal import Availability
internal import Contract
internal import Evidence
internal import Ledger
internal import Projections
internal import Synchronization
internal import Time

/// Everybody's declared campaigns, as waves that are expected.
struct CalendarReader {
    private let control: Control

    init(_ control: Control) {
        self.control = control
    }

    /// A declared campaign that is expected to bring entries.
    struct DeclaredWave {
        let operation: Catalogue.Operation
        let campaign: Campaign
        let wave: ExpectedWave
    }

    /// Campaigns in the order in which they start, and how many later ones are not among them.
    struct Reckoned {
        let waves: [DeclaredWave]
        let omitted: Int
    }

    /// The campaigns that bring entries within an interval.
    /// Withdrawn ones and those of closed operations bring none; one that was declared late does.
    /// Of more than ``ListLimits/calendarParts`` parts the earliest campaigns are reckoned with.
    /// - Parameter client: whose campaigns alone; nil: everybody's.
    func waves(
        from start: Timestamp, to end: Timestamp, of client: String? = nil
    ) -> Reckoned {
        let found = declared(from: start, to: end) { operation, campaign in
            operation.phase != .closed && campaign.withdrawnAt == nil
                && (client == nil || operation.client == client)
        }
        var parts = 0
        let waves = found.prefix {
            parts += $0.wave.parts
            return parts <= ListLimits.calendarParts
        }
        return Reckoned(waves: Array(waves), omitted: found.count - waves.count)
    }

    /// The withdrawn campaigns that would bring entries within an interval, or from now on: a
    /// calendar program that has them already would keep them as they were. They stay until their
    /// time is over.
    private func withdrawn(
        from start: Timestamp, to end: Timestamp, at now: Timestamp
    ) -> [DeclaredWave] {
        declared(from: max(start, now), to: end) { operation, campaign in
            operation.retirement == nil && campaign.withdrawnAt != nil
        }
    }

    /// Campaigns within an interval, in the order in which they start.
    private func declared(
        from start: Timestamp, to end: Timestamp,
        _ isMeant: (Catalogue.Operation, Campaign) -> Bool
    ) -> [DeclaredWave] {
        var found: [DeclaredWave] = []
        for operation in control.shared.projected.catalogue.operations {
            for campaign in operation.declarations.campaigns
            where campaign.declaration.starts < end && isMeant(operation, campaign) {
                let wave = ExpectedWave(campaign.declaration)
                guard wave.ends > start else { continue }
                found.append(
                    DeclaredWave(operation: operation, campaign: campaign, wave: wave))
            }
        }
        return found.sorted { $0.wave.starts < $1.wave.starts }
    }

    func calendar(_ range: CalendarRange, of author: Author) -> CalendarView {
        let reckoned = self.waves(from: range.start, to: range.end)
        let waves = reckoned.waves
        let load = ExpectedLoad(waves.lazy.map(\.wave)).peaks(
            from: range.start, to: range.end,
            slotMilliseconds: CalendarView.slotSeconds * 1_000)
        return CalendarView(
            from: range.start.rfc3339, to: range.end.rfc3339, capacityPerSecond: capacity,
            waves: waves.prefix(CalendarView.maximumWaves).map {
                WaveView($0, isNamed: author.role != .client || $0.operation.client == author.name)
            },
            wavesTotal: waves.count, campaignsOmitted: reckoned.omitted,
            load: load.steps.map {
                LoadView(at: $0.at.rfc3339, perSecond: $0.perSecond.inThousandths)
            },
            maintenance: maintenance(range, of: author), changes: changes(range, of: author),
            businessHours: BusinessHoursView(control.shared.projected.catalogue.businessTime))
    }

    /// How far ahead a file has campaigns, where no end is asked for: 366 days.
    private static var fileMilliseconds: Int64 { 366 * 86_400_000 }

    /// The same as a file: of maintenance and changes all; and what was cancelled or withdrawn.
    func file(_ range: CalendarRange, of author: Author, in language: Language) -> CalendarFile {
        let now = control.shared.ledgerTime
        let end = range.askedEnd ?? range.start.advanced(byMilliseconds: Self.fileMilliseconds)
        let waves =
            self.waves(from: range.start, to: end).waves.prefix(CalendarView.maximumWaves)
            + withdrawn(from: range.start, to: end, at: now).prefix(CalendarView.maximumWaves)
        let planned = PlannedEvent.all(
            of: control.shared.projected.catalogue.service.records, from: range.start,
            to: range.askedEnd, at: now, isVisible: { $0.isVisible(to: author) },
            maintenanceNote: { $0.note }, changeNote: { $0.note })
        return CalendarFile(
            waves: waves.map {
                WaveView($0, isNamed: author.role != .client || $0.operation.client == author.name)
            }, planned, in: language, now: now)
    }

    /// What is planned or runs within an interval, and concerns the author, the earliest first.
    private func maintenance(_ range: CalendarRange, of author: Author) -> [MaintenanceView] {
        let now = control.shared.ledgerTime
        return control.shared.projected.catalogue.service.records.maintenance.all
            .filter { maintenance in
                maintenance.isVisible(to: author)
                    && range.askedEnd.map { maintenance.starts < $0 } ?? true
                    && maintenance.ends.map { $0 > range.start } ?? true
                    && [.planned, .running].contains(maintenance.state(at: now))
            }
            .sorted { ($0.starts, $0.number) < ($1.starts, $1.number) }
            .prefix(CalendarView.maximumMaintenance)
            .map { MaintenanceView($0, at: now) }
    }

    /// The changes of the service that take effect within an interval and concern the author, the
    /// earliest first; withdrawn ones take none.
    private func changes(_ range: CalendarRange, of author: Author) -> [ServiceChangeView] {
        let now = control.shared.ledgerTime
        return control.shared.projected.catalogue.service.records.changes.all
            .filter { change in
                change.isVisible(to: author) && change.withdrawnAt == nil
                    && change.takesEffectAt >= range.start
                    && range.askedEnd.map { change.takesEffectAt < $0 } ?? true
            }
            .sorted { ($0.takesEffectAt, $0.number) < ($1.takesEffectAt, $1.number) }
            .prefix(CalendarView.maximumChanges)
            .map { ServiceChangeView($0, at: now) }
    }

    /// What a campaign would bring beside all that is declared.
    func check(
        _ declaration: CampaignDeclaration, capacity given: UInt32?, targetPercent: UInt32
    ) -> CampaignCheckView {
        let wave = ExpectedWave(declaration)
        let longest = wave.starts.advanced(byMilliseconds: CalendarRange.longestMilliseconds)
        let reckoned = self.waves(from: wave.starts, to: max(longest, wave.ends))
        let others = ExpectedLoad(reckoned.waves.lazy.map(\.wave))
        let check = CampaignCheck(wave, beside: others)
        guard let capacity = given ?? capacity, capacity > 0 else {
            return CampaignCheckView(
                check, capacity: nil, targetPercent: targetPercent, waves: [],
                campaignsOmitted: reckoned.omitted)
        }
        var order = WavePlan.Order(
            recipients: declaration.recipients, curve: wave.curve, capacity: capacity)
        order.targetPercent = targetPercent
        order.others = WavePlan.Order.Others(others, start: wave.starts)
        var waves: [WavePlan.Wave] = []
        if !check.fits(order.target) {
            // Where there is no plan either, none is shown.
            do { waves = try WavePlan(order).waves } catch {}
        }
        return CampaignCheckView(
            check, capacity: capacity, targetPercent: targetPercent, waves: waves,
            campaignsOmitted: reckoned.omitted)
    }

    /// Entries a second that the gateway is measured to take; nil while too little has come since
    /// it started to tell.
    private var capacity: UInt32? {
        let limit = control.shared.pressure.withLock { $0.capacities.limit }
        guard let limit, limit.perSecond > 0 else { return nil }
        return UInt32(clamping: limit.perSecond)
    }
}

extension Double {
    /// Rounded to three decimal digits.
    var inThousandths: Double { (self * 1_000).rounded() / 1_000 }
}
