internal import Bytes
internal import Evidence
internal import Exposition
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

    /// The dossier: as JSON, or as a page where one is asked for.
    func evidence(_ call: AdminCall) throws(Problem) -> ControlReply {
        guard let dossier = dossier(of: call["operation"]) else { throw .unknownOperation }
        let accept = call.request.accept ?? ""
        let isPage = accept.withBytes {
            AcceptNegotiation.preferred(of: ["application/json", "text/html"], accept: $0) == 1
        }
        do {
            let body = DossierBody(try DossierPieces(dossier, as: isPage ? .page : .json))
            let answer = LongAnswer(
                type: isPage ? MediaType.html : MediaType.json,
                fields: isPage ? ControlReply.pageFields : [], vary: "Accept, Accept-Encoding",
                producer: body)
            return try answer.reply(to: call, control)
        } catch let problem as Problem {
            throw problem
        } catch {
            preconditionFailure("names and whole numbers are JSON: \(error)")
        }
    }

    private func dossier(of id: String) -> Dossier? {
        let state = control.shared.projected
        guard let index = state.catalogue.lastOperationIndex(id) else { return nil }
        return Dossier(index, state.catalogue, state.evidence.records(of: id))
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
            startedAt: control.startedAt.rfc3339, ready: control.shared.unreadyReasons.isEmpty,
            pressure: StatusView.Pressure(pressure), rates: StatusView.Rates(pressure),
            connections: connections, journalBytes: journal.allocatedBytes,
            memory: StatusView.Memory(control.shared), journal: JournalView(journal),
            pushing: PushReader(control.shared).hardest(control.shared.projected.catalogue),
            operations: urgent.operations, operationsTotal: urgent.total)
        return .view(view)
    }
}
