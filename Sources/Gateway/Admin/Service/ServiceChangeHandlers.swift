internal import Availability
internal import Ledger
internal import Projections
internal import Synchronization
internal import Time
internal import Wire

/// Changes of the service: announced, withdrawn (C13, B 3.8).
struct ServiceChangeHandlers {
    let control: Control

    init(_ control: Control) {
        self.control = control
    }

    private var changes: ServiceChanges {
        control.shared.projected.catalogue.service.records.changes
    }

    func list(_ call: AdminCall) throws(Problem) -> ControlReply {
        let list = try ServiceList(call, states: ServiceChange.State.self)
        let now = control.shared.ledgerTime
        let found = list.page(of: changes.all) { [$0.state(at: now).rawValue] }
        return .view(ListView(found) { ServiceChangeView($0, at: now) })
    }

    func announce(_ call: AdminCall) async throws(Problem) -> ControlReply {
        var body = try call.bodyReader()
        let terms = ChangeTerms(
            client: body.optionalString("client"), note: body.text("note", .reason),
            degrades: body.flag("degrades"), takesEffectAt: body.time("takes_effect_at"))
        try body.finish()
        let number = try await control.decide(
            numbered: changes.lastNumber &+ 1, by: call.author
        ) { .service(.announceChange(number: $0, terms)) }
        return .view(try view(number), .created)
    }

    func withdraw(_ call: AdminCall) async throws(Problem) -> ControlReply {
        var body = try call.bodyReader()
        let note = body.note()
        try body.finish()
        let number = try call.number("change")
        _ = try await control.decide(
            .service(.withdrawChange(number: number, note: note)), by: call.author)
        return .view(try view(number))
    }

    private func view(_ number: UInt32) throws(Problem) -> ServiceChangeView {
        guard let change = changes[number] else {
            throw Problem(CommandRefusal.unknownNumber(.change, number))
        }
        return ServiceChangeView(change, at: control.shared.ledgerTime)
    }
}
