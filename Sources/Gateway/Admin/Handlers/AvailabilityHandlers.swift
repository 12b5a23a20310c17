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

    // MARK: Months

    func month(_ call: AdminCall) throws(Problem) -> ControlReply {
        let catalogue = shared.projected.catalogue
        let now = shared.ledgerTime
        var query = call.queryReader
        let given = query.month("month")
        let name = query.identifier("client")
        try query.finish()
        let client = try client(name, for: call.author, catalogue)
        let localTime = catalogue.calendar.localTime
        let month = given ?? CivilMonth(containing: localTime.civil(at: now).day)
        let oldest = Minute(containing: now).advanced(by: -MinuteHistory.maximumMinutes)
        guard month.interval(in: localTime).lowerBound >= oldest.starts else {
            throw .wrongParameter("month", "Must begin within the last 400 days.")
        }
        return .view(
            AvailabilityView(
                catalogue.availability(month, of: client, until: now), client: client?.id,
                catalogue.calendar,
                incidents: catalogue.incidents(month, of: client).map {
                    IncidentView($0, to: call.author, at: now, history: false)
                }))
    }

    /// - Returns: nil for the platform as a whole.
    private func client(
        _ name: String?, for author: Author, _ catalogue: Catalogue
    ) throws(Problem) -> Catalogue.Client? {
        guard let name = name ?? (author.role == .client ? author.name : nil) else { return nil }
        // Of others a client does not learn whether they are there.
        guard author.role != .client || name == author.name, let client = catalogue.client(name)
        else { throw .unknownClient }
        return client
    }
}
