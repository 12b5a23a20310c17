internal import Bytes
internal import Contract
internal import Ledger
internal import Projections
internal import Time
internal import Wire

/// Clients and operations, as the operator puts them.
struct OperationHandlers {
    let control: Control

    init(_ control: Control) {
        self.control = control
    }

    func putClient(_ call: AdminCall) async throws(Problem) -> ControlReply {
        var body = try call.bodyReader()
        let name = body.string("name")
        try body.finish()
        let id = call["client"]
        let change = try await control.decide(
            .contract(.putClient(id: id, name: name)), by: call.author
        )
        .change
        var isNew = false
        if case .clientAdded = change { isNew = true }
        return .view(ClientView(client: id, name: name), isNew ? .created : .ok)
    }

    func put(_ call: AdminCall) async throws(Problem) -> ControlReply {
        let id = call["operation"]
        let settings = try settings(call)
        // A change of one that is there must not make another: it may be deleted meanwhile.
        let expected = control.shared.projected.catalogue.operationIndex(id).map {
            ExpectedOperation(index: $0)
        }
        // Also for one that is there: by the time this is decided it may have been deleted.
        let created = try control.createDataKey()
        let change: Change
        do {
            change = try await control.decide(
                .operation(.put(id: id, settings: settings, dataKeyID: created.id)),
                by: call.author,
                keys: created.keys, expecting: expected
            ).change
        } catch {
            control.discard(created)
            throw error
        }
        guard case .operationAdded = change else {
            // It has a key of its own.
            control.discard(created)
            return .view(try OperationReader(control).operation(named: id))
        }
        return .view(try OperationReader(control).operation(named: id), .created)
    }

    private func settings(_ call: AdminCall) throws(Problem) -> OperationSettings {
        var body = try call.bodyReader()
        let zone = body.optionalString("time_zone") ?? "UTC"
        let localTime = LocalTime.resolving(zone, around: control.shared.ledgerTime)
        if localTime == nil {
            body.addError("time_zone", "Must be an IANA time zone name, such as Europe/Paris.")
        }
        let settings = OperationSettings(
            client: body.string("client"), title: body.string("title"),
            opens: body.optionalTime("opens"), closes: body.optionalTime("closes"),
            rule: body.choice("rule", default: .once), timeZone: zone,
            localTime: localTime ?? .utc, minimumAge: body.optionalInteger("minimum_age"),
            consents: body.strings("consents"), allowedOrigins: body.strings("allowed_origins"),
            robots: body.choice("robots", default: .off),
            policy: body.choice("policy", default: .advise))
        try body.finish()
        return settings
    }
}
