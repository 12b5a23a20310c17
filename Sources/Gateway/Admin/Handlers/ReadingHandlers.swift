internal import Bytes
internal import Exposition
internal import Ledger
internal import Logging
internal import Projections
internal import Synchronization
internal import Time

/// What is only read.
struct ReadingHandlers {
    let control: Control

    init(_ control: Control) {
        self.control = control
    }

    /// Bytes up to which a scrape is sent whole, so that its connection goes on: about what twenty
    /// operations take as plain text, and a hundred compressed.
    private static var wholeScrapeBytes: Int { 256 << 10 }

    func metrics(_ call: AdminCall) throws(Problem) -> ControlReply {
        let accept = call.request.accept ?? ""
        let format = accept.withBytes { AcceptNegotiation.format(accept: $0) }
        let answer = LongAnswer(
            type: format.contentType, vary: "Accept, Accept-Encoding",
            producer: ScrapeBody(control.metrics, format),
            // A scrape waits behind no export.
            executor: control.executors[.scrape], wholeBytes: Self.wholeScrapeBytes,
            isPermitted: permission(of: call))
        do {
            return try answer.reply(to: call, control)
        } catch {
            control.shared.logger.error("cannot write the metrics", metadata: ["error": "\(error)"])
            throw .overloaded
        }
    }

    /// From this machine itself a scrape needs no token, and none can be revoked.
    private func permission(of call: AdminCall) -> @Sendable () -> Bool {
        if call.author == .scraper { return { true } }
        return control.permission(of: call)
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
            service: control.standing.view(control),
            pushing: PushReader(control.shared).hardest(control.shared.projected.catalogue),
            operations: urgent.operations, operationsTotal: urgent.total,
            nodes: NodeView.all(control.shared))
        return .view(view)
    }
}
