internal import Availability
internal import Cluster
internal import Evidence
internal import Ledger
internal import Projections
internal import Synchronization
internal import Time

/// The rules of the gateway's own that open incidents (C12): once for each cause, and a person
/// resolves them. Owned by the pulse's thread.
struct IncidentRules {
    /// What a rule found.
    struct Finding: Equatable {
        let rule: IncidentRule
        let order: IncidentOrder
    }

    /// A time in which nothing could be stored.
    struct Stop: Equatable {
        let since: Timestamp
        var until: Timestamp
        /// As readiness names them; `restart` where it ended with one.
        let reasons: [String]

        /// Whether it is an incident.
        var isLong: Bool { until >= since.advanced(byMilliseconds: stopMilliseconds) }
    }

    /// A shorter stop of the journal is no incident: 10 seconds.
    static let stopMilliseconds: Int64 = 10_000
    /// So many minutes in a row must be found not accessible.
    static let failingMinutes: Int64 = 3
    /// They are looked for in what ended within the last hour: a probe reports an outage behind it.
    static let lookBackMinutes: Int64 = 60
    /// How long before its end a certificate is reported: 14 days.
    static let certificateMilliseconds: Int64 = 14 * 86_400_000
    /// From when on an outage is near: 3 days.
    static let criticalMilliseconds: Int64 = 3 * 86_400_000
    /// A resolved incident is not opened again at once, though its cause is still there: 24 hours.
    static let pauseMilliseconds: Int64 = 86_400_000

    /// The journal's stop that goes on; nil while records are stored.
    private var stop: Stop?
    /// The last stop that is over, was long enough, and is not on record.
    private(set) var unreported: Stop?

    /// - Parameter note: a stop that the process before this one has noted; nil for none. It goes
    ///   on until records are stored again.
    init(after note: StopNote? = nil) {
        guard let note else { return }
        guard let until = note.until else {
            let reasons = note.reasons + ["restart"]
            stop = Stop(since: note.since, until: note.since, reasons: reasons)
            return
        }
        unreported = Stop(since: note.since, until: until, reasons: note.reasons)
    }

    /// Looks once a minute what the rules find.
    /// - Parameter isMinute: whether a minute is over since the last look.
    mutating func turn(_ shared: Shared, isMinute: Bool) {
        let now = shared.ledgerTime
        follow(
            shared.health.storageReasons(at: shared.clock.monotonicNanoseconds()), at: now)
        // While nothing can be stored, no incident can be opened.
        guard isMinute, stop == nil else { return }
        let catalogue = shared.projected.catalogue
        let end = shared.certificates.shown.map(\.notAfter).min()
            .map { Timestamp(milliseconds: $0 &* 1_000) }
        if let command = Self.worsening(
            certificateEnd: end, catalogue.service.records.incidents, at: now)
        {
            shared.administration.enqueue(.own(.incident(command)))
        }
        guard let found = finding(catalogue, certificateEnd: end, at: now) else { return }
        // Where a person takes the number first, the next minute looks again; so it does for what
        // another rule finds.
        let number = catalogue.service.records.incidents.lastNumber &+ 1
        let command = IncidentCommand.open(
            number: number, found.order, rule: found.rule.rawValue)
        shared.administration.enqueue(.own(.incident(command)))
    }

    /// What the first rule that finds something asks for; nil for nothing.
    /// - Parameter end: of the certificate that ends first.
    mutating func finding(
        _ catalogue: Catalogue, certificateEnd end: Timestamp?, at now: Timestamp
    ) -> Finding? {
        let records = catalogue.service.records
        if let stop = unreported {
            if let order = Self.order(stop, records.incidents, at: now) {
                return Finding(rule: .logStopped, order: order)
            }
            // It is on record, or part of what is.
            unreported = nil
        }
        let minutes = catalogue.minutes.platform(catalogue.minuteRule)
        if let order = Self.order(minutes, records, at: now) {
            return Finding(rule: .probesFailing, order: order)
        }
        return Self.order(certificateEnd: end, records.incidents, at: now)
            .map { Finding(rule: .certificateExpiry, order: $0) }
    }

    // MARK: The journal

    /// Notes since when nobody leads, at a node of a cluster that does not lead itself: where it
    /// takes office, the stop that ends then is on record with the others. Where another node does,
    /// that one says so.
    mutating func wait(_ shared: Shared) {
        guard let state = shared.cluster?.state else { return }
        switch state {
        case .noLeader, .logUnavailable:
            // Of a log that has just begun, nothing was stored before.
            guard shared.projected.position != nil else { return }
            follow([state.name], at: shared.ledgerTime)
        case .following: (stop, unreported) = (nil, nil)
        // On its way to an office, or from one.
        case .catchingUp, .leading, .handingOver: break
        }
    }

