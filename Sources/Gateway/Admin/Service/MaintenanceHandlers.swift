internal import Availability
internal import Ledger
internal import Projections
internal import Synchronization
internal import Time
internal import Wire

/// Maintenance: announced, put off, ended early (C13).
struct MaintenanceHandlers {
    let control: Control

    init(_ control: Control) {
        self.control = control
    }

    private var register: MaintenanceRegister {
        control.shared.projected.catalogue.service.records.maintenance
    }

    // MARK: Reading

    func list(_ call: AdminCall) throws(Problem) -> ControlReply {
        let list = try ServiceList(call, states: Maintenance.State.self)
        let now = control.shared.ledgerTime
        let found = list.page(of: register.all) { [$0.state(at: now).rawValue] }
        return .view(ListView(found) { MaintenanceView($0, at: now) })
    }

    private func view(_ number: UInt32) throws(Problem) -> MaintenanceView {
        guard let maintenance = register[number] else {
            throw Problem(CommandRefusal.unknownNumber(.maintenance, number))
        }
        return MaintenanceView(maintenance, at: control.shared.ledgerTime)
    }

    // MARK: Changes

    func announce(_ call: AdminCall) async throws(Problem) -> ControlReply {
        var body = try call.bodyReader()
        let kind = body.requiredChoice("kind", default: MaintenanceKind.scheduled)
        let client = body.optionalString("client")
        let (starts, ends) = (body.optionalTime("starts"), body.optionalTime("ends"))
        let note = body.note()
        let recurrence = body.recurrence()
        try body.finish()
        let terms = MaintenanceTerms(
            kind: kind, client: client, note: note, starts: starts, ends: ends,
            recurrence: recurrence)
        let number = try await control.decide(
            numbered: register.lastNumber &+ 1, by: call.author
        ) { .maintenance(.announce(number: $0, terms)) }
        return .view(try view(number), .created)
    }

    func extend(_ call: AdminCall) async throws(Problem) -> ControlReply {
        var body = try call.bodyReader()
        let ends = body.time("ends")
        let note = body.note()
        try body.finish()
        let number = try call.number("maintenance")
        _ = try await control.decide(
            .maintenance(.extend(number: number, until: ends, note: note)), by: call.author)
        return .view(try view(number))
    }

    func end(_ call: AdminCall) async throws(Problem) -> ControlReply {
        var body = try call.bodyReader()
        let isSeries = body.flag("series")
        let note = body.note()
        try body.finish()
        let number = try call.number("maintenance")
        let command: MaintenanceCommand =
            isSeries ? .endSeries(number: number, note: note) : .end(number: number, note: note)
        _ = try await control.decide(.maintenance(command), by: call.author)
        return .view(try view(number))
    }
}

extension BodyReader {
    /// `{"every_days": 7, "occurrences": 4}`; without `every_days`, each month.
    fileprivate mutating func recurrence() -> Recurrence? {
        optionalObject("recurrence") { inner in
            let days = inner.optionalInteger("every_days", in: 1...366)
            let occurrences = inner.optionalInteger(
                "occurrences", in: 1...Recurrence.maximumOccurrences)
            if occurrences == nil { inner.addError("occurrences", "Required.") }
            return Recurrence(
                days.map { .days(Int64($0)) } ?? .monthly, occurrences: occurrences ?? 1)
        }
    }
}
