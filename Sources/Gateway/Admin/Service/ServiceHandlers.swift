internal import Availability
internal import Ledger
internal import Projections
internal import Synchronization
internal import Time
internal import Wire

/// The operator's business hours, force majeure (C14), corrections of minutes (C15).
struct ServiceHandlers {
    let control: Control

    init(_ control: Control) {
        self.control = control
    }

    private var service: ServiceTable { control.shared.projected.catalogue.service }

    // MARK: Business hours

    func setCalendar(_ call: AdminCall) async throws(Problem) -> ControlReply {
        var body = try call.bodyReader()
        let calendar = body.businessCalendar(at: control.shared.ledgerTime)
        try body.finish()
        guard let calendar else { preconditionFailure("a body with an error is refused") }
        let decision = try await control.decide(
            .service(.setCalendar(calendar)), by: call.author)
        return .view(
            ChangedView(
                view: BusinessHoursView(control.shared.projected.catalogue.businessTime),
                changed: decision.change != .none))
    }

    // MARK: Force majeure

    func listForceMajeure(_ call: AdminCall) throws(Problem) -> ControlReply {
        let page = try call.pageRequest()
        let found = NumberedPage(page, of: service.records.forceMajeure.all)
        return .view(ListView(found) { view(of: $0) })
    }

    func beginForceMajeure(_ call: AdminCall) async throws(Problem) -> ControlReply {
        var body = try call.bodyReader()
        let kind = body.string("kind")
        let starts = body.time("starts")
        let note = body.note()
        try body.finish()
        let number = try await control.decide(
            numbered: service.records.forceMajeure.lastNumber &+ 1, by: call.author
        ) { .service(.beginForceMajeure(number: $0, kind: kind, starts: starts, note: note)) }
        return .view(try forceMajeure(number), .created)
    }

    func endForceMajeure(_ call: AdminCall) async throws(Problem) -> ControlReply {
        var body = try call.bodyReader()
        let note = body.note()
        try body.finish()
        let number = try call.number("force_majeure")
        _ = try await control.decide(
            .service(.endForceMajeure(number: number, note: note)), by: call.author)
        return .view(try forceMajeure(number))
    }

    private func forceMajeure(_ number: UInt32) throws(Problem) -> ForceMajeureView {
        guard let period = service.records.forceMajeure[number] else {
            throw Problem(CommandRefusal.unknownNumber(.forceMajeure, number))
        }
        return view(of: period)
    }

    private func view(of period: ForceMajeure) -> ForceMajeureView {
        ForceMajeureView(
            period, by: control.shared.projected.catalogue.calendar,
            at: control.shared.ledgerTime)
    }

    // MARK: Corrections

    /// A client reads those of its own minutes, and those of all clients.
    func listCorrections(_ call: AdminCall) throws(Problem) -> ControlReply {
        let page = try call.pageRequest()
        let author = call.author
        let corrections = service.minutes.corrections.filter { $0.isVisible(to: author) }
        return .view(
            ListView(ListPage(page, of: corrections.count)) {
                CorrectionView(corrections[$0], to: author)
            })
    }

    func correct(_ call: AdminCall) async throws(Problem) -> ControlReply {
        var body = try call.bodyReader()
        let correction = MinuteCorrection(
            from: body.time("from"), to: body.time("to"),
            becomes: body.requiredChoice("becomes", default: Correction.Finding.asMeasured),
            client: body.optionalString("client"), reason: body.text("reason", .reason))
        try body.finish()
        let decision = try await control.decide(
            .service(.correctMinutes(correction)), by: call.author)
        return .view(
            CorrectionView(correction, by: call.author, at: decision.at), .created)
    }
}