    /// Follows whether records are stored.
    /// - Parameter reasons: why they are not; empty while they are.
    mutating func follow(_ reasons: [String], at now: Timestamp) {
        guard reasons.isEmpty else {
            if stop == nil { stop = Stop(since: now, until: now, reasons: reasons) }
            return
        }
        guard var over = stop else { return }
        stop = nil
        over.until = now
        guard over.isLong else { return }
        // Of several within a minute, one incident says from when to when.
        unreported = Stop(
            since: unreported?.since ?? over.since, until: now,
            reasons: unreported?.reasons ?? over.reasons)
    }

    /// What a stop of the journal asks for; nil where it is on record.
    static func order(
        _ stop: Stop, _ register: IncidentRegister, at now: Timestamp
    ) -> IncidentOrder? {
        guard isWanted(.logStopped, since: stop.since, register, at: now) else { return nil }
        let seconds = (stop.until.milliseconds - stop.since.milliseconds) / 1_000
        return IncidentOrder(
            .critical, title: IncidentRule.logStopped.title(seconds),
            note: "From \(stop.since.rfc3339) to \(stop.until.rfc3339): "
                + "\(stop.reasons.joined(separator: ", ")). Entries were refused meanwhile.")
    }

    // MARK: Probes

    /// What the minutes of the probes ask for; nil for nothing.
    /// - Parameter minutes: what probes found, of all clients. In maintenance they may fail.
    static func order(
        _ minutes: MinuteHistory, _ records: ServiceRecords, at now: Timestamp
    ) -> IncidentOrder? {
        let end = Minute(containing: now)
        let span = end.advanced(by: -pauseMilliseconds / 60_000)..<end
        var lost = minutes.minutes(.notAccessible, in: span)
        for period in records.maintenance.periods(for: noClient, until: now)
        where period.starts < period.ends {
            lost.remove(contentsOf: Range<Minute>(touching: period.starts..<period.ends))
        }
        let found = lost.ranges.last { range in
            range.length >= failingMinutes && range.upperBound >= end.advanced(by: -lookBackMinutes)
        }
        guard let found else { return nil }
        let starts = found.lowerBound.starts
        guard isWanted(.probesFailing, since: starts, records.incidents, at: now) else {
            return nil
        }
        return IncidentOrder(
            .critical, title: IncidentRule.probesFailing.title(starts.rfc3339),
            note: "\(found.length) minutes in a row when this was opened.")
    }

    /// No client has this name: what is found for it concerns all clients.
    private static let noClient = ""

    // MARK: Certificates

    /// What a certificate's end asks for; nil for nothing.
    /// - Parameters:
    ///   - end: of the certificate that ends first.
    ///   - register: the incidents on record.
    static func order(
        certificateEnd end: Timestamp?, _ register: IncidentRegister, at now: Timestamp
    ) -> IncidentOrder? {
        guard let end, end <= now.advanced(byMilliseconds: certificateMilliseconds),
            isWanted(
                .certificateExpiry, since: end.advanced(byMilliseconds: -certificateMilliseconds),
                register, at: now)
        else { return nil }
        let isNear = end <= now.advanced(byMilliseconds: criticalMilliseconds)
        return IncidentOrder(
            isNear ? .critical : .minor,
            title: IncidentRule.certificateExpiry.title(end.rfc3339),
            note: "Renew the file, as metrics name it, and send SIGHUP.")
    }

    /// What a certificate's near end asks for, where an incident of two weeks before is not
    /// resolved: that it is critical. Once: a person who says otherwise from then on is right.
    static func worsening(
        certificateEnd end: Timestamp?, _ register: IncidentRegister, at now: Timestamp
    ) -> IncidentCommand? {
        guard let near = end?.advanced(byMilliseconds: -criticalMilliseconds), near <= now,
            let end
        else { return nil }
        let found = register.all.first { incident in
            incident.rule == IncidentRule.certificateExpiry.rawValue
                && incident.state != .resolved && incident.severity == .minor
                && !incident.history.contains { event in
                    event.at >= near && event.action?.isReclassifying == true
                }
        }
        return found.map { incident in
            IncidentCommand.act(
                number: incident.number, .reclassify(.critical),
                note: "A certificate in use ends at \(end.rfc3339).")
        }
    }

    // MARK: Once

    /// Whether a cause needs an incident: none of its rule is in progress, and none was opened in
    /// the last 24 hours after the cause began.
    /// - Parameter since: when the cause began.
    private static func isWanted(
        _ rule: IncidentRule, since: Timestamp, _ register: IncidentRegister, at now: Timestamp
    ) -> Bool {
        let earliest = max(since, now.advanced(byMilliseconds: -pauseMilliseconds))
        return !register.all.contains { incident in
            incident.rule == rule.rawValue
                && (incident.state != .resolved || incident.openedAt > earliest)
        }
    }
}
