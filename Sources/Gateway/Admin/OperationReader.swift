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

    /// All operations; of a client, its own.
    func operations(of author: Author = .admin) -> OperationsView {
        let catalogue = control.shared.projected.catalogue
        let visible = catalogue.standing.filter {
            author.role != .client || catalogue.operations[Int($0)].client == author.name
        }
        return OperationsView(operations: visible.map { view($0, catalogue) })
    }

    func operation(named id: String) throws(Problem) -> OperationView {
        let catalogue = control.shared.projected.catalogue
        guard let index = catalogue.operationIndex(id) else { throw .unknownOperation }
        return view(index, catalogue)
    }

    private func view(_ index: UInt32, _ catalogue: Catalogue) -> OperationView {
        let operation = catalogue.operations[Int(index)]
        let counts = control.shared.board.counts(of: index)
        var verdicts: [String: UInt64] = [:]
        for (number, name) in EntryVerdict.names.enumerated() {
            verdicts["\(name)"] = control.shared.instruments.verdicts(number, of: index)
        }
        // What was accepted is in the journal; the other answers are counted by this process.
        verdicts["accepted"] = counts.entries
        return OperationView(
            operation, counts: counts, verdicts: verdicts,
            keys: operation.keys.map { catalogue.keys[Int($0)] },
            waiting: control.shared.board.waiting(of: index),
            forecast: control.shared.forecasts.forecast(of: index),
            pushing: pushing.view(index, catalogue),
            found: operation.unknownSources.map {
                UnknownSourceView($0, now: pushing.source($0.source, of: index))
            },
            at: control.shared.ledgerTime
        )
    }
}
