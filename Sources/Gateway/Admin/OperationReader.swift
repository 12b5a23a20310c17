internal import Contract
internal import Ledger
internal import Projections
internal import Synchronization

/// What an operator sees of operations: settings from the readers' catalogue, figures from the
/// board. Nothing here troubles the sequencer.
struct OperationReader {
    let control: Control
    private let pushing: PushReader

    init(_ control: Control) {
        self.control = control
        pushing = PushReader(control.shared)
    }

    /// A page of operations in the order of their creation; of a client, its own.
    func operations(
        _ page: PageRequest, _ filter: OperationFilter, of author: Author
    ) -> ListView<OperationView> {
        let catalogue = control.shared.projected.catalogue
        let (operations, now) = (catalogue.operations, control.shared.ledgerTime)
        let found = ListPage(page, of: operations.count) {
            filter.shows(
                operations[$0], control.shared.board.counts(of: UInt32($0)), to: author, at: now)
        }
        return ListView(found) { view(UInt32($0), catalogue, .listed) }
    }

    /// The operations that matter most now, and how many there are.
    func urgentOperations() -> (operations: [OperationView], total: Int) {
        let catalogue = control.shared.projected.catalogue
        let (operations, now) = (catalogue.operations, control.shared.ledgerTime)
        let attempts = control.shared.forecasts.attemptsPerSecond
        var order = catalogue.standing.map { index in
            let operation = operations[Int(index)]
            return OperationUrgency(
                operation, at: index,
                operation.state(at: now, counts: control.shared.board.counts(of: index)),
                lacksNotice: operation.lacksNotice(at: now),
                waiting: control.shared.board.waiting(of: index),
                attemptsPerSecond: attempts[index] ?? 0)
        }
        order.sort()
        let shown = order.prefix(ListLimits.statusOperations)
        return (shown.map { view($0.index, catalogue, .listed) }, order.count)
    }

    func operation(named id: String) throws(Problem) -> OperationView {
        let catalogue = control.shared.projected.catalogue
        guard let index = catalogue.operationIndex(id) else { throw .unknownOperation }
        return view(index, catalogue, .alone)
    }

    /// A page of the campaigns that were declared for an operation, the oldest first.
    func campaigns(of id: String, _ page: PageRequest) throws(Problem) -> ListView<CampaignView> {
        let campaigns = try declared(id).declarations.campaigns
        let found = ListPage(page, of: campaigns.count)
        return ListView(found) { CampaignView(campaigns[$0]) }
    }

    func campaign(_ campaign: String, of id: String) throws(Problem) -> CampaignView {
        let campaigns = try declared(id).declarations.campaigns
        // The newest is the one that is asked for most.
        guard let found = campaigns.last(where: { $0.id == campaign }) else { throw .notFound }
        return CampaignView(found)
    }

    /// A page of an operation's front-end keys, the oldest first.
    func keys(of id: String, _ page: PageRequest) throws(Problem) -> ListView<KeyView> {
        let catalogue = control.shared.projected.catalogue
        guard let operation = catalogue.operation(id) else { throw .unknownOperation }
        let indices = operation.keys
        let found = ListPage(page, of: indices.count)
        return ListView(found) { key(indices[$0], catalogue) }
    }

    /// One front-end key.
    func key(_ index: UInt32, _ catalogue: Catalogue) -> KeyView {
        KeyView(
            catalogue.keys[Int(index)],
            uses: control.shared.suspectedUses.uses(of: .key(index)))
    }

    private func declared(_ id: String) throws(Problem) -> Catalogue.Operation {
        guard let operation = control.shared.projected.catalogue.operation(id) else {
            throw .unknownOperation
        }
        return operation
    }

    private func view(
        _ index: UInt32, _ catalogue: Catalogue, _ extent: OperationView.Extent
    ) -> OperationView {
        let operation = catalogue.operations[Int(index)]
        let counts = control.shared.board.counts(of: index)
        var verdicts: [String: UInt64] = [:]
        for (number, name) in EntryVerdict.names.enumerated() {
            verdicts["\(name)"] = control.shared.instruments.verdicts(number, of: index)
        }
        // What was accepted is in the journal; the other answers are counted by this process.
        verdicts["accepted"] = counts.stored
        return OperationView(
            operation, counts: counts, verdicts: verdicts,
            keys: operation.keys.suffix(extent.parts).map { key($0, catalogue) },
            waiting: control.shared.board.waiting(of: index),
            forecast: control.shared.forecasts.forecast(of: index), extent,
            pushing: pushing.view(index, catalogue),
            found: operation.unknownSources.map {
                UnknownSourceView($0, now: pushing.source($0.source, of: index))
            },
            at: control.shared.ledgerTime
        )
    }
}
