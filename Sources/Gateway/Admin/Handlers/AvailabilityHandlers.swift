internal import Availability
internal import Ledger
internal import Projections
internal import Synchronization
internal import Time
internal import Wire

/// What probes report, and the availability that follows from it (C10).
struct AvailabilityHandlers {
    let control: Control

    init(_ control: Control) {
        self.control = control
    }

    private var shared: Shared { control.shared }

    // MARK: Probes

    func report(_ call: AdminCall) async throws(Problem) -> ControlReply {
        var body = try call.bodyReader()
        let starts = body.time("minute")
        let (attempts, failed) = (body.count("attempts"), body.count("failed"))
        let slow = body.count("slow")
        let minute = Minute(containing: starts)
        if minute.starts != starts {
            body.addError("minute", "Must be the start of a minute, such as 2026-11-20T12:00:00Z.")
        }
        let tally = ProbeTally(attempts: attempts, failed: failed, slow: slow)
        if tally == nil { body.addError("attempts", "Must be at least failed and slow together.") }
        try body.finish()
        guard let tally else { preconditionFailure("a body with an error is refused") }
        let report = ProbeMinute(probe: call["probe"], minute: minute, tally: tally)
        let decision = try await control.decide(.fact(.probeMinute(report)), by: call.author)
        return .view(
            ProbeMinuteView(
                report, isRecorded: decision.change != .none,
                rule: shared.projected.catalogue.minuteRule))
    }

    func remove(_ call: AdminCall) async throws(Problem) -> ControlReply {
        let name = call["probe"]
        let probes = shared.projected.catalogue.minutes.probes
        guard let probe = probes.first(where: { $0.name == name }) else { throw .notFound }
        _ = try await control.decide(.service(.removeProbe(name)), by: call.author)
        return .view(RemovedProbeView(probe))
    }

    // MARK: Months

    func month(_ call: AdminCall) throws(Problem) -> ControlReply {
        let state = shared.projected
        let catalogue = state.catalogue
        // Nothing is on record before the start is: the disk has no room.
        guard let position = state.position else { throw .overloaded }
        // Views that lag do not know what came since: nor may a report reach beyond it. A clock may
        // be a little behind the sequencer's.
        let lag = shared.projection.lagNanoseconds(at: shared.clock.monotonicNanoseconds())
        let lags = Int64(lag / 1_000_000) > ReportClaim.slackMilliseconds / 2
        let now = lags ? position.at : max(shared.ledgerTime, position.at)
        let query = try MonthQuery(call, catalogue, now: now)
        let oldest = Minute(containing: now).advanced(by: -MinuteHistory.maximumMinutes)
        let begins = query.month.interval(in: catalogue.calendar.localTime).lowerBound
        guard begins >= oldest.starts else {
            throw .wrongParameter("month", "Must begin within the last 400 days.")
        }
        return .view(
            AvailabilityView(
                query.month, of: query.client, catalogue,
                ReportPosition(sequence: position.sequence, chain: position.chain, until: now),
                for: call.author.role == .client ? .client : .operator))
    }
}
