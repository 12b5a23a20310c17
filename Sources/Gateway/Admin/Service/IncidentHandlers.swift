internal import Availability
internal import Ledger
internal import Projections
internal import Synchronization
internal import Time
internal import Wire

/// Incidents: a client opens and follows its own, the operator works on all (C11, C12).
struct IncidentHandlers {
    let control: Control

    init(_ control: Control) {
        self.control = control
    }

    private var register: IncidentRegister {
        control.shared.projected.catalogue.service.records.incidents
    }

    // MARK: Reading

    /// Open or acknowledged.
    private static let unresolved = "unresolved"

    static let parameters =
        ServiceList.parameters(
            states: Incident.State.self, or: [unresolved], "; unresolved: open or acknowledged")
        + [
            QueryParameter(
                name: "severity", shape: .choice(of: IncidentSeverity.self),
                summary: "What is of this severity.")
        ]

    func list(_ call: AdminCall) throws(Problem) -> ControlReply {
        var severity: String?
        let list = try ServiceList(call, states: Incident.State.self, or: [Self.unresolved]) {
            severity = $0.choice("severity", of: IncidentSeverity.allCases.map(\.rawValue))
        }
        let found = list.page(
            of: register.all.filter { severity == nil || $0.severity.rawValue == severity }
        ) { incident in
            let state = incident.state
            return state == .resolved ? [state.rawValue] : [state.rawValue, Self.unresolved]
        }
        let now = control.shared.ledgerTime
        return .view(
            ListView(found) { IncidentView($0, to: call.author, at: now, history: false) })
    }

    func show(_ call: AdminCall) throws(Problem) -> ControlReply {
        .view(try view(call.number("incident"), to: call.author))
    }

    private func view(_ number: UInt32, to author: Author) throws(Problem) -> IncidentView {
        guard let incident = register[number],
            incident.isVisible(to: author)
        else { throw Problem(CommandRefusal.unknownNumber(.incident, number)) }
        return IncidentView(incident, to: author, at: control.shared.ledgerTime, history: true)
    }

    // MARK: Changes

    func open(_ call: AdminCall) async throws(Problem) -> ControlReply {
        var body = try call.bodyReader()
        let severity = body.requiredChoice("severity", default: IncidentSeverity.minor)
        let title = body.text("title", .incidentTitle)
        let note = body.note()
        let given = body.optionalString("client")
        try body.finish()
        // A client's is about itself, so it need not say so.
        let client = call.author.role == .client ? given ?? call.author.name : given
        let order = IncidentOrder(severity, title: title, note: note ?? "", client: client)
        let number = try await control.decide(
            numbered: register.lastNumber &+ 1, by: call.author
        ) { .incident(.open(number: $0, order)) }
        return .view(try view(number, to: call.author), .created)
    }

    func acknowledge(_ call: AdminCall) async throws(Problem) -> ControlReply {
        var body = try call.bodyReader()
        let note = body.note()
        try body.finish()
        return try await act(.acknowledge, note, call)
    }

    func addNote(_ call: AdminCall) async throws(Problem) -> ControlReply {
        var body = try call.bodyReader()
        let text = body.text("text", .reason)
        try body.finish()
        return try await act(.addNote, text, call)
    }

    func reclassify(_ call: AdminCall) async throws(Problem) -> ControlReply {
        var body = try call.bodyReader()
        let severity = body.requiredChoice("severity", default: IncidentSeverity.minor)
        let note = body.note()
        try body.finish()
        return try await act(.reclassify(severity), note, call)
    }

    func resolve(_ call: AdminCall) async throws(Problem) -> ControlReply {
        var body = try call.bodyReader()
        let outcome = body.requiredChoice("outcome", default: IncidentOutcome.confirmed)
        let note = body.note()
        try body.finish()
        return try await act(.resolve(outcome), note, call)
    }

    func reopen(_ call: AdminCall) async throws(Problem) -> ControlReply {
        var body = try call.bodyReader()
        let note = body.note()
        try body.finish()
        return try await act(.reopen, note, call)
    }

    private func act(
        _ action: IncidentAction, _ note: String?, _ call: AdminCall
    ) async throws(Problem) -> ControlReply {
        let number = try call.number("incident")
        _ = try await control.decide(
            .incident(.act(number: number, action, note: note)), by: call.author)
        return .view(try view(number, to: call.author))
    }
}
