internal import Bytes
internal import Contract
internal import Evidence
internal import Ledger
internal import Projections
internal import Synchronization
internal import Time
internal import Wire

/// A client as a whole: its suspension with all its operations (C8), what was said with it (C15).
struct ClientHandlers {
    let control: Control

    init(_ control: Control) {
        self.control = control
    }

    func show(_ call: AdminCall) throws(Problem) -> ControlReply {
        .view(try view(of: call["client"]))
    }

    func suspend(_ call: AdminCall) async throws(Problem) -> ControlReply {
        let id = call["client"]
        var body = try call.bodyReader()
        let order = body.suspensionOrder()
        try body.finish()
        try order.requirePermission(of: call.author)
        return try await decide(.suspend(client: id, order: order), by: call.author)
    }

    func resume(_ call: AdminCall) async throws(Problem) -> ControlReply {
        let id = call["client"]
        var body = try call.bodyReader()
        let (note, confirm) = (body.note(), body.optionalString("confirm"))
        try body.finish()
        guard confirm == nil || confirm == id else { throw .resumptionNotConfirmed }
        return try await decide(
            .resume(client: id, note: note, confirm: confirm), by: call.author)
    }

    /// From when on a suspension on a ground is allowed.
    func noticeRule(_ call: AdminCall) throws(Problem) -> ControlReply {
        var query = call.queryReader
        let ground = query.choice("ground", of: SuspensionGround.allCases.map(\.rawValue))
            .flatMap { SuspensionGround(rawValue: $0) }
        let terms = query.choice("terms", of: SuspensionNotice.Terms.allCases.map(\.rawValue))
            .flatMap { SuspensionNotice.Terms(rawValue: $0) }
        let deliveredAt = query.time("delivered_at")
        try query.finish()
        guard let ground else { throw .wrongParameter("ground", "Required.") }
        guard let deliveredAt else { throw .wrongParameter("delivered_at", "Required.") }
        return .view(
            NoticeRuleView(
                ground, SuspensionNotice(deliveredAt: deliveredAt, terms: terms),
                control.shared.projected.catalogue.calendar, at: control.shared.ledgerTime))
    }

    // MARK: Exchanges

    func addOperationNote(_ call: AdminCall) async throws(Problem) -> ControlReply {
        let id = call["operation"]
        let catalogue = control.shared.projected.catalogue
        guard let index = catalogue.operationIndex(id) else { throw .unknownOperation }
        return try await addNote(
            call, client: catalogue.operations[Int(index)].client, operation: id,
            expecting: ExpectedOperation(index: index))
    }

    func addClientNote(_ call: AdminCall) async throws(Problem) -> ControlReply {
        try await addNote(call, client: call["client"], operation: nil, expecting: nil)
    }

    private func addNote(
        _ call: AdminCall, client: String, operation: String?,
        expecting expected: ExpectedOperation?
    ) async throws(Problem) -> ControlReply {
        var body = try call.bodyReader()
        let text = body.text("text", .exchange)
        try body.finish()
        let decision = try await control.decide(
            .client(.addNote(client: client, operation: operation, text: text)), by: call.author,
            expecting: expected)
        // The newest of those that say the same is this one.
        let noted = control.shared.projected.evidence.exchanges(with: client).reversed().lazy
            .compactMap { ExchangeView($0) }
            .first {
                $0.at == decision.at.rfc3339 && $0.text == text && $0.operation == operation
                    && $0.by == call.author.name
            }
        guard let noted else { throw .notFound }
        return .view(noted, .created)
    }

    func operationNotes(_ call: AdminCall) throws(Problem) -> ControlReply {
        let page = try call.pageRequest()
        let id = call["operation"]
        guard let operation = control.shared.projected.catalogue.operation(id) else {
            throw .unknownOperation
        }
        return notes(of: operation.client, page) { exchange in
            // The name may have been another operation's before.
            exchange.operation == id && exchange.at >= operation.createdAt.rfc3339
        }
    }

    func clientNotes(_ call: AdminCall) throws(Problem) -> ControlReply {
        let page = try call.pageRequest()
        let id = call["client"]
        guard control.shared.projected.catalogue.client(id) != nil else { throw .unknownClient }
        return notes(of: id, page) { _ in true }
    }

    private func notes(
        of client: String, _ page: PageRequest, where isShown: (ExchangeView) -> Bool
    ) -> ControlReply {
        let exchanges = control.shared.projected.evidence.exchanges(with: client)
        let found = ListPage(page, of: exchanges.count) {
            ExchangeView(exchanges[$0]).map(isShown) ?? false
        }
        return .view(
            ListView(
                elements: found.places.compactMap { ExchangeView(exchanges[$0]) },
                next: found.next))
    }

    // MARK: Views

    private func decide(
        _ command: ClientCommand, by author: Author
    ) async throws(Problem) -> ControlReply {
        let decision = try await control.decide(.client(command), by: author)
        return .view(
            ChangedView(
                view: try view(of: command.client), changed: decision.change != .none))
    }

    func view(of id: String) throws(Problem) -> ClientView {
        let catalogue = control.shared.projected.catalogue
        guard let index = catalogue.clientIndex(id) else { throw .unknownClient }
        return ClientView(
            catalogue.clients[Int(index)],
            operations: catalogue.operations(ofClient: index).count,
            at: control.shared.ledgerTime)
    }
}
