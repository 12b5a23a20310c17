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

    /// Ends a suspension; a definitive one by an admin who repeats the operation's name.
    func resume(_ call: AdminCall) async throws(Problem) -> ControlReply {
        let id = call["operation"]
        var body = try call.bodyReader()
        let (note, confirm) = (body.note(), body.optionalString("confirm"))
        try body.finish()
        guard confirm == nil || confirm == id else { throw .resumptionNotConfirmed }
        let command = OperationCommand.resume(id: id, note: note, confirm: confirm)
        return try view(id, after: try await control.decide(.operation(command), by: call.author))
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
        let order = body.suspensionOrder()
        try body.finish()
        try order.requirePermission(of: call.author)
        let command = OperationCommand.suspend(
            id: id, ground: order.ground, until: order.until, isDefinitive: order.isDefinitive,
            note: order.note, publicReason: order.publicReason, basis: order.basis)
        return try view(id, after: try await control.decide(.operation(command), by: call.author))
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
        .required("per_second", .nullable(.integer(1...Int(LedgerLimits.pace)))),
        .optional("note", .nullable(Shape.noteText)),
    ])
}
