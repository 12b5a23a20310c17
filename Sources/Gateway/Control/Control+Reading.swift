internal import Bytes
internal import Evidence
internal import Ledger
internal import Projections
internal import Synchronization
internal import Time

/// What an operator reads: operations and the state of the whole. Nothing here troubles the
/// sequencer: the catalogue is a copy, the numbers are published.
extension Control {
    /// All operations; of a client, its own.
    func operations(of author: Author = .admin) -> OperationsView {
        let catalogue = shared.projected.catalogue
        let visible = catalogue.standing.filter {
            author.role != .client || catalogue.operations[Int($0)].client == author.name
        }
        return OperationsView(operations: visible.map { view($0, catalogue) })
    }

    func operation(named id: String) throws(Problem) -> OperationView {
        let catalogue = shared.projected.catalogue
        guard let index = catalogue.operationIndex(id) else { throw .unknownOperation }
        return view(index, catalogue)
    }

    /// The dossier: as JSON, or as a page where one is asked for.
    func evidence(of id: String, accept: String) throws(Problem) -> ControlReply {
        guard let dossier = dossier(of: id) else { throw .unknownOperation }
        if accept.contains("text/html") {
            return .page(dossier.page)
        }
        do {
            return .content(
                ControlReply.Content(fields: [("Vary", "Accept")], body: try dossier.json()))
        } catch {
            preconditionFailure("names and whole numbers are JSON: \(error)")
        }
    }

    private func dossier(of id: String) -> Dossier? {
        let state = shared.projected
        guard let index = state.catalogue.lastOperationIndex(id) else { return nil }
        return Dossier(index, state.catalogue, state.evidence.records(of: id))
    }

    func status() -> StatusView {
        let pressure = shared.pressure.withLock { $0 }
        let connections = shared.lanes.indices.reduce(0) { total, lane in
            total + shared.instruments.connections(lane: lane)
        }
        return StatusView(
            version: Gateway.version, at: shared.clock.wallClock().rfc3339,
            startedAt: startedAt.rfc3339, ready: shared.unreadyReasons.isEmpty,
            pressure: StatusView.Pressure(pressure), rates: StatusView.Rates(pressure),
            connections: connections, journalBytes: shared.instruments.journalBytes,
            operations: operations().operations)
    }

    private func view(_ index: UInt32, _ catalogue: Catalogue) -> OperationView {
        let operation = catalogue.operations[Int(index)]
        let counts = shared.board.counts(of: index)
        var verdicts: [String: UInt64] = [:]
        for (number, name) in EntryVerdict.names.enumerated() {
            verdicts["\(name)"] = shared.instruments.verdicts(number, of: index)
        }
        // What was accepted is in the log; the other answers are counted by this process.
        verdicts["accepted"] = counts.entries
        return OperationView(
            operation, counts: counts, verdicts: verdicts,
            keys: operation.keys.map { catalogue.keys[Int($0)] },
            waiting: shared.board.waiting(of: index), forecast: shared.forecasts.forecast(of: index)
        )
    }
}
