internal import Bytes
internal import Ledger
internal import Projections
internal import Synchronization
internal import Time

/// What is only read.
struct ReadingHandlers {
    let control: Control

    init(_ control: Control) {
        self.control = control
    }

    func metrics(_ call: AdminCall) -> ControlReply {
        .content(
            control.metrics.answer(
                accept: call.request.accept ?? "",
                acceptEncoding: call.request.acceptEncoding ?? ""))
    }

    func openAPI() -> ControlReply {
        .content(ControlReply.Content(body: OpenAPIDocument.ofBoth))
    }

    func operations(_ call: AdminCall) throws(Problem) -> ControlReply {
        var query = call.queryReader
        let page = PageRequest(&query)
        let filter = OperationFilter(&query)
        try query.finish()
        return .view(OperationReader(control).operations(page, filter, of: call.author))
    }

    func operation(_ call: AdminCall) throws(Problem) -> ControlReply {
        .view(try OperationReader(control).operation(named: call["operation"]))
    }

    func campaigns(_ call: AdminCall) throws(Problem) -> ControlReply {
        let page = try call.pageRequest()
        return .view(try OperationReader(control).campaigns(of: call["operation"], page))
    }

    func keys(_ call: AdminCall) throws(Problem) -> ControlReply {
        let page = try call.pageRequest()
        return .view(try OperationReader(control).keys(of: call["operation"], page))
    }

    func status() -> ControlReply {
        let pressure = control.shared.pressure.withLock { $0 }
        let connections = control.shared.lanes.indices.reduce(0) { total, lane in
            total + control.shared.instruments.connections(lane: lane)
        }
        let urgent = OperationReader(control).urgentOperations()
        let journal = control.metrics.journal.read()
        let view = StatusView(
            version: Gateway.version, at: control.shared.clock.wallClock().rfc3339,
            startedAt: control.startedAt.rfc3339,
            timeZone: control.shared.projected.catalogue.calendar.timeZone,
            ready: control.shared.unreadyReasons.isEmpty,
            pressure: StatusView.Pressure(pressure), rates: StatusView.Rates(pressure),
            connections: connections, journalBytes: journal.allocatedBytes,
            memory: StatusView.Memory(control.shared), journal: JournalView(journal),
            webhooks: WebhookStatusView(control.shared),
            pushing: PushReader(control.shared).hardest(control.shared.projected.catalogue),
            operations: urgent.operations, operationsTotal: urgent.total,
            nodes: control.shared.cluster.map { NodeView.all($0) })
        return .view(view)
    }
}
