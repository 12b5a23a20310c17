internal import Bytes
internal import Contract
internal import Ledger
internal import Time

/// Where an operation stands: open, closed, suspended, let in at a pace (C3, C4, C8).
struct StandingHandlers {
    let control: Control

    init(_ control: Control) {
        self.control = control
    }

    func open(_ call: AdminCall) async throws(Problem) -> ControlReply {
        try await move(call) { .operation(.open(id: $0, note: $1)) }
    }

    func close(_ call: AdminCall) async throws(Problem) -> ControlReply {
        try await move(call) { .operation(.close(id: $0, note: $1)) }
    }

    func resume(_ call: AdminCall) async throws(Problem) -> ControlReply {
        try await move(call) { .operation(.resume(id: $0, note: $1)) }
    }

    private func move(
        _ call: AdminCall, _ command: (String, String?) -> AdministrativeCommand
    ) async throws(Problem) -> ControlReply {
        let id = call["operation"]
        var body = try call.bodyReader()
        let note = body.note()
        try body.finish()
        return try view(id, after: try await control.decide(command(id, note), by: call.author))
    }

    func suspend(_ call: AdminCall) async throws(Problem) -> ControlReply {
        let id = call["operation"]
        var body = try call.bodyReader()
        let ground: SuspensionGround = body.requiredChoice("ground", default: .stability)
        let until = body.optionalTime("until")
        let isDefinitive = body.flag("definitive")
        let note = body.text("note", .note)
        let publicReason = body.optionalText("public_reason", .publicReason)
        try body.finish()
        let decision = try await control.decide(
            .operation(
                .suspend(
                    id: id, ground: ground, until: until, isDefinitive: isDefinitive, note: note,
                    publicReason: publicReason)),
            by: call.author)
        return try view(id, after: decision)
    }

    func setPace(_ call: AdminCall) async throws(Problem) -> ControlReply {
        let id = call["operation"]
        var body = try call.bodyReader()
        let perSecond = body.nullableCount("per_second")
        let note = body.note()
        try body.finish()
        let decision = try await control.decide(
            .operation(.setPace(operation: id, perSecond: perSecond, note: note)), by: call.author)
        return try view(id, after: decision)
    }

    /// The operation as it is now, and whether the command changed it.
    private func view(
        _ id: String, after decision: Control.Decision
    ) throws(Problem) -> ControlReply {
        .view(
            ChangedView(
                view: try OperationReader(control).operation(named: id),
                changed: decision.change != .none))
    }

    static let paceBody = Shape.object([
        .required("per_second", .nullable(.integer(0...Int(LedgerLimits.pace)))),
        .optional("note", .nullable(Shape.noteText)),
    ])
}
